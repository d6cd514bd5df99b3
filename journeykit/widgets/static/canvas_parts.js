// Parts of the canvas: fields that fit their text, items in their order, the profile, the head.

import { focusOf, h } from "./common.js";

export const PAUSE = 900; // ms without a key until what was typed is saved

/** Let a text field be as high as its text. */
export function fit(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

/** Which of the texts belong to which node: the same words first, in order; null makes a new one. */
export function matched(texts, nodes) {
  const free = new Set(nodes);
  return texts.map((text) => {
    const found = [...free].find((node) => node.saved === text);
    free.delete(found);
    return found ?? null;
  });
}

/** Put nodes into this order without touching the one that has the focus. */
export function arrange(list, nodes) {
  const still = nodes.findIndex((node) => node.contains(focusOf(list)));
  nodes.slice(0, Math.max(still, 0)).forEach((node, place) => {
    if (list.children[place] !== node) list.insertBefore(node, list.children[place] ?? null);
  });
  for (let place = still < 0 ? 0 : still + 1; place < nodes.length; place += 1) {
    const before = place ? nodes[place - 1].nextSibling : list.firstChild;
    if (before !== nodes[place]) list.insertBefore(nodes[place], before);
  }
}

function shares(row) {
  const at = (share) => `${100 * share}%`;
  const bar = { y: 4, height: 8, rx: 2 };
  return h("svg", { class: "jk-shares", "aria-hidden": "true" },
    h("rect", { ...bar, x: 0, width: "100%", fill: "currentColor", "fill-opacity": .12 }),
    h("rect", { ...bar, x: 0, width: at(row.share), fill: "#0072b2", "fill-opacity": row.small ? .35 : 1 }),
    h("line", { x1: at(row.low), x2: at(row.high), y1: 8, y2: 8, stroke: "currentColor", "stroke-width": 2 }),
    h("line", { x1: at(row.all), x2: at(row.all), y1: 0, y2: 16, stroke: "#e69f00", "stroke-width": 4 }));
}

export function profile({ rows, counts, said }) {
  const percent = (share) => `${(100 * share).toFixed(1)}%`;
  const body = rows?.length
    ? [h("p", {}, `${counts}. Bar: this persona, with its 95% interval. Upright mark: all.`),
      h("ul", {}, rows.map((row) => h("li", {}, h("b", {}, row.trait), shares(row),
        h("span", { class: "jk-said" }, h("b", {}, percent(row.share)), ` (${percent(row.low)} to ${percent(row.high)}), all `,
          h("b", {}, percent(row.all)), row.small ? " ⚠ few customers" : null))))]
    : [h("p", {}, said)];
  return h("aside", { class: "jk-data", "aria-label": "What the data says" }, h("h3", {}, "What the data says"), body);
}

/** A line of the head, saved when the typing pauses. */
export function headField(line, key, label, signal) {
  const { doc } = line.facts;
  const area = h("textarea", { rows: 1, "data-key": key, "aria-label": label, placeholder: label });
  let timer, base = "";
  const save = () => {
    const text = area.value.replace(/\s+/g, " ").trim();
    if (text === base) return;
    base = text;
    line.ask("set", doc, { [key]: text });
  };
  area.addEventListener("input", () => { fit(area); clearTimeout(timer); timer = setTimeout(save, PAUSE); });
  area.addEventListener("blur", save);
  area.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); area.blur(); } });
  signal.addEventListener("abort", () => clearTimeout(timer));
  const show = (state) => {
    const busy = line.asked(doc).some(({ data }) => key in data);
    if (!busy) base = state.head?.[key] ?? "";
    if (!busy && area !== focusOf(area) && area.value !== base) area.value = base;
    fit(area);
  };
  line.onChange(show);
  line.onRefused((operation) => { if (operation.doc === doc && key in operation.data) { base = line.state.head[key]; area.value = base; fit(area); } });
  return { area, show };
}
