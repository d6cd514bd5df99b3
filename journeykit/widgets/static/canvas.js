// The persona canvas: fields of sticky items, written in place, beside what the data says.

import { arrange, fit, headField, matched, PAUSE, profile } from "./canvas_parts.js";
import { aria, bigScreen, box, connect, focusOf, frame, h, newId, pasted } from "./common.js";

class Board {
  constructor(line, root, say) {
    Object.assign(this, { line, root, say, doc: line.facts.doc, lists: new Map() });
    this.draft = box(`draft:${line.facts.workshop}:${this.doc}`);
  }

  // --- items ------------------------------------------------------------------------------

  /** Make a sticky item. `saved` is what the kernel has of it, null for nothing. */
  item(list, text, saved = null) {
    const area = h("textarea", { rows: 1, value: text });
    const grip = h("button", { class: "jk-grip", title: "Drag, or use the arrow keys" }, "⠿");
    const node = h("li", {}, grip, area, h("button", { class: "jk-gone", title: "Remove", onclick: () => this.drop(node) }, "×"));
    Object.assign(node, { saved, area, grip });
    area.addEventListener("input", () => this.typed(node));
    area.addEventListener("keydown", (event) => this.key(event, node));
    area.addEventListener("paste", (event) => this.paste(event, node));
    area.addEventListener("blur", () => this.leave(node));
    grip.addEventListener("keydown", (event) => this.shift(event, node, true));
    grip.addEventListener("pointerdown", (event) => this.drag(event, node));
    return node;
  }

  add(list, text = "", before = null) {
    const node = this.item(list, text);
    this.whole(() => { // the focus leaves another item, which is saved while this one is still empty
      list.insertBefore(node, before);
      this.name(list);
      node.area.focus();
    });
    return node;
  }

  /** Do something whole before anything is drawn anew: half done, an item looks like one that is gone. */
  whole(act) {
    this.held = true;
    try { act(); } finally { this.held = false; }
    this.show(this.line.state);
  }

  /** Tell screen readers what each control is about. */
  name(list) {
    [...list.children].forEach((node, place, all) => {
      const words = node.area.value.trim() || "empty";
      aria(node.area, "label", `${list.label}, ${place + 1} of ${all.length}`);
      aria(node.grip, "label", `Move: ${words}`);
      aria(node.lastChild, "label", `Remove: ${words}`);
      fit(node.area);
    });
  }

