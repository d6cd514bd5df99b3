// A sticky note, and the dialogs that belong to it.

import { face } from "./board_curve.js";
import { cellOf, MARKS, namedId, signed } from "./board_state.js";
import { aria, h, newId } from "./common.js";

export const HOW = { assumed: "nobody has checked", heard: "a customer or colleague said so", measured: "the data shows it" };

/** The ring, half disc or full disc of the map: assumed, heard, measured. */
export function evidenceMark(evidence) {
  return h("svg", { viewBox: "0 0 12 12", class: "jk-mark", "aria-hidden": "true" },
    h("circle", { cx: 6, cy: 6, r: 4.7, class: evidence === "measured" ? "jk-full-disc" : "" }),
    evidence === "heard" && h("path", { d: "M6 1.3a4.7 4.7 0 0 1 0 9.4z", class: "jk-full-disc" }));
}

/** The icon of a lane, as the map draws it. */
export function laneIcon(look) {
  return h("svg", { viewBox: "-2 -2 20 20", class: "jk-icon", "aria-hidden": "true" },
    h("circle", { cx: 8, cy: 8, r: 10 }), h("path", { d: look?.[1] ?? "M4 5h8M4 8h8M4 11h5" }));
}

/** An address to open beside the board, or a file of the folder, which the kernel hands over. */
function linkOf(link, fetch) {
  const words = `↗ ${link.replace(/^(https?:\/\/|mailto:)/i, "")}`;
  return /^(https?:\/\/|mailto:)/i.test(link)
    ? h("a", { class: "jk-link", href: link, target: "_blank", rel: "noopener noreferrer", draggable: "false" }, words)
    : h("button", { class: "jk-link", title: "Save this file of the workshop folder", onclick: () => fetch(link) }, words);
}

const asWidth = (text) => Math.min(8, Math.max(2, Math.ceil(text.length / 22), text.split("\n").length));

