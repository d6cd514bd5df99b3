// What was written on this phone and is on no disk of the room: it stays here until it is there, to
// see and to copy. What an activity asks waits in its outbox, which outlives the activity.

import { box, button, h } from "./common.js";

const WORDS = ["text", "finding", "why", "guess", "department"];
const read = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
const write = (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* private mode */ } };

/** What somebody has typed of an operation; a dot or a grade has no words. */
const wordsOf = ({ data }) => WORDS.map((key) => data?.[key]).filter((each) => each !== undefined && each !== null && each !== "").join(" · ");

/** What of this phone is on no disk of the room; `post(late, ops)` sends it, `changed()` hears that it is another. */
export function keeping({ place, words, post, changed }) {
  let workshop = "", now = ""; // the activity of the moment: its outbox is its own
  const refused = () => box(`refused:${workshop}`);
  const outbox = (late) => `journeykit:outbox:${workshop}:${late}`;
  const all = (start) => {
    try { return Object.keys(localStorage).filter((key) => key.startsWith(`journeykit:${start}`)); } catch { return []; }
  };
  const earlier = () => (workshop ? all(`outbox:${workshop}:`).filter((key) => key !== outbox(now) && read(key)?.length) : []);
  /** Half a note of an earlier activity, which nobody has sent. */
  const drafts = () => (workshop ? all(`gather:${workshop}:`).filter((key) => !key.startsWith(`journeykit:gather:${workshop}:${now.replace(/^gather:/, "")}:`) && read(key)?.draft?.trim()) : []);
  const texts = () => {
    const waiting = earlier().flatMap((key) => [...new Map(read(key).map((op) => [op.doc, op])).values()].map(wordsOf));
    return [...waiting.filter(Boolean).map((text) => ({ text, why: "" })), ...drafts().map((key) => ({ text: read(key).draft, why: "" })),
      ...(workshop ? refused().get() ?? [] : [])];
  };
  const forget = () => {
    const t = words();
    if (!confirm(t("Remove them from this phone?"))) return;
    for (const key of earlier()) localStorage.removeItem(key);
    for (const key of drafts()) write(key, { ...read(key), draft: "" });
    refused().set([]);
    show();
  };
  let told = "";
  const show = () => {
    const rows = texts(), t = words(), anew = JSON.stringify(rows);
    if (anew === told) return;
    told = anew;
    place.hidden = !rows.length;
    place.replaceChildren(...(rows.length ? [
      h("h2", {}, t(rows.length === 1 ? "1 note is kept on this phone, and not in the room" : "{n} notes are kept on this phone, and not in the room", { n: rows.length })),
      h("p", {}, t("Copy what you need, or tell it to the facilitator.")),
      h("ul", {}, rows.map(({ text, why }) => h("li", {}, h("span", { dir: "auto" }, text), why ? h("small", {}, t("✗ Not done: {why}", { why: t(why) })) : null))),
      button(t("Remove them"), forget),
    ] : []));
    changed();
  };
  const notTaken = (late, ids) => {
    const reasons = new Map(ids.map(({ id, why }) => [id, why]));
    const lost = (read(outbox(late)) ?? []).filter(({ id }) => reasons.has(id)).map((op) => ({ text: wordsOf(op), why: reasons.get(op.id) })).filter(({ text }) => text);
    if (lost.length) refused().set([...(refused().get() ?? []), ...lost]);
  };
  const again = () => {
    show();
    for (const key of earlier()) post(key.slice(outbox("").length), read(key).slice(0, 50));
  };
  return {
    /** Another activity, or the map: what is left of earlier ones is sent now. */
    at(room, activity) {
      workshop = room ?? workshop;
      now = activity;
      again();
    },
    again,
    /** What of the activity of the moment was not taken stays. */
    refused(ids) { notTaken(now, ids); show(); },
    /** The room has answered what was late. */
    heard(late, { done, refused: ids }) {
      notTaken(late, ids);
      const settled = new Set([...done, ...ids.map(({ id }) => id)]);
      const left = (read(outbox(late)) ?? []).filter(({ id }) => !settled.has(id));
      if (settled.size) write(outbox(late), left);
      show();
      if (settled.size && left.length && late !== now) post(late, left.slice(0, 50));
    },
    /** What a status says in place of “Saved”. */
    unsaved() {
      const t = words();
      return texts().length || earlier().length ? t("Not all is saved: see below.") : "";
    },
  };
}
