// The script of the panel: it opens a session, shows what the server renders, and sends answers.
// The token lives in a variable of this page: in no cookie, no storage, no address.
"use strict";

const MOST_SECONDS = 30;
const SLOW_SECONDS = 4;
const PICTURES_AT_ONCE = 3;
const main = document.getElementById("main");
const notice = document.getElementById("notice");
const host = document.body.dataset.host;
let session = null;
let version = null;
let underWay = 0;
let language = document.documentElement.lang;

const say = (name) => document.querySelector(".messages").dataset[name] || name;

// Requests

class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail || String(status));
    this.status = status;
    this.problem = problem;
  }
  get name() { return (this.problem.type || "").split("/").pop(); }
}

function renew(response) {
  if (!response.headers.has("Panel-Session")) return;
  session = response.headers.get("Panel-Session");
  version = response.headers.get("ETag");
}

async function request(method, path, { token = session, body, headers = {}, query = {}, heard = renew, as = "text" } = {}) {
  const address = new URL(path, location.href);
  for (const [name, value] of Object.entries({ locale: language, ...query })) if (value) address.searchParams.set(name, value);
  const stop = new AbortController();
  const timers = [setTimeout(() => stop.abort(), MOST_SECONDS * 1000), setTimeout(() => tell(say("slow"), "open"), SLOW_SECONDS * 1000)];
  underWay += 1;
  main.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, {
      method, signal: stop.signal, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer",
      headers: { Authorization: `Bearer ${token}`, Accept: "text/html", ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) throw new Refusal(response.status, parsed(await response.text()));
    const content = await response[as]();
    heard(response);
    return content;
  } finally {
    timers.forEach(clearTimeout);
    underWay -= 1;
    main.setAttribute("aria-busy", underWay > 0);
    if (notice.textContent === say("slow")) tell("");
  }
}

function parsed(text) {
  try { return JSON.parse(text) || {}; } catch { return {}; }
}

// Showing

function tell(text, mark = "", action, act) {
  notice.className = mark;
  notice.textContent = text;
  if (!action) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = action;
  button.addEventListener("click", () => { tell(""); act(); });
  notice.append(button);
}

function put(html, into = main) {
  const parts = new DOMParser().parseFromString(html, "text/html").body.childNodes;
  into.replaceChildren(...parts);
  if (into !== main) return;
  const panel = document.getElementById("panel");
  if (panel) language = document.documentElement.lang = panel.lang;
  toParent("shown");
}

function explain(error, again) {
  if (!(error instanceof Refusal)) return tell(say("offline"), "bad", say("tryAgain"), again);
  const messages = { "already-used": "used", "too-many-requests": "busy", "precondition-failed": "changed", unavailable: "busy" };
  const byStatus = { 401: "expired", 403: "otherOrder", 404: "nothing" };
  const message = messages[error.name] || byStatus[error.status] || "failed";
  if (message === "changed") return tell(say(message), "open", say("showNew"), () => look({ decision: document.getElementById("panel")?.dataset.decision }, entered()));
  if (message === "expired") session = null;
  if (["expired", "used"].includes(message)) toParent("expired");
  if (["expired", "used", "otherOrder", "nothing"].includes(message) && !document.getElementById("panel")) {
    main.querySelector(".loading")?.remove();
  }
  const mayRetry = ["busy", "failed"].includes(message);
  tell(say(message), "bad", mayRetry ? say("tryAgain") : undefined, again);
}

async function look(query = {}, kept = {}) {
  try {
    put(await request("GET", "/panel/view", { query }));
    refill(unsent = kept);
  } catch (error) { explain(error, () => look(query, kept)); }
}

// Answers: what was typed survives a refusal, a lost connection and another agent's change.

let unsent = {};

const FORMS = "form.answer, form.ruling";
const nameOf = ({ className, dataset }) => dataset.evidence || `${className} ${dataset.request} ${dataset.answer}`;

function valuesOf(form) {
  const values = {};
  for (const [place, value] of new FormData(form)) if (value !== "") (values[place] ||= []).push(value);
  return values;
}

function entered() {
  return Object.fromEntries([...document.querySelectorAll(FORMS)].map((form) => [nameOf(form), valuesOf(form)]));
}

