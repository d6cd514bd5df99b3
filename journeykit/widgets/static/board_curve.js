// The emotion curve: a handle for each stage, and what surveys measured beside it.

import { feltAs, signed, smooth } from "./board_state.js";
import { aria, h } from "./common.js";

const FLAT = 100; // the lines are drawn in a field of 100 by 100 that is stretched over the row
const LEVEL = 16; // from one feeling to the next

/** A face whose mouth bends from angry to delighted. */
export function face(value) {
  const bend = value * 3.2, mouth = 16 - value * 0.6;
  return h("svg", { viewBox: "0 0 24 24", class: "jk-face", "aria-hidden": "true" },
    h("circle", { cx: 12, cy: 12, r: 10.5 }), h("circle", { cx: 8.5, cy: 9.5, r: 1.3, class: "jk-dot" }),
    h("circle", { cx: 15.5, cy: 9.5, r: 1.3, class: "jk-dot" }),
    h("path", { d: `M7 ${mouth}q5 ${bend} 10 0` }),
    value <= -1.5 && h("path", { d: "M6 6l4 1.8M18 6l-4 1.8" }));
}

/** The curve of one map. `change(stage, value)` is called when a handle was let go. */
export function makeCurve({ change, label }) {
  const lines = h("svg", { viewBox: `0 0 ${FLAT} ${FLAT}`, preserveAspectRatio: "none", class: "jk-lines", "aria-hidden": "true" });
  const handles = h("div", { class: "jk-handles" });
  const el = h("div", { class: "jk-curve", role: "cell" }, lines, handles);
  const made = new Map();
  let shown = { stages: [], felt: {}, measured: {}, other: null };
  let held = null; // the stage whose handle is being moved, and where it is
  let later = null;
  let drawn = ""; // what stands there; nothing while a handle is being moved

  const top = (value) => `${50 - value * LEVEL}%`;
  const say = (stage, value) => { held = null; change(stage, value); };
  const settle = () => { clearTimeout(later); later = null; if (held) say(held.stage, held.value); };
  const move = (stage, value) => {
    held = { stage, value: Math.round(Math.max(-2, Math.min(2, value)) * 10) / 10 };
    draw();
  };

  function grab(event, stage) {
    if (event.button) return;
    const handle = event.currentTarget;
    event.preventDefault();
    handle.focus();
    settle();
    try { handle.setPointerCapture(event.pointerId); } catch { /* a pointer that has gone */ }
    const from = shown.felt[stage] ?? 0, start = event.clientY;
    const done = new AbortController();
    let went = false;
    const drag = (e) => {
      const tall = handles.getBoundingClientRect().height;
      if (!went && Math.abs(e.clientY - start) < 3) return;
      went = true;
      move(stage, from + ((start - e.clientY) / tall) * (FLAT / LEVEL));
    };
    const end = (e) => {
      done.abort();
      if (e.type === "pointercancel") { held = null; draw(); } else settle();
    };
    for (const [kind, call] of [["pointermove", drag], ["pointerup", end], ["pointercancel", end]]) {
      handle.addEventListener(kind, call, done);
    }
  }

  function press(event, stage) {
    const now = held?.stage === stage ? held.value : shown.felt[stage] ?? 0;
    const steps = { ArrowUp: 0.1, ArrowDown: -0.1, PageUp: 0.5, PageDown: -0.5 };
    const to = event.key in steps ? now + steps[event.key] : { Home: -2, End: 2, Enter: now }[event.key];
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const ids = shown.stages.map((one) => one.id), next = ids[ids.indexOf(stage) + (event.key === "ArrowLeft" ? -1 : 1)];
      made.get(next)?.handle.focus();
    } else if (to === undefined) return;
    else {
      move(stage, to);
      clearTimeout(later);
      later = setTimeout(settle, 500); // many presses are one change
    }
    event.preventDefault();
  }

  function build(stage) {
    const words = h("span", { class: "jk-said" });
    const handle = h("div", { class: "jk-handle", role: "slider", tabindex: "0", "aria-orientation": "vertical",
      "aria-valuemin": "-2", "aria-valuemax": "2",
      onpointerdown: (e) => grab(e, stage.id), onkeydown: (e) => press(e, stage.id), onblur: () => later && settle() });
    const bar = h("div", { class: "jk-interval" }), diamond = h("div", { class: "jk-diamond" });
    const told = h("span", { class: "jk-told" });
    const column = h("div", { class: "jk-feel" }, bar, diamond, told, handle, words);
    handles.append(column);
    const parts = { column, handle, words, bar, diamond, told };
    made.set(stage.id, parts);
    return parts;
  }

  function drawStage(stage) {
    const { handle, words, bar, diamond, told } = made.get(stage.id) ?? build(stage);
    const value = held?.stage === stage.id ? held.value : shown.felt[stage.id];
    const known = value !== undefined, measure = shown.measured[stage.id];
    handle.style.top = words.style.top = top(value ?? 0);
    handle.classList.toggle("jk-unset", !known);
    handle.replaceChildren(known ? face(value) : h("span", {}, "?"));
    aria(handle, "label", `${label}, ${stage.name}`);
    aria(handle, "valuenow", value ?? 0);
    aria(handle, "valuetext", known ? `${signed(value)}, ${feltAs(value)}` : "not set yet");
    words.textContent = known ? `${signed(value)} ${feltAs(value)}` : "drag me";
    const above = !measure || (value ?? 0) >= measure.value;
    words.dataset.above = above ? "yes" : "";
    for (const part of [bar, diamond, told]) part.hidden = !measure;
    if (!measure) return;
    diamond.style.top = told.style.top = top(measure.value);
    const few = measure.small_n ? ", few" : "";
    const span = typeof measure.low === "number" ? `${signed(measure.low)} to ${signed(measure.high)}, ` : "";
    told.replaceChildren(h("b", {}, `survey ${signed(measure.value)}`), h("br"), `${span}n ${Number(measure.n).toLocaleString("en")}${few}`);
    told.dataset.above = above ? "" : "yes";
    bar.hidden = typeof measure.low !== "number";
    if (!bar.hidden) {
      bar.style.top = top(Math.min(2, measure.high));
      bar.style.bottom = `${50 + Math.max(-2, measure.low) * LEVEL}%`;
    }
  }

  function draw() {
    drawn = "";
    const { stages, measured, other } = shown;
    const felt = held ? { ...shown.felt, [held.stage]: held.value } : shown.felt;
    const ids = new Set(stages.map((stage) => stage.id));
    for (const [id, parts] of made) if (!ids.has(id)) { parts.column.remove(); made.delete(id); }
    stages.forEach(drawStage);
    stages.forEach((stage, at) => {
      const column = made.get(stage.id).column;
      if (handles.children[at] !== column) handles.insertBefore(column, handles.children[at] ?? null);
    });
    const points = (values, read, side) => stages.map((stage, i) => [stage.id, i]).filter(([id]) => values[id] !== undefined)
      .map(([id, i]) => [((i + side) / stages.length) * FLAT, 50 - read(values[id]) * LEVEL]);
    const own = smooth(points(felt, (value) => value, 0.42));
    lines.replaceChildren(
      ...[2, 1, 0, -1, -2].map((level) => h("line", { x1: 0, x2: FLAT, y1: 50 - level * LEVEL, y2: 50 - level * LEVEL, class: level ? "jk-level" : "jk-level jk-zero" })),
      other && h("path", { d: smooth(points(other, (value) => value, 0.42)), class: "jk-other" }) || "",
      h("path", { d: smooth(points(measured, (row) => row.value, 0.62)), class: "jk-measured" }),
      h("path", { d: own, class: "jk-team" }),
    );
  }

  return { el, update(now) {
    const told = JSON.stringify(now);
    if (told === drawn) return;
    shown = now;
    draw();
    drawn = told;
  } };
}
