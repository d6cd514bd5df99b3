"""Scripts that ask a page how it looks, for the tests of this folder."""

CONTRASTS = """(selector) => {
  const parse = (c) => c.match(/[\\d.]+/g).map((part, i) => part * (i < 3 && c.startsWith("color(srgb") ? 255 : 1));
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const paper = (el) => {
    for (; el; el = el.parentElement) {
      const c = parse(getComputedStyle(el).backgroundColor);
      if (c.length < 4 || c[3] > 0.99) return c;
    }
    return [255, 255, 255];
  };
  const seen = [];
  for (const el of document.querySelectorAll(selector)) {
    if (!(typeof el.value === "string" ? el.value : el.textContent).trim() || !el.checkVisibility()) continue;
    const [a, b] = [light(parse(getComputedStyle(el).color)), light(paper(el))].sort((x, y) => y - x);
    seen.push([(a + 0.05) / (b + 0.05), el.tagName + "." + el.className + ": " + el.textContent.slice(0, 40)]);
  }
  return seen.sort((x, y) => x[0] - y[0]);
}"""
"""Every visible text of a selector with the contrast of its colour to its paper, the lowest first."""

TEXTS = "h1,h2,h3,p,li,td,th,a,summary,.status,.facts b,.facts span"

SMALL_TEXT = """(least) => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const el = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !el.checkVisibility() || el.closest("script,style")) continue;
    const svg = el.closest("svg");
    let size = parseFloat(getComputedStyle(el).fontSize);
    if (svg) {
      if (svg.closest(".map") || el.closest("title,desc")) continue;
      size *= svg.getScreenCTM().a;
    }
    if (size < least - 0.01) found.push(`${size.toFixed(1)}px ${walk.currentNode.data.trim().slice(0, 40)}`);
  }
  return found;
}"""
"""Texts smaller than so many pixels; the map is a picture that scrolls, at its own size."""

PWNED = "() => window.pwned"
