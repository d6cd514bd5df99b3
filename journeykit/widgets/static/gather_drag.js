// Notes that are dragged onto one another.

/** Drag a note onto another: the whole note by mouse, its grip by finger, so that fingers still scroll. */
export function makeNoteDragging(root, made, { may, onto, out: alone }, signal) {
  made.addEventListener("pointerdown", (down) => {
    if (!may() || down.button || down.target.closest("select, input, button")) return;
    if (down.pointerType !== "mouse" && !down.target.closest(".jk-grip")) return;
    down.preventDefault();
    const done = new AbortController();
    let over = null, moving = false;
    const mark = (item) => {
      if (item === over) return;
      over?.classList.remove("jk-over");
      over = item;
      over?.classList.add("jk-over");
    };
    const moved = (event) => {
      const [x, y] = [event.clientX - down.clientX, event.clientY - down.clientY];
      if (!moving && Math.hypot(x, y) < 6) return;
      if (!moving) { moving = true; made.setPointerCapture(down.pointerId); made.classList.add("jk-drag"); }
      made.style.transform = `translate(${x}px, ${y}px)`;
      const own = made.closest(".jk-item");
      const under = document.elementsFromPoint(event.clientX, event.clientY)
        .filter((node) => !made.contains(node)).map((node) => node.closest(".jk-item")).find((item) => root.contains(item));
      mark(under && under !== own ? under : null);
      made.dataset.out = String(!under);
    };
    const end = (event) => {
      done.abort();
      made.classList.remove("jk-drag");
      made.style.transform = "";
      const target = over, out = made.dataset.out === "true";
      mark(null);
      delete made.dataset.out;
      if (!moving || event.type === "pointercancel") return;
      if (target) onto(target.dataset.key);
      else if (out) alone();
    };
    made.addEventListener("pointermove", moved, done);
    for (const kind of ["pointerup", "pointercancel"]) made.addEventListener(kind, end, done);
  }, { signal });
}
