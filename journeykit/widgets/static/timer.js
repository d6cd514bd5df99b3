// The timer. The record holds absolute times; what is shown is worked out from them.

import { aria, box, button, connect, frame, h, put, replace } from "./common.js";

const MINUTE = 60000;
const TOLD = [300, 60, 0]; // seconds left at which a screen reader is told

function clockTime(ms) {
  return new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

/** 754 seconds are 12:34; what is over has a plus. */
export function spelled(seconds) {
  const whole = seconds > 0 ? Math.ceil(seconds) : Math.floor(-seconds);
  return `${seconds > 0 || !whole ? "" : "+"}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** What the clock says at a moment. Pure. */
export function figures({ clock = {}, parts = [] }, now) {
  const time = (key) => (clock[key] ? Date.parse(clock[key]) : null);
  const on = Boolean(clock.ends), stands = time("paused"), place = parts.findIndex((part) => part.id === clock.part);
  const real = (part) => (clock.spent?.[part.id] ?? 0) + (part.id === clock.part && clock.since ? Math.max(0, now - time("since")) / MINUTE : 0);
  const sum = (list) => list.reduce((minutes, part) => minutes + part.minutes, 0);
  const left = on ? (time("ends") - (stands ?? now)) / 1000 : null;
  const likely = on ? now + Math.max(left, 0) * 1000 + sum(parts.slice(place + 1)) * MINUTE : null;
  const planned = on && place >= 0 ? time("started") + sum(parts) * MINUTE : null;
  return {
    on, left, likely, planned, stands: stands !== null, place, ends: time("ends"), real,
    part: parts[place] ?? (on ? { id: clock.part, what: clock.part, minutes: 0 } : null),
    late: planned === null ? null : Math.round((likely - planned) / MINUTE),
    state: !on ? "off" : left <= 0 ? "over" : left <= 300 ? "soon" : "calm",
  };
}

function pace({ on, late, likely, planned }) {
  if (!on || late === null) return "";
  const end = `the session ends about ${clockTime(likely)}`;
  if (late === 0) return `On plan: ${end}`;
  return `${Math.abs(late)} min ${late > 0 ? "behind" : "ahead of"} the plan: ${end}, planned ${clockTime(planned)}`;
}

export default {
  render({ model, el, signal }) {
    const line = connect(model, signal);
    const { phase } = line.facts;
    const { root, status } = frame(el, line, "Timer of the session");
    root.classList.add("jk-timer");
    root.classList.toggle("jk-slim", Boolean(phase));
    const wishes = box("timer"); // of this browser: whether it glows, whether it shows the notes
    const wish = { glow: true, notes: false, ...wishes.get() };
    let ahead = null; // how far the kernel's clock is ahead of this browser's, in ms; it tells that first
    const early = []; // what was pressed before it did: no time of a wrong clock may go into the file
    const now = () => Date.now() + (ahead ?? 0);
    const heard = (message) => {
      if (!message?.now) return;
      ahead = message.now - Date.now();
      early.splice(0).forEach((go) => go());
      tick();
    };
    model.on("msg:custom", heard);

    // --- what one can do ---------------------------------------------------------------
    const at = () => new Date(now()).toISOString();
    const act = (kind, data = {}) => {
      if (ahead === null) {
        early.push(() => act(kind, data));
        model.send({ need: "state" });
        return;
      }
      const { doc } = line.state;
      if (!Object.keys(line.state.clock ?? {}).length) line.ask("set", doc, { date: doc.split("/")[2].slice(0, 10) });
      line.ask(kind, doc, { at: at(), ...data });
    };
    const turn = (part) => part && act("clock.turn", { part: part.id, minutes: part.minutes });
    const beside = (step) => line.state.parts[figures(line.state, now()).place + step];
    const here = () => line.state.parts.find((part) => part.phase === phase);
    const main = () => {
      const seen = figures(line.state, now());
      if (!seen.on) turn((phase && here()) || line.state.parts[0]);
      else act(seen.stands ? "clock.go" : "clock.pause");
    };
    const more = (minutes) => {
      const { ends } = figures(line.state, now());
      act("clock.ends", { ends: new Date(ends + minutes * MINUTE).toISOString() });
    };
    let sure = 0;
    const stop = () => {
      if (Date.now() - sure < 5000) act("clock.stop");
      else sure = Date.now();
      tick();
    };

    // --- what is seen ------------------------------------------------------------------
    const part = h("p", { class: "jk-part" }), left = h("div", { class: "jk-left", role: "timer", "aria-live": "off" });
    const state = h("div", { class: "jk-state" }), next = h("p", { class: "jk-next" }), pacing = h("p", { class: "jk-pace" });
    const gone = h("div"), told = h("span", { class: "jk-hidden", role: "status" });
    const go = button("Start", main, { class: "jk-main" }), less = button("−1 min", () => more(-1)), plus = button("+1 min", () => more(1));
    const back = button("‹ Back", () => turn(beside(-1))), forth = button("Next ›", () => turn(beside(1))), mine = button("", () => turn(here()));
    const end = button("End the session", stop, { class: "jk-small" }), list = h("ol", { "aria-label": "Agenda" });
    const glow = button("", () => keep("glow"), { class: "jk-small" }), notes = button("", () => keep("notes"), { class: "jk-small" });
    const large = button("Full screen", () => big(!root.hasAttribute("data-big")));
    const view = button("Present", () => document.dispatchEvent(new CustomEvent("journeykit:present")), { title: "One thing at a time, for the projector" });
    view.hidden = document.documentElement.dataset.journeykit !== "lab"; // only the kit's own server has that view
    const keep = (key) => { wish[key] = !wish[key]; wishes.set(wish); rows = ""; tick(); };
    const big = (wanted) => {
      root.toggleAttribute("data-big", wanted);
      put(large, wanted ? "Small again" : "Full screen");
      if (wanted) root.requestFullscreen?.().catch(() => {});
      else if (document.fullscreenElement === root) document.exitFullscreen();
    };
    root.addEventListener("fullscreenchange", () => { if (document.fullscreenElement !== root) big(false); });
    root.addEventListener("keydown", (event) => { if (event.key === "Escape") big(false); });
    const face = h("div", { class: "jk-face" }, part, left, state, next);
    const bar = h("div", { class: "jk-bar" }, phase ? [mine, go, less, plus] : [back, go, less, plus, forth, view, large, notes, glow, end], status);
    root.append(...(phase ? [h("div", { class: "jk-row" }, face, bar), h("div", { class: "jk-gone", "aria-hidden": "true" }, gone)]
      : [face, h("div", { class: "jk-gone", "aria-hidden": "true" }, gone), pacing, bar,
        h("div", { class: "jk-heads", "aria-hidden": "true" }, ["", "Part", "Planned", "Real", ""].map((words) => h("span", {}, words))), list]), told);

    let rows = "", before = null;
    /** Draw the agenda anew, only where something in it changed. */
    const agenda = (seen) => {
      const { parts } = line.state;
      const shown = parts.map((each) => Math.floor(seen.real(each)));
      const key = JSON.stringify([parts, shown, seen.part?.id, seen.on, wish.notes]);
      if (key === rows || phase) return;
      rows = key;
      replace(list, "button", parts.map((each, place) => {
        const current = seen.on && place === seen.place;
        const [sign, word] = current ? ["●", "now"] : seen.real(each) ? ["✓", "done"] : ["○", "open"];
        return h("li", { "aria-current": current ? "step" : null },
          h("span", {}, `${sign} `, h("span", { class: "jk-word" }, word)), h("span", {}, each.what),
          h("span", { class: "jk-number", "data-head": "planned" }, `${each.minutes} min`),
          h("span", { class: "jk-number", "data-head": "real" }, seen.real(each) ? `${shown[place]} min` : ""),
          button("Go", () => turn(each), { "aria-label": `Go to: ${each.what}`, disabled: current }),
          wish.notes && each.notes ? h("p", { class: "jk-notes" }, each.notes) : null);
      }));
    };

    const tick = () => {
      const seen = figures(line.state, now()), { parts } = line.state, own = phase && here();
      const planned = (phase && !seen.on ? own : seen.part) ?? parts[0];
      root.dataset.state = seen.state;
      put(part, planned?.what ?? "");
      put(left, spelled(seen.on ? seen.left : (planned?.minutes ?? 0) * 60));
      const word = seen.stands ? "❚❚ The clock stands" : { over: "⚑ Time is up", soon: seen.left <= 60 ? "◔ Last minute" : "◑ Less than 5 minutes" }[seen.state] ?? "";
      state.toggleAttribute("data-on", Boolean(word) && !seen.stands);
      put(state, word || (seen.on ? `of ${planned.minutes} min, until ${clockTime(seen.ends)}` : `${planned?.minutes ?? 0} min planned`));
      const after = seen.on ? parts[seen.place + 1] : parts[1];
      put(next, phase ? "" : after ? `Next: ${after.what} (${after.minutes} min)` : seen.on ? "The last part" : "");
      put(pacing, seen.on ? pace(seen) : `${parts.reduce((sum, each) => sum + each.minutes, 0)} minutes in all. Start when everybody is here.`);
      gone.style.transform = `scaleX(${seen.on && planned.minutes ? Math.min(1, Math.max(0, 1 - seen.left / 60 / planned.minutes)) : 0})`;
      put(go, !seen.on ? "▶ Start" : seen.stands ? "▶ Go on" : "❚❚ Pause");
      put(mine, own ? `▶ Begin: ${own.what}` : "");
      mine.hidden = !seen.on || !own || seen.part?.phase === phase;
      for (const each of [less, plus]) each.hidden = !seen.on;
      back.disabled = !seen.on || seen.place <= 0;
      forth.disabled = !seen.on || !parts[seen.place + 1];
      end.hidden = !seen.on;
      put(end, Date.now() - sure < 5000 ? "Really? Yes, end it" : "End the session");
      for (const [node, key, words] of [[glow, "glow", "Glow at the end"], [notes, "notes", "Notes"]]) {
        aria(node, "pressed", wish[key]);
        put(node, `${wish[key] ? "✓ " : ""}${words}`);
      }
      tell(seen);
      agenda(seen);
    };

    /** Say it once, when the moment passes: at 5 minutes, 1 minute and the end. */
    const tell = (seen) => {
      const key = `${seen.part?.id} ${seen.ends}`;
      if (seen.on && !seen.stands && before?.key === key) {
        const passed = TOLD.find((limit) => before.left > limit && seen.left <= limit);
        if (passed !== undefined) {
          put(told, passed ? `${passed / 60} ${passed > 60 ? "minutes" : "minute"} left: ${seen.part.what}` : `Time is up: ${seen.part.what}`);
          if (!passed && wish.glow) root.dataset.glow = "yes";
        }
      }
      if (seen.state !== "over") delete root.dataset.glow;
      before = { key, left: seen.left };
    };

    line.onChange(tick);
    tick();
    const beat = setInterval(tick, 250);
    signal.addEventListener("abort", () => { clearInterval(beat); model.off("msg:custom", heard); });
  },
};
