// The walk: one step of the map at a time, in the customer's shoes.

import { aria, box, button, connect, focusOf, frame, h, newId, replace, slug } from "./common.js";
import { coverage, face, HOW, how, LANES, overlaid } from "./walk_state.js";

const PAUSE = 900; // ms without a key until a finding is saved
class Trip {
  constructor(line, root, status) {
    const { facts } = line;
    Object.assign(this, { line, root, status, facts, t: line.t, place: "start", walk: null });
    this.kept = box(`walk:${facts.workshop}:${facts.doc}`); // where this browser was
    this.draft = box(`draft:walk:${facts.workshop}:${facts.doc}`);
    this.pane = h("div");
    this.way = h("ol", { class: "jk-way", "aria-label": line.t("Steps of the walk") });
    this.told = h("p", { class: "jk-hidden", role: "status" });
    root.append(this.way, this.pane, h("div", { class: "jk-bar" }, status), this.told);
    root.addEventListener("keydown", (event) => this.key(event));
    const { walk, place } = this.kept.get() ?? {};
    if (walk && (line.state.walks[walk.id] || line.asked(`records/walks/${walk.id}`).length)) this.begin(walk, place, false);
    else this.show();
  }

  get script() { return this.line.state.script; }

  /** The walk that is walked here, and one step of it, as the walker knows it. */
  own() { return this.line.state.walks[this.walk?.id] ?? { author: this.walk?.author, steps: {} }; }

  took(card) {
    const asked = this.line.asked(this.doc, "walk.step").filter(({ data }) => data.card === card);
    return overlaid(this.own().steps[card], asked.map(({ data }) => data));
  }

  /** All walks, this one with what is under way. */
  walks() {
    const all = { ...this.line.state.walks };
    if (this.walk) all[this.walk.id] = { ...this.own(), steps: Object.fromEntries(this.script.map(({ id }) => [id, this.took(id)])) };
    return Object.values(all);
  }

  // --- going ------------------------------------------------------------------------------

  begin(walk, place = 0, focus = true) {
    this.walk = walk;
    this.doc = `records/walks/${walk.id}`;
    this.line.who = walk.author;
    const draft = this.draft.get(); // typed when the page was closed
    if (draft?.walk === walk.id) { this.draft.set(null); this.tell(draft.card, { finding: draft.text }); }
    this.go(place, focus);
  }

