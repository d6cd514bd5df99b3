// The bar above the board: undo, filter, zoom, full screen, and who sits here.

import { evidenceMark, field, HOW } from "./board_note.js";
import { MARKS, valuesOf } from "./board_state.js";
import { aria, h, put, putOptions } from "./common.js";

export function makeTools(board, { status, grid, scroller, who }) {
  const { root, facts, view } = board, full = !facts.lanes.length;
  const button = (words, label, onclick, more = {}) => h("button", { title: label, "aria-label": label, onclick, ...more }, words);
  const undo = button("↶ Undo", "Undo my last change (Ctrl+Z)", () => board.undo());
  const redo = button("↷ Redo", "Do it again (Ctrl+Y)", () => board.redo());

  // --- which map ---------------------------------------------------------------------------
  const shows = Object.entries({ "as-is": "As it is", "to-be": "To be", both: "Both" }).map(([id, words]) =>
    h("button", { onclick: () => board.keep({ show: id }), "data-show": id }, words));
  const begin = button("Start the to-be map", "Copy the map as it is, to change it into what it is meant to be", () => {
    board.act("begin", board.docs.to_be, {});
    board.keep({ show: "both" });
  });
  const which = h("span", { class: "jk-segment", role: "group", "aria-label": "Which map" }, ...shows, begin);

  // --- which journey: all of the persona, and those that this one stands under or above ---------
  const journey = h("select", { "aria-label": "Journey", onchange: () => board.choose(journey.value) });
  const all = field("Journey", journey), stands = h("span", { class: "jk-stands" });
  /** A journey that is led to by its name; one of another persona is only named. */
  const level = (doc, sign) => {
    const { name = doc, of = "" } = board.state().maps[doc] ?? {};
    return board.mine(doc) ? h("button", { class: "jk-level", onclick: () => { board.choose(doc); journey.focus(); } }, `${sign} `, h("span", { dir: "auto" }, name))
      : h("small", { dir: "auto" }, `${sign} ${name} (${of})`);
  };
  function place(state) {
    const { as_is, to_be } = board.docs, now = view.show === "to-be" && state[to_be] ? to_be : as_is;
    const planned = (doc) => state.pairs.some((pair) => pair[1] === doc);
    const there = [...new Set(state.pairs.flat())].filter((doc) => state[doc] && (full || doc === now || !planned(doc)));
    putOptions(journey, there.map((doc) => [doc, `${state.maps[doc].name}${planned(doc) ? " (to be)" : ""}`]));
    journey.value = now;
    all.hidden = there.length < 2;
    const up = state.maps[as_is]?.up ?? state.maps[to_be]?.up, over = up && `journeys/${up.journey}`;
    const told = JSON.stringify([up, state.maps[over], state.stages]);
    if (stands.dataset.told === told) return;
    stands.dataset.told = told;
    const under = up && state.stages.find((stage) => stage.id === up.stage)?.name;
    stands.replaceChildren(...up ? [`Stands under “${under ?? up.stage}” of `, level(over, "↑")] : []);
  }

  // --- filter --------------------------------------------------------------------------------
  const filter = (more) => board.keep({ filter: { ...view.filter, ...more } });
  const search = h("input", { type: "search", placeholder: "Find a note", "aria-label": "Find a note", value: view.filter.text ?? "",
    oninput: () => filter({ text: search.value }), onkeydown: (event) => { if (event.key === "Escape") { search.value = ""; filter({ text: "" }); } } });
  const select = (key, none) => {
    const made = h("select", { "aria-label": none, onchange: () => filter({ [key]: made.value }) });
    return { made, fill(options) {
      putOptions(made, [["", none], ...options]);
      made.value = view.filter[key] ?? "";
    } };
  };
  const owner = select("owner", "All owners"), department = select("department", "All departments"), lane = select("lane", "All lanes");
  const split = button("Departments side by side", "A row for each department, so that views stand beside each other", () => board.keep({ split: !view.split }));
  const more = h("select", { "aria-label": "Show another lane", onchange: () => board.keep({ more: [...view.more, ...(more.value === "blueprint" ? facts.blueprint : [more.value])] }) });
  const clear = button("Show all", "Take the filter away", () => { search.value = ""; board.keep({ filter: {}, split: false }); });
  const panel = h("div", { class: "jk-bar jk-panel", hidden: true }, owner.made, department.made, full && lane.made, split, full && more, clear);
  const sieve = button("Filter ▾", "Filter by owner, department or lane", () => toggle(sieve, panel));

  // --- what is taken home --------------------------------------------------------------------
  const said = h("div", { class: "jk-exported", role: "status" }), busy = h("progress", { hidden: true, "aria-label": "Saving" });
  const save = ([words, kind]) => button(words, `Save: ${words}`, () => {
    busy.hidden = false;
    put(said, "Saving …");
    board.save(kind, (text) => { busy.hidden = true; put(said, text); });
  });
  const home = h("div", { class: "jk-bar jk-panel", hidden: true }, ...Object.entries(facts.take_home).map(save), busy, said);
  const take = button("Take home ▾", "Take home the maps, the decisions and the numbers: slides, paper, workbook, text", () => toggle(take, home));

  // --- who ---------------------------------------------------------------------------------
  const name = h("input", { value: who.now.name, placeholder: "Nadia", maxlength: 60, onchange: () => tell({ name: name.value.trim() }) });
  const team = h("input", { value: who.now.department, placeholder: "marketing", maxlength: 60, list: board.lists.department, onchange: () => tell({ department: team.value.trim() }) });
  const me = h("div", { class: "jk-bar jk-panel", hidden: true }, field("Your name", name), field("Your department", team),
    h("small", {}, "It stands on the notes that you write. This browser remembers it; leave it empty to write without a name."));
  const sign = button("", "Your name and department, for the notes that you write", () => toggle(sign, me));
  const tell = (own) => { who.keep(own); board.draw(); };
  const toggle = (opener, part) => { part.hidden = !part.hidden; aria(opener, "expanded", !part.hidden); };
  for (const opener of [sieve, take, sign]) aria(opener, "expanded", "false");

  // --- size ----------------------------------------------------------------------------------
  const zoom = (value) => board.keep({ zoom: Math.round(Math.max(0.3, Math.min(2.5, value)) * 100) / 100 });
  /** Far away the small print goes, so that the words stay large. */
  const resize = (value) => { grid.style.zoom = value; root.toggleAttribute("data-far", value < 0.65); };
  const size = () => view.zoom || fitted;
  let fitted = 1;
  /** Until somebody chooses a size: all columns in sight, where the words can still be read. */
  const refit = () => {
    if (view.zoom || !scroller.clientWidth) return;
    const best = fit();
    fitted = best < 0.6 ? 1 : best;
    resize(fitted);
    put(percent, `${Math.round(100 * fitted)}%`);
  };
  new ResizeObserver(refit).observe(scroller);
  scroller.addEventListener("click", () => root.matches(":focus-within") || scroller.focus({ preventScroll: true }));
  new ResizeObserver(() => scroller.classList.toggle("jk-tall", grid.getBoundingClientRect().height > scroller.clientHeight)).observe(grid);
  /** The largest size at which everything is in sight; outside of the full screen, all columns. */
  function fit() {
    const high = root.classList.contains("jk-full");
    let [low, top] = [0.3, high ? 2.5 : 1];
    for (let i = 0; i < 8; i += 1) {
      const middle = (low + top) / 2;
      resize(middle);
      const fits = grid.scrollWidth <= scroller.clientWidth / middle + 1 && (!high || grid.getBoundingClientRect().height <= scroller.clientHeight + 1);
      if (fits) low = middle; else top = middle;
    }
    return Math.floor(low * 100) / 100;
  }
  const percent = h("output", { class: "jk-percent" });
  const sizes = h("span", { class: "jk-segment", role: "group", "aria-label": "Size" }, button("−", "Smaller", () => zoom(size() - 0.1)), percent,
    button("+", "Larger", () => zoom(size() + 0.1)), button("Fit", "Zoom so that everything is in sight", () => zoom(fit())));
  const screen = button("Full screen", "Full screen, with large letters for the projector", () => {
    if (root.classList.contains("jk-full")) {
      if (document.fullscreenElement === root) document.exitFullscreen(); else large(false);
    } else if (root.requestFullscreen) root.requestFullscreen().catch(() => large(true));
    else large(true);
  });
  const large = (on) => {
    root.classList.toggle("jk-full", on);
    aria(screen, "pressed", on);
    screen.textContent = on ? "Leave full screen" : "Full screen";
  };
  root.addEventListener("fullscreenchange", () => large(document.fullscreenElement === root));
  const data = h("button", { title: "What the data says of stages, notes and feelings", onclick: () => board.keep({ data: !view.data }) });

  const title = h("h3", { class: "jk-title", dir: "auto" }, facts.title), count = h("span", { class: "jk-status" });
  const el = h("div", { class: "jk-tools" },
    h("div", { class: "jk-bar" }, title, count, status, full && take), h("div", { class: "jk-bar jk-journeys" }, all, stands),
    h("div", { class: "jk-bar" }, full && which, h("span", { class: "jk-segment" }, undo, redo), search, sieve, data, sizes, screen, sign), panel, home, me);
  const help = h("details", { class: "jk-help" }, h("summary", {}, "Keys and signs"), h("p", {},
    "Arrows go from note to note. Enter writes on a note, N adds one, M moves it to a stage and lane, Alt with an arrow moves it by one, "
    + "O opens all about it, Delete removes it. Ctrl+Z takes back, Ctrl+Y does it again. With the mouse drag a note, with a finger its grip ⠿; click twice to write. "
    + "Paste a list, and each line becomes a note."),
    h("p", {}, ...Object.keys(HOW).flatMap((kind) => [evidenceMark(kind), ` ${kind}: ${HOW[kind]}. `]), ...Object.values(MARKS).map((words) => `${words}. `)));

  function update(state, cards, shown, lanes, again) {
    const filtered = shown < cards.length;
    put(count, filtered ? `${shown} of ${cards.length} notes` : cards.length === 1 ? "1 note" : `${cards.length} notes`);
    for (const one of shows) {
      aria(one, "pressed", one.dataset.show === view.show);
      one.hidden = !state[board.docs.to_be];
    }
    begin.hidden = !!state[board.docs.to_be];
    redo.disabled = !again;
    place(state);
    owner.fill(valuesOf(cards, "owner").map((value) => [value, value]));
    department.fill(valuesOf(cards, "department").map((value) => [value, value]));
    lane.fill(lanes.map((one) => [one.id, one.name]));
    aria(split, "pressed", !!view.split);
    put(data, view.data ? "Hide data" : "Show data");
    data.hidden = !(facts.numbers.measured || facts.numbers.stages);
    const hidden = state.lanes.filter((one) => !lanes.includes(one));
    const blueprint = hidden.some((one) => facts.blueprint.includes(one.id)) ? [["blueprint", "Service blueprint: front, back, support"]] : [];
    putOptions(more, [["", "Show another lane …"], ...blueprint, ...hidden.map((one) => [one.id, one.name])]);
    const set = ["owner", "department", "lane"].filter((key) => view.filter[key]).length + !!view.split;
    put(sieve, set ? `Filter (${set}) ▾` : "Filter ▾");
    put(sign, who.now.name ? `✎ ${[who.now.name, who.now.department].filter(Boolean).join(", ")}` : "✎ Your name");
    resize(size());
    put(percent, `${Math.round(100 * size())}%`);
  }
  return { el, help, update, level };
}
