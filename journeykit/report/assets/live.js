// Draws each chart live over its still picture, as wide as its box. Without scripts the still one stays.
const places = [...document.querySelectorAll("[data-spec]")];
const wrap = (lines, most) => {
  const made = [""];
  for (const word of [lines].flat().join(" ").split(" ")) {
    if (made.at(-1) && made.at(-1).length + word.length >= most) made.push("");
    made[made.length - 1] += (made.at(-1) && " ") + word;
  }
  return made;
};

// `most` letters fit across the whole chart, `least` beside the names.
function narrow(part, most, least) {
  for (const [key, inner] of Object.entries(part ?? {})) {
    if (key === "datasets") continue;
    if (key === "x" && inner?.title?.length > least) inner.title = wrap(inner.title, least);
    if (key === "legend" && inner?.columns && most < 70) inner.columns = least < 40 ? 1 : 2;
    if (typeof inner === "object") narrow(inner, most, least);
  }
}

// Rows and groups of dots can be made to fit; several views, heat maps and long words keep their size and scroll.
function fitted(spec, room) {
  const rows = [...(spec.data?.values ?? []), ...Object.values(spec.datasets ?? {}).flat()];
  const knows = /width < |"yOffset":\{/.test(JSON.stringify(spec.layer ?? "")); // drawn for a phone, too
  const wide = Math.min(Math.max(room, 280), 760);
  for (const part of spec.usermeta?.fits ? spec.vconcat ?? [] : []) {
    part.width = wide - 124; // what is left beside the axis and the last value
    if (part.title?.text) part.title.text = wrap(part.title.text, wide / 7.6);
  }
  if (spec.usermeta?.fits && spec.title?.subtitle) spec.title.subtitle = wrap(spec.title.subtitle, wide / 6.8);
  if (spec.vconcat || (wide < 560 && !knows)) return spec;
  spec.width = wide;
  // Names beside the rows take their room from the title of the axis; above them they do not.
  const named = (spec.layer ?? []).map((part) => part.encoding?.y?.field).find((f) => f === "name" || f === "y");
  const beside = Math.min(30, Math.max(0, ...rows.map((row) => String(row[named] ?? "").length)));
  narrow(spec, wide / 6.4, Math.max(12, (wide - 24) / 6.6 - beside));
  if (spec.title?.text) spec.title.text = wrap(spec.title.text, (wide - 24) / 10.6);
  if (spec.title?.subtitle) spec.title.subtitle = wrap(spec.title.subtitle, wide / 7.4);
  return spec;
}

async function draw(place) {
  if (!place.checkVisibility()) return; // in a part that is not open: when it is
  const live = place.querySelector(".live");
  const room = place.clientWidth - 12;
  if (live.dataset.room === String(room)) return;
  live.dataset.room = room;
  const spec = fitted(JSON.parse(document.getElementById(place.dataset.spec).textContent), room);
  (spec.config ??= {}).aria = false; // the box says in one sentence what a mark for each number would
  try {
    // `ast` keeps Vega from compiling text to code, so that the page can forbid eval.
    const options = { actions: false, renderer: "svg", ast: true, logLevel: 0, tooltip: { theme: "custom" } };
    const made = await vegaEmbed(live, spec, options);
    live.made?.finalize();
    live.made = made;
    const drawn = live.querySelector("svg");
    drawn.setAttribute("aria-hidden", "true");
    // What is a little too wide becomes smaller, so that no column at its edge is cut; on a phone it scrolls.
    if (room >= 540) Object.assign(drawn.style, { maxWidth: "100%", height: "auto" });
    place.classList.add("drawn");
  } catch (problem) {
    live.replaceChildren();
    place.classList.remove("drawn");
    console.error(problem);
  }
}

// What scrolls in its box can be reached from the keyboard.
function reachable() {
  for (const box of document.querySelectorAll(".picture, .scroll, pre")) {
    if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

let soon;
const all = () => Promise.all(places.map(draw)).then(reachable);
addEventListener("resize", () => { clearTimeout(soon); soon = setTimeout(all, 200); });
document.addEventListener("toggle", all, true);
// A link opens the part in which its place lies, where the browser does not by itself.
function opened() {
  const there = document.getElementById(decodeURIComponent(location.hash.slice(1))), part = there?.closest("details:not([open])");
  if (part) { part.open = true; there.scrollIntoView(); }
}
addEventListener("hashchange", opened);
opened();
all();
