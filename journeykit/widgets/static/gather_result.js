// The ranking of a team's notes, and their way onto the map.

import { aria, h, newId, put } from "./common.js";
import { keyed, plural } from "./team.js";

export function makeRanking(line, { ask, note, said }) {
  const { facts, t } = line;
  const toMap = (row, stage, lane) => {
    const { state } = line;
    const [first, ...others] = row.notes;
    const card = newId("c");
    const rest = row.name === state.notes[first]?.text ? others : row.notes;
    const comments = row.notes.length > 1 ? rest.map((id) => ({ id: newId("k"), text: state.notes[id].text })) : [];
    ask([["card.add", facts.journey, { id: card, stage: stage, lane, text: row.name,
      source: `${facts.topic} (${plural(row.dots, "dot")})`, ...(comments.length ? { comments } : {}) }],
    ...row.notes.map((id) => ["set", note(id), { card }])]);
    said.say(`“${row.name}” is on the map.`);
  };
  const options = (pairs, chosen) => pairs.map(([id, words]) => h("option", { value: id, selected: id === chosen }, words));
  const makeRow = (first) => {
    let row = first;
    const rank = h("td", { class: "jk-number" }), dots = h("td", { class: "jk-count" }), voters = h("td", { class: "jk-number" });
    const words = h("b"), list = h("ul"), at = h("span");
    const stages = h("select", { "aria-label": "Stage" }, options(facts.stages));
    const lanes = h("select", { "aria-label": "Lane" }, options(facts.lanes, facts.lane));
    const button = h("button", { onclick: () => toMap(row, stages.value, lanes.value) }, "Put on the map");
    const form = h("div", { class: "jk-bar" }, stages, lanes, button);
    const made = h("tr", {}, rank, h("td", {}, words, list), dots, voters, h("td", {}, form, at));
    made.show = (now) => {
      row = now;
      put(rank, `${row.rank}`);
      put(words, row.name);
      list.hidden = row.notes.length < 2;
      keyed(list, list.hidden ? [] : row.notes, (id) => id, () => {
        const li = h("li");
        li.show = (id) => put(li, line.state.notes[id]?.text ?? "");
        return li;
      });
      dots.replaceChildren(h("span", { class: "jk-dots", "aria-hidden": "true" }, "●".repeat(Math.min(row.dots, 15))), ` ${row.dots}`);
      put(voters, `${row.voters}`);
      voters.dataset.word = t(row.voters === 1 ? "voter" : "voters");
      const where = row.notes.map((id) => line.state.cards[line.state.notes[id]?.card]).find(Boolean);
      form.hidden = Boolean(where || facts.role);
      put(at, where ? `✓ ${where}` : "");
      aria(button, "label", `Put ${row.name} on the map`);
    };
    return made;
  };
  const tied = h("p", { class: "jk-ties" });
  const body = h("tbody");
  const heads = ["Place", "What", "Dots", "Voters", "On the map"].map((words) => t(words));
  const node = h("div", {}, tied, h("div", { class: "jk-wide" }, h("table", { class: "jk-ranking" },
    h("thead", {}, h("tr", {}, heads.map((words, at) => h("th", { scope: "col", class: at === 0 || at === 3 ? "jk-number" : null }, words)))), body)));
  return { node, show(state) {
    keyed(body, state.ranking ?? [], (row) => row.key, makeRow);
    put(tied, (state.ties ?? []).join(" "));
    tied.hidden = !tied.textContent;
  } };
}
