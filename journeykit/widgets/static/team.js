// Who sits in front of this browser, and what a round of a team needs. Shared by gather and beliefs.

import { box, focusOf, h, newId, put } from "./common.js";

/** Update children by key, in place: what stays is not touched, so that focus and text stay. */
export function keyed(parent, items, keyOf, make) {
  const wanted = new Map(items.map((item) => [String(keyOf(item)), item]));
  const kept = new Map();
  for (const child of [...parent.children]) {
    if (wanted.has(child.dataset.key)) kept.set(child.dataset.key, child);
    else child.remove();
  }
  let place = parent.firstElementChild;
  for (const [key, item] of wanted) {
    const child = kept.get(key) ?? make(item);
    child.dataset.key = key;
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
    child.show?.(item);
  }
}

/** Redraw, and leave the focus where it was: an element that moved has lost it. */
export function keepingFocus(root, draw) {
  const page = root.getRootNode();
  const held = page.activeElement;
  draw();
  if (held && held !== page.activeElement && root.contains(held)) held.focus({ preventScroll: true });
}

/** Set text only where it differs, and never under somebody's fingers. */
export function setText(field, text) {
  if (focusOf(field) !== field && field.value !== text) field.value = text;
}

/** "Ann 3, Ben 2". */
export function listed(counts, of = "") {
  return counts.map(([who, n]) => `${who} ${n}${of}`).join(", ");
}

export function plural(n, one, many = `${one}s`) { return `${n} ${n === 1 ? one : many}`; }

/** A short word to the reader of the status line, spoken to those who do not see it. */
export function announcer() {
  const node = h("p", { class: "jk-said", role: "status" });
  let timer = 0;
  return { node, say(text) {
    node.textContent = text;
    clearTimeout(timer);
    timer = setTimeout(() => { node.textContent = ""; }, 8000);
  } };
}

// None of the colours of a room's names: a phone that has written nothing yet has a name, too.
const COLOURS = ["Beige", "Brown", "Cobalt", "Cream", "Golden", "Khaki", "Lavender", "Mauve", "Peach", "Saffron"];
const ANIMALS = ["Badger", "Crane", "Falcon", "Fox", "Hare", "Heron", "Ibex", "Lynx", "Magpie", "Marten",
  "Newt", "Otter", "Owl", "Puffin", "Robin", "Seal", "Stork", "Swift", "Tern", "Wren"];

/**
 * The person at this browser: an alias that they choose, remembered by the browser. On a laptop
 * that goes round, one after the other; what the one wrote is put away before the next begins.
 * `about` says what the name is for,
 * `away()` puts away what a person wrote, `changed(another, here)` draws for the next one.
 */
