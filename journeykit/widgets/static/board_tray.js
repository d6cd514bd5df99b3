// The tray: notes that wait to be put on the map, from a round of the team or a board of another tool.

import { aria, h, put } from "./common.js";
import { keyed } from "./team.js";

const MOST = 200;

export function makeTray(board, mover, ask) {
  const words = h("summary"), list = h("div", { class: "jk-tray-list" }), more = h("p", { class: "jk-soft", hidden: true });
  const el = h("details", { class: "jk-tray", hidden: true }, words,
    h("p", { class: "jk-soft" }, "Drag a note into a cell, or press “Put on the map”. What is removed here is gone from the workshop; Undo brings it back."), list, more);
  let waiting = [], stages = [];

  /** The map that notes go to: the to-be map where that one alone is shown. */
  const doc = () => board.docs[board.view.show === "to-be" ? "to_be" : "as_is"];
  function place(id, stage, lane) {
    const note = board.state().tray[id];
    if (!note) return;
    const dots = note.dots ? ` (${note.dots} ${note.dots === 1 ? "dot" : "dots"})` : "";
    board.together(() => {
      // The card has the note's name, so that two who put it there at once make one card.
      board.act("card.add", doc(), { id, stage, lane, text: note.text, ...(note.author ? { author: note.author } : {}),
        ...(note.of ? { source: note.of + dots } : {}) });
      ask("set", `records/notes/${id}`, { card: id });
    });
    board.focus(doc(), id);
  }

  const makeOne = ([id]) => {
    const text = h("div", { class: "jk-text", dir: "auto" }), small = h("div", { class: "jk-small" });
    const go = h("button", { onclick: () => {
      const note = board.state().tray[id];
      mover.show(doc(), id, { text: note.text, stage: note.stage || stages[0]?.id, lane: "touchpoints" }, (stage, lane) => place(id, stage, lane));
    } }, "Put on the map");
    const away = h("button", { class: "jk-more", title: "Remove this note", onclick: () => { board.act("remove", `records/notes/${id}`, {}); words.focus(); } }, "×");
    const made = h("div", { class: "jk-note", "data-tray": id }, away, h("span", { class: "jk-grip", "aria-hidden": "true", title: "Drag it onto the map" }, "⠿"), text, small, h("div", { class: "jk-bar" }, go));
    made.show = ([, note]) => {
      put(text, note.text);
      put(small, [note.dots && `● ${note.dots}`, note.author, note.of].filter(Boolean).join(" · "));
      aria(go, "label", `Put on the map: ${note.text.slice(0, 60)}`);
      aria(away, "label", `Remove this note: ${note.text.slice(0, 60)}`);
    };
    return made;
  };
  const makeGroup = ([, name]) => {
    const title = h("h5", { dir: "auto" }), notes = h("div", { class: "jk-tray-notes" });
    const made = h("section", {}, title, notes);
    made.show = ([, , shown]) => {
      put(title, `${name}: ${shown.length === 1 ? "1 note" : `${shown.length} notes`}`);
      keyed(notes, shown, ([id]) => id, makeOne);
    };
    aria(made, "label", name);
    return made;
  };

  /** A closed tray says how many wait; its notes are made when it is opened, and not thousands. */
  function fill() {
    const shown = el.open ? waiting.slice(0, MOST) : [];
    const groups = [...stages.map((one) => [one.id, one.name]), ["", "No stage yet"]].map(([id, name]) =>
      [id, name, shown.filter(([, note]) => (stages.some((one) => one.id === note.stage) ? note.stage : "") === id)]);
    keyed(list, groups.filter(([, , notes]) => notes.length), ([id]) => `stage:${id}`, makeGroup);
    more.hidden = waiting.length <= MOST;
    put(more, `${waiting.length - MOST} more come when some of these are on the map.`);
  }
  el.addEventListener("toggle", fill);

  function draw(state, maps) {
    stages = state.stages;
    const at = Object.fromEntries(stages.map((one, n) => [one.id, n]));
    waiting = Object.entries(state.tray ?? {}).filter(([id]) => !maps.some((cards) => cards[id]))
      .sort(([a, one], [b, other]) => (at[one.stage] ?? 1e9) - (at[other.stage] ?? 1e9) || other.dots - one.dots || one.text.localeCompare(other.text) || (a < b ? -1 : 1));
    el.hidden = !waiting.length || board.facts.lanes.length > 0; // a small board asks one thing
    put(words, `Not on the map yet: ${waiting.length === 1 ? "1 note" : `${waiting.length} notes`}`);
    fill();
  }
  return { el, draw, place };
}
