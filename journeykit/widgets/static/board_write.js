// Who writes on the board, what is half written, and writing a new note.

import { namedId } from "./board_state.js";
import { box, h, newId, pasted } from "./common.js";

/** What this browser remembers of the person: a name, a department, and a sign of its own for undo. */
export function person() {
  const kept = box("who");
  const now = { name: "", department: "", ...kept.get() };
  if (!now.key) kept.set(Object.assign(now, { key: newId("b") }));
  return { now, keep(more) { kept.set(Object.assign(now, more)); } };
}

/** What is being written and not handed in yet, so that a reload does not lose it. */
export function makeDrafts(name) {
  const kept = box(`drafts:${name}`), now = { ...kept.get() };
  return {
    has: (key) => key in now, get: (key) => now[key],
    keep(key, text) { now[key] = text; kept.set(now); },
    drop(key) { delete now[key]; kept.set(now); },
  };
}

/** Write new notes in a cell, one after the other; a pasted list becomes a note for each line. */
export function compose(board, cell, draft = "") {
  const open = cell.el.querySelector(".jk-compose");
  if (open) return open.focus();
  const area = h("textarea", { class: "jk-compose jk-edit", rows: 2, dir: "auto", maxlength: 2000, placeholder: "Write, then Enter",
    "aria-label": cell.add.getAttribute("aria-label"), value: draft, oninput: () => board.drafts.keep(cell.key, area.value) });
  const add = (words) => {
    const card = { id: namedId(words), stage: cell.stage, lane: cell.lane, text: words, evidence: "assumed" };
    if (board.me().name) card.author = board.me().name;
    if (board.me().department) card.department = board.me().department;
    board.act("card.add", cell.doc, card);
    return card.id;
  };
  const keep = () => {
    const words = area.value.trim();
    area.value = "";
    board.drafts.drop(cell.key);
    return words ? add(words) : null;
  };
  const leave = () => { area.remove(); cell.add.hidden = false; };
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); if (!keep()) { leave(); cell.add.focus(); } }
    else if (event.key === "Escape") { event.preventDefault(); area.value = ""; board.drafts.drop(cell.key); leave(); cell.add.focus(); }
    event.stopPropagation();
  });
  area.addEventListener("paste", (event) => {
    // Many lines are many notes: a list from a mail or a sheet.
    const texts = pasted(event);
    if (area.value || !texts.length) return;
    event.preventDefault();
    if (texts.length > 1) board.together(() => texts.forEach(add));
    else { area.value = texts[0]; board.drafts.keep(cell.key, area.value); }
  });
  area.addEventListener("blur", () => { if (area.isConnected && document.hasFocus()) { keep(); leave(); } });
  cell.add.hidden = true;
  cell.el.append(area);
  area.focus();
}
