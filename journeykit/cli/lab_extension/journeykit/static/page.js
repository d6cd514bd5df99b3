// The page around a screen: elements, keys, and pictures that fill it.

/** Make an element. Texts become text nodes, never HTML. `on…` attributes are listeners. */
export function h(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  if (name === "button") made.type = name;
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.flat().filter((child) => child !== null && child !== false));
  return made;
}

const TYPES = [
  "input:not([type=checkbox], [type=button], [type=submit], [type=reset], [type=file], [type=image])", "textarea", "select",
  "[contenteditable]:not([contenteditable=false])",
  ...["textbox", "searchbox", "combobox", "listbox", "slider", "spinbutton", "menu", "radiogroup", "tablist", "grid"].map((role) => `[role=${role}]`),
].join();
const PRESSED = "button, a[href], summary, label, input, [role=button], [role=checkbox], [role=switch]";

const KEYS = {
  ArrowRight: "next", PageDown: "next", ArrowLeft: "back", PageUp: "back", ArrowDown: "down", ArrowUp: "up",
  Home: "top", End: "bottom", l: "list", p: "phones", r: "again", t: "clock", f: "full",
};

/** What a key means here; nothing where somebody types, or where a widget has used it. */
export function meaning(event) {
  const { key, target } = event;
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return "";
  if (document.querySelector(".jp-Dialog, dialog[open]")) return "";
  if (target.closest?.(TYPES)) return key === "Escape" ? "out" : /^Page(Up|Down)$/.test(key) ? "typing" : "";
  if (key === " ") return target.closest?.(PRESSED) ? "" : event.shiftKey ? "back" : "next";
  return KEYS[key.length === 1 ? key.toLowerCase() : key] ?? "";
}

const LEAST = 24 / 1080; // of the screen's height: what can be read from the last row
const smallest = (svg) => Math.min(...[...svg.matchAll(/font-size[=:]\s*["']?\s*(\d+(?:\.\d+)?)/g)].map((found) => Number(found[1])), 16);

const least = (image) => (LEAST * window.innerHeight) / smallest(decodeURIComponent(image.src)); // the scale at which it is read

/** Whether a picture that can be read beside its words would not fit below them. */
export const readable = (image, room, width) => least(image) * image.naturalHeight > room && least(image) * image.naturalWidth <= width * 0.7;

/**
 * Make a picture as large as there is room for. Its words are at least as large as all others;
 * where the whole would then be wider than the screen, as a map, it is shown whole.
 */
export function fit(image, room, width) {
  const { naturalWidth: wide, naturalHeight: tall } = image;
  const whole = Math.min(width / wide, room / tall), read = least(image);
  const scale = read * wide > width ? whole : Math.max(whole, read);
  Object.assign(image.style, { width: `${Math.floor(wide * scale)}px`, height: `${Math.floor(tall * scale)}px`, maxWidth: "none" });
}

const PANEL = "application/vnd.journeykit.panel+json";

/**
 * Dress what a cell has put out for the wall: a map in the form of sheets, each as wide as a screen,
 * one below the other; notes for who reads it later closed, but not what is covered. True where it
 * has a map.
 */
export function dress({ node, model }) {
  const panels = model.outputs.toJSON().filter((each) => each.data?.["image/svg+xml"]).map((each) => each.data[PANEL] ?? {});
  node.querySelectorAll(".jp-OutputArea-child .jp-RenderedSVG").forEach((output, place) => {
    const image = output.querySelector("img"), { title = "Picture", sentence = "", sheets = [] } = panels[place] ?? {};
    image.alt = `${title}: ${sentence}`;
    if (!sheets.length || image.dataset.sheet) return;
    const drawn = sheets.map((_, number) => (number ? image.cloneNode() : image));
    drawn.forEach((each, number) => {
      each.dataset.sheet = "yes";
      each.alt = number ? `${title}: sheet ${number + 1} of ${sheets.length}` : each.alt;
      each.src = `data:image/svg+xml,${encodeURIComponent(sheets[number])}`;
    });
    image.after(...drawn.slice(1));
  });
  for (const field of node.querySelectorAll(".journeykit-line :is(input, select, textarea):not([aria-label])")) { // ipywidgets hides its labels
    const words = field.title || field.closest(".journeykit-line > *").querySelector("b")?.textContent;
    if (words) field.setAttribute("aria-label", words);
  }
  for (const words of node.querySelectorAll(".jp-RenderedHTML :is(p, li)")) // here a screen is computed when one comes to it
    if (words.textContent.startsWith("Covered until")) words.textContent = words.textContent.replace(", then run this cell again", "");
  for (const list of node.querySelectorAll(".jp-RenderedHTML > ul:not(.jkp-cover)")) {
    const covers = [...list.children].filter((each) => each.textContent.startsWith("Covered until"));
    if (covers.length) list.before(h("ul", { class: "jkp-cover" }, covers));
    if (!list.children.length) { list.remove(); continue; }
    const notes = h("details", { class: "jkp-notes" }, h("summary", {}, "How to read it"));
    list.before(notes);
    notes.append(list);
  }
  return panels.some(({ sheets }) => sheets?.length);
}