function refill(kept, within = document) {
  for (const form of within.querySelectorAll(FORMS)) {
    const values = kept[nameOf(form)] || {};
    for (const input of form.elements) {
      const known = values[input.name] || [];
      if (input.type === "radio" || input.type === "checkbox") input.checked = known.includes(input.value);
      else if (input.name && known.length) input.value = known[0];
      if (known.length) for (let each = form.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
    }
  }
}

function mark(form, places, text) {
  form.querySelectorAll(".wrong").forEach((field) => field.classList.remove("wrong"));
  const error = form.querySelector(".error");
  error.hidden = !text;
  error.textContent = text;
  const wrong = [...form.querySelectorAll(".field")].filter((field) => places.includes(field.dataset.place));
  wrong.forEach((field) => field.classList.add("wrong"));
  wrong[0]?.querySelector("input, textarea")?.focus();
}

/** Shows in a form what does not fit; whether that is what went wrong. */
function markFaults(form, error) {
  if (!(error instanceof Refusal && error.name === "invalid")) return false;
  tell("");
  const faults = error.problem.errors || [];
  const places = faults.map((fault) => (fault.pointer || "").replace("/values/", "").replaceAll("~1", "/").replaceAll("~0", "~"));
  const details = faults.filter((fault) => !(fault.pointer || "").startsWith("/values/")).map((fault) => fault.detail);
  mark(form, places, [say("unfit"), ...details].join(" "));
  return true;
}

async function answer(form) {
  const panel = document.getElementById("panel");
  const button = form.querySelector("[type=submit]");
  const { request: asked, answer: number, evidence } = form.dataset;
  const about = asked ? { request: asked, answer: Number(number) } : { evidence };
  const body = { decision: panel.dataset.decision, ...(asked || evidence ? { ...about, values: valuesOf(form) } : {}) };
  mark(form, [], "");
  button.disabled = true;
  tell(say("sending"));
  try {
    put(await request("POST", "/panel/answers", { body, headers: { "If-Match": version } }));
    unsent = {};
    document.dispatchEvent(new CustomEvent("decided"));
    const heading = document.getElementById("verdict");
    tell(`${say("decidedAgain")} ${heading.textContent.trim()}`, document.getElementById("panel").className);
    heading.focus();
    scrollTo({ top: 0 });
  } catch (error) {
    if (!markFaults(form, error)) explain(error, () => answer(form));
  } finally { button.disabled = false; }
}

// Pictures, which are fetched with the token, and the places that are marked in them

async function fetchPicture(image, decision) {
  const { file, page } = image.dataset;
  const content = await request("GET", `/panel/pictures/${file}`, { query: { decision, locale: "", page }, headers: { Accept: "image/jpeg" }, as: "blob" });
  const address = URL.createObjectURL(content);
  image.addEventListener("load", () => URL.revokeObjectURL(address), { once: true });
  image.setAttribute("href", address);
}

/** Fetches a few at a time. One that fails hides no other: what came is shown, and the rest can be tried again. */
async function fetchPictures(within) {
  const { decision } = document.getElementById("panel").dataset;
  const images = [...within.querySelectorAll("image[data-file]:not([href])")];
  let missing = 0;
  let expired = null;
  const fetchSome = async () => {
    for (let image = images.shift(); image && !expired; image = images.shift()) {
      try { await fetchPicture(image, decision); } catch (error) {
        missing += 1;
        if (error.status === 401) expired = error;
      }
    }
  };
  await Promise.all(Array.from({ length: PICTURES_AT_ONCE }, fetchSome));
  const again = () => fetchPictures(within);
  if (expired) explain(expired, again);
  else if (missing) tell(say("somePictures"), "bad", say("tryAgain"), again);
}

function light(event) {
  const at = event.target.closest?.("[data-mark]");
  if (at) document.getElementById(at.dataset.mark).classList.toggle("lit", ["focusin", "mouseover"].includes(event.type));
}
for (const type of ["focusin", "focusout", "mouseover", "mouseout"]) document.addEventListener(type, light);

function enlarge(button, frame) {
  const isLarge = frame.classList.toggle("large");
  button.setAttribute("aria-pressed", isLarge);
  if (isLarge) frame.tabIndex = 0; else frame.removeAttribute("tabindex");
}

function fill({ fill: place, value }, piece) {
  const input = [...piece.querySelectorAll("form.answer [name]")].find((each) => each.name === place && (each.type !== "radio" || each.value === value));
  for (let each = input.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
  if (input.type === "radio") input.checked = true; else input.value = value;
  input.focus();
}

// Copying and printing

async function copy(id, asHtml) {
  const source = document.getElementById(id);
  const text = source.tagName === "OL" ? [...source.children].map((each) => each.textContent.trim()).join("\n") : source.textContent;
  try {
    const plain = new Blob([asHtml ? document.getElementById("letter-text").textContent : text], { type: "text/plain" });
    const types = asHtml ? { "text/plain": plain, "text/html": new Blob([source.innerHTML], { type: "text/html" }) } : { "text/plain": plain };
    await navigator.clipboard.write([new ClipboardItem(types)]);
  } catch { // a frame without the permission: the old way, by selection
    const wasHidden = source.hidden;
    source.hidden = false;
    getSelection().selectAllChildren(source);
    document.execCommand("copy");
    getSelection().removeAllRanges();
    source.hidden = wasHidden;
  }
  tell(say("copied"), "good");
  setTimeout(() => { if (notice.textContent === say("copied")) tell(""); }, 2500);
}

function printLetter() {
  document.body.classList.add("only-letter");
  addEventListener("afterprint", () => document.body.classList.remove("only-letter"), { once: true });
  print();
}

/** Shows the panel in another language, with what was entered. */
function speak(other) {
  const kept = entered();
  language = other;
  look({ decision: document.getElementById("panel")?.dataset.decision }, kept);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { lang, show, copy: id, as, print: prints, mark: at } = button.dataset;
  const decision = document.getElementById("panel")?.dataset.decision;
  if (lang && main.contains(button)) speak(lang);
  if (show) look({ decision: show });
  if (id) copy(id, as === "html");
  if (prints !== undefined) printLetter();
  if (at) document.getElementById(at).scrollIntoView({ block: "nearest" });
  if (button.dataset.enlarge) enlarge(button, document.getElementById(button.dataset.enlarge));
  if (button.dataset.fill) fill(button.dataset, button.closest(".piece"));
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.matches("form.answer")) answer(event.target);
});

