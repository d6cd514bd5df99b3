// What all live widgets share.

/** Make an element. Texts become text nodes, never HTML. `on…` attributes are listeners. */
export function h(name, attributes = {}, ...children) {
  const svg = ["svg", "path", "circle", "line", "rect", "g", "text", "title", "polyline"].includes(name);
  const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  if (name === "button") made.type = name; // to submit is what it says
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "style") made.style.cssText = value; // a page may forbid the attribute
    else if (key === "value" || key === "checked" || key === "disabled") made[key] = value;
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export function button(words, onclick, more = {}) { return h("button", { onclick, ...more }, words); }

/** Tell those who do not see it: `aria(button, "pressed", true)`. */
export function aria(node, what, value) { node.setAttribute(`aria-${what}`, value); }

/** What has the focus on the page of a node. */
export const focusOf = (node) => node.getRootNode().activeElement;

/** Put other children in place, and lead the focus back to the same one of `what`. */
export function replace(parent, what, children) {
  const at = [...parent.querySelectorAll(what)].indexOf(focusOf(parent));
  parent.replaceChildren(...children.filter(Boolean));
  if (at >= 0) parent.querySelectorAll(what)[at]?.focus({ preventScroll: true });
}

/** Change a text, or what is in a list, only where it is another: what stands is not laid out anew. */
export function put(node, words) { if (node.textContent !== words) node.textContent = words; }
export function putOptions(list, options) {
  const told = JSON.stringify(options);
  if (list.dataset.told === told) return;
  list.dataset.told = told;
  list.replaceChildren(...options.map(([value, words]) => h("option", { value }, words)));
}

/** How a label is said: in the words that a phone brings along, else as it stands here; `{name}` is put in. */
export function labels({ words = {} }) {
  const filled = (text, more) => text.replace(/\{(\w+)\}/g, (all, key) => more[key] ?? all);
  const said = (text, more = {}) => filled(words[text] ?? text, more);
  // A sentence of the kit into which the room has put the team's own words already.
  const patterns = Object.keys(words).filter((key) => /\{\w+\}/.test(key) && key.replace(/\{\w+\}/g, "").trim().length > 9)
    .map((key) => [key, new RegExp(`^${key.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("(.+)")}$`, "u"), [...key.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)]);
  const kits = (text) => {
    if (words[text]) return words[text];
    for (const [key, pattern, names] of patterns) {
      const found = pattern.exec(text);
      if (found) return filled(words[key], Object.fromEntries(names.map((name, at) => [name, found[at + 1]])));
    }
    return text;
  };
  return Object.assign(said, { words, kits });
}

/** The whole screen, for the projector; nothing where a browser has none. */
export function bigScreen(root) {
  return root.requestFullscreen && h("button", { class: "jk-host", onclick: () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen()) }, "Full screen");
}

/** The lines of a text or of what is pasted, without the marks of a list. */
export function lines(text) {
  return text.split(/\r?\n/).map((line) => line.replace(/^\s*(?:[-*•–]|\d+[.)])\s+/, "").trim()).filter(Boolean);
}
export const pasted = (event) => lines(event.clipboardData?.getData("text/plain") ?? "");

/** Words as they stand in an id; a text without any has none. */
export function slug(text, most = 60) {
  const words = text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replaceAll("ß", "ss").match(/[a-z0-9]+/g) ?? [];
  return words.join("-").slice(0, most).replace(/-+$/, "");
}

