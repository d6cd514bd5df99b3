// Files that are dropped or chosen go to the kernel in pieces: a whole one may be larger than a socket takes.

const PIECE = 1024 * 1024;

export function render({ model, el }) {
  const root = document.createElement("label"), input = document.createElement("input"), said = document.createElement("span");
  root.className = "jk-drop";
  const most = model.get("most"), heard = new Map();
  said.setAttribute("role", "status");
  said.textContent = `Drop files here, or press to choose them: at most ${Math.round(most / PIECE)} MB each.`;
  Object.assign(input, { type: "file", multiple: true, title: "Files to bring" });
  root.append(said, input);
  el.replaceChildren(root);

  const listen = (content) => { heard.get(content.id)?.(content); };
  model.on("msg:custom", listen);

  const ask = (content, piece) => new Promise((done) => {
    heard.set(content.id, done);
    model.send(content, undefined, piece ? [piece] : []);
  });

  async function bring(files) {
    const left = [];
    input.disabled = true;
    for (const file of files) {
      const id = `${Date.now()}-${Math.random()}`;
      if (file.size > most) { left.push(`${file.name} is too large: copy it into data/ of the workshop`); continue; }
      for (let at = 0; at === 0 || at < file.size; at += PIECE) {
        said.textContent = `${file.name}: ${file.size ? Math.round(100 * at / file.size) : 0} %`;
        const piece = await file.slice(at, at + PIECE).arrayBuffer();
        const back = await ask({ id, name: file.name, size: file.size, at }, piece);
        if (back.why) { left.push(`${file.name}: ${back.why}`); break; }
      }
      heard.delete(id);
    }
    said.textContent = ["Reading what came …", ...left.map((words) => `✗ ${words}.`)].join(" ");
    const back = await ask({ id: "end", end: true });
    said.textContent = [back.said, ...left.map((words) => `✗ ${words}.`), "Drop more, or press to choose them."].join(" ");
    input.value = "";
    input.disabled = false;
  }

  for (const kind of ["dragover", "dragenter"]) root.addEventListener(kind, (event) => { event.preventDefault(); event.stopPropagation(); root.classList.add("jk-over"); });
  root.addEventListener("dragleave", () => root.classList.remove("jk-over"));
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    root.classList.remove("jk-over");
    if (!input.disabled) bring([...event.dataTransfer.files]);
  });
  input.addEventListener("change", () => bring([...input.files]));
  return () => model.off("msg:custom", listen);
}

export default { render };
