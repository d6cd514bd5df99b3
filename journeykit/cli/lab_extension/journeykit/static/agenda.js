// The agenda as the way through: parts, notebooks, screens, and for whom.

import { h } from "./page.js";

const KEYS = [["→ Page down", "next"], ["← Page up", "back"], ["P", "phones, and back"], ["R", "compute again"], ["T", "start or pause the clock"], ["F", "whole screen"], ["L", "this list"]];
const nameOf = (path) => path.split("/").at(-1).replace(/\.ipynb$/, "");
const words = (path) => nameOf(path).replace(/_/g, " ");
/** The notebook of a phase: `03_weak_spots` is the one of `weak-spots`. */
const bookOf = (books, phase) => phase && books.find((path) => nameOf(path).replace(/^\d+_/, "").replaceAll("_", "-") === phase);

/** Open the list. What the workshop says is asked only where it is open: nothing of it runs here. */
export async function agenda({ book, before, screens, at, books, come, visit, leave, choose }) {
  const opener = document.activeElement, current = book.context.path;
  const dialog = h("dialog", { class: "jkp-agenda", "aria-label": "Agenda" });
  const shut = (act) => () => { dialog.close(); return act?.(); };
  const item = (label, act, now, more = []) => h("li", {}, h("button", { onclick: shut(act), "aria-current": now ? "step" : null }, label, ...more));
  const cells = (more) => {
    const shown = screens.flatMap((each, index) => (each.more === more ? [item(each.title, () => come(index), index === at)] : []));
    return shown.length && h("ol", {}, shown);
  };
  const inner = () => {
    const aside = cells(true);
    return [cells(false), aside ? h("details", { open: screens[at].more }, h("summary", {}, "More"), aside) : null];
  };
  const body = h("div", {}), people = h("div", {});
  dialog.append(
    h("header", {}, h("h2", {}, "Agenda"), h("button", { onclick: shut() }, "Close (Esc)")),
    h("div", { class: "jkp-columns" }, body, h("aside", {}, people,
      h("h3", {}, "Keys"), h("dl", {}, KEYS.flatMap(([key, what]) => [h("dt", {}, key), h("dd", {}, what)])),
      h("button", { onclick: shut(leave) }, "Leave: open in JupyterLab"))),
  );
  dialog.addEventListener("close", () => { dialog.remove(); opener?.focus?.({ preventScroll: true }); });
  document.body.append(dialog);

  const draw = (told) => {
    const listed = new Set(), parts = (told?.parts ?? []).map((part) => ({ ...part, path: bookOf(books, part.phase) }));
    const here = () => h("div", { class: "jkp-inner" }, inner());
    const rows = parts.map((part) => {
      const first = part.path && !listed.has(part.path), now = told.now ? part.id === told.now : false;
      if (part.path) listed.add(part.path);
      const act = part.path && part.path !== current ? () => visit(part.path) : () => come(0);
      const label = [part.what, h("span", {}, `${part.minutes} min${now ? " · now" : ""}`)];
      return h("li", { class: now ? "jkp-now" : null }, part.path ? h("button", { onclick: shut(act) }, ...label) : h("p", {}, ...label),
        first && part.path === current ? here() : null);
    });
    const others = books.filter((path) => !listed.has(path)).map((path) => h("li", {},
      h("button", { onclick: shut(() => (path === current ? come(0) : visit(path))), "aria-current": path === current ? "page" : null }, words(path)), path === current ? here() : null));
    body.replaceChildren(h("ol", { class: "jkp-parts" }, rows, others));
    const { personas = {}, journeys = [] } = told ?? {};
    const without = Object.keys(personas).filter((id) => !journeys.some((each) => each.persona === id)).map((persona) => ({ id: "", name: "", persona }));
    const chosen = [...journeys, ...without].map(({ id, name, persona }) => h("li", {}, h("button", {
      "aria-pressed": String(persona === told.persona && (!id || id === told.journey)), onclick: shut(() => choose(persona, id)),
    }, personas[persona] ?? persona, h("span", {}, name))));
    people.replaceChildren(...(chosen.length && before.open ? [h("h3", {}, "For whom"), h("ul", {}, chosen)] : []));
  };
  draw(null);
  dialog.showModal();
  body.querySelector("[aria-current=step]")?.focus();
  if (book.has(before.open)) draw(await book.choices());
  body.querySelector("[aria-current=step]")?.focus();
}