  typed(node) {
    if (node.area.value.includes("\n")) node.area.value = node.area.value.replaceAll("\n", " ");
    fit(node.area);
    this.draft.set({ field: node.parentNode.dataset.field, was: node.saved, text: node.area.value });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => node.isConnected && this.commit(node.parentNode), PAUSE);
  }

  key(event, node) {
    const { area } = node;
    if (event.isComposing) return;
    const [empty, start, end] = [!area.value, area.selectionEnd === 0, area.selectionStart === area.value.length];
    const [up, down] = [node.previousSibling, node.nextSibling];
    if (event.altKey) return this.shift(event, node, false);
    if (event.key === "Enter") {
      event.preventDefault();
      if (!area.value.trim()) return;
      const rest = area.value.slice(area.selectionEnd).trim();
      if (rest && !start) { // in the middle: the rest becomes an item of its own
        area.value = area.value.slice(0, area.selectionStart).trim();
        this.add(node.parentNode, rest, down).area.setSelectionRange(0, 0);
      } else this.add(node.parentNode, "", start ? node : down);
    } else if (event.key === "Escape") {
      area.value = node.saved ?? "";
      this.draft.set(null);
      area.blur();
    } else if (event.key === "Backspace" && empty && (up || down)) {
      event.preventDefault();
      this.drop(node, up ?? down);
    } else if (event.key === "ArrowUp" && start && up) {
      event.preventDefault();
      up.area.focus();
    } else if (event.key === "ArrowDown" && end && down) {
      event.preventDefault();
      down.area.focus();
    }
  }

  paste(event, node) {
    const texts = pasted(event);
    const { area } = node;
    if (texts.length < 2 && area.value) return;
    event.preventDefault();
    area.setRangeText(texts.shift() ?? "", area.selectionStart, area.selectionEnd, "end");
    if (!texts.length) return;
    const list = node.parentNode;
    node.after(...texts.map((text) => this.item(list, text)));
    this.commit(list);
    [...list.children].find((each) => each.area.value === texts.at(-1)).area.focus();
    this.say(`${texts.length + 1} items added to ${list.label}`);
  }

  leave(node) {
    const list = node.parentNode;
    if (!list || list.moving || this.dragging) return;
    if (!node.area.value.trim()) node.remove();
    this.commit(list);
  }

  drop(node, next = node.nextSibling ?? node.previousSibling) {
    const list = node.parentNode;
    list.moving = true; // the blur of what goes is no leaving
    node.remove();
    list.moving = false;
    this.commit(list);
    if (next) {
      next.area.focus();
      next.area.setSelectionRange(next.area.value.length, next.area.value.length);
    } else list.more.focus();
  }

  /** Ask the kernel for what stands in the list now. */
  commit(list) {
    const nodes = [...list.children].filter((node) => node.area.value.trim());
    const items = nodes.map((node) => node.area.value.trim());
    nodes.forEach((node, place) => { node.saved = items[place]; });
    this.draft.set(null);
    this.name(list);
    if (JSON.stringify(items) === JSON.stringify(list.base)) return;
    const was = list.base;
    list.base = items;
    this.line.ask("canvas.set", this.doc, { field: list.dataset.field, items, was });
  }

  // --- moving -----------------------------------------------------------------------------

  /** Move by keys: up and down in the field, left and right to the field beside it. */
  shift(event, node, bare) {
    const list = node.parentNode, lists = [...this.lists.values()];
    const step = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key];
    if (!step || (bare && event.altKey)) return;
    event.preventDefault();
    const focus = event.target;
    list.moving = true;
    let target = list;
    if (event.key === "ArrowUp") node.previousSibling?.before(node);
    else if (event.key === "ArrowDown") node.nextSibling?.after(node);
    else {
      target = lists[(lists.indexOf(list) + step + lists.length) % lists.length];
      target.append(node);
    }
    list.moving = false;
    focus.focus();
    this.moved(node, list, target);
  }

  moved(node, from, to) {
    this.whole(() => new Set([to, from]).forEach((list) => this.commit(list)));
    const place = [...to.children].indexOf(node) + 1;
    this.say(`${to.label}: now ${place} of ${to.children.length}`);
  }

  /** Drag with a mouse, a pen or a finger. */
  drag(event, node) {
    if (event.button) return;
    event.preventDefault();
    node.grip.focus({ preventScroll: true });
    const from = node.parentNode, home = node.nextSibling;
    const done = new AbortController();
    this.root.setPointerCapture(event.pointerId); // not the grip: it is taken out and put in again
    node.dataset.moving = this.dragging = true;
    const over = (list) => this.lists.forEach((each) => each.parentNode.toggleAttribute("data-over", each === list));
    const move = ({ clientX, clientY }) => {
      const under = document.elementsFromPoint(clientX, clientY).map((el) => el.closest(".jk-field")).find((el) => el && this.root.contains(el));
      if (!under) return;
      const list = under.querySelector("ul");
      const next = [...list.children].find((each) => each !== node && clientY < each.getBoundingClientRect().top + each.offsetHeight / 2);
      if (node.parentNode !== list || node.nextSibling !== (next ?? null)) list.insertBefore(node, next ?? null);
      over(list);
    };
    const end = (keep) => {
      done.abort();
      over(null);
      delete node.dataset.moving;
      this.dragging = false;
      if (!keep) from.insertBefore(node, home);
      else this.moved(node, from, node.parentNode);
      node.grip.focus({ preventScroll: true });
      this.show(this.line.state);
    };
    const on = (kind, call) => this.root.addEventListener(kind, call, done);
    on("pointermove", move);
    on("pointerup", () => end(true));
    on("pointercancel", () => end(false));
    on("keydown", (pressed) => { if (pressed.key === "Escape") end(false); });
  }

  // --- from the kernel --------------------------------------------------------------------

  /** Show what the kernel has; what somebody types here meanwhile stays. */
  show(state) {
    if (this.dragging || this.held) return;
    const asked = {}; // what was asked of a field and not answered yet stands for its state
    this.line.asked(this.doc, "canvas.set").forEach(({ data }) => { asked[data.field] = data.items; });
    this.lists.forEach((list, field) => {
      const texts = asked[field] ?? state.fields?.[field] ?? [];
      list.base = texts;
      const old = [...list.children], held = focusOf(list);
      const kept = matched(texts, old);
      const nodes = kept.map((node, place) => node ?? this.item(list, texts[place], texts[place]));
      nodes.forEach((node, place) => {
        if (node.area !== held && node.area.value.trim() !== texts[place]) node.area.value = texts[place];
      });
      for (const node of old.filter((each) => !kept.includes(each))) {
        if (!node.contains(held)) { node.remove(); continue; }
        // It is being written, or somebody took it away while it was.
        if (node.area.value.trim() === (node.saved ?? "") && node.saved !== null) { node.remove(); continue; }
        node.saved = null;
        nodes.splice(Math.max(0, nodes.indexOf(node.previousSibling) + 1), 0, node);
      }
      arrange(list, nodes);
      this.name(list);
    });
  }

  /** What was typed when the page was closed. */
  restore() {
    const kept = this.draft.get();
    const list = kept && this.lists.get(kept.field);
    if (!list || !kept.text.trim()) return;
    const node = [...list.children].find((each) => kept.was !== null && each.saved === kept.was) ?? list.appendChild(this.item(list, ""));
    node.area.value = kept.text;
    this.commit(list);
  }
}

