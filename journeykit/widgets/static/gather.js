// Gather, reveal, group, vote. Notes are private until all are revealed together.

import { aria, bigScreen, connect, frame, h, lines, newId, pasted, put } from "./common.js";
import { makeNoteDragging } from "./gather_drag.js";
import { makeRanking } from "./gather_result.js";
import { called, items, keysOf, within } from "./gather_state.js";
import { announcer, keepingFocus, keyed, listed, own, plural, setText, sure, team } from "./team.js";

const STEPS = [["write", "1 Write"], ["group", "2 Group"], ["vote", "3 Vote"], ["result", "4 Result"]];
const MOST = 200;

export default { render({ model, el, signal }) {
  const line = connect(model, signal);
  const { facts, t } = line;
  const { root, status } = frame(el, line, t.kits(facts.topic));
  root.classList.add("jk-gather");
  const said = announcer();
  const undone = [];
  let mine = null, me = null;
  const who = team(line, signal, {
    about: "Take a name for this session; it may be made up. Others see how many notes you wrote, and nobody sees which were yours.",
    away: () => {
      if (!mine) return;
      if (line.state.step === "write") add(lines(area.value));
      flush();
      mine.set("notes", {});
    },
    changed: (another, here) => {
      if (another) entered();
      draw();
      if (here && mine) (addForm.hidden ? steps.querySelector("[aria-current]") : area).focus();
    },
  });

  // --- asking ---------------------------------------------------------------------------------
  /** Ask for several changes that are taken back together. */
  const ask = (changes, back) => {
    line.together(() => changes.forEach(([kind, doc, data]) => line.ask(kind, doc, data)));
    undone.push({ docs: changes.map(([, doc]) => doc), back });
    undone.splice(0, undone.length - 100);
    draw();
  };
  const undo = () => {
    const last = undone.pop();
    if (!last) { said.say("There is nothing to take back."); return; }
    last.back?.();
    line.together(() => [...last.docs].reverse().forEach((doc) => line.ask("undo", doc, {})));
    draw();
  };
  const toStep = (step) => line.ask("set", facts.doc, { step });
  const note = (id) => `records/notes/${id}`;

  // --- 1 write ----------------------------------------------------------------------------------
  const area = h("textarea", { rows: "2", class: "jk-draft", "aria-label": t("Your note"),
    placeholder: t("One thought, one note"),
    oninput: () => mine.set("draft", area.value),
    onkeydown: (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); add(lines(area.value)); }
    },
    onpaste: (event) => {
      const texts = pasted(event);
      if (!texts.length || area.value.trim()) return;
      event.preventDefault();
      if (texts.length > 1) add(texts);
      else mine.set("draft", area.value = texts[0]);
    } });
  const add = (texts) => {
    if (!texts.length || !mine) return;
    const made = texts.slice(0, MOST).map((text) => [newId("n"), text]);
    const open = line.state.step !== "write";
    if (!open) mine.set("notes", { ...mine.get("notes", {}), ...Object.fromEntries(made) });
    area.value = "";
    mine.set("draft", "");
    const ids = made.map(([id]) => id);
    ask(made.map(([id, text]) => ["set", note(id),
      open ? { text, revealed: true } : { text, author: me.alias }]), () => forget(ids));
    said.say(texts.length > MOST ? `${MOST} notes added; that is as many as go at once.`
      : texts.length > 1 ? t("{n} notes added.", { n: texts.length }) : "");
  };
  const forget = (ids) => {
    const notes = { ...mine.get("notes", {}) };
    ids.forEach((id) => delete notes[id]);
    mine.set("notes", notes);
  };
  /** Send what was changed in own notes and not sent yet; the browser's storage remembers it. */
  const flush = () => {
    const dirty = Object.keys(mine?.get("dirty", {}) ?? {});
    if (!dirty.length) return;
    mine.set("dirty", {});
    const notes = mine.get("notes", {});
    line.together(() => dirty.filter((id) => notes[id]?.trim()).forEach((id) => line.ask("set", note(id), { text: notes[id] })));
  };
  let pause = 0;
  const ownNote = ([id]) => {
    const field = h("textarea", { rows: "1", "aria-label": t("Change your note"),
      oninput: () => {
        if (field.value.trim()) {
          mine.put("notes", id, field.value);
          mine.put("dirty", id, true);
        }
        clearTimeout(pause);
        pause = setTimeout(flush, 500);
      },
      onblur: () => { flush(); if (!field.value.trim()) field.value = mine.get("notes", {})[id] ?? ""; } });
    const made = h("li", { class: "jk-note" }, field,
      h("button", { class: "jk-quiet", "aria-label": t("Remove this note"), title: t("Remove this note"),
        onclick: () => {
          const text = mine.get("notes", {})[id];
          forget([id]);
          ask([["remove", note(id), {}]], () => mine.put("notes", id, text));
          area.focus();
        } }, "×"));
    made.show = ([, text]) => setText(field, text);
    return made;
  };
  const ownList = h("ul", { class: "jk-mine", "aria-label": t("Your notes; nobody else sees them") });
  const addForm = h("form", { class: "jk-add", onsubmit: (event) => { event.preventDefault(); add(lines(area.value)); area.focus(); } },
    area, h("button", { type: "submit", class: "jk-main" }, t("Add")));
  const hint = h("p", { class: "jk-soft" });
  const counts = h("p");
  const reveal = sure("Reveal", "Is everybody ready? This cannot be taken back.",
    () => line.ask("reveal", facts.doc, { number: line.state.reveals + 1 }));
  const lead = h("div", { class: "jk-lead", role: "group", "aria-label": "For the facilitator" }, counts, reveal.node);
  const writing = h("div", {}, ownList, lead);

  // --- 2 group and 3 vote -----------------------------------------------------------------------
  const join = (id, key) => {
    const { state } = line;
    const target = items(state).find((item) => item.key === key);
    if (!target || target.notes.includes(id)) return;
    const first = target.notes[0];
    const lone = !state.notes[first].group;
    const group = lone ? newId("g") : key;
    ask([["set", note(id), { group }], ...(lone ? [["set", note(first), { group }]] : [])]);
    said.say(`“${state.notes[id].text}” is grouped with “${called(state, target)}”.`);
  };
  const leave = (id) => {
    if (!line.state.notes[id]?.group) return;
    ask([["set", note(id), { group: null }]]);
    said.say(`“${line.state.notes[id].text}” is on its own.`);
  };

  const noteCache = new Map();
  const noteOf = (id) => {
    if (noteCache.has(id)) return noteCache.get(id);
    const text = h("span", { class: "jk-text" });
    const pick = h("select", { class: "jk-pick", onchange: () => {
      const key = pick.value;
      pick.value = "";
      if (key === "alone") leave(id); else if (key) join(id, key);
    } }, h("option", { value: "" }, "Group with …"));
    // Two hundred lists of two hundred names are slow: a list is filled when it is looked at.
    let filled = "";
    const others = () => items(line.state).filter((item) => !item.notes.includes(id));
    const keys = () => String(others().map((item) => item.key));
    const fill = () => {
      filled = keys();
      pick.replaceChildren(h("option", { value: "" }, "Group with …"),
        ...(line.state.notes[id]?.group ? [h("option", { value: "alone" }, "– on its own –")] : []),
        ...others().map((item) => h("option", { value: item.key }, called(line.state, item).slice(0, 60))));
    };
    pick.addEventListener("focus", fill);
    pick.addEventListener("pointerdown", fill);
    const mark = h("span", { class: "jk-soft jk-at" });
    const made = h("div", { class: "jk-note", "data-note": id },
      h("span", { class: "jk-grip", "aria-hidden": "true", title: "Drag onto another note" }, "⠿"), text, mark, pick);
    makeNoteDragging(root, made, { may: () => line.state.step === "group" && !facts.role, onto: (key) => join(id, key), out: () => leave(id) }, signal);
    made.show = () => {
      const now = line.state.notes[id];
      put(text, now.text);
      const at = line.state.cards[now.card];
      put(mark, at ? t("On the map: {at}", { at }) : "");
      if (pick.matches(":focus") && filled !== keys()) fill(); // notes that come while somebody looks for one
      aria(pick, "label", `Group “${now.text.slice(0, 60)}” with`);
    };
    noteCache.set(id, made);
    return made;
  };

  const dotsOn = (item) => {
    const dots = mine?.get("dots", {}) ?? {};
    return keysOf(item).reduce((sum, key) => sum + (dots[key] ?? 0), 0);
  };
  let things = [], over = false;  // as it was last drawn
  const left = () => line.state.budget - things.reduce((sum, item) => sum + dotsOn(item), 0);
  const give = (item, more) => {
    if (more > 0 && left() <= 0) { said.say(t("All {n} dots are given: take one back first.", { n: line.state.budget })); return; }
    const known = new Set(things.flatMap(keysOf));
    const dots = Object.fromEntries(Object.entries(mine.get("dots", {})).filter(([key, n]) => n && known.has(key)));
    const key = more > 0 ? item.key : keysOf(item).find((each) => dots[each]);
    if (!key) return;
    dots[key] = (dots[key] ?? 0) + more;
    mine.set("dots", dots);
    line.ask("set", `records/votes/${facts.round}-${me.id}`, { author: me.alias, dots });
    draw();
    said.say(t(dotsOn(item) === 1 ? "1 dot on “{what}”, {left} left." : "{n} dots on “{what}”, {left} left.", { what: called(line.state, item), n: dotsOn(item), left: left() }));
  };

  const makeItem = (first) => {
    let item = first;
    const name = h("input", { type: "text", class: "jk-name", maxlength: "120", "aria-label": "Name of this group",
      placeholder: "Name this group",
      oninput: () => mine?.put("names", item.key, name.value),
      onkeydown: (event) => { if (event.key === "Enter") name.blur(); },
      onchange: () => {
        ask([["group.name", facts.doc, { group: item.key, name: name.value }]]);
        mine?.put("names", item.key, undefined);
      } });
    const title = h("b", { class: "jk-name" });
    const list = h("div", { class: "jk-notes" });
    const dots = h("span", { class: "jk-dots", "aria-hidden": "true" });
    const count = h("span", { class: "jk-hidden" });
    const less = h("button", { onclick: () => give(item, -1) }, "−");
    const more = h("button", { onclick: () => give(item, 1) }, "+");
    const votes = h("div", { class: "jk-bar jk-votes", role: "group" }, less, dots, count, more);
    const made = h("li", { class: "jk-item" }, name, title, list, votes);
    made.show = (now) => {
      item = now;
      const { step } = line.state;
      made.classList.toggle("jk-group", item.grouped);
      name.hidden = !item.grouped || step !== "group" || Boolean(facts.role);
      title.hidden = !item.grouped || !name.hidden || !item.name;
      setText(name, mine?.get("names", {})[item.key] ?? item.name);
      put(title, item.name);
      keyed(list, item.notes, (id) => id, noteOf);
      votes.hidden = step !== "vote" || !mine;
      if (votes.hidden) return;
      const n = dotsOn(item), words = called(line.state, item);
      aria(votes, "label", t("Dots on {what}", { what: words }));
      put(dots, n ? "●".repeat(Math.min(n, 12)) : "○");
      put(count, t(n === 1 ? "1 dot of yours" : "{n} dots of yours", { n }));
      aria(less, "label", t("Take a dot back from {what}", { what: words }));
      aria(more, "label", t("Give a dot to {what}", { what: words }));
      aria(less, "disabled", !n);
      aria(more, "disabled", over);
    };
    return made;
  };
  const grid = h("ul", { class: "jk-items", "aria-label": t("Notes") });
  const budgetLine = h("p", { class: "jk-budget" });
  const given = h("p", { class: "jk-soft" });
  const budget = h("input", { type: "number", min: "1", max: "50", onchange: () => {
    const value = Math.round(Number(budget.value));
    if (value >= 1 && value <= 50) line.ask("set", facts.doc, { budget: value });
    else said.say("From 1 to 50 dots for each person.");
  } });
  const next = h("button", { class: "jk-main jk-big" });
  next.addEventListener("click", () => toStep(line.state.step === "group" ? "vote" : "result"));
  const budgetLabel = h("label", {}, "Dots per person ", budget);
  const boardLead = h("div", { class: "jk-lead", role: "group", "aria-label": "For the facilitator" },
    given, h("div", { class: "jk-bar" }, next, budgetLabel));
  const board = h("div", {}, budgetLine, grid, boardLead);

  const ranked = makeRanking(line, { ask, note, said });

  // --- all together -------------------------------------------------------------------------------
  const steps = h("ol", { class: "jk-steps" }, STEPS.map(([step, words]) => {
    const button = h("button", { onclick: () => {
      if (button.getAttribute("aria-disabled") === "true") said.say("First write and reveal notes.");
      else toStep(step);
    } }, words);
    const made = h("li", {}, button);
    made.show = () => {
      const now = line.state.step === step;
      if (now) aria(button, "current", "step"); else button.removeAttribute("aria-current");
      aria(button, "disabled", step !== "write" && !Object.keys(line.state.notes).length);
    };
    return made;
  }));
  const undoButton = h("button", { class: "jk-host", onclick: undo }, "Undo");
  const inside = h("div", {}, steps, addForm, hint, writing, board, ranked.node);
  root.append(h("div", { class: "jk-top" }, h("h4", {}, t.kits(facts.topic)), h("div", { class: "jk-bar" }, undoButton, bigScreen(root))),
    who.bar, who.gate, inside, h("div", { class: "jk-foot" }, said.node, status));

  function entered() {
    me = who.me;
    mine = me ? own(line, me) : null;
    undone.length = 0;
    ownList.replaceChildren();
    area.value = mine?.get("draft", "") ?? "";
    flush();
  }
  function draw() { keepingFocus(root, redraw); }
  function redraw() {
    const { state } = line;
    things = items(state);
    over = left() <= 0;
    inside.hidden = !mine && Boolean(facts.role); // who leads a session needs no name for it
    undoButton.hidden = !mine;
    root.dataset.step = state.step;
    if (!mine) area.value = "";
    const waiting = (state.hidden ?? []).reduce((sum, [, each]) => sum + each, 0);
    [...steps.children].forEach((step) => step.show());
    const open = state.step === "write" || (state.step === "group" && !facts.role);
    addForm.hidden = !open || !mine;
    hint.hidden = state.step === "write" ? !mine : !open && state.step !== "group";
    put(hint, state.step === "write"
      ? t("Only you see your notes until all are revealed. Enter adds one; a pasted list becomes one note a line.")
      : facts.role ? t("The notes of all. The facilitator puts together what belongs together.")
      : `Drag a note onto another, or choose “Group with …”.${mine ? " What you add here everybody sees at once." : ""}`);
    writing.hidden = state.step !== "write" && !waiting;
    const notes = Object.fromEntries(Object.entries(mine?.get("notes", {}) ?? {}).filter(([id]) => !state.notes[id]));
    keyed(ownList, state.step === "write" ? Object.entries(notes) : [], ([id]) => id, ownNote);
    ownList.hidden = !ownList.children.length;
    put(counts, waiting ? `Waiting to be revealed: ${plural(waiting, "note")} (${listed(state.hidden ?? [])}).` : "No note waits to be revealed.");
    reveal.node.hidden = !waiting;
    reveal.show(waiting === 1 ? "the note" : `all ${waiting} notes`);
    const grouping = state.step === "group" || state.step === "vote";
    board.hidden = !grouping;
    if (grouping) {
      keyed(grid, things, (item) => item.key, makeItem);
      budgetLine.hidden = state.step !== "vote" || !mine;
      put(budgetLine, t(state.budget === 1 ? "You have {left} of 1 dot left. Several may go to one thing." : "You have {left} of {n} dots left. Several may go to one thing.", { left: left(), n: state.budget }));
      const dots = (state.given ?? []).filter(([, each]) => each);
      given.hidden = state.step !== "vote";
      put(given, dots.length ? `Given: ${listed(dots, ` of ${state.budget}`)}. How the dots fell is shown with the result.` : "Nobody has given a dot yet.");
      put(next, state.step === "group" ? `Vote on ${plural(things.length, "thing")}` : "Show the result");
      setText(budget, String(state.budget));
    } else keyed(grid, [], String, makeItem);
    ranked.node.hidden = state.step !== "result";
    if (!ranked.node.hidden) ranked.show(state);
    for (const id of noteCache.keys()) if (!state.notes[id]) noteCache.delete(id);
  }
  // The budget was made smaller meanwhile: the last dots come back.
  line.onRefused(({ doc }) => {
    if (!mine || left() >= 0 || doc !== `records/votes/${facts.round}-${me.id}`) return;
    const dots = within(mine.get("dots", {}), -left());
    mine.set("dots", dots);
    line.ask("set", doc, { author: me.alias, dots });
  });
  line.onChange(draw);
  entered();
  draw();
} };