document.addEventListener("toggle", async (event) => {
  const details = event.target;
  if (!details.matches?.(".lazy") || !details.open || details.dataset.loaded) return;
  details.dataset.loaded = "yes";
  const { decision } = document.getElementById("panel").dataset;
  try {
    put(await request("GET", details.dataset.load, { query: { decision } }), details.querySelector("div"));
    refill(unsent, details);
    await fetchPictures(details);
  }
  catch (error) { delete details.dataset.loaded; details.open = false; explain(error, () => { details.open = true; }); }
}, true);

// Opening

async function open(token, orderId) {
  tell("");
  try {
    put(await request("POST", "/panel/sessions", { token, body: orderId ? { order_id: String(orderId) } : {} }));
    return true;
  } catch (error) {
    explain(error, () => open(token, orderId));
    return false;
  }
}

function ask(label, act, type = "text") {
  const form = document.createElement("form");
  form.className = "ask";
  const field = document.createElement("label");
  const input = Object.assign(document.createElement("input"), { type, required: true, autocomplete: "off", maxLength: 8192 });
  const button = Object.assign(document.createElement("button"), { className: "primary", textContent: say("open") });
  field.append(label, input);
  form.append(field, button);
  form.addEventListener("submit", () => act(input.value.trim()));
  main.querySelector(".loading")?.remove();
  main.querySelector(".ask")?.remove();
  main.setAttribute("aria-busy", "false");
  main.append(form);
  input.focus();
}

function toParent(what) {
  if (parent !== window) parent.postMessage({ type: `adjudicator:${what}`, height: document.documentElement.scrollHeight }, "*");
}

/** Messages of the page around this one. `frame-ancestors` says which pages that can be. */
function fromParent(act) {
  addEventListener("message", (event) => { if (event.source === parent && parent !== window) act(event.data, event.origin); });
}

function json(data) {
  return typeof data === "string" ? parsed(data) : data && typeof data === "object" ? data : {};
}

