// What is asked of the notebook and its kernel. Nothing here runs before a person has pressed a key.

/** A small store of this tab; without storage it lasts as long as the page. */
export function tab(name) {
  const key = `journeykit:present:${name}`;
  let kept = null;
  return {
    get() { try { return JSON.parse(sessionStorage.getItem(key)) ?? kept; } catch { return kept; } },
    set(value) { kept = value; try { sessionStorage.setItem(key, JSON.stringify(value)); } catch { /* private mode */ } },
  };
}

/** The notebook that is open, as the presenter needs it. */
export class Book {
  constructor(app, panel) {
    Object.assign(this, { app, panel, notebook: panel.content, context: panel.context, saves: true });
    this.folder = this.context.path.split("/").slice(0, -1).join("/");
    this.choice = tab(`persona:${this.folder}`); // which persona and journey this tab shows
    this.place = this.placeOf(this.context.path);
  }

  placeOf(path) { return tab(`at:${path}`); } // which screen of a notebook was shown last

  /** Its cells, as `screensOf` takes them. */
  cells() {
    return [...this.notebook.model.cells].map((cell) => ({
      id: cell.id, kind: cell.type, source: cell.sharedModel.source, tags: cell.getMetadata("tags") ?? [],
    }));
  }

  widget(id) { return this.notebook.widgets.find((each) => each.model.id === id); }
  get kernel() { return this.context.sessionContext.session?.kernel; }

  /** What has run in this kernel: id of the cell to what the folder said then. */
  get ran() { return (this.kernel && tab(`ran:${this.kernel.id}`).get()) ?? { mark: "", cells: {} }; }
  set ran(told) { if (this.kernel) tab(`ran:${this.kernel.id}`).set(told); }
  has(id) { return id in this.ran.cells; }

  /** Evaluate expressions beside the cells; what cannot be evaluated is undefined. */
  async ask(expressions, code = "") {
    await this.context.sessionContext.ready;
    if (!this.kernel || this.kernel.status === "dead") await this.context.sessionContext.restartKernel();
    const told = { code, silent: true, store_history: false, stop_on_error: false, user_expressions: expressions };
    const { content } = await this.kernel.requestExecute(told).done;
    return Object.fromEntries(Object.entries(content.user_expressions ?? {}).map(([name, { data }]) =>
      [name, data?.["application/json"] ?? data?.["text/plain"]]));
  }

  /**
   * See what the folder says, and whether the kernel is the one in which cells ran, for whom they
   * ran: a restart keeps its id, and another notebook of this tab may have chosen somebody else.
   */
  async look() {
    const { process, said } = await this.ask({ process: "__import__('os').getpid()", said: "w.start.mark()" });
    const mark = JSON.stringify([process, this.choice.get()]);
    if (this.ran.mark !== mark) this.ran = { mark, cells: {} };
    return said ?? "";
  }

  /** What can be chosen, as the open workshop says; nothing before it is open. */
  async choices() { return (await this.ask({ choices: "__import__('IPython').display.JSON(w.start.choices())" })).choices; }

  /** Run a cell as a person does with Ctrl+Enter; gives what went wrong, if something did. */
  async run(id, said) {
    const place = this.notebook.widgets.findIndex((each) => each.model.id === id);
    this.notebook.deselectAll();
    this.notebook.activeCellIndex = place;
    await this.app.commands.execute("notebook:run-cell");
    const error = this.widget(id)?.model.outputs.toJSON().find((each) => each.output_type === "error");
    const { mark, cells } = this.ran;
    if (!error) this.ran = { mark, cells: { ...cells, [id]: said } };
    return error ? error.evalue || error.ename : "";
  }

  /** Open the workshop, once in a kernel, for the persona that was chosen in this tab. */
  async open(before) {
    const chosen = this.choice.get();
    for (const tag of ["parameters", "open", "clock"]) {
      const id = before[tag];
      if (!id || this.has(id)) continue;
      if (tag === "open" && chosen) { // ids as literals: the notebook's file stays as it is
        await this.ask({}, `persona = ${JSON.stringify(chosen.persona)}; journey = ${JSON.stringify(chosen.journey)}`);
      }
      let wrong = await this.run(id, "");
      if (wrong && tag === "open" && chosen) { // who was chosen is gone: for whom the notebook says
        this.choice.set(null);
        if (before.parameters) await this.run(before.parameters, "");
        wrong = await this.run(id, "");
      }
      if (wrong) return wrong;
    }
    return "";
  }

  /**
   * Save, so that outputs come back without running again; gives why no more, once. Where somebody
   * else has saved it JupyterLab would ask, before an audience, which one to keep.
   */
  async save() {
    const { context } = this;
    if (!this.saves || context.model.readOnly) return "";
    try {
      const { last_modified } = await this.app.serviceManager.contents.get(context.path, { content: false });
      this.saves = Date.parse(last_modified) - Date.parse(context.contentsModel.last_modified) < 500; // as JupyterLab compares
      if (this.saves) await context.save();
    } catch { this.saves = false; }
    return this.saves ? "" : "This notebook was saved elsewhere, or cannot be: its outputs are not saved here any more. What is typed is in the folder.";
  }

  /** The notebooks beside this one, by name. */
  async beside() {
    const { content } = await this.app.serviceManager.contents.get(this.folder);
    return content.filter((each) => each.type === "notebook").map((each) => each.path).sort();
  }
}
