// The script of the desk: it signs in, shows what the server renders, and opens the panel of a case with panel.js, which comes before it.
// The session lives in a variable of this page, and the key is forgotten once it is exchanged.
"use strict";

{
  const desk = document.getElementById("desk");
  const door = [...desk.childNodes];
  let token = null;
  let turn = 0;
  let seen = null;

  const place = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

  function renewed(response) { token = response.headers.get("Desk-Session") || token; }

  function heard(response) {
    renewed(response);
    session = response.headers.get("Panel-Session") || session;
    seen = response.headers.get("ETag");
  }

  function show(html) {
    put(html, desk);
    language = document.documentElement.lang = desk.querySelector("[data-page]").lang;
  }

  function signOut(text = "", mark = "") {
    token = session = null;
    turn += 1;
    main.replaceChildren();
    desk.replaceChildren(...door);
    tell(text, mark);
    desk.querySelector("input").focus();
  }

  function refuse(error, again) {
    if (error instanceof Refusal && error.status === 401) return signOut(say("expired"), "bad");
    if (error.name === "precondition-failed") return tell(say("changed"), "open", say("showNew"), () => go({ kept: entered() }));
    if (error.name === "not-payable") return tell(error.message, "bad", say("showNew"), go);
    explain(error, again);
  }

  // What is shown is named by the fragment, so that links, the way back and a new tab work as everywhere.
  async function go({ keep = false, kept = {} } = {}) {
    const mine = (turn += 1);
    const { view, decision, ...query } = place();
    const paths = { search: "/desk/search", payouts: "/desk/payouts", policies: "/desk/policies", handbook: "/desk/handbook", redline: "/desk/redline", case: `/desk/cases/${encodeURIComponent(decision)}` };
    try {
      const html = await request("GET", paths[view] || "/desk/queue", { token, heard, query });
      if (mine !== turn) return;
      show(html);
      refill(kept);
      if (keep) return;
      main.replaceChildren();
      const heading = desk.querySelector("h1");
      heading.tabIndex = -1; // that of the handbook too
      heading.focus();
      scrollTo({ top: 0 });
      if (desk.querySelector("[data-panel]")) await look({ decision }, kept);
    } catch (error) { if (mine === turn) refuse(error, () => go({ keep, kept })); }
  }

  async function signIn(form, key = form.elements.key.value.trim().replace(/[^\x21-\x7e]/g, "?")) {
    tell("");
    try {
      await request("POST", "/desk/sessions", { token: key, heard });
      form.reset();
      await go();
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) tell(say("noKey"), "bad");
      else explain(error, () => signIn(form, key));
    }
  }

  // With the account of an identity provider (OpenID Connect, PKCE): its page comes back with a code that only this tab can exchange.
  // What the tab needs for that is the only thing that is ever stored, until it is back.
  const LEFT = "adjudicator-sign-in";
  const encoded = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const random = () => encoded(crypto.getRandomValues(new Uint8Array(32)));
  const home = location.origin + location.pathname;

  async function leave({ provider, client, scope }) {
    try {
      const left = { state: random(), verifier: random(), hash: location.hash, language };
      const challenge = encoded(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(left.verifier)));
      const there = new URL(provider);
      const asked = { response_type: "code", client_id: client, redirect_uri: home, scope, state: left.state, code_challenge: challenge, code_challenge_method: "S256", ui_locales: language };
      for (const [name, value] of Object.entries(asked)) there.searchParams.set(name, value);
      sessionStorage.setItem(LEFT, JSON.stringify(left));
      location.assign(there);
    } catch { tell(say("notSignedIn"), "bad"); }
  }

  async function comeBack() {
    const brought = new URLSearchParams(location.search);
    if (!brought.has("state")) return;
    const left = parsed(sessionStorage.getItem(LEFT));
    // The address that the provider knows names no language, so that the page may have come in another one, with its messages.
    if (left.language && left.language !== language && !brought.has("lang")) {
      brought.set("lang", left.language);
      return location.replace(`${home}?${brought}`);
    }
    sessionStorage.removeItem(LEFT);
    history.replaceState(null, "", `${home}?lang=${encodeURIComponent(language)}${left.hash || ""}`);
    if (!left.state || brought.get("state") !== left.state || !brought.has("code")) return tell(say("notSignedIn"), "bad");
    await exchange({ code: brought.get("code"), verifier: left.verifier, redirect: home });
  }

  async function exchange(body) {
    tell("");
    try {
      const answer = await request("POST", "/desk/sign-in", { token: "", heard() {}, headers: { Accept: "application/json" }, body });
      await signIn(desk.querySelector(".sign-in"), parsed(answer).token);
    } catch (error) {
      // Refused before it was passed on, so that the code is still good.
      if (error.name === "too-many-requests") tell(say("busy"), "bad", say("tryAgain"), () => exchange(body));
      else tell(say("notSignedIn"), "bad");
    }
  }

  // The key of a form makes it harmless to send it twice, after a lost answer too.
  async function settle(form) {
    const { act, key, once } = form.dataset;
    const { decision } = place();
    const headers = { "If-Match": seen, "Idempotency-Key": `"${once}"` };
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      show(await request("POST", `/desk/cases/${encodeURIComponent(decision)}/payouts`, { token, heard, headers, body: { do: act, keys: [key] } }));
      tell(say(act === "confirm" ? "confirmed" : "reversed"), "good");
      desk.querySelector("h1").focus();
      await look({ decision });
    } catch (error) { refuse(error, () => settle(form)); } finally { button.disabled = false; }
  }

  // Payouts that were chosen are released one after another, each with its result. Each step on an order brings the version for the next.
  async function release(form, button) {
    const act = button.value;
    const rows = [...form.querySelectorAll("li")].filter((row) => row.querySelector("[name=payout]").checked);
    const versions = {};
    let failed = 0;
    if (!rows.length) return tell(say("choose"), "open");
    form.setAttribute("aria-busy", "true");
    form.querySelectorAll("button, input").forEach((each) => { each.disabled = true; });
    for (const row of rows) {
      const { decision, key, order, version } = row.dataset;
      const headers = { "If-Match": versions[order] || `"${version}"`, "Idempotency-Key": `"${form.dataset.once}-${act}-${key}"` };
      const stepped = (response) => { renewed(response); versions[order] = response.headers.get("ETag"); };
      const done = (mark, text) => { const result = row.querySelector(".result"); result.textContent = text; row.className = mark; };
      try {
        await request("POST", `/desk/cases/${encodeURIComponent(decision)}/release`, { token, heard: stepped, headers, body: { do: act, keys: [key] } });
        done("good", say(act === "confirm" ? "confirmed" : "reversed"));
        row.querySelector("[name=payout]").checked = false;
      } catch (error) {
        if (error instanceof Refusal && error.status === 401) return signOut(say("expired"), "bad");
        failed += 1;
        const texts = { "precondition-failed": "moved", "not-payable": "notPayable" };
        done("bad", say(error instanceof Refusal ? texts[error.name] || "failed" : "offline"));
      }
    }
    form.querySelectorAll("button, input").forEach((each) => { each.disabled = false; });
    form.querySelectorAll("li.good input").forEach((each) => { each.disabled = true; });
    form.setAttribute("aria-busy", "false");
    button.focus();
    tell(say(failed ? "someReleased" : "allReleased"), failed ? "bad" : "good", say("showNew"), go);
  }

  // Rulings: first what one would lead to, then the ruling. Whatever was typed survives.
  const ruledIn = ({ dataset: { request: option, answer } }, { "ruling:reason": reason, ...values }) => ({ option, answer: Number(answer), values, ...(reason ? { reason: reason[0] } : {}) });
  // Not that of the address: since it was opened, another decision may have replaced that.
  const rulings = () => `/desk/cases/${encodeURIComponent(desk.querySelector("[data-newest]").dataset.newest)}/rulings`;

  function forget(form) { form.querySelector(".outlook")?.replaceChildren(); }

  async function rule(form, button) {
    const path = rulings();
    const body = ruledIn(form, valuesOf(form));
    mark(form, [], "");
    button.disabled = true;
    try {
      if (button.value !== "enter") {
        put(await request("POST", `${path}/outlook`, { token, heard: renewed, body }), form.querySelector(".outlook"));
        tell("");
        return;
      }
      const headers = { "If-Match": seen, "Idempotency-Key": `"${form.dataset.once}"` };
      await ruled(await request("POST", path, { token, heard, headers, body }), "ruled");
    } catch (error) {
      if (!markFaults(form, error)) refuse(error, () => rule(form, button));
    } finally { button.disabled = false; }
  }

  async function actOn(form) {
    const { act, ruling, once } = form.dataset;
    const path = act === "again" ? `${rulings()}/again` : `/desk/rulings/${encodeURIComponent(ruling)}/${act}`;
    const headers = act === "again" ? { "If-Match": seen, "Idempotency-Key": `"${once}"` } : {};
    const body = { again: { ruling }, reject: { reason: form.elements.reason?.value } }[act];
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const html = await request("POST", path, { token, heard, headers, body });
      await ruled(html, { again: "ruled", confirm: "ruled", reject: "rejected" }[act]);
    } catch (error) {
      if (error.name !== "precondition-failed") return refuse(error, () => actOn(form));
      await go({ keep: true, kept: entered() });
      tell(say("overtaken"), "open");
    } finally { button.disabled = false; }
  }

  async function ruled(html, message) {
    show(html);
    tell(say(desk.querySelector(".draft.waits") && message === "ruled" ? "waits" : message), "good");
    desk.querySelector("h1").focus();
    scrollTo({ top: 0 });
    if (desk.querySelector("[data-panel]")) await look({ decision: place().decision });
  }

  document.addEventListener("change", ({ target }) => {
    if (target.name === "all") target.form.querySelectorAll("[name=payout]:enabled").forEach((each) => { each.checked = target.checked; });
  });
  document.addEventListener("input", ({ target }) => { const form = target.closest("form.ruling"); if (form) forget(form); });

  const chosen = (form) => [...new FormData(form)].filter(([, value]) => value !== "");

  document.addEventListener("submit", ({ target, submitter }) => {
    if (target.matches(".release")) release(target, submitter);
    if (target.matches(".ruling")) rule(target, submitter);
    if (target.matches(".draft-act")) actOn(target);
    if (target.matches(".sign-in")) signIn(target);
    if (target.matches(".settle")) settle(target);
    if (target.matches(".goes")) location.hash = new URLSearchParams([["view", target.dataset.view], ...chosen(target)]);
  });

  // A place on a page of the handbook: the fragment of the address names the view, so it is not for such places.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".handbook a[href^='#']:not([href^='#view='])");
    if (!link) return;
    event.preventDefault();
    document.getElementById(decodeURIComponent(link.hash.slice(1)))?.scrollIntoView();
  });

  async function save(name) {
    try {
      const html = await request("GET", `/desk/reports/${encodeURIComponent(name)}`, { token, heard: renewed });
      const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([html], { type: "text/html" })), download: name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), MOST_SECONDS * 1000);
    } catch (error) { refuse(error, () => save(name)); }
  }

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button || main.contains(button)) return;
    if (button.dataset.signOut !== undefined) signOut();
    if (button.dataset.report) save(button.dataset.report);
    if (button.dataset.provider) leave(button.dataset);
    if (button.dataset.lang && !token) location.search = new URLSearchParams({ lang: button.dataset.lang });
    if (button.dataset.lang && token) { const kept = entered(); language = button.dataset.lang; go({ kept }); }
  });

  document.addEventListener("decided", () => go({ keep: true, kept: entered() }));
  addEventListener("hashchange", () => { if (token) go(); });
  comeBack();
}