export default {
  render({ model, el, signal }) {
    const line = connect(model, signal);
    const browser = box("browser");
    if (!browser.get()) browser.set(newId("b"));
    line.who = browser.get();
    const { root, status } = frame(el, line, "Persona canvas");
    root.classList.add("jk-canvas");
    const told = h("span", { class: "jk-hidden", role: "status" });
    const board = new Board(line, root, (words) => { told.textContent = words; });
    const heads = Object.entries(line.facts.head).map(([key, label]) => headField(line, key, label, signal));
    const fields = line.facts.fields.map(([key, label, asks], place) => {
      const list = h("ul", { "data-field": key, "aria-label": label });
      const more = h("button", { class: "jk-more", "aria-label": `Add to ${label}`, onclick: () => board.add(list) }, "+ Add");
      Object.assign(list, { label, more, base: [] });
      board.lists.set(key, list);
      return h("div", { class: "jk-field", role: "group", "aria-label": label, style: `--tone: ${line.facts.tones[place % line.facts.tones.length]}` },
        h("h3", {}, label), h("p", { class: "jk-asks" }, asks), list, more);
    });
    const act = (kind) => () => line.ask(kind, board.doc, {});
    root.append(
      h("div", { class: "jk-who" }, heads.map(({ area }) => area)),
      h("div", { class: "jk-bar" }, h("button", { onclick: act("undo") }, "↶ Undo"), h("button", { onclick: act("redo") }, "↷ Redo"), bigScreen(root), status),
      h("div", { class: "jk-sides" }, h("div", { class: "jk-fields" }, fields), profile(line.facts.profile)), told);
    const show = (state) => { heads.forEach((head) => head.show(state)); board.show(state); };
    line.onChange(show);
    show(line.state);
    board.restore();
    let width = 0;
    const wide = new ResizeObserver(() => {
      if (root.clientWidth === width) return;
      width = root.clientWidth;
      root.querySelectorAll("textarea").forEach(fit);
    });
    wide.observe(root);
    signal.addEventListener("abort", () => { wide.disconnect(); clearTimeout(board.timer); });
  },
};