export function team(line, signal, { about, away, changed }) {
  const kept = box(`team:${line.facts.workshop}`);
  const read = () => kept.get() ?? { people: [], now: null, passed: false };
  let state = read();
  const me = () => state.people.find((person) => person.id === state.now) ?? null;
  let entering = false;  // in this very widget
  const set = (next) => {
    kept.set(next);
    entering = true;
    window.dispatchEvent(new CustomEvent("journeykit-team", { detail: line.facts.workshop }));
    entering = false;
  };
  const alias = h("input", { type: "text", maxlength: "40", required: true, autocomplete: "off", class: "jk-alias", oninput: () => alias.setCustomValidity("") });
  const head = h("h4"), words = h("p"), again = h("div", { class: "jk-bar" });
  const low = (name) => name.toLowerCase();
  /** Names of this browser's people, and of all who wrote in this round: nobody is offered one of them. */
  const taken = () => new Set([...state.people.map((person) => person.alias),
    ...[...(line.state.hidden ?? []), ...(line.state.given ?? [])].map(([name]) => name)].map(low));
  const suggest = () => {
    const others = taken(), free = COLOURS.flatMap((colour) => ANIMALS.map((animal) => `${colour} ${animal}`)).filter((name) => !others.has(low(name)));
    const [at] = crypto.getRandomValues(new Uint16Array(1));
    alias.value = free.length ? free[at % free.length] : `Guest ${others.size + 1}`;
  };
  const enter = (person) => {
    const others = state.people.filter((other) => other.id !== person.id);
    set({ people: [...others, person], now: person.id, passed: false });
  };
  const gate = h("form", { class: "jk-gate", onsubmit: (event) => {
    event.preventDefault();
    const name = alias.value.trim();
    alias.setCustomValidity(taken().has(low(name)) ? `“${name}” is taken in this round: choose another name, or “I am ${name} again” if that is you.` : "");
    if (name && alias.reportValidity()) enter({ id: newId("p"), alias: name });
  } },
  head, words,
  h("label", {}, "Your name in this session", alias),
  h("button", { class: "jk-main jk-big", type: "submit" }, "Begin"), again);
  const { me: given } = line.facts; // on a phone, by the room
  const who = h("span", { class: "jk-who" });
  const bar = h("div", { class: "jk-bar jk-me" }, who,
    h("button", { onclick: () => set({ ...state, now: null, passed: true }) }, "Pass the laptop on"));
  const show = () => {
    const person = me();
    gate.hidden = Boolean(person);
    bar.hidden = !person;
    line.who = person?.id ?? "";
    if (person) {
      who.replaceChildren(...(given ? [] : ["You are ", h("b", {}, person.alias)]));
      return;
    }
    put(head, state.passed ? "Pass the laptop on" : "Before you begin");
    put(words, state.passed
      ? "What was written is put away. The next person takes a name of their own."
      : about);
    suggest();
    again.replaceChildren(...state.people.map((old) =>
      h("button", { onclick: () => enter(old) }, `I am ${old.alias} again`)));
    if (state.people.length) again.prepend(h("span", {}, "Been here before:"));
  };
  if (given) state = { people: [{ ...state.people.find(({ id }) => id === given.id), ...given }], now: given.id };
  if (given) kept.set(state);
  let shown = state.now;
  const heard = (event) => {
    if (event.type === "storage" ? event.key !== `journeykit:team:${line.facts.workshop}` : event.detail !== line.facts.workshop) return;
    const was = shown;
    state = read();
    shown = state.now;
    if (was && was !== shown) away?.();
    show();
    changed(was !== shown, entering);
    if (entering && !shown) alias.focus();
  };
  window.addEventListener("journeykit-team", heard, { signal });
  window.addEventListener("storage", heard, { signal });
  show();
  return { gate, bar, get me() { return me(); },
    /** Remember something about the person at this browser. */
    tell(more) { enter({ ...me(), ...more }); } };
}

/** What one person has in one round, in the browser's own storage. */
export function own(line, person) {
  const kept = box(`${line.facts.widget}:${line.facts.workshop}:${line.facts.doc}:${person.id}`);
  let now = kept.get() ?? {};
  return {
    get(key, otherwise) { return now[key] ?? otherwise; },
    set(key, value) { now = { ...now, [key]: value }; kept.set(now); },
    put(key, part, value) { this.set(key, { ...now[key], [part]: value }); },
    clear() { now = {}; kept.set(now); },
  };
}

/** A button that asks once more before it does what cannot be taken back; `asks()` where the question is being asked. */
export function sure(label, question, act, asks = () => {}) {
  const first = h("button", { class: "jk-main jk-big" });
  const yes = h("button", { class: "jk-main jk-big" });
  const asked = h("span");
  const no = h("button", { class: "jk-big" }, "Not yet");
  const second = h("div", { class: "jk-bar", hidden: true }, asked, yes, no);
  const turn = (asking) => {
    first.hidden = asking;
    second.hidden = !asking;
    (asking ? yes : first).focus();
  };
  first.addEventListener("click", () => { asks(); turn(true); });
  no.addEventListener("click", () => turn(false));
  yes.addEventListener("click", () => { turn(false); act(); });
  const node = h("div", { class: "jk-sure" }, first, second);
  return { node, show(what, more = "") {
    put(first, `${label} ${what}`);
    put(asked, more + question);
    put(yes, `${label} now`);
  } };
}