  start(author) {
    const { walks, session } = this.line.state; // each session has walks of its own
    const base = slug(`${session > 1 ? `s${session}-` : ""}${this.facts.persona}-${author}`) + (slug(author) ? "" : `-${newId()}`);
    const known = Object.entries(walks).find(([, walk]) => walk.author === author);
    let id = known?.[0] ?? base;
    if (!known) {
      for (let number = 2; walks[id]; number += 1) id = `${base}-${number}`;
      const day = new Date();
      const date = [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
      this.line.ask("set", `records/walks/${id}`, { author, persona: this.facts.persona, journey: this.facts.journey, date, session }, author);
    }
    const { steps } = walks[id] ?? { steps: {} };
    const first = this.script.findIndex((step) => !how(steps[step.id]));
    this.begin({ id, author }, first < 0 ? "end" : first);
  }

  go(place, focus = true) {
    this.save();
    this.place = typeof place === "number" ? (place < this.script.length ? Math.max(0, place) : "end") : place;
    if (place === "start") this.walk = null;
    this.kept.set(this.walk && { walk: this.walk, place: this.place });
    this.show();
    if (focus) this.pane.querySelector("h3")?.focus({ preventScroll: true });
  }

  tell(card, data) { this.line.ask("walk.step", this.doc, { card, ...data }); }

  key(event) {
    if (typeof this.place !== "number") return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.go(this.place + 1);
    else if (event.target.matches("textarea, input") || event.ctrlKey || event.altKey || event.metaKey) return;
    else if (event.key === "ArrowRight") this.go(this.place + 1);
    else if (event.key === "ArrowLeft") this.go(this.place - 1);
    else if ("123".includes(event.key)) this.choose(Object.keys(HOW)[event.key - 1]);
    else return;
    event.preventDefault();
  }

  choose(word) {
    const { id } = this.script[this.place];
    const same = how(this.took(id)) === word;
    this.tell(id, { seen: word === "seen" && !same, why: word === "seen" || same ? null : word });
    this.told.textContent = this.t(same ? "Taken back" : HOW[word][1]);
  }

  /** Save the finding that stands in the field. */
  save() {
    clearTimeout(this.timer);
    if (!this.area || !this.walk) return;
    const { card } = this.area.dataset, text = this.area.value.trim();
    this.draft.set(null);
    if (text !== (this.took(card).finding ?? "")) this.tell(card, { finding: text });
  }

  /** A finding becomes a card of the map, and the step remembers which. */
  toMap(step, lane) {
    if (this.area?.dataset.card === step.id) this.save();
    const took = this.took(step.id), id = newId("found-");
    this.line.ask("card.add", this.facts.doc, { id, stage: step.stage, lane, text: took.finding, evidence: "heard", source: this.walk.id, author: this.walk.author });
    this.tell(step.id, { made: id });
    this.told.textContent = `On the map as ${LANES[lane]}`;
  }

  // --- drawing ----------------------------------------------------------------------------

  show() {
    this.area = null;
    const draw = typeof this.place === "number" && this.script[this.place] ? this.drawStep : this.place === "end" ? this.drawEnd : this.drawStart;
    replace(this.pane, "h3", draw.call(this));
    this.drawn = JSON.stringify([this.script, this.place]);
    this.update();
  }

  /** After a change by somebody: what is typed, and where the focus is, stays. */
  update() {
    if (this.place === "start" || this.place === "end") {
      const now = JSON.stringify([this.script, this.walks(), this.line.state.cards, this.place]);
      const typing = this.pane.contains(focusOf(this.root)) && focusOf(this.root).matches("input");
      if (this.seen !== now && this.seen && !typing) {
        replace(this.pane, "button, h3", this.place === "end" ? this.drawEnd() : this.drawStart());
      }
      this.seen = now;
    } else {
      this.seen = null;
      const step = this.script[this.place];
      if (!step) return this.go("end", false);
      if (this.drawn !== JSON.stringify([this.script, this.place])) { // the map itself was changed
        const { card } = this.area.dataset, place = this.script.findIndex(({ id }) => id === card);
        return this.go(place < 0 ? this.place : place, false);
      }
      this.fill(step);
    }
    this.drawWay();
  }

  drawWay() {
    this.way.hidden = !this.walk;
    if (!this.walk) return;
    const now = JSON.stringify([this.script.map(({ id, stage_name, text }) => [id, stage_name, text, how(this.took(id))]), this.place]);
    if (now === this.wayDrawn) return;
    this.wayDrawn = now;
    const stages = [...new Set(this.script.map((step) => step.stage))];
    replace(this.way, "button", stages.map((stage) => h("li", {},
      h("span", { class: "jk-name" }, this.script.find((step) => step.stage === stage).stage_name),
      this.script.map((step, place) => step.stage === stage && this.dot(step, place)))));
  }

  dot(step, place) {
    const word = how(this.took(step.id)), [sign, words] = HOW[word] ?? [String(place + 1), "Not walked yet"];
    return button(sign, () => this.go(place), { "data-how": word, title: step.text, "aria-current": place === this.place ? "step" : null,
      "aria-label": `${this.t("Step {n}", { n: place + 1 })}: ${step.text}, ${this.t(words).toLowerCase()}` });
  }

  drawStart() {
    const { t, facts: { me } } = this, { who, walks, earlier = [] } = this.line.state, { seen, of } = coverage(this.script, this.walks());
    if (!this.script.length) return [h("h3", { tabindex: -1 }, t("Nothing to walk yet")), h("p", {}, t("The map has no touchpoint and no action. Add some to the map, then walk it."))];
    const name = h("input", { maxlength: 40, autocomplete: "off", "aria-label": "Who walks?", placeholder: "Your name, or any name" });
    const submit = (event) => { event.preventDefault(); if (me) this.start(me.alias); else if (name.value.trim()) this.start(name.value.trim()); else name.focus(); };
    return [
      h("h3", { tabindex: -1 }, t("For the next minutes you are {who}", { who: who.name })), h("p", { class: "jk-soft" }, who.tagline),
      who.quote && h("p", {}, `“${who.quote}”`),
      h("p", {}, who.goal && [`${t("What you want:")} `, h("b", {}, who.goal), ". "], who.device && [`${t("Your device:")} `, h("b", {}, who.device), "."]),
      h("p", {}, t("{n} steps from A to B. Do every step, as the customer would; do not explain, do not excuse.", { n: of })),
      h("form", { onsubmit: submit }, !me && h("label", {}, h("span", { class: "jk-label" }, "Who walks?"), name), h("button", { type: "submit", class: "jk-main" }, t("Start walking"))),
      ...(me ? [] : [Object.keys(walks).length ? h("h4", {}, `Walked so far: ${seen} of ${of} steps were seen`) : null,
      h("ul", { class: "jk-list" }, Object.values(walks).map((walk) => {
        const own = coverage(this.script, [walk]);
        return h("li", { class: "jk-go" }, h("span", {}, `${walk.author}, ${walk.date || "no date"}: ${own.seen} of ${own.of} seen`), button("Go on", () => this.start(walk.author), { "aria-label": `Go on as ${walk.author}` }));
      })),
      earlier.length ? h("h4", {}, "In earlier sessions") : null,
      h("ul", { class: "jk-list" }, earlier.map(({ author, id, date, steps }) => h("li", {},
        [`${author || id}, ${date ?? "no date"}`, ...steps.filter(({ finding }) => finding).map(({ finding }) => `“${finding}”`)].join(" · "))))]),
    ];
  }

  drawStep() {
    const { t } = this, step = this.script[this.place], name = newId("felt");
    this.area = h("textarea", { "data-card": step.id, "aria-label": t("What did you find?"), value: this.took(step.id).finding ?? "" });
    this.area.addEventListener("input", () => {
      this.draft.set({ walk: this.walk.id, card: step.id, text: this.area.value });
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), PAUSE);
      this.fill(step);
    });
    this.area.addEventListener("blur", () => this.save());
    this.choices = Object.entries(HOW).map(([word, [sign, words]]) => button(`${sign} ${t(words)}`, () => this.choose(word), { "data-how": word }));
    this.felt = this.facts.felt.map(([value]) => h("input", { type: "radio", name, value: String(value), onclick: () => this.feel(step, value),
      onkeydown: (event) => { if (["Backspace", "Delete"].includes(event.key)) this.tell(step.id, { felt: null }); } }));
    this.map = h("div", { class: "jk-map" });
    const shoe = (words, text) => text && h("p", {}, h("b", {}, words), text);
    const { who } = this.line.state;
    return [
      h("p", { class: "jk-soft" }, `${step.stage_name} · ${t("step {n} of {of}", { n: this.place + 1, of: this.script.length })}`),
      h("div", { class: "jk-step" },
        h("div", {},
          h("div", { class: "jk-do" }, h("span", { class: "jk-soft" }, t.kits(step.kind)), h("h3", { tabindex: -1 }, step.text)),
          h("div", { class: "jk-choice jk-how", role: "group", "aria-label": t("How did it go?") }, this.choices),
          h("fieldset", {}, h("legend", {}, t("How did it feel?")),
            h("div", { class: "jk-choice jk-felt" }, this.facts.felt.map(([value, words], place) => h("label", {}, this.felt[place], face(value), t(words))))),
          h("span", { class: "jk-label" }, t("What did you find?")), this.area, this.map),
        h("div", { class: "jk-shoes" }, shoe(t("You are"), `${who.name}. ${who.tagline}`), shoe(t("You want"), step.goal), shoe(t("You think"), step.thought && `“${step.thought}”`),
          shoe(t("You use"), [...new Set([who.device, step.channel].filter(Boolean))].join(" · ")))),
      h("div", { class: "jk-nav" }, button(`‹ ${t("Back")}`, () => this.go(this.place - 1), { disabled: this.place === 0 }),
        button(`${t(this.place + 1 < this.script.length ? "Next step" : "To the end")} ›`, () => this.go(this.place + 1), { class: "jk-main" }),
        button(t("What was missed"), () => this.go("end")), h("span", { class: "jk-soft jk-host" }, "Keys: ← → step, 1 2 3 how it went, Ctrl+Enter next")),
    ];
  }

  feel(step, value) {
    this.tell(step.id, { felt: this.took(step.id).felt === value ? null : value });
  }

  /** Bring a drawn step up to date without touching what is typed. */
  fill(step) {
    const took = this.took(step.id), word = how(took);
    if (this.area !== focusOf(this.root) && !this.draft.get()) this.area.value = took.finding ?? "";
    this.area.placeholder = this.t(word === "not-possible" ? "What stood in the way?" : "What surprised you, what was missing, what was good?");
    this.choices.forEach((choice) => aria(choice, "pressed", choice.dataset.how === word));
    this.felt.forEach((radio, place) => { radio.checked = took.felt === this.facts.felt[place][0]; });
    // Only what is drawn there: leaving the field saves it, and the button that is pressed must still be there.
    const card = this.cardOf(took);
    const now = JSON.stringify([step.id, Boolean(this.area.value.trim()), took.made, card && [card.lane, card.text, card.text !== took.finding]]);
    if (this.map.dataset.now === now) return;
    const focused = this.map.contains(focusOf(this.root));
    this.map.dataset.now = now;
    this.map.replaceChildren(...(this.area.value.trim() && !this.facts.role ? this.onMap(step, took) : []));
    if (focused) (this.map.querySelector("button") ?? this.pane.querySelector(".jk-nav .jk-main")).focus();
  }

  cardOf(took) {
    const asked = this.line.asked(this.facts.doc, "card.add").find(({ data }) => data.id === took.made);
    return this.line.state.cards[took.made] ?? asked?.data ?? null;
  }

  /** Where a finding is on the map, or how it gets there. */
  onMap(step, took) {
    const card = this.cardOf(took);
    if (card) {
      const differs = card.text !== took.finding;
      return [h("span", {}, `✓ On the map as ${LANES[card.lane] ?? "a note"}${differs ? `: “${card.text}”` : ""}`),
        differs && button("Write it anew", () => { this.save(); this.line.ask("card.change", this.facts.doc, { id: took.made, text: this.took(step.id).finding }); })].filter(Boolean);
    }
    return [h("span", { class: "jk-soft" }, took.made ? "Its note was taken off the map. Put it there again:" : "Put it on the map:"),
      ...Object.entries(LANES).map(([lane, words]) => button(`+ As ${words}`, () => this.toMap(step, lane), { "aria-label": `Put on the map as ${words}` }))];
  }

  drawEnd() {
    const { t } = this, mine = { steps: Object.fromEntries(this.script.map(({ id }) => [id, this.took(id)])) };
    const own = coverage(this.script, [mine]), all = coverage(this.script, this.walks());
    const missed = this.script.filter((step) => how(this.took(step.id)) !== "seen"), found = this.script.filter((step) => this.took(step.id).finding);
    const others = Object.entries(this.line.state.walks).filter(([id]) => id !== this.walk.id)
      .flatMap(([, walk]) => this.script.filter(({ id }) => walk.steps[id]?.finding).map((step) => [walk.author, step, walk.steps[step.id].finding]));
    const name = (step) => `${step.stage_name}: ${step.text}`;
    return [
      h("h3", { tabindex: -1 }, t("{who} has seen {n} of {of} steps", { who: this.walk.author, n: own.seen, of: own.of })),
      h("p", {}, t("All walkers together: {n} of {of}.", { n: all.seen, of: all.of })), h("div", { class: "jk-cover", "aria-hidden": "true" }, h("div", { style: `width: ${all.of ? 100 * all.seen / all.of : 0}%` })),
      h("h4", {}, t(missed.length ? "What was missed" : "Nothing was missed")),
      h("ul", { class: "jk-list" }, missed.map((step) => {
        const [sign, words] = HOW[how(this.took(step.id))] ?? ["○", "Not walked yet"];
        const elsewhere = all.missed.includes(step) ? null : h("span", { class: "jk-soft" }, ` (${t("seen by another walker")})`);
        return h("li", { class: "jk-go" }, h("span", {}, `${sign} ${t(words)}: ${name(step)}`, elsewhere),
          button(t("Walk it"), () => this.go(this.script.indexOf(step)), { "aria-label": `${t("Walk it")}: ${step.text}` }));
      })),
      h("h4", {}, t("Findings: {n}", { n: found.length })),
      h("ul", { class: "jk-list" }, found.map((step) => h("li", {}, h("span", { class: "jk-soft" }, name(step)), h("p", {}, this.took(step.id).finding), !this.facts.role && h("div", { class: "jk-map" }, this.onMap(step, this.took(step.id)))))),
      others.length ? h("h4", {}, t("What others found")) : null,
      h("ul", { class: "jk-list" }, others.map(([author, step, finding]) => h("li", {}, h("span", { class: "jk-soft" }, `${author}, ${name(step)}`), h("p", {}, finding)))),
      h("div", { class: "jk-nav" }, button(`‹ ${t("Back to the steps")}`, () => this.go(this.script.length - 1)), button("Another walker", () => this.go("start"), { class: "jk-host" })),
    ];
  }
}

export default {
  render({ model, el, signal }) {
    const line = connect(model, signal);
    const { root, status } = frame(el, line, line.t("Walk the journey"));
    root.classList.add("jk-walk");
    const trip = new Trip(line, root, status);
    line.onChange(() => trip.update());
    signal.addEventListener("abort", () => clearTimeout(trip.timer));
  },
};
