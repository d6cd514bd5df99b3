// The belief round: everybody guesses a number with a range; then the data is shown.

import { aria, bigScreen, connect, frame, h, newId, put } from "./common.js";
import { announcer, keepingFocus, keyed, listed, own, setText, sure, team } from "./team.js";

const SPREAD = 0.1;

const clip = (question, value) => Math.min(question.most, Math.max(question.least, value));
const tidy = (question, value) => Number((Math.round(clip(question, value) / question.step) * question.step).toFixed(4));

/** A guess moved to a value; its range goes along and holds it. The first one gets a range of its own. */
export function movedGuess(question, now, value) {
  const spread = SPREAD * (question.most - question.least), guess = tidy(question, value);
  const low = now ? now.low + guess - now.guess : guess - spread, high = now ? now.high + guess - now.guess : guess + spread;
  return { guess, low: tidy(question, Math.min(low, guess)), high: tidy(question, Math.max(high, guess)) };
}

/** A guess with one end of its range moved, as far as the range still holds it. */
export function movedEnd(question, now, key, value) {
  return { ...now, [key]: tidy(question, key === "low" ? Math.min(value, now.guess) : Math.max(value, now.guess)) };
}

const median = (values) => { const sorted = [...values].sort((a, b) => a - b), half = sorted.length >> 1; return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2; };

