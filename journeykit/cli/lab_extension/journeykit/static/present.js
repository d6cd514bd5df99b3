// The presenter's view: one question, picture or activity at a time, and the next by one key.
//
// It is the same notebook and kernel in JupyterLab's view of a single document. What is not on the
// screen is hidden by a style alone: nothing that somebody typed is lost. Nothing runs before a
// person has pressed a key or a button, and then the screen that they came to.

import { agenda } from "./agenda.js";
import { Book } from "./kernel.js";
import { dress, fit, h, meaning, readable } from "./page.js";
import { screensOf } from "./screens.js";

const isBook = (panel) => Boolean(panel?.content?.model?.cells && panel.context?.sessionContext);
const address = (settings, view, path) => `${settings.baseUrl}${view}/tree/${path.split("/").map(encodeURIComponent).join("/")}`;

/** Start with JupyterLab: in /lab only the way here is offered, by the clock of notebook 00. */
export function activate(app, settings, presents) {
  if (presents) {
    document.documentElement.classList.add("jk-present"); // from the first moment on
    deafen();
    const begin = async () => {
      const panel = app.shell.currentWidget;
      document.documentElement.classList.toggle("jk-present", !panel || isBook(panel)); // another file is shown as ever
      if (!isBook(panel)) return;
      app.shell.currentChanged.disconnect(begin);
      await panel.context.ready;
      await panel.revealed;
      present(new Book(app, panel), (view, path) => address(settings, view, path));
    };
    app.shell.currentChanged.connect(begin);
    app.restored.then(begin);
  } else {
    document.addEventListener("journeykit:present", async () => {
      const { context } = app.shell.currentWidget;
      await context.save();
      location.assign(address(settings, "doc", context.path));
    });
  }
}

/** JupyterLab's own keys and menus are dead here: nobody deletes a cell before an audience. */
function deafen() {
  // Its shortcuts are looked for from the target upwards, until this mark.
  window.addEventListener("keydown", ({ target }) => target.setAttribute?.("data-lm-suppress-shortcuts", "true"), true);
  window.addEventListener("contextmenu", (event) => event.stopPropagation(), true);
  window.addEventListener("dblclick", (event) => { // it would open a text for editing
    if (event.target.closest(".jp-MarkdownCell")) event.stopPropagation();
  }, true);
}

