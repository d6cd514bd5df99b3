// The last way: what the room is asked, on paper, typed in by one. What it asks stands behind the # of its address.

import { button, h } from "./common.js";

const { topic, questions = [], grades = [], steps = [] } = JSON.parse(decodeURIComponent(location.hash.slice(1)) || "{}");
const table = (heads, rows) => h("table", {}, h("thead", {}, h("tr", {}, heads.map((words) => h("th", { scope: "col" }, words)))),
  h("tbody", {}, rows.map((words) => h("tr", {}, h("td", {}, words), heads.slice(1).map(() => h("td"))))));

document.getElementById("place").replaceChildren(h("h1", {}, topic ?? "A sheet for the room"), button("Print", () => print()),
  h("p", {}, "Name, made up: ______________________"),
  questions.length ? table(["Guess each number", "Guess", "80% sure: from", "to"], questions)
    : grades.length ? table(["Grade each from 1 (bad) to 5 (good), as you see it yourself", "Grade"], grades)
    : steps.length ? table(["Walk each step as the customer would", "Seen ✓, not possible ✗", "How it felt, -2 to 2", "What did you find?"], steps)
      : h("div", { class: "lines" }, Array.from({ length: 10 }, () => h("div"))));
