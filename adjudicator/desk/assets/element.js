// <claim-adjudicator order="..." token="..." lang="zh-Hans"></claim-adjudicator>: the panel in a page of yours.
// The token is handed to the frame by message, so that it is in no address. Set it again when `claim-adjudicator-expired` is fired.
"use strict";

{
  const service = new URL(document.currentScript.src).origin;

  class ClaimAdjudicator extends HTMLElement {
    static observedAttributes = ["token", "lang"];

    connectedCallback() {
      const frame = document.createElement("iframe");
      frame.title = this.getAttribute("title") || "adjudicator";
      frame.allow = "clipboard-write";
      frame.referrerPolicy = "no-referrer";
      frame.style.cssText = "border:0;width:100%;height:100%;min-height:20rem;display:block;color-scheme:auto";
      this.style.display ||= "block";
      this.attachedTo = this.shadowRoot || this.attachShadow({ mode: "open" });
      this.attachedTo.replaceChildren(frame);
      this.frame = frame;
      this.listen = (event) => this.hear(event);
      addEventListener("message", this.listen);
      this.load();
    }

    disconnectedCallback() {
      removeEventListener("message", this.listen);
    }

    attributeChangedCallback(name) {
      if (!this.frame) return;
      if (name !== "lang") queueMicrotask(() => this.give()); // a page may set the order right behind the token
      else if (this.isReady) this.post({ type: "adjudicator:language", language: this.getAttribute("lang") || document.documentElement.lang });
      else this.load();
    }

    load() {
      const address = new URL("/panel", service);
      const language = this.getAttribute("lang") || document.documentElement.lang;
      if (language) address.searchParams.set("lang", language);
      this.isReady = false;
      this.frame.src = address;
    }

    give() {
      const token = this.getAttribute("token");
      if (!token || !this.isReady) return;
      this.post({ type: "adjudicator:token", token, order: this.getAttribute("order") });
    }

    post(message) {
      this.frame.contentWindow.postMessage(message, service);
    }

    hear(event) {
      if (event.origin !== service || event.source !== this.frame.contentWindow) return;
      const what = String(event.data?.type || "").replace("adjudicator:", "");
      if (what === "ready") { this.isReady = true; this.give(); }
      if (what) this.dispatchEvent(new CustomEvent(`claim-adjudicator-${what}`, { bubbles: true, detail: event.data }));
    }
  }

  if (!customElements.get("claim-adjudicator")) customElements.define("claim-adjudicator", ClaimAdjudicator);
}
