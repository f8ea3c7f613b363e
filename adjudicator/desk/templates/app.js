// The panel as an MCP app. The host sends the result of a tool; the server has put the panel into its metadata, in every language.
"use strict";

const main = document.getElementById("main");
const notice = document.getElementById("notice");
const said = JSON.parse(document.body.dataset.said);
const HELLO = 1;
let language = "en";
let panels = {};
let isDone = false;

/** The host's origin is not known, so nothing of a case is ever sent. */
const send = (message) => parent.postMessage({ jsonrpc: "2.0", ...message }, "*");

function say(name) {
  if (!isDone) document.getElementById("says").textContent = said[language][name];
}

function done(text) {
  isDone = true;
  main.setAttribute("aria-busy", "false");
  if (text !== undefined) document.getElementById("says").textContent = text;
}

// Showing: what the server escaped is parsed into a document that runs nothing, and the policy of this page lets nothing run either.

function show() {
  const parts = new DOMParser().parseFromString(panels[language], "text/html").body;
  // These need the service: they are asked for in the conversation.
  parts.querySelectorAll(".lazy").forEach((each) => each.closest("section").remove());
  parts.querySelectorAll("[data-print]").forEach((each) => each.remove());
  main.replaceChildren(...parts.childNodes);
  document.documentElement.lang = language;
}

function result({ _meta, content, isError }) {
  panels = _meta?.["adjudicator/panels"] || {};
  if (panels[language]) { done(); show(); return; }
  const texts = (content || []).filter((each) => each.type === "text").map((each) => each.text);
  done([...(isError ? [said[language].refused] : []), ...texts].join("\n"));
}

/** One of our languages for a tag of the host's. */
function known(tag = "") {
  const [first, ...rest] = tag.toLowerCase().split("-");
  if (first !== "zh") return "en";
  return rest.some((part) => ["hant", "tw", "hk", "mo"].includes(part)) ? "zh-Hant" : "zh-Hans";
}

function hear({ locale, theme } = {}) {
  if (locale) {
    language = document.documentElement.lang = known(locale);
    if (panels[language]) show(); else say("loading");
  }
  if (!theme) return;
  for (const rule of document.styleSheets[0].cssRules) {
    if (rule.media && (rule.dark ||= rule.conditionText.includes("prefers-color-scheme"))) rule.media.mediaText = theme === "dark" ? "all" : "not all";
  }
  document.documentElement.style.colorScheme = theme === "dark" ? "dark" : "light";
}

// The host

const heard = {
  "ui/notifications/tool-result": result,
  "ui/notifications/tool-cancelled": () => { say("cancelled"); done(); },
  "ui/notifications/host-context-changed": hear,
  "ui/resource-teardown": () => ({}),
  ping: () => ({}),
};

addEventListener("message", ({ source, data }) => {
  if (source !== parent || data?.jsonrpc !== "2.0") return;
  if (data.id === HELLO && !data.method) {
    hear(data.result?.hostContext);
    send({ method: "ui/notifications/initialized", params: {} });
    return;
  }
  const answer = heard[data.method]?.(data.params || {});
  if (data.id === undefined) return;
  send({ id: data.id, ...(answer ? { result: answer } : { error: { code: -32601, message: "Method not found" } }) });
});

new ResizeObserver(() => {
  const { scrollWidth: width, offsetHeight: height } = document.documentElement;
  send({ method: "ui/notifications/size-changed", params: { width, height } });
}).observe(document.body);

// Copying

async function copy(id) {
  const source = document.getElementById(id);
  const text = source.tagName === "OL" ? [...source.children].map((each) => each.textContent.trim()).join("\n") : source.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch { // a frame without the permission: the old way, by selection
    const wasHidden = source.hidden;
    source.hidden = false;
    getSelection().selectAllChildren(source);
    document.execCommand("copy");
    getSelection().removeAllRanges();
    source.hidden = wasHidden;
  }
  notice.className = "good";
  notice.textContent = document.querySelector(".messages").dataset.copied;
  setTimeout(() => { notice.textContent = ""; }, 2500);
}

document.addEventListener("click", ({ target }) => {
  const { lang, copy: id } = target.closest("button")?.dataset || {};
  if (lang && panels[lang]) { language = lang; show(); }
  if (id) copy(id);
});

say("loading");
send({
  id: HELLO,
  method: "ui/initialize",
  params: { protocolVersion: "2026-01-26", appInfo: { name: "adjudicator", version: "1" }, appCapabilities: { availableDisplayModes: ["inline", "fullscreen"] } },
});