const hosts = {
  /** The desk of this service opens panels itself: see desk.js. */
  desk() {},
  /** The token comes in the fragment, in a posted form, or by message from `<claim-adjudicator>`. */
  plain() {
    const token = document.body.dataset.token || new URLSearchParams(location.hash.slice(1)).get("token");
    fromParent((data) => {
      if (data?.type === "adjudicator:token" && typeof data.token === "string") open(data.token, data.order);
      if (data?.type !== "adjudicator:language" || typeof data.language !== "string") return;
      if (session) speak(data.language); else language = data.language;
    });
    toParent("ready");
    if (token) open(token);
    else if (parent === window) explain(new Refusal(401, {}));
  },
  /** Chatwoot names the conversation in a text of JSON, without a signature: an id, and no right. The right is the agent's pass. */
  chatwoot() {
    const attribute = new URLSearchParams(location.search).get("attribute") || "order_id";
    const key = "adjudicator-pass";
    let pass = null;
    let order = null;
    try { pass = sessionStorage.getItem(key); } catch { /* a frame without storage: the pass is asked for each time */ }
    const show = () => {
      if (!pass) return ask(say("pass"), async (text) => { pass = text; show(); }, "password");
      if (!order) return ask(say("orderNumber"), (text) => { order = text; show(); });
      open(pass, order).then((opened) => {
        try { if (opened) sessionStorage.setItem(key, pass); else if (!session) { sessionStorage.removeItem(key); } } catch { /* as above */ }
        if (!opened && !session) { pass = null; ask(say("pass"), (text) => { pass = text; show(); }, "password"); }
      });
    };
    fromParent((data) => {
      const { event, data: context } = json(data);
      if (event !== "appContext") return;
      const named = context?.conversation?.custom_attributes?.[attribute] || context?.contact?.custom_attributes?.[attribute];
      if (named && String(named) === order) return;
      order = named ? String(named) : null;
      show();
    });
    parent.postMessage("chatwoot-dashboard-app:fetch-info", "*");
    if (parent === window) show();
  },
  /** Zendesk posts a signed token; which order the ticket is about, its frame API tells on request. */
  zendesk() {
    const { token } = document.body.dataset;
    const query = new URLSearchParams(location.search);
    const [origin, guid, field] = ["origin", "app_guid", "field"].map((name) => query.get(name));
    if (!token) return explain(new Refusal(401, {}));
    if (!origin || !guid || !field) return ask(say("orderNumber"), (text) => open(token, text));
    const place = `ticket.customField:${field}`;
    const send = (message) => parent.postMessage(JSON.stringify({ ...message, appGuid: guid, instanceGuid: guid }), origin);
    fromParent((data, from) => {
      const message = json(data);
      if (from !== origin) return;
      if (message.key === "zaf.app.registered") send({ id: 1, request: "get", params: [place] });
      if (message.id === 1) {
        const order = message.result?.[place];
        if (order) open(token, order);
        else ask(say("orderNumber"), (text) => open(token, text));
      }
    });
    send({ key: "iframe.handshake", message: { version: "2" } });
  },
  /** Sobot signs the address for a customer; it posts `selected` when another conversation is chosen, with the new parameters. */
  sobot() {
    const show = (fields) => {
      const partner = fields.partnerId || fields.partnerid;
      if (!partner || !fields.sign) return explain(new Refusal(401, {}));
      const signed = { partnerId: partner, timestamp: fields.timestamp, sign: fields.sign, email: fields.email };
      const bytes = new TextEncoder().encode(JSON.stringify(signed));
      const token = `sobot.${btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_")}`;
      const own = json(fields.params);
      const order = own.order_id || own.orderId;
      if (order) open(token, order);
      else ask(say("orderNumber"), (text) => open(token, text));
    };
    fromParent((data) => {
      const message = json(data);
      if (message.name === "selected") show(json(message.data || message.params || message));
    });
    show(Object.fromEntries(new URLSearchParams(location.search)));
  },
};

hosts[host]();
// What opened the panel must not stay in the address, nor in the history.
if (host !== "desk" && (location.hash || location.search)) history.replaceState(null, "", location.pathname);
delete document.body.dataset.token;
