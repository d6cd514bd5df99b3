// What the notes of a team compute, without a page.

/** Notes in their groups, in the order of their first notes. */
export function items(state) {
  const found = new Map();
  for (const id of Object.keys(state.notes).sort()) {
    const key = state.notes[id].group ?? id;
    if (!found.has(key)) found.set(key, { key, name: state.groups[key] ?? "", notes: [] });
    found.get(key).notes.push(id);
  }
  for (const item of found.values()) item.grouped = item.notes.length > 1 || Boolean(item.name);
  return [...found.values()];
}

export function called(state, item) { return item.name || state.notes[item.notes[0]]?.text || "…"; }

/** What dots of an item may lie on: the group, or its notes from before they were grouped. */
export function keysOf(item) { return [...new Set([item.key, ...item.notes])]; }

/** Take back dots until no more are given than there are: the last ones first. */
export function within(dots, over) {
  const now = { ...dots };
  for (let keys = Object.keys(now); over > 0 && keys.length;) {
    const key = keys.at(-1);
    if (now[key]) { now[key] -= 1; over -= 1; } else keys.pop();
  }
  return now;
}
