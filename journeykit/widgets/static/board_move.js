// Dragging a note with mouse, pen or finger; HTML's own dragging does not work by touch.

import { h } from "./common.js";

/**
 * `drop(note, stage, lane, before)` is called when a note was let go over a cell. A mouse takes the
 * whole note, a finger its grip, so that the board can still be scrolled by touch.
 */
export function makeDragging(root, scroller, drop, signal) {
  let drag = null;

  function begin(event) {
    const rect = drag.note.getBoundingClientRect();
    drag.began = true;
    drag.ghost = drag.note.cloneNode(true);
    drag.ghost.classList.add("jk-ghost");
    drag.ghost.removeAttribute("tabindex");
    drag.ghost.setAttribute("popover", "manual"); // above everything, and placed by the window
    Object.assign(drag.ghost.style, { width: `${rect.width / drag.zoom}px`, zoom: drag.zoom });
    drag.from = [event.clientX - rect.left, event.clientY - rect.top];
    drag.place = h("div", { class: "jk-place", "aria-hidden": "true" });
    drag.note.classList.add("jk-dragged");
    root.append(drag.ghost);
    drag.ghost.showPopover();
    root.setPointerCapture(drag.pointer);
    scroll();
  }

  /** Scroll while the pointer is held near an edge. */
  function scroll() {
    if (!drag?.began) return;
    const box = scroller.getBoundingClientRect(), [x, y] = drag.at, near = 48;
    const push = (low, high, value) => (value < low + near ? value - low - near : value > high - near ? value - high + near : 0) / 4;
    scroller.scrollBy(push(box.left, box.right, x), push(box.top, Math.min(box.bottom, innerHeight), y));
    requestAnimationFrame(scroll);
  }

  /** The note before which a point lies in a cell; notes may lie side by side. */
  function noteAt(cell, x, y) {
    return [...cell.querySelectorAll(".jk-note:not(.jk-dragged, [hidden])")].find((note) => {
      const box = note.getBoundingClientRect();
      const abreast = box.width < cell.getBoundingClientRect().width * 0.6;
      return y < box.top || (y < box.bottom && (abreast ? x < box.left + box.width / 2 : y < box.top + box.height / 2));
    });
  }

  function over() {
    const [x, y] = drag.at;
    const cell = root.getRootNode().elementFromPoint(x, y)?.closest(".jk-cell[data-stage]");
    drag.target = cell && root.contains(cell) ? { cell, before: noteAt(cell, x, y) } : null;
    const notes = cell?.querySelector(".jk-notes");
    if (!drag.target) drag.place.remove();
    else if (drag.place.parentNode !== notes || drag.place.nextSibling !== (drag.target.before ?? null)) {
      notes.insertBefore(drag.place, drag.target.before ?? null);
    }
  }

  function stop(dropped) {
    const was = drag;
    drag = null;
    if (!was?.began) return;
    was.ghost.remove();
    was.place.remove();
    was.note.classList.remove("jk-dragged");
    if (root.hasPointerCapture(was.pointer)) root.releasePointerCapture(was.pointer);
    if (!dropped || !was.target) return;
    const { cell, before } = was.target;
    const same = before && before.dataset.doc === was.note.dataset.doc;
    drop(was.note, cell.dataset.stage, cell.dataset.lane, same ? before.dataset.id : undefined);
  }

  const on = (kind, call) => root.addEventListener(kind, call, { signal });
  on("pointerdown", (event) => {
    const note = event.target.closest?.(".jk-note");
    if (!note || event.button || drag || event.target.closest("button, textarea, input")) return;
    if (event.pointerType !== "mouse" && !event.target.closest(".jk-grip")) return;
    const zoom = Number(scroller.firstElementChild?.style.zoom) || 1;
    drag = { note, zoom, pointer: event.pointerId, start: [event.clientX, event.clientY], at: [event.clientX, event.clientY] };
  });
  on("pointermove", (event) => {
    if (event.pointerId !== drag?.pointer) return;
    drag.at = [event.clientX, event.clientY];
    const far = Math.hypot(event.clientX - drag.start[0], event.clientY - drag.start[1]);
    if (!drag.began && far > 5) begin(event);
    if (!drag.began) return;
    event.preventDefault();
    drag.ghost.style.left = `${(event.clientX - drag.from[0]) / drag.zoom}px`;
    drag.ghost.style.top = `${(event.clientY - drag.from[1]) / drag.zoom}px`;
    over();
  });
  on("pointerup", (event) => { if (event.pointerId === drag?.pointer) stop(true); });
  on("pointercancel", (event) => { if (event.pointerId === drag?.pointer) stop(false); });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drag?.began) { event.stopImmediatePropagation(); stop(false); }
  }, { capture: true, signal });
}