/** An id that nobody else makes. `crypto.randomUUID` is missing on plain http. */
export function newId(prefix = "") {
  const bytes = crypto.getRandomValues(new Uint8Array(9));
  return prefix + [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Apply a patch of the kernel to a state, without changing the old one. */
function patched(state, patch) {
  const now = { ...state };
  for (const [key, told] of Object.entries(patch)) {
    if ("is" in told) {
      if (told.is === null) delete now[key];
      else now[key] = told.is;
    } else {
      now[key] = { ...now[key], ...told.put };
      for (const gone of told.drop) delete now[key][gone];
    }
  }
  return now;
}

/** A small box in the browser's own storage; without storage it lasts as long as the page. */
export function box(name) {
  const key = `journeykit:${name}`;
  let kept = null;
  return {
    get() { try { return JSON.parse(localStorage.getItem(key)) ?? kept; } catch { return kept; } },
    set(value) { kept = value; try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* private mode */ } },
  };
}

const AGAIN = 5000; // milliseconds until what nobody has answered is sent again

/**
 * Join the model of a widget: the state as it is now, and a way to ask for changes.
 * What was asked and not acknowledged yet waits in the browser's storage, so that it outlives
 * a reload or a dead kernel, and is sent again to the next one.
 */
export function connect(model, signal) {
  const facts = model.get("facts");
  const outbox = box(`outbox:${facts.workshop ?? ""}:${facts.widget}:${facts.doc ?? ""}`);
  const listeners = new Set();
  const refusals = new Set();
  const wanted = new Set();
  const saving = new Map();
  let under = null; // the ids that are under way
  let again = 0, pause = AGAIN, held = false;
  const waiting = new Map((outbox.get() ?? []).map((operation) => [operation.id, operation]));
  const line = {
    facts, state: model.get("state"), waiting, t: labels(facts),
    /** Call with the new state after each change. */
    onChange(call) { listeners.add(call); },
    /** Call with (operation, reason) when the kernel refused one. */
    onRefused(call) { refusals.add(call); },
    /** Ask for a change; `onChange` tells when it is durable, `onRefused` why it was not made. */
    ask(kind, doc, data, by = line.who) {
      const operation = { id: newId("o"), kind, doc, by: by ?? "", data };
      waiting.set(operation.id, operation);
      if (!held) sent();
      return operation.id;
    },
    /** What is asked in `call` goes out together and is drawn once: a list that was pasted. */
    together(call) {
      held = true;
      try { call(); } finally { held = false; sent(); }
    },
    /** Save a file of the workshop folder; all browsers hear it, the one that asked takes it. */
    fetch(file) { wanted.add(file); model.send({ file }); },
    /** Make a file to take home; `call` hears what is said of it. */
    save(kind, call) { saving.set(kind, call); model.send({ save: kind }); },
    /** What was asked of a document and is not answered yet. */
    asked: (doc, kind) => [...waiting.values()].filter((one) => one.doc === doc && (!kind || one.kind === kind)),
    who: "",
  };
  const tell = () => listeners.forEach((call) => call(line.state));
  const sent = () => { outbox.set([...waiting.values()]); if (!under) post(); tell(); };
  // One message at a time, so that none overtakes another on its way; what is asked meanwhile goes
  // together with the next. One that nobody answers is sent again: what counted once counts no more.
  const post = () => {
    clearTimeout(again);
    const next = [...waiting.values()].slice(0, 50);
    under = next.length ? new Set(next.map((operation) => operation.id)) : null;
    if (!under) return;
    try { model.send({ ops: next }); } catch { /* the kernel is gone; the next one gets it */ }
    again = setTimeout(() => { pause = Math.min(60000, 2 * pause); post(); }, pause);
  };
  const settle = (id) => { const was = waiting.get(id); waiting.delete(id); return was; };
  const heard = (message, buffers) => {
    if (!message || typeof message !== "object") return;
    if (message.file && wanted.delete(message.file))  // saved, never opened: it may hold scripts
      h("a", { href: URL.createObjectURL(new Blob(buffers)), download: message.name }).click();
    if (message.saved) { saving.get(message.saved)?.(message.said); saving.delete(message.saved); }
    if (message.again) { pause = AGAIN; post(); } // connected anew: what is under way was not heard
    if (message.done || message.refused) {
      (message.done ?? []).forEach(settle);
      for (const { id, why } of message.refused ?? []) {
        const was = settle(id);
        if (was) refusals.forEach((call) => call(was, why));
      }
      outbox.set([...waiting.values()]);
      if (under && ![...under].some((id) => waiting.has(id))) { pause = AGAIN; post(); }
      tell();
    }
    if (message.state && message.state.seq >= line.state.seq) { line.state = message.state; tell(); }
    if (message.patch) {
      if (message.seq === line.state.seq + 1) {
        line.state = { ...patched(line.state, message.patch), seq: message.seq };
        tell();
      } else if (message.seq > line.state.seq) model.send({ need: "state" });
    }
  };
  const synced = () => {
    const state = model.get("state");
    if (state.seq > line.state.seq) { line.state = state; tell(); }
  };
  model.on("msg:custom", heard);
  model.on("change:state", synced);
  model.send({ hello: true });
  post();
  signal.addEventListener("abort", () => {
    clearTimeout(again);
    model.off("msg:custom", heard);
    model.off("change:state", synced);
    model.send({ bye: true });
  });
  return line;
}

/** The root of a widget: keys typed in it are not JupyterLab's, and it tells what is not saved yet. */
export function frame(el, line, label) {
  const status = h("span", { class: "jk-status", role: "status" });
  const root = h("section", { class: "jk-live", "aria-label": label, "data-lm-suppress-shortcuts": "true", "data-role": line.facts.role });
  // The presenter's view hears them: there JupyterLab's own keys are dead, and what is used here is marked.
  const kept = document.documentElement.dataset.journeykit === "present" ? [] : ["keydown", "keyup", "keypress"];
  for (const kind of [...kept, "paste", "copy", "cut"]) {
    root.addEventListener(kind, (event) => event.stopPropagation());
  }
  // A finger on a handle is no gesture of the browser: else a quick drag ends as a fling, which swallows the next tap.
  root.addEventListener("touchmove", (event) => { if (event.target.closest(".jk-grip, .jk-handle")) event.preventDefault(); }, { passive: false });
  const show = () => {
    const said = line.state.said?.map((words) => `⚠ ${words}`) ?? [];
    if (line.waiting.size) said.unshift(line.t("Saving …"));
    const unsaved = line.facts.unsaved?.(); // of an earlier activity, on a phone
    if (unsaved) said.unshift(unsaved);
    if (!status.dataset.refused) status.textContent = said.join(" ") || line.t("✓ Saved");
  };
  line.onChange(show);
  line.onRefused((_, why) => {
    status.textContent = line.t("✗ Not done: {why}", { why: line.t(why) });
    status.dataset.refused = "yes";
    setTimeout(() => { delete status.dataset.refused; if (line.facts.unsaved) show(); }, 8000);
  });
  el.replaceChildren(root);
  return { root, status };
}