async function present(book, to) {
  const { notebook, context } = book;
  if (notebook.notebookConfig.windowingMode === "full") // a setting of its user's: cells off the screen have to exist
    notebook.notebookConfig = { ...notebook.notebookConfig, windowingMode: "none" };
  let { before, screens } = screensOf(book.cells());
  let at = Math.max(0, screens.findIndex((each) => each.cells.includes(book.place.get()?.cell)));
  let from = book.place.get()?.from ?? 0; // the last screen in the way, before one that was chosen aside
  let books = [], turn = 0, work = Promise.resolve();

  const note = h("p", { class: "jkp-note", role: "status" }), told = h("p", { class: "jkp-heard", "aria-live": "polite" });
  const count = h("span", { class: "jkp-count" });
  const press = (words, label, act) => h("button", { "aria-label": label, title: label, onclick: act }, words);
  const back = press("‹", "Back (←)", () => step(-1)), next = press("›", "Next (→)", () => step(1));
  const open = press("☰", "Agenda (L)", () => list());
  const control = h("nav", { class: "jkp-control", "aria-label": "Presentation" }, back, count, next, open);
  document.body.append(note, control, told);

  const way = () => screens.flatMap((each, index) => (each.more ? [] : [index]));
  const aside = () => !way().includes(at);
  const outer = () => notebook.node.querySelector(".jp-WindowedPanel-outer") ?? notebook.node;
  const say = (words) => { note.textContent = words; };
  const quiet = () => say(screens[at].cells.length ? "" : `${screens[at].title}.`);

  /** Show a screen as it is; nothing runs. */
  function show(index) {
    at = index;
    if (!aside()) from = at;
    const screen = screens[at], { activeElement } = document;
    book.place.set({ cell: screen.cells.at(-1), from });
    for (const { node, model } of notebook.widgets) {
      node.classList.toggle("jkp-on", screen.cells.includes(model.id));
      node.classList.toggle("jkp-clock", before.clock === model.id && book.has(model.id));
      node.classList.toggle("jkp-waits", model.type === "code" && !book.has(model.id));
    }
    document.documentElement.classList.toggle("jkp-title", !screen.code);
    document.documentElement.classList.toggle("jkp-first", !screen.code && !at);
    if (activeElement?.closest(".jp-Cell:not(.jkp-on, .jkp-clock)")) activeElement.blur(); // what is typed goes on here
    const place = way().indexOf(at), all = way().length;
    count.textContent = place < 0 ? "More" : `${place + 1} of ${all}`;
    const now = `${screen.title}, ${place < 0 ? "more" : `screen ${place + 1} of ${all}`}`;
    if (told.textContent !== now) told.textContent = now;
    back.disabled = !aside() && !place && !nextTo(-1);
    next.disabled = !aside() && place === all - 1 && !nextTo(1);
    lay();
  }

  /** Pictures fill what room there is. */
  function lay() {
    const shown = notebook.widgets.filter(({ node }) => node.classList.contains("jkp-on"));
    const map = shown.some((each) => each.model.type === "code" && dress(each));
    document.documentElement.classList.toggle("jkp-whole", map || shown.some(({ node }) => node.querySelector(".jk-board")));
    const images = shown.flatMap(({ node }) => [...node.querySelectorAll(".jp-RenderedSVG img")]);
    if (!outer().clientHeight || images.some((each) => !each.naturalWidth)) return; // again when it is
    for (const image of images) image.style.height = "0px";
    const { clientHeight: tall, clientWidth: wide } = outer(), { classList } = document.documentElement;
    classList.remove("jkp-beside");
    const rest = shown.reduce((sum, { node }) => sum + node.getBoundingClientRect().height, 0);
    const room = tall - rest - 24;
    const beside = images.length === 1 && !map && readable(images[0], room, wide);
    classList.toggle("jkp-beside", beside);
    for (const image of images) {
      if (beside) fit(image, tall - 40, wide * 0.7);
      else fit(image, Math.max(room, tall * 0.4), wide * 0.94);
    }
  }

  /** Come to a screen: run it where it has not run here, or where it may say something else now. */
  function come(index, anew = false) {
    const mine = ++turn, { code } = screens[index];
    show(index);
    outer().scrollTop = 0;
    if (!code) return quiet();
    say("Computing …");
    work = work.then(async () => {
      if (mine !== turn && !book.has(code)) return; // went on meanwhile: not shown, not run
      const chosen = book.choice.get();
      let wrong = "", more = "";
      try {
        await book.look();
        wrong = await book.open(before);
        const said = wrong ? "" : await book.look();
        if (chosen && !book.choice.get()) more = "Who was chosen in the list is not in the folder any more: this is for whom the notebook says.";
        const stale = anew || !book.has(code) || (book.ran.cells[code] !== said && depends(code));
        if (!wrong && stale) {
          wrong = await book.run(code, said);
          more ||= await book.save();
        }
      } catch (problem) { // the kernel went away
        wrong = problem.message;
      }
      if (mine !== turn) return;
      show(at);
      say(wrong ? `This cannot be shown yet: ${wrong} R tries again.` : more);
    });
    return work;
  }

  /** What shows numbers, or said that they are covered, runs again when the folder says something else; what one types into stays. */
  function depends(id) {
    const { node } = book.widget(id);
    return !node.querySelector(".jk-live, .jupyter-widgets") || Boolean(node.querySelector(".jk-covered"));
  }

  const nextTo = (by) => books[books.indexOf(context.path) + by];
  async function visit(path, view = "doc", kept = false) {
    say(view === "doc" ? "Going on …" : "");
    await work;
    if (path !== context.path && !kept) book.placeOf(path).set(null); // begins with its first screen
    if (context.model.dirty) await book.save();
    location.assign(to(view, path));
  }
  function step(by) {
    if (document.fullscreenElement?.closest(".jp-Cell")) document.exitFullscreen(); // a widget's own
    if (aside()) return come(by > 0 ? way().find((each) => each > from) ?? from : from);
    const place = way()[way().indexOf(at) + by];
    if (place !== undefined) return come(place);
    const other = books.length && nextTo(by);
    return other && visit(other, "doc", by < 0);
  }
  function phones() {
    const place = screens.findIndex((each) => each.phones);
    if (place < 0) return say("This notebook has no cell for phones.");
    return come(at === place ? from : place);
  }
  /** Start the clock, let it stand, or let it go on: what its own button does. Where it has not run here it runs first. */
  function clock() {
    if (!before.clock) return say("This notebook has no clock.");
    const go = () => book.widget(before.clock)?.node.querySelector(".jk-timer .jk-main");
    work = work.then(async () => {
      try {
        await book.look();
        const wrong = await book.open(before);
        if (wrong) return say(`The clock cannot be shown yet: ${wrong}`);
        show(at);
        for (const until = Date.now() + 10000; !go() && Date.now() < until;) await new Promise((done) => { setTimeout(done, 50); });
        if (go()) go().click();
        else say("The clock did not come: R computes this screen again.");
      } catch (problem) { say(problem.message); } // the kernel went away
    });
    return work;
  }
  function list() {
    agenda({ book, before, screens, at, books, come, visit, leave: () => visit(context.path, "lab"), choose(persona, journey) {
      book.choice.set({ persona, journey });
      return come(at);
    } });
  }
  const scroll = (by) => outer().scrollBy({ top: by, behavior: "instant" });
  const acts = {
    next: () => step(1), back: () => step(-1), list, phones, clock, again: () => come(at, true),
    down: () => scroll(80), up: () => scroll(-80), top: () => scroll(-1e6), bottom: () => scroll(1e6),
    full: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
    out: () => document.activeElement.blur(), typing: () => say("You are typing: Esc leaves the field, then the key goes on."),
  };
  window.addEventListener("keydown", (event) => { // bubbling: what a widget uses is its own
    const act = acts[meaning(event)];
    if (!act) return;
    event.preventDefault();
    act();
  });
  window.addEventListener("keydown", (event) => { // a field of ipywidgets keeps its keys from bubbling
    const meant = meaning(event);
    if (event.target.closest?.(".jupyter-widgets:not(:has(.jk-live))") && ["out", "typing"].includes(meant)) acts[meant]();
  }, true);
  window.addEventListener("click", (event) => { // a link to a notebook stays in this view
    const link = event.target.closest(".jp-RenderedMarkdown a"), name = link && decodeURIComponent(link.pathname.split("/").at(-1));
    const other = name && books.find((path) => path.split("/").at(-1) === name);
    const file = !other && event.target.closest(".jp-RenderedHTMLCommon a[href]:not([href^='#'])");
    if (!other && !file) return;
    event.preventDefault();
    event.stopPropagation();
    if (other) visit(other);
    else window.open(file.href, "_blank", "noopener"); // JupyterLab would put it in this one's place
  }, true);
  new ResizeObserver(lay).observe(outer());
  notebook.node.addEventListener("load", lay, true); // of a picture: after a reload they come late
  notebook.model.cells.changed.connect(() => { // somebody changed the file
    const { cell } = book.place.get();
    ({ before, screens } = screensOf(book.cells()));
    show(Math.max(0, screens.findIndex((each) => each.cells.includes(cell))));
  });
  context.sessionContext.statusChanged.connect((_, status) => {
    if (["dead", "restarting", "autorestarting"].includes(status)) say("The kernel has stopped. R computes this screen again; what was typed is in the folder.");
  });

  outer().querySelector(".jp-WindowedPanel-viewport")?.removeAttribute("role"); // a list, of which one thing is shown
  books = await book.beside();
  show(Math.min(at, screens.length - 1));
  quiet();
  context.sessionContext.ready.then(() => show(at)); // after a reload only the kernel tells what has run
  document.documentElement.dataset.jkpReady = "yes";
}
