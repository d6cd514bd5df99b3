// Which screens a notebook has. Pure: from its cells alone, so that the first is there without a kernel.

const BEFORE = ["parameters", "open", "clock"]; // tags of cells that are no screens: the first one runs them

/** The first heading of a text: its level and words. */
export function heading(text) {
  const found = /^\s*(#{1,6})\s+(.+?)\s*#*\s*$/m.exec(text);
  return found && { level: found[1].length, words: found[2].replace(/[*_`]|\[([^\]]*)\]\([^)]*\)/g, "$1") };
}

/**
 * Take a notebook apart: `before` to tag to the cell that runs first, and the screens. A screen is
 * a code cell with the texts directly above it; a text before those that run first, or at the end,
 * is one of its own. What stands under a heading "More", until the next of its level, is `more`.
 * Where a cell is tagged "ask-first" its texts are a screen before it, too.
 */
export function screensOf(cells) {
  const before = {}, screens = [];
  let texts = [], more = false, last = "", part = 1;
  const close = (cell = null) => {
    if (!cell && !texts.length) return;
    const told = heading(texts.map((each) => each.source).join("\n\n"));
    part = told ? 1 : part + 1;
    last = told?.words ?? last;
    const title = `${last || "Untitled"}${part > 1 ? ` · ${part}` : ""}`;
    const phones = Boolean(cell?.tags.includes("phones"));
    const aside = { title, more, phones: false };
    if (cell?.tags.includes("ask-first") && texts.length) screens.push({ cells: texts.map((each) => each.id), code: null, ...aside });
    screens.push({ cells: [...texts, ...(cell ? [cell] : [])].map((each) => each.id), code: cell?.id ?? null, title, more, phones });
    texts = [];
  };
  for (const cell of cells) {
    const tag = BEFORE.find((each) => cell.tags.includes(each));
    if (cell.kind === "markdown") {
      const told = heading(cell.source);
      if (told && told.level <= 2) { close(); more = /^more$/i.test(told.words); }
      if (!(more && told?.level <= 2) && cell.source.trim()) texts.push(cell);
    } else if (cell.kind === "code" && tag) {
      close();
      before[tag] = cell.id;
    } else if (cell.kind === "code" && (cell.source.trim() || texts.length)) {
      if (!screens.length && texts.length) close(); // the title stands alone
      close(cell);
    }
  }
  close();
  if (!screens.length) screens.push({ cells: [], code: null, title: "This notebook has nothing to show yet", more: false, phones: false });
  return { before, screens };
}