/** One card on the board. `board` says what can be done; `update` draws it anew where it changed. */
export function makeNote(board, doc, id) {
  const text = h("div", { class: "jk-text", dir: "auto" });
  const foot = h("div", { class: "jk-small" }), shot = h("div", { class: "jk-shot" });
  const more = h("button", { class: "jk-more", tabindex: "-1", "aria-label": "Details", title: "Details (O)",
    onclick: () => board.open(doc, id) }, "⋯");
  const grip = h("span", { class: "jk-grip", "aria-hidden": "true", title: "Drag me, or press M" }, "⠿");
  const el = h("div", { class: "jk-note", role: "group", "aria-roledescription": "sticky note", tabindex: "-1",
    ondblclick: (event) => { if (!event.target.closest("button, textarea")) edit(); } }, grip, more, shot, text, foot);
  el.dataset.id = id;
  el.dataset.doc = doc;
  const key = `${doc}/${id}`;
  let card = null, drawn = "", area = null, closing = false;

  /** Write on the note itself. Enter keeps it, Escape leaves it as it was. */
  function edit(draft) {
    if (area) return area.focus();
    area = h("textarea", { class: "jk-edit", "aria-label": "Text of the note", rows: asWidth(card.text), maxlength: 2000,
      oninput: () => board.drafts.keep(key, area.value),
      onkeydown: (event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); done(true, true); }
        else if (event.key === "Escape") { event.preventDefault(); done(false, true); }
        event.stopPropagation();
      },
      // Taken off the page (the cell runs again) it stays a draft, which the next board opens.
      onblur: () => { if (area?.isConnected && document.hasFocus()) done(true, false); } });
    area.value = draft ?? card.text;
    text.replaceChildren(area);
    el.classList.add("jk-editing");
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
  }

  function done(keep, focus) {
    if (!area || closing) return;
    const said = area.value.trim();
    closing = true; // the focus goes on to the note before its field is taken away: it moves once
    board.drafts.drop(key);
    if (keep && said && said !== card.text) {
      board.act("card.change", doc, { id, text: said });
      card = { ...card, text: said };
    }
    if (focus) el.focus();
    area = null;
    closing = false;
    el.classList.remove("jk-editing");
    text.replaceChildren(card.text);
  }

  function update(now, { change, number, lane, stage, picture, astray }) {
    const told = JSON.stringify([now, change, number, lane, stage, picture, astray]);
    if (told === drawn) return;
    [card, drawn] = [now, told];
    el.dataset.evidence = now.evidence ?? "assumed";
    el.dataset.change = change?.mark ?? "";
    if (!area) text.replaceChildren(now.text);
    const [seen, why] = picture ?? [];
    shot.replaceChildren(...(seen ? [h("img", { src: seen, alt: now.text, draggable: "false" })] : []));
    const evidence = now.evidence ?? "assumed", comments = now.comments?.length ?? 0;
    const grades = [["importance", now.importance], ["satisfied", now.satisfaction]].filter(([, value]) => value);
    foot.replaceChildren(...[
      change && h("b", { class: "jk-change", title: change.words }, MARKS[change.mark]),
      typeof now.emotion === "number" && h("span", { class: "jk-has-face" }, face(now.emotion), signed(now.emotion)),
      h("span", { class: "jk-evidence" }, evidenceMark(evidence), evidence),
      number && h("b", { class: "jk-number" + (number.small ? " jk-few" : ""), title: "What the data says of it, with its 95% interval" }, number.words),
      ...grades.map(([name, value]) => h("span", {}, `${name} ${value}`)),
      now.moment && h("span", { class: "jk-moment", title: "A moment that matters" }, "★ moment"),
      now.owner && h("span", { class: "jk-owner" }, `Owner: ${now.owner}`),
      (now.author || now.department) && h("span", { class: "jk-author" }, [now.author, now.department].filter(Boolean).join(", ")),
      why && h("span", { class: "jk-few" }, why),
      now.link && linkOf(now.link, board.fetch),
      astray && h("span", { class: "jk-few" }, astray),
      comments > 0 && h("span", { class: "jk-comments" }, comments === 1 ? "1 comment" : `${comments} comments`),
    ].filter(Boolean));
    aria(el, "label", [now.text, `${lane}, ${stage}`, `${evidence}: ${HOW[evidence]}`, number?.words,
      change && MARKS[change.mark].slice(2), comments && `${comments} comments`].filter(Boolean).join(". "));
    if (!area && board.drafts.has(key)) requestAnimationFrame(() => el.isConnected && edit(board.drafts.get(key)));
  }

  return { el, update, edit, doc, id, get card() { return card; }, get editing() { return !!area; } };
}

/** A dialog inside of the board, so that it also stands over the full screen. */
function makeDialog(root, label, closed) {
  const heading = h("h4", {}, label), body = h("div", { class: "jk-fields" });
  const dialog = h("dialog", { class: "jk-dialog", "aria-label": label, onclose: () => closed(),
    onclick: (event) => { if (event.target === dialog) dialog.close(); } }, heading, body);
  root.append(dialog);
  return { dialog, body, heading, show() { if (!dialog.open) dialog.showModal(); }, close: () => dialog.close() };
}

export function field(label, input) { return h("label", { class: "jk-field" }, h("span", {}, label), input); }
/** The last line of a dialog: what is done, leaving it, and what else. */
const ending = (words, close, ...more) => h("div", { class: "jk-bar jk-wide" },
  h("button", { type: "submit", class: "jk-main" }, words), h("button", { onclick: close }, "Leave it"), more);
function choice(options, value, more = {}) {
  const made = h("select", more, options.map(([id, name]) => h("option", { value: id }, name)));
  made.value = value ?? "";
  return made;
}

