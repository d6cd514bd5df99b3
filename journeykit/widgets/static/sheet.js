// A review on a sheet of one's own: a grade from 1 to 5 for each item, without a look at anybody else's.

import { connect, frame, h, newId } from "./common.js";
import { own, team } from "./team.js";

export default { render({ model, el, signal }) {
  const line = connect(model, signal);
  const { facts, t } = line;
  const { root, status } = frame(el, line, t.kits(facts.topic));
  root.classList.add("jk-sheet");
  let mine = null;
  const who = team(line, signal, {
    about: "Take a name for this session; it may be made up. It stands beside your grades.",
    away() {},
    changed() { entered(); draw(); },
  });
  const grade = (item, value) => {
    mine.put("grades", item, value);
    const day = new Date(), date = [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
    line.ask("set", `${facts.doc}/${who.me.id}`, { ...facts.own, author: who.me.alias, date, grades: mine.get("grades", {}) });
  };
  const rows = facts.items.map(([item, words]) => {
    const name = newId("g");
    const made = h("fieldset", {}, h("legend", {}, t.kits(words)), h("div", { class: "jk-grades" }, [1, 2, 3, 4, 5].map((value) =>
      h("label", {}, h("input", { type: "radio", name, value: String(value), onclick: () => grade(item, value) }), String(value)))));
    made.show = () => made.querySelectorAll("input").forEach((radio) => { radio.checked = mine.get("grades", {})[item] === Number(radio.value); });
    return made;
  });
  const inside = h("div", {}, h("p", {}, t("Grade each from 1 (bad) to 5 (good), as you see it yourself. Nobody sees your grades here.")), rows);
  root.append(h("h4", {}, t.kits(facts.topic)), who.bar, who.gate, inside, h("div", { class: "jk-foot" }, status));

  function entered() { mine = who.me ? own(line, who.me) : null; }
  function draw() {
    inside.hidden = !mine;
    if (mine) rows.forEach((row) => row.show());
  }
  line.onChange(draw);
  entered();
  draw();
} };
