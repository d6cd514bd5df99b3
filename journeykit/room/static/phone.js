// The page of a phone: it joins by the code in the address, and shows the activity of the moment.
// A widget's script finds here what it has in a notebook: a model that it can ask and hear.

import { box, button, h, labels, put } from "./common.js";
import { keeping } from "./kept.js";

const place = document.getElementById("place"), say = document.getElementById("line"), name = document.getElementById("name");
const kept = box("room"); // the secret by which this phone comes back as the same person
const AGAIN = [300, 1000, 2000, 4000];
let line = null, tries = 0, timer = 0, now = null, over = false, learnt = false, t = labels({});

// Who wants no name has none: a number tells them apart, and what they have written stays theirs.
const nameless = button("", () => { nameless.hidden = true; post({ token: kept.get().token, nameless: true }); }, { hidden: true });
document.querySelector("header").append(nameless);

const codeOf = () => decodeURIComponent(location.hash.slice(1)).trim().toUpperCase() || kept.get()?.code || "";
const post = (what) => { if (line?.readyState === 1) line.send(JSON.stringify(what)); };
const unsent = keeping({ place: document.getElementById("kept"), words: () => t, changed: () => now?.hear?.({ done: [] }),
  post: (late, ops) => post({ n: now?.n ?? 0, late, msg: { ops } }) });
// A room takes no more letters at once: a field says so by taking none.
place.addEventListener("focusin", ({ target }) => { if (target.maxLength < 0) target.maxLength = 4000; });

function join() {
  clearTimeout(timer);
  if (over || !learnt || (line && line.readyState < 2)) return;
  const code = codeOf();
  if (!code) { ask(); return; }
  const mine = line = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}/line`);
  mine.onopen = () => post({ code, token: kept.get()?.token });
  mine.onmessage = ({ data }) => { if (mine === line) heard(JSON.parse(data), code); };
  mine.onclose = ({ code: why }) => {
    if (mine !== line || why === 4000 || over) return;
    put(say, t("Not connected. What you write is kept and sent later."));
    timer = setTimeout(join, AGAIN[Math.min(tries++, AGAIN.length - 1)]);
  };
}

function heard(message, code) {
  if (message.refused) { refused(message.refused); return; }
  if (message.trouble) { put(say, t("The room cannot save now. What you write is kept here and sent again.")); setTimeout(unsent.again, 5000); return; }
  if (message.msg) put(say, "");
  if (message.late) { unsent.heard(message.late, message.msg); return; }
  if (message.msg) { if (now && message.n === now.n) now.hear?.(message.msg); return; }
  if (message.token) {
    if (message.nameless) leave(); // what stands has the name
    tries = 0;
    put(say, "");
    kept.set({ ...kept.get(), code, token: message.token });
  }
  show(message);
}

/** What a wifi has lost on its way is asked for again; null where it does not come at all. */
const fetched = (path, more = 4) => fetch(path).catch(() => (more > 0
  ? new Promise((soon) => { setTimeout(soon, 500); }).then(() => fetched(path, more - 1)) : null));

/** The labels in the first language of this browser that the room has; English stands in the scripts. */
async function learn() {
  for (const each of navigator.languages) {
    const language = each.split("-")[0].toLowerCase();
    if (language === "en") return;
    const answer = await fetched(`/${language}.toml`);
    if (!answer?.ok) continue;
    const pairs = (await answer.text()).matchAll(/^("(?:[^"\\]|\\.)*") = ("(?:[^"\\]|\\.)*")$/gm);
    t = labels({ words: Object.fromEntries([...pairs].map(([, key, value]) => [JSON.parse(key), JSON.parse(value)])) });
    t.language = each;
    Object.assign(document.documentElement, { lang: language, dir: language === "ar" ? "rtl" : "ltr" });
    return;
  }
}

/** Ask for the code where the address has none, or a wrong one. */
function ask(why = "") {
  leave();
  const field = h("input", { autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 12, required: true });
  place.replaceChildren(h("form", { onsubmit: (event) => {
    event.preventDefault();
    history.replaceState(null, "", `#${field.value.trim().toUpperCase()}`);
    line = null;
    join();
  } }, h("h1", {}, t("Join the room")), h("p", { role: "alert" }, why),
  h("label", {}, t("The code on the wall"), field), h("button", { type: "submit" }, t("Join"))));
  field.focus();
}

function refused(why) {
  put(say, "");
  if (why === "code") { kept.set({ ...kept.get(), code: "" }); ask(t("This code is not the one of this room.")); return; }
  leave();
  place.replaceChildren(h("p", { role: "alert" }, t("The room is locked: nobody new comes in now.")),
    h("form", { onsubmit: (event) => { event.preventDefault(); line = null; join(); } }, h("button", { type: "submit" }, t("Try again"))));
}

function leave() { now?.end?.abort(); now = null; }