export default { render({ model, el, signal }) {
  const line = connect(model, signal);
  const { facts, t } = line;
  const { root, status } = frame(el, line, t.kits(facts.topic));
  root.classList.add("jk-beliefs");
  const said = announcer();
  let mine = null, me = null;
  const who = team(line, signal, {
    about: "Take a name for this session; it may be made up. Your guesses stay with you until all are revealed, and then they stand without a name, unless you want yours beside them.",
    away: () => { flush(); mine?.clear(); },
    changed: (another, here) => {
      if (another) entered();
      draw();
      if (here && mine) form.querySelector("input")?.focus();
    },
  });
  const number = () => line.state.reveals + 1;
  const doc = (question) => `records/guesses/${facts.round}-${number()}-${question.id}-${me.id}`;
  const guesses = () => mine?.get(`round-${number()}`, {}) ?? {};
  const resend = () => facts.questions.filter(({ id }) => guesses()[id]).forEach((question) => unsent.add(question));
  const unitOf = (question) => question.unit === "%" ? "%" : question.unit ? ` ${question.unit}` : "";
  const ends = (question) => h("div", { class: "jk-ends", "aria-hidden": "true" },
    [question.least, question.most].map((value) => h("span", {}, value + unitOf(question))));

  // --- guessing -----------------------------------------------------------------------------------
  const unsent = new Set();
  let pause = 0;
  const keep = (question, guess) => {
    mine.set(`round-${number()}`, { ...guesses(), [question.id]: guess });
    unsent.add(question);
    clearTimeout(pause);
    pause = setTimeout(flush, 350);
    draw();
  };
  const flush = () => {
    clearTimeout(pause);
    for (const question of unsent) {
      const guess = guesses()[question.id];
      if (guess && me) line.ask("set", doc(question), { question: question.id, number: number(), ...guess,
        author: me.alias, department: me.department ?? "", signed: Boolean(mine.get("signed", false)) });
    }
    unsent.clear();
  };
  const makeQuestion = (question) => {
    const unit = unitOf(question), span = question.most - question.least;
    const limits = { min: question.least, max: question.most, step: question.step };
    const set = (value) => {
      if (Number.isFinite(value)) keep(question, movedGuess(question, guesses()[question.id], value));
    };
    const end = (key, value) => {
      const now = guesses()[question.id];
      if (!now || !Number.isFinite(value)) return;
      if (key === "low" ? value > now.guess : value < now.guess) said.say(t("The range holds your guess: move the guess first."));
      keep(question, movedEnd(question, now, key, value));
    };
    const slider = h("input", { type: "range", ...limits, "aria-label": `${t.kits(question.label)}: ${t("your guess")}`,
      oninput: () => set(slider.valueAsNumber), onpointerup: () => { if (!guesses()[question.id]) set(slider.valueAsNumber); } });
    const field = (key, words) => h("input", { type: "number", inputmode: "decimal", ...limits, "aria-label": `${t.kits(question.label)}: ${words}`,
      onchange: (event) => {
        const value = event.target.valueAsNumber;
        if (key === "guess") set(value); else end(key, value);
        draw();
      } });
    const guess = field("guess", t("your guess")), low = field("low", t("surely not under")), high = field("high", t("surely not over"));
    const range = h("span", { class: "jk-range" }, `${t("80% sure: from")} `, low, ` ${t("to")} `, high, unit);
    const track = h("div", { class: "jk-track" }, slider);
    const empty = h("span", { class: "jk-soft" }, t("Move the slider, or type a number."));
    const made = h("fieldset", { class: "jk-question" }, h("legend", {}, t.kits(question.label)),
      ends(question),
      track, h("div", { class: "jk-bar" }, h("label", {}, `${t("Guess")} `, guess, unit), range, empty));
    made.show = () => {
      const now = guesses()[question.id];
      made.classList.toggle("jk-unset", !now);
      range.hidden = !now;
      empty.hidden = Boolean(now);
      const value = String(now?.guess ?? (question.least + question.most) / 2);
      if (slider.value !== value) slider.value = value;
      aria(slider, "valuetext", now ? `${now.guess}${unit}${t(", from {low} to {high}", now)}` : t("not guessed yet"));
      setText(guess, now ? String(now.guess) : "");
      setText(low, now ? String(now.low) : "");
      setText(high, now ? String(now.high) : "");
      const place = (v) => `${100 * (v - question.least) / span}%`;
      track.style.setProperty("--from", now ? place(now.low) : "0%");
      track.style.setProperty("--to", now ? place(now.high) : "0%");
    };
    return made;
  };
  const form = h("div", { class: "jk-questions" }, facts.questions.map(makeQuestion));
  const signed = h("input", { type: "checkbox", onchange: () => {
    mine.set("signed", signed.checked);
    resend();
    flush();
  } });
  const department = h("input", { type: "text", maxlength: "40", autocomplete: "off", list: newId("d"), onchange: () => {
    who.tell({ department: department.value.trim() });
    me = who.me;
    resend();
    flush();
  } });
  const departments = h("datalist", { id: department.getAttribute("list") }, facts.departments.map((name) => h("option", { value: name })));
  const counts = h("p");
  const reveal = sure("Reveal", "Has everybody guessed? After this the round is over.", () => {
    flush();
    line.ask("reveal", facts.doc, { number: number() });
  });
  // Until then the numbers are covered wherever the kit would show them.
  const skip = sure("Skip", "Show the numbers without guesses? A guess made later is not scored.",
    () => line.ask("set", facts.doc, { skipped: true }));
  skip.node.querySelector("button").classList.remove("jk-main");
  const skipped = h("p", { class: "jk-verdict" }, "Skipped: the numbers are no longer covered. Run the cells that show them. A guess made now is kept, and not scored.");
  const lead = h("div", { class: "jk-lead", role: "group", "aria-label": "For the facilitator" }, counts, h("div", { class: "jk-bar" }, reveal.node, skip.node), skipped);
  const asking = h("div", {},
    h("p", {}, t("Guess each number, and how far off you may be: of ten ranges of yours, eight should hold the truth. Nobody sees your guesses yet, and nobody sees the data.")),
    form, h("div", { class: "jk-bar jk-sign" },
      h("label", {}, signed, ` ${t("Show my name beside my guesses when they are revealed")}`),
      h("label", {}, `${t("My department, if I like:")} `, department, departments)));
  const guessing = h("div", {}, asking, lead);

  // --- what is so ---------------------------------------------------------------------------------
  const makeResult = (question) => {
    const unit = unitOf(question), span = question.most - question.least;
    const at = (value) => `${100 * (clip(question, value) - question.least) / span}%`;
    // A name stands after its range, or before it where there is no room.
    const nameAt = (low, high) => high < question.least + 0.75 * span ? `left:${at(high)}` : `right:calc(100% - ${at(low)})`;
    const exact = (value) => value.toFixed(question.step < 1 ? 2 : 1);
    const near = (value) => Number(exact(value));
    const made = h("div", { class: "jk-answer" });
    made.show = (result) => {
      const text = JSON.stringify(result);
      if (made.dataset.drawn === text) return;
      made.dataset.drawn = text;
      const { truth, guesses: list } = result;
      const band = truth && truth[1] !== null && truth[2] !== null
        ? h("div", { class: "jk-band", style: `left:${at(truth[1])};width:calc(${at(truth[2])} - ${at(truth[1])})` }) : null;
      const dots = list.map(({ guess, low, high, who: name, department: from }) => {
        const ranged = low !== null && high !== null;
        const held = truth && ranged ? low <= truth[0] && truth[0] <= high : null;
        const words = `${near(guess)}${unit}${ranged ? t(", from {low} to {high}", { low: near(low), high: near(high) }) : ""}`;
        return h("li", { class: "jk-dot", "data-held": String(held) },
          h("span", { class: "jk-hidden" }, `${[name, from].filter(Boolean).join(", ") || "A guess"}: ${words}${held === null ? "" : held ? ", held the truth" : ", missed it"}`),
          h("span", { class: "jk-line", "aria-hidden": "true", title: words },
            ranged ? h("i", { class: "jk-bar-line", style: `left:${at(low)};width:calc(${at(high)} - ${at(low)})` }) : null,
            h("i", { class: "jk-mark", style: `left:${at(guess)}` }, held === false ? "▲" : held ? "●" : "■"),
            name ? h("i", { class: "jk-name", style: nameAt(ranged ? low : guess, ranged ? high : guess) }, name) : null));
      });
      made.replaceChildren(
        h("h5", {}, t.kits(question.label)),
        h("p", {}, truth ? h("b", {}, `${exact(truth[0])}${unit}`) : t("The data cannot say."),
          !truth && list.length ? ` ${t("The middle of the guesses: {n}.", { n: `${exact(median(list.map(({ guess }) => guess)))}${unit}` })}` : "",
          truth && band ? ` (95%: ${exact(truth[1])} to ${exact(truth[2])})` : "",
          list.length ? ` · ${t(list.length === 1 ? "1 guess" : "{n} guesses", { n: list.length })}` : ` · ${t("Nobody guessed.")}`),
        h("div", { class: "jk-plot" }, band, truth ? h("div", { class: "jk-truth", style: `left:${at(truth[0])}` }) : null,
          h("ul", {}, dots)),
        ends(question));
    };
    return made;
  };
  const words = h("p", { class: "jk-verdict" });
  const answers = h("div", { class: "jk-answers" });
  const body = h("tbody");
  const heads = ["Department", "Guesses", "Ranges that held", "Off on average"];
  const scores = h("div", { class: "jk-wide" }, h("table", {}, h("thead", {}, h("tr", {}, heads.map((text, place) =>
    h("th", { scope: "col", class: place ? "jk-number" : null }, t.kits(text))))), body));
  const key = h("p", { class: "jk-soft" }, t("Upright line and band: the data, with its 95% interval. ● a guess whose range held it, ▲ one whose range missed it. Fewer than 30 ranges are few: read the table as a start, not as a mark."));
  const more = h("button", { class: "jk-host", onclick: () => line.ask("set", facts.doc, { step: "write", skipped: false }) }, "Guess again, in a new round");
  const shown = h("div", {}, words, answers, key, scores, more);
  const signedNumber = (value, unit) => value === null ? "–" : `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value).toFixed(1)}${unit === "%" ? " points" : unit && ` ${unit}`}`;
  const makeScore = () => {
    const made = h("tr");
    made.show = (row) => made.replaceChildren(h("th", { scope: "row" }, row.department === "(not said)" ? t("Not said") : row.department),
      h("td", { class: "jk-number" }, `${row.guesses}`),
      h("td", { class: "jk-number" }, row.ranges ? `${row.held} of ${row.ranges}` : "–",
        row.ranges ? h("small", {}, ` (95%: ${Math.round(100 * row.low)} to ${Math.round(100 * row.high)}%)`) : null),
      h("td", { class: "jk-number" }, signedNumber(row.bias, row.unit)));
    return made;
  };

  // --- all together -------------------------------------------------------------------------------
  const inside = h("div", {}, guessing, shown);
  root.append(h("div", { class: "jk-top" }, h("h4", {}, t.kits(facts.topic)), bigScreen(root)), who.bar, who.gate, inside, h("div", { class: "jk-foot" }, said.node, status));
  function entered() {
    me = who.me;
    mine = me ? own(line, me) : null;
    signed.checked = Boolean(mine?.get("signed", false));
    department.value = me?.department ?? "";
    // What was moved in the last moment before a reload is in the browser only: it is sent now.
    if (mine) resend();
    if (line.state.step !== "result") flush();
  }
  function draw() { keepingFocus(root, redraw); }
  function redraw() {
    const { state } = line, done = state.step === "result" && state.results;
    inside.hidden = !mine && !done && Boolean(facts.role); // who leads a session needs no name for it
    asking.hidden = !mine;
    who.gate.hidden = Boolean(mine) || Boolean(done);
    root.dataset.step = done ? "result" : "write";
    guessing.hidden = Boolean(done);
    shown.hidden = !done;
    if (!guessing.hidden) {
      if (mine) [...form.children].forEach((question) => question.show());
      const given = state.given ?? [], n = given.length, of = facts.questions.length;
      put(counts, n ? `Guessed: ${listed(given, ` of ${of}`)}.` : "Nobody has guessed yet.");
      reveal.node.hidden = !n;
      reveal.show("the numbers");
      skip.node.hidden = state.skipped;
      skipped.hidden = !state.skipped;
      skip.show("the guess");
    }
    if (!done) return;
    const byId = new Map(facts.questions.map((question) => [question.id, question]));
    put(words, (state.said ?? []).join(" "));
    keyed(answers, state.results, (result) => result.id, (result) => makeResult(byId.get(result.id)));
    keyed(body, state.scores ?? [], (row) => `${row.department} ${row.unit}`, makeScore);
    scores.hidden = !body.children.length;
    key.hidden = !state.results.some(({ truth }) => truth);
  }
  line.onRefused(({ doc: where }) => { if (where?.startsWith("records/guesses/")) draw(); });
  line.onChange(draw);
  entered();
  draw();
} };