/** Everything about one card; each answer is handed in as it is given. */
export function makeDetails(board) {
  let open = null; // [doc, id] of the card, and how its fields are read anew
  let fields = [];
  const made = makeDialog(board.root, "The note", () => { const was = open; open = null; if (was) board.focus(...was); });
  const card = () => (open ? board.cards(open[0])[open[1]] : null);
  const tell = (key, value) => board.act("card.change", open[0], { id: open[1], [key]: value });

  function bound(label, key, input, read = (c) => c[key] ?? "") {
    input.addEventListener("change", () => { if (card()) tell(key, input.type === "checkbox" ? input.checked || null : input.value.trim?.() ?? input.value); });
    fields.push(() => { if (document.activeElement !== input) { if (input.type === "checkbox") input.checked = !!read(card()); else input.value = read(card()); } });
    return field(label, input);
  }
  function place(label, key, options) {
    const input = choice(options, card()[key]);
    input.addEventListener("change", () => card() && board.act("card.move", open[0], { id: open[1], [key]: input.value }));
    fields.push(() => { input.value = card()[key]; });
    return field(label, input);
  }
  function evidence() {
    const group = `evidence-${newId()}`;
    return h("fieldset", { class: "jk-how" }, h("legend", {}, "How do we know?"), ...Object.keys(HOW).map((kind) => {
      const input = h("input", { type: "radio", name: group, value: kind, onchange: () => tell("evidence", kind) });
      fields.push(() => { input.checked = (card().evidence ?? "assumed") === kind; });
      return h("label", {}, input, evidenceMark(kind), ` ${kind}: ${HOW[kind]}`);
    }));
  }
  function grade(label, key) {
    const marks = Array.from({ length: 10 }, (_, i) => [String(i + 1), String(i + 1)]);
    const input = choice([["", "–"], ...marks], "");
    input.addEventListener("change", () => tell(key, input.value ? Number(input.value) : null));
    fields.push(() => { input.value = card()[key] ?? ""; });
    return field(label, input);
  }
  function comments() {
    const list = h("ul", { class: "jk-said-list" });
    const input = h("input", { "aria-label": "A comment", placeholder: "Say something about it" });
    const say = () => {
      const words = input.value.trim();
      if (!words || !card()) return;
      const comment = { id: newId("c"), text: words, date: new Date().toLocaleDateString("sv") };
      if (board.me().name) comment.author = board.me().name;
      board.act("card.comment", open[0], { id: open[1], comment });
      input.value = "";
    };
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); say(); } });
    fields.push(() => list.replaceChildren(...(card().comments ?? []).map((c) => h("li", { dir: "auto" }, c.text,
      h("small", {}, ` ${[c.author, c.date].filter(Boolean).join(", ")}`)))));
    return h("div", { class: "jk-wide" }, h("b", {}, "Comments"), list, h("div", { class: "jk-bar" }, input, h("button", { onclick: say }, "Add the comment")));
  }
  function buttons() {
    const [doc, id] = open, state = board.state();
    const gone = doc === board.docs.as_is && state.changes[board.docs.to_be]?.[id]?.mark === "removed";
    return h("div", { class: "jk-bar jk-wide" },
      h("button", { class: "jk-main", onclick: made.close }, "Done"),
      gone && h("button", { onclick: () => {
        const { comments: _, order: __, ...kept } = card();
        board.act("card.add", board.docs.to_be, kept);
        made.close();
      } }, "Bring it back into the to-be map"),
      h("button", { onclick: () => { made.close(); board.remove(doc, id); } }, "Remove the note"));
  }

  function show(doc, id) {
    open = [doc, id];
    fields = [];
    const now = card(), number = board.number(doc, id), state = board.state();
    if (!now) { open = null; return; }
    made.body.replaceChildren(...[
      h("div", { class: "jk-wide" }, bound("Text", "text", h("textarea", { rows: 3, dir: "auto" }))),
      place("Stage", "stage", state.stages.map((stage) => [stage.id, stage.name])),
      place("Lane", "lane", state.lanes.map((lane) => [lane.id, lane.name])),
      evidence(),
      number && h("p", { class: "jk-wide" }, "In the data: ", h("b", {}, number.words)),
      bound("Owner", "owner", h("input", { list: board.lists.owner })),
      bound("Department", "department", h("input", { list: board.lists.department })),
      bound("Written by", "author", h("input")),
      bound("Channel", "channel", h("input")),
      bound("Source: who said it, where was it counted", "source", h("input")),
      bound("Link: an address, or a file of the folder", "link", h("input")),
      bound("Picture: the name of a file in the folder", "image", h("input", { placeholder: "pictures/checkout.png" })),
      now.lane === "goals" && grade("How important to them (1 to 10)", "importance"),
      now.lane === "goals" && grade("How well served today (1 to 10)", "satisfaction"),
      h("div", {}, bound("A moment that matters ★", "moment", h("input", { type: "checkbox" }), (c) => c.moment)),
      comments(), buttons(),
    ].filter(Boolean));
    refresh();
    made.show();
  }
  function refresh() {
    if (!open) return;
    if (card()) fields.forEach((read) => read());
    else made.close();
  }
  return { show, refresh };
}