/** Show an activity, or the map; after a sleep what stands goes on as it is. */
function show(message) {
  const { n, widget, facts, state, now: time } = message;
  const same = now?.widget === widget && widget && now.doc === facts.doc;
  if (same) {
    now.n = n;
    now.hear({ state, now: time });
    now.hear({ again: true });
    unsent.at(facts.workshop, now.activity);
    return;
  }
  leave();
  nameless.hidden = !widget || Boolean(facts.me.was);
  if (!widget) { (message.decisions ? showDecided : showMap)(message); unsent.at(kept.get()?.workshop, ""); return; }
  const end = new AbortController();
  facts.words = t.words;
  facts.unsaved = unsent.unsaved;
  kept.set({ ...kept.get(), workshop: facts.workshop });
  put(name, facts.me.was ? t("You have no name here") : t("You are {name}", { name: facts.me.alias }));
  put(nameless, t("Without a name"));
  now = { n, widget, doc: facts.doc, activity: `${widget}:${facts.doc ?? ""}`, end, ...modelOf(facts, state) };
  unsent.at(facts.workshop, now.activity);
  const mine = now, el = h("div");
  const style = h("link", { rel: "stylesheet", href: `/${widget}.css` });
  const ready = new Promise((done) => { style.onload = style.onerror = done; });
  end.signal.addEventListener("abort", () => style.remove());
  document.head.append(style);
  Promise.all([import(`/${widget}.js`), ready]).then(([module]) => {
    if (now !== mine) return;
    place.replaceChildren(el);
    module.default.render({ model: mine.model, el, signal: end.signal });
    mine.hear({ state, now: time });
  }).catch(() => { // a script that did not come comes with a new page; what was written waits on this phone
    if (now !== mine) return;
    put(say, t("Not connected. What you write is kept and sent later."));
    setTimeout(() => { if (now === mine) location.reload(); }, 2000);
  });
}

/** A model as a widget knows it. A line loses nothing, and a room tells phones not all: what comes is numbered here. */
function modelOf(facts, state) {
  const calls = new Map();
  let last = 0;
  const model = {
    get: (key) => ({ facts, state: { ...state, seq: 0 } })[key],
    set() {}, save_changes() {},
    on(kind, call) { calls.set(kind, (calls.get(kind) ?? new Set()).add(call)); },
    off(kind, call) { calls.get(kind)?.delete(call); },
    // What is typed last may be asked when the activity is over.
    send(msg) { if (msg.ops) post({ n: now?.n ?? 0, msg, ...(now?.model === model ? {} : { late: `${facts.widget}:${facts.doc ?? ""}` }) }); },
  };
  const hear = (msg) => {
    const told = { ...msg };
    if (msg.refused?.length) unsent.refused(msg.refused);
    if (msg.state) told.state = { ...msg.state, seq: last += 1 };
    else if (msg.patch) told.seq = last += 1;
    calls.get("msg:custom")?.forEach((call) => call(told, []));
  };
  return { model, hear };
}

function showMap({ n, map, name: called }) {
  now = { n };
  put(name, called);
  place.replaceChildren(h("p", {}, t("The facilitator begins the next activity. Until then: the map.")),
    ...(map ? [h("div", { class: "map", tabindex: 0, role: "region", "aria-label": t("The map") },
      h("img", { alt: t("The map"), src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(map)}` }))] : []));
}

/** The last page: what was decided, who sees to it by when, and what waits; to keep, as a file of its own. */
function showDecided({ n, decisions, parked, name: called, over: ended }) {
  now = { n };
  over = ended;
  put(name, called);
  const day = (due) => new Date(`${due}T12:00`).toLocaleDateString(t.language, { day: "numeric", month: "long", year: "numeric" });
  const list = (rows) => h("ul", { class: "decided" }, rows.map(({ text, owner, due }) => h("li", {}, h("b", { dir: "auto" }, text),
    owner || due ? h("span", {}, [owner, due && t("by {day}", { day: day(due) })].filter(Boolean).join(" · ")) : null)));
  const page = h("div", {}, h("h1", {}, t("What we decided")), decisions.length ? list(decisions) : h("p", {}, t("Nothing yet.")),
    parked.length ? [h("h2", {}, t("Parking lot: good, but not now")), list(parked)] : null);
  const keep = () => {
    const made = document.implementation.createHTMLDocument(called);
    Object.assign(made.documentElement, { lang: document.documentElement.lang, dir: document.documentElement.dir });
    made.head.append(Object.assign(made.createElement("meta"), { name: "viewport", content: "width=device-width" }));
    made.body.style.cssText = "font: 1rem/1.5 system-ui, sans-serif; max-width: 40em; margin: 2em auto; padding: 0 1em";
    made.body.append(made.importNode(page, true));
    const file = new Blob([`<!doctype html><meta charset="utf-8">${made.documentElement.outerHTML}`], { type: "text/html" });
    h("a", { href: URL.createObjectURL(file), download: `${called.replace(/[^\p{L}\p{N}]+/gu, "-") || "journeykit"}.html` }).click();
  };
  place.replaceChildren(page, button(t("Keep this page"), keep, { class: "keep" }));
  if (over) put(say, t("The session is over."));
}

const dark = matchMedia("(prefers-color-scheme: dark)");
const shade = () => document.documentElement.classList.toggle("jp-mod-dark", dark.matches);
dark.addEventListener("change", shade);
shade();
// A phone that wakes up does not wait for its turn.
for (const kind of ["online", "pageshow", "focus"]) window.addEventListener(kind, join);
document.addEventListener("visibilitychange", () => { if (!document.hidden) join(); });
window.addEventListener("hashchange", () => { line?.close(); line = null; join(); });
learn().finally(() => { learnt = true; join(); });
