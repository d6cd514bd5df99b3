// The journey board: stages as columns, lanes as rows, cards as sticky notes.

import { makeCurve } from "./board_curve.js";
import { drawData } from "./board_data.js";
import { makeDragging } from "./board_move.js";
import { laneIcon, makeDetails, makeMover, makeNote, makeStages } from "./board_note.js";
import { cellOf, feelings, foreseen, inOrder, lanesOf, passes, rowsOf, stepFrom, valuesOf } from "./board_state.js";
import { makeTray } from "./board_tray.js";
import { makeTools } from "./board_tools.js";
import { compose, makeDrafts, person } from "./board_write.js";
import { aria, box, connect, frame, h, newId, put, putOptions } from "./common.js";

const SHOWN = { "as-is": ["as_is"], "to-be": ["to_be"], both: ["as_is", "to_be"] };
const NAMES = { as_is: "as it is", to_be: "to be" };

function makeBoard(line, root, status, signal) {
  const { facts } = line, docs = {}; // the two maps of the journey that is looked at
  const kept = box(`board:${facts.workshop}:${facts.doc}`), who = person();
  const view = { show: facts.show, zoom: 0, data: facts.data, collapsed: [], more: [], split: false, filter: {}, ...kept.get() };
  const past = [], future = []; // documents of what was asked here, for undo and redo
  const inSight = (doc) => doc === "workshop" || doc.startsWith("records/notes/") || Object.values(docs).includes(doc);
  /** The last document of a list that is in sight, which is taken out of it. */
  const taken = (list, wanted = inSight) => {
    const at = list.findLastIndex(wanted);
    return at < 0 ? null : list.splice(at, 1)[0];
  };
  line.who = who.now.key;

  const waiting = () => [...line.waiting.values()];
  let seen = {};
  const board = {
    root, facts, view, docs, drafts: makeDrafts(`${facts.workshop}:${facts.doc}`),
    lists: { owner: newId("l"), department: newId("l") },
    state: () => line.state, me: () => who.now,
    cards: (doc) => (seen[doc] ??= foreseen(line.state[doc] ?? {}, waiting(), doc)),
    number: (doc, id) => (view.data ? facts.numbers.cards?.[doc.split("/")[1]]?.[id] : null),
    act(kind, doc, data) {
      past.push(doc);
      while (taken(future));
      return line.ask(kind, doc, data);
    },
    together: line.together, fetch: line.fetch, save: line.save,
    undo() { const doc = taken(past) ?? docs[SHOWN[view.show].at(-1)]; future.push(doc); line.ask("undo", doc, {}); },
    redo() { const doc = taken(future); if (doc) { past.push(doc); line.ask("redo", doc, {}); } },
    mine: (doc) => line.state.pairs.find((pair) => pair.includes(doc)),
    choose(doc) {
      const pair = board.mine(doc);
      board.keep({ plan: pair[1], show: doc === pair[0] ? "as-is" : "to-be" });
    },
    keep(more) { Object.assign(view, more); kept.set(view); draw(); },
    remove(doc, id) {
      const note = notes.get(`${doc}/${id}`)?.el, next = note?.nextElementSibling ?? note?.closest(".jk-cell")?.querySelector(".jk-add");
      board.act("card.remove", doc, { id });
      (next ?? grid).focus();
    },
    focus(doc, id) { const note = notes.get(`${doc}/${id}`); if (note) { take(note.el); note.el.focus(); } },
  };

  // --- the frame ---------------------------------------------------------------------------
  const grid = h("div", { class: "jk-grid", role: "table", "aria-label": facts.title });
  const scroller = h("div", { class: "jk-scroller", tabindex: "-1", "data-more": "Click into the map to scroll it" }, grid);
  const head = h("div", { class: "jk-row jk-heads", role: "row" });
  const told = h("div", { class: "jk-row jk-data", role: "row" });
  grid.append(head, told);
  const tools = makeTools(board, { status, grid, scroller, who });
  const owners = h("datalist", { id: board.lists.owner }), departments = h("datalist", { id: board.lists.department });
  root.append(tools.el, ...(facts.numbers.covered ?? []).map((said) => h("p", { class: "jk-covered" }, said)), scroller, tools.help, owners, departments);
  const sight = h("div", { class: "jk-row jk-sight", role: "row" }, h("div", { role: "cell" }, h("b", {}, "Line of visibility"), h("small", {}, "below it: what the customer does not see")));
  const details = makeDetails(board), mover = makeMover(board), stages = makeStages(board);
  board.open = details.show;
  const tray = makeTray(board, mover, line.ask);
  scroller.before(tray.el);

  // --- drawing: everything is made once and then only changed ---------------------------------
  const notes = new Map(), rows = new Map(), heads = new Map();
  let current = null; // the note or button that Tab leads to

  /** The maps of the journey that was chosen; what stood of another one goes. */
  function turn() {
    const [as_is, to_be] = board.mine(view.plan) ?? line.state.pairs[0];
    if (docs.as_is === as_is && docs.to_be === to_be) return;
    Object.assign(docs, { as_is, to_be });
    for (const made of rows.values()) made.el.remove();
    rows.clear();
  }

  function draw() {
    seen = {};
    turn();
    const state = line.state;
    const maps = SHOWN[view.show].filter((map) => state[docs[map]]);
    if (!maps.length) maps.push("as_is");
    const every = maps.flatMap((map) => Object.values(board.cards(docs[map])));
    const all = facts.lanes.length ? every.filter((card) => facts.lanes.includes(card.lane)) : every;
    const lanes = lanesOf(state.lanes, facts.lanes, every.map((card) => card.lane), view.more);
    const wanted = rowsOf(view.filter.lane ? lanes.filter((lane) => lane.id === view.filter.lane) : lanes, maps,
      view.split ? (lane, map) => {
        const here = Object.values(board.cards(docs[map])).filter((card) => card.lane === lane);
        const own = valuesOf(here, "department");
        return here.some((card) => !card.department) || !own.length ? [...own, ""] : own;
      } : null);
    grid.style.setProperty("--stages", state.stages.length);
    root.dataset.maps = maps.length;
    root.dataset.split = view.split ? "yes" : "";
    drawHeads(state.stages);
    drawData(told, facts, view, state.stages);
    const used = new Set();
    const behind = wanted.find((row) => facts.blueprint.indexOf(row.lane) > 0);
    if (!behind) sight.remove();
    let shown = 0, before = told;
    for (const row of wanted) {
      if (row === behind) {
        if (before.nextElementSibling !== sight) before.after(sight);
        before = sight;
      }
      used.add(row.key);
      const made = rows.get(row.key) ?? makeRow(row);
      shown += drawRow(made, row, state, maps.length > 1);
      if (before.nextElementSibling !== made.el) before.after(made.el);
      before = made.el;
    }
    for (const [key, made] of rows) if (!used.has(key)) { made.el.remove(); rows.delete(key); }
    for (const [key, note] of notes) {
      if (!board.cards(note.doc)[note.id] || !grid.contains(note.el)) { note.el.remove(); notes.delete(key); }
    }
    if (!current || !grid.contains(current)) take(grid.querySelector(".jk-note:not([hidden]), .jk-add"));
    for (const [list, name] of [[owners, "owner"], [departments, "department"]]) {
      putOptions(list, valuesOf(all, name).map((value) => [value, ""]));
    }
    tools.update(state, all, shown, lanes, future.some(inSight));
    details.refresh();
    tray.draw(state, SHOWN[view.show].map((map) => board.cards(docs[map])));
  }

  function drawHeads(list) {
    const corner = heads.get("") ?? h("div", { class: "jk-head jk-corner", role: "columnheader" },
      facts.lanes.length ? "" : h("button", { onclick: (event) => stages.show(null, event.currentTarget) }, "+ Stage"), h("span", { class: "jk-hidden" }, "Lane"));
    heads.set("", corner);
    const wanted = [corner, ...list.map((stage) => {
      const below = Object.entries(line.state.maps).filter(([, { up }]) => up && up.stage === stage.id && inSight(`journeys/${up.journey}`));
      const drawn = JSON.stringify([stage, below]);
      if (heads.get(stage.id)?.dataset.drawn !== drawn) {
        const made = h("div", { class: "jk-head", role: "columnheader" }, h("b", { dir: "auto" }, stage.name),
          !facts.lanes.length && h("button", { class: "jk-more", "aria-label": `Change the stage ${stage.name}`, title: "Change the stage",
            onclick: (event) => stages.show(line.state.stages.find((one) => one.id === stage.id), event.currentTarget) }, "✎"),
          stage.goal && h("small", { dir: "auto" }, stage.goal), below.map(([doc]) => tools.level(doc, "↳")));
        made.dataset.drawn = drawn;
        heads.set(stage.id, made);
      }
      return heads.get(stage.id);
    })];
    if (wanted.length !== head.children.length || wanted.some((one, at) => head.children[at] !== one)) head.replaceChildren(...wanted);
  }

  function makeRow({ lane, map, part, first, key }) {
    const look = facts.looks[lane];
    const fold = h("button", { class: "jk-fold", onclick: () => {
      const folded = new Set(view.collapsed);
      if (!folded.delete(lane)) folded.add(lane);
      board.keep({ collapsed: [...folded] });
    } });
    const label = h("span", { class: "jk-lane-name", dir: "auto" }), which = h("small", { class: "jk-which" }), count = h("small", { class: "jk-count" });
    const header = h("div", { class: "jk-lane", role: "rowheader" }, h("span", { class: "jk-lane-signs" }, laneIcon(look), fold), h("div", {}, label, which, count));
    const el = h("div", { class: "jk-row jk-lane-row", role: "row" }, header);
    el.style.setProperty("--lane", look?.[0] ?? "#5b6773");
    el.dataset.map = map;
    const made = { el, fold, label, which, count, cells: new Map(), lane, doc: docs[map], part };
    if (lane === "emotions" && first) {
      made.curve = makeCurve({ label: map === "to_be" ? "To be: what they feel" : "What they feel",
        change: (stage, value) => board.act("emotion.set", docs[map], { stage, value }) });
      el.append(made.curve.el);
    }
    rows.set(key, made);
    return made;
  }

  function drawRow(made, row, state, both) {
    const { el, doc, part } = made, folded = view.collapsed.includes(row.lane);
    put(made.label, row.name);
    put(made.which, [both && NAMES[row.map], view.split && (part || "no department")].filter(Boolean).join(", "));
    aria(made.fold, "expanded", !folded);
    aria(made.fold, "label", `${folded ? "Open" : "Fold"} ${row.name}`);
    put(made.fold, folded ? "▸" : "▾");
    el.classList.toggle("jk-folded", folded);
    const here = Object.values(board.cards(doc)).filter((card) => card.lane === row.lane && (part === null || (card.department ?? "") === part));
    put(made.count, here.length === 1 ? "1 note" : `${here.length} notes`);
    if (made.curve) {
      const felt = feelings(board.cards(doc), waiting(), doc), other = row.map === "to_be" && state[docs.as_is] ? feelings(board.cards(docs.as_is), waiting(), docs.as_is) : null;
      made.curve.update({ stages: state.stages, felt, measured: view.data && row.map === "as_is" ? facts.numbers.measured ?? {} : {}, other });
    }
    for (const [id, cell] of made.cells) if (!state.stages.some((stage) => stage.id === id)) { cell.el.remove(); made.cells.delete(id); }
    let shown = 0, before = el.children[made.curve ? 1 : 0];
    for (const stage of state.stages) {
      const cell = made.cells.get(stage.id) ?? makeCell(made, stage, row);
      if (before.nextElementSibling !== cell.el) before.after(cell.el);
      before = cell.el;
      shown += drawCell(cell, here, stage, row, both || row.map === "to_be" ? state.changes[docs.to_be] ?? {} : {});
    }
    return shown;
  }

  function makeCell(made, stage, row) {
    const list = h("div", { class: "jk-notes" });
    const add = h("button", { class: "jk-add", tabindex: "-1", onclick: () => compose(board, cell) }, "+");
    const el = h("div", { class: "jk-cell", role: "cell" }, list, add);
    el.dataset.stage = stage.id;
    el.dataset.lane = row.lane;
    const cell = { el, list, add, doc: made.doc, lane: row.lane, stage: stage.id, key: `new:${made.doc}:${row.key}:${stage.id}` };
    made.cells.set(stage.id, cell);
    cells.set(el, cell);
    if (board.drafts.has(cell.key)) requestAnimationFrame(() => compose(board, cell, board.drafts.get(cell.key)));
    return cell;
  }
  const cells = new WeakMap();

  function drawCell(cell, here, stage, row, changes) {
    const adds = `Add a note: ${row.name}, ${stage.name}`;
    if (cell.add.title !== adds) { aria(cell.add, "label", adds); cell.add.title = adds; }
    let at = cell.list.firstChild, shown = 0;
    for (const card of inOrder(here.filter((one) => one.stage === stage.id))) {
      const key = `${cell.doc}/${card.id}`;
      if (!notes.has(key)) notes.set(key, makeNote(board, cell.doc, card.id));
      const note = notes.get(key), ok = passes(card, view.filter);
      // On the map as it is only what goes is marked; the rest is marked where it arrives.
      const changed = row.map === "to_be" || changes[card.id]?.mark === "removed" ? changes[card.id] : null;
      note.el.hidden = !ok && !note.editing;
      shown += ok;
      if (note.el === at) at = at.nextSibling;
      else {
        const focused = note.el.contains(document.activeElement) ? document.activeElement : null;
        cell.list.insertBefore(note.el, at);
        focused?.focus({ preventScroll: true });
      }
      note.update(card, { change: changed, number: board.number(cell.doc, card.id), lane: row.name, stage: stage.name, picture: line.state.pictures?.[card.image], astray: line.state.links?.[card.link] });
    }
    return shown;
  }

  // --- keys ------------------------------------------------------------------------------------
  function take(item) {
    if (!item) return;
    if (current && current !== item) current.tabIndex = -1;
    current = item;
    item.tabIndex = 0;
  }
  grid.addEventListener("focusin", (event) => {
    const item = event.target.closest(".jk-note, .jk-add");
    if (item) take(item);
  });

  const field = () => [...grid.querySelectorAll(".jk-lane-row:not(.jk-folded)")].map((row) =>
    [...row.querySelectorAll(".jk-cell")].map((cell) => [...cell.querySelectorAll(".jk-note:not([hidden]), .jk-add")]));
  function walk(item, key) {
    const places = field();
    const row = places.findIndex((one) => one.flat().includes(item));
    const column = places[row]?.findIndex((one) => one.includes(item));
    if (row < 0) return;
    const to = stepFrom(places, [row, column, places[row][column].indexOf(item)], key);
    if (to) places[to[0]][to[1]][to[2]].focus();
  }
  /** Move a note by one with Alt and an arrow. */
  function nudge(note, key) {
    const card = board.cards(note.doc)[note.id], ids = line.state.stages.map((stage) => stage.id);
    const mates = cellOf(board.cards(note.doc), card.stage, card.lane), at = mates.indexOf(mates.find((one) => one.id === card.id));
    const side = ids[ids.indexOf(card.stage) + { ArrowLeft: -1, ArrowRight: 1 }[key]];
    if (side) board.act("card.move", note.doc, { id: card.id, stage: side, lane: card.lane });
    else if (key === "ArrowUp" && at > 0) board.act("card.move", note.doc, { id: card.id, before: mates[at - 1].id });
    else if (key === "ArrowDown" && at < mates.length - 1) board.act("card.move", note.doc, { id: card.id, before: mates[at + 2]?.id ?? "" });
    else if (key === "ArrowUp" || key === "ArrowDown") {
      const lanes = [...grid.querySelectorAll(".jk-lane-row:not(.jk-folded)")].filter((row) => row.dataset.map === (note.doc === docs.as_is ? "as_is" : "to_be"))
        .map((row) => row.querySelector(".jk-cell").dataset.lane);
      const order = [...new Set(lanes)], lane = order[order.indexOf(card.lane) + (key === "ArrowUp" ? -1 : 1)];
      if (lane) board.act("card.move", note.doc, { id: card.id, stage: card.stage, lane });
    }
    board.focus(note.doc, card.id);
  }
  grid.addEventListener("keydown", (event) => {
    const item = event.target.closest(".jk-note, .jk-add");
    if (!item || item !== event.target || event.ctrlKey || event.metaKey) return;
    const note = [...notes.values()].find((one) => one.el === item);
    const arrow = event.key.startsWith("Arrow");
    if (arrow && event.altKey) { if (note) nudge(note, event.key); }
    else if (arrow || event.key === "Home" || event.key === "End") walk(item, event.key);
    else if (!note) return;
    else {
      const call = { Enter: () => note.edit(), F2: () => note.edit(), " ": () => details.show(note.doc, note.id), o: () => details.show(note.doc, note.id),
        m: () => mover.show(note.doc, note.id), n: () => compose(board, cells.get(item.closest(".jk-cell"))),
        Delete: () => board.remove(note.doc, note.id), Backspace: () => board.remove(note.doc, note.id) }[event.key.length > 1 ? event.key : event.key.toLowerCase()];
      if (!call) return;
      call();
    }
    event.preventDefault();
  });
  root.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.closest("textarea, input:not([type=radio], [type=checkbox])")) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) board.undo();
    else if (key === "y" || (key === "z" && event.shiftKey)) board.redo();
    else return;
    event.preventDefault();
  });

  makeDragging(root, scroller, (el, stage, lane, before) => {
    if (el.dataset.tray) { tray.place(el.dataset.tray, stage, lane); return; }
    const { doc, id } = el.dataset, card = board.cards(doc)[id];
    if (!card) return;
    const next = cellOf(board.cards(doc), stage, lane), at = next.findIndex((one) => one.id === id);
    if (at >= 0 && (next[at + 1]?.id === before || before === id)) return; // where it was
    board.act("card.move", doc, { id, stage, lane, ...(before ? { before } : {}) });
    board.focus(doc, id);
  }, signal);

  line.onChange(draw);
  line.onRefused((operation, why) => {
    const [stack, other] = operation.kind === "undo" ? [future, past] : operation.kind === "redo" ? [past, future] : [past, null];
    const same = (doc) => doc === operation.doc;
    taken(stack, same);
    if (other && /nothing/.test(why)) while (taken(other, same));
    const lost = operation.kind === "card.add" || operation.kind === "card.change" ? operation.data.text : "";
    if (lost) status.append(h("q", {}, lost)); // so that the words can be copied
    draw();
  });
  board.draw = draw;
  return board;
}

export default {
  render({ model, el, signal }) {
    const began = performance.now();
    const line = connect(model, signal);
    const { root, status } = frame(el, line, line.facts.title);
    root.classList.add("jk-board");
    const board = makeBoard(line, root, status, signal);
    board.draw();
    root.getBoundingClientRect(); // lay it out now, so that the time is that of the whole board
    root.dataset.drawn = (performance.now() - began).toFixed(1);
    console.debug(`journeykit: board of ${root.querySelectorAll(".jk-note").length} notes drawn in ${root.dataset.drawn} ms`);
  },
};
