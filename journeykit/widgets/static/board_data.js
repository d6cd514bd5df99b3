// What the data says under the stages.

import { h } from "./common.js";

/** What is lost here; most people are not always lost where the share is the largest, so they are counted. */
function lossWords({ worst, gone, lost }) {
  const share = `−${Math.round(100 * lost)}%`;
  return worst ? `most lost: ${gone.toLocaleString("en")} (${share})` : share;
}

/** Under each stage how many get there and how many are lost. */
export function drawData(told, facts, view, list) {
  const numbers = facts.numbers.stages ?? {};
  told.hidden = !view.data || facts.lanes.length > 0 || !Object.keys(numbers).length;
  if (told.hidden) return;
  const stale = list.map((stage) => stage.id).join() !== facts.order.join();
  const key = JSON.stringify([list, stale]);
  if (told.dataset.told === key) return;
  told.dataset.told = key;
  const most = Math.max(1, ...Object.values(numbers).map((row) => row.users ?? 0));
  const cells = list.map((stage) => {
    const row = numbers[stage.id] ?? {};
    if (row.users === undefined) return h("div", { class: "jk-fact", role: "cell" }, h("b", {}, "–"), h("small", {}, "not seen in the data: no events are tied to this stage"));
    return h("div", { class: "jk-fact", role: "cell" },
      h("div", {}, h("b", {}, row.users.toLocaleString("en")), ` ${facts.numbers.counts} get here`),
      h("div", { class: "jk-water", "aria-hidden": "true" }, h("div", { style: `width:${(100 * row.users) / most}%` })),
      row.lost > 0 && h("b", { class: row.worst ? "jk-lost jk-worst" : "jk-lost" }, lossWords(row)),
      h("small", {}, row.words ?? "the last stage that the data sees"),
      row.small && h("small", { class: "jk-few" }, `few ${facts.numbers.counts}: read with care`));
  });
  told.replaceChildren(h("div", { class: "jk-lane", role: "rowheader" }, h("b", {}, "What the data says"),
    h("small", {}, stale ? "⚠ The stages have changed: run the cell again to count anew" : `${facts.numbers.counts}, with 95% interval`)), ...cells);
}