/** Where to: a stage and a lane to choose with the arrow keys. */
export function makeMover(board) {
  let moving = null;
  const made = makeDialog(board.root, "Move the note to …", () => { const was = moving; moving = null; if (was) board.focus(...was); });
  return {
    /** Ask where a note goes; `put` says what is done then with one that is no card yet. */
    show(doc, id, card = board.cards(doc)[id], put = null) {
      moving = [doc, id];
      made.heading.textContent = put ? "Put the note on the map" : "Move the note to …";
      aria(made.dialog, "label", made.heading.textContent);
      const state = board.state();
      const stage = choice(state.stages.map((one) => [one.id, one.name]), card.stage, { autofocus: true });
      const lane = choice(state.lanes.map((one) => [one.id, one.name]), card.lane);
      const place = choice([["end", "at the end"], ["top", "at the top"]], "end");
      const go = (event) => {
        event.preventDefault();
        const first = cellOf(board.cards(doc), stage.value, lane.value).find((other) => other.id !== id);
        if (put) put(stage.value, lane.value);
        else board.act("card.move", doc, { id, stage: stage.value, lane: lane.value, ...(place.value === "top" && first ? { before: first.id } : {}) });
        made.close();
      };
      const enter = (event) => { if (event.key === "Enter" && event.target.matches("select")) go(event); };
      made.body.replaceChildren(h("form", { class: "jk-fields", onsubmit: go, onkeydown: enter }, h("p", { class: "jk-wide", dir: "auto" }, `“${card.text}”`),
        field("Stage", stage), field("Lane", lane), !put && field("Place", place),
        ending(put ? "Put it there" : "Move", made.close)));
      made.show();
      stage.focus();
    },
  };
}

/** A stage: its name, goal and owner, its place among the others. */
export function makeStages(board) {
  let back = null;
  const made = makeDialog(board.root, "The stage", () => back?.focus());
  return {
    show(stage, opener) {
      back = opener;
      const stages = board.state().stages, others = stages.filter((one) => one.id !== stage?.id);
      const at = stage ? stages.findIndex((one) => one.id === stage.id) : stages.length;
      const name = h("input", { required: true, value: stage?.name ?? "" });
      const goal = h("input", { value: stage?.goal ?? "" }), owner = h("input", { value: stage?.owner ?? "", list: board.lists.owner });
      const before = choice([...others.map((one) => [one.id, `before “${one.name}”`]), ["", "at the end"]], stages[at + 1]?.id ?? "");
      const was = before.value;
      const save = (event) => {
        event.preventDefault();
        const told = { id: stage?.id ?? namedId(name.value, "stage"), name: name.value.trim(), goal: goal.value.trim(), owner: owner.value.trim() };
        if (!stage || before.value !== was) told.before = before.value;
        board.act("stage.put", "workshop", told);
        made.close();
      };
      made.heading.textContent = stage ? "The stage" : "A new stage";
      made.body.replaceChildren(h("form", { class: "jk-fields", onsubmit: save }, field("Name", name), field("What shall be reached here", goal), field("Owner", owner), field("Place", before),
        ending(stage ? "Keep it" : "Add the stage", made.close,
          stage && h("button", { onclick: () => { board.act("stage.remove", "workshop", { id: stage.id }); made.close(); } }, "Remove the stage"))));
      made.show();
      name.focus();
    },
  };
}
