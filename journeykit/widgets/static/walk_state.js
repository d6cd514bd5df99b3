// What a walk computes: how a step went, how much was seen.

import { h } from "./common.js";

export const HOW = { seen: ["✓", "Seen"], "not-possible": ["✗", "Not possible"], skipped: ["↷", "Skipped"] };
export const LANES = { "pain-points": "a pain point", opportunities: "an opportunity" };

/** seen, not-possible, skipped, or nothing yet. */
export const how = (step) => (step?.seen ? "seen" : step?.why ?? "");

/** What a step is with what was asked for and not answered yet. */
export function overlaid(step, asked) {
  return asked.reduce((now, data) => ({ ...now, ...data, ...(data.seen ? { why: null } : {}), ...(data.why ? { seen: false } : {}) }), step ?? {});
}

/** How much of the script was seen: by these walks together. */
export function coverage(script, walks) {
  const seen = new Set(walks.flatMap((walk) => Object.entries(walk.steps).filter(([, step]) => step.seen).map(([card]) => card)));
  return { seen: script.filter(({ id }) => seen.has(id)).length, of: script.length, missed: script.filter(({ id }) => !seen.has(id)) };
}

export function face(value) {
  const bend = 22 + 4.5 * value;
  return h("svg", { viewBox: "0 0 34 34", "aria-hidden": "true" }, h("circle", { cx: 17, cy: 17, r: 14 }),
    h("circle", { cx: 12, cy: 13, r: 1.2, fill: "currentColor" }), h("circle", { cx: 22, cy: 13, r: 1.2, fill: "currentColor" }),
    h("path", { d: `M10 22 Q17 ${bend} 24 22` }));
}
