// What the board computes, without a page: what will be, what is shown, where the arrows lead.

import { newId, slug } from "./common.js";

export const MARKS = { added: "+ added", removed: "− removed", moved: "→ moved", changed: "~ changed" };

/** Cards in the order in which they lie in their cell. */
export function inOrder(cards) {
  return [...cards].sort((a, b) => (a.order ?? 0) - (b.order ?? 0) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** The cards of one stage and lane, in order. */
export function cellOf(cards, stage, lane) {
  return inOrder(Object.values(cards).filter((card) => card.stage === stage && card.lane === lane));
}

/** Put a card before another one of a stage and lane, or at the end; gives all cards anew. */
function moved(cards, { id, stage = cards[id].stage, lane = cards[id].lane, before }) {
  const there = cellOf(cards, stage, lane).filter((card) => card.id !== id);
  const found = there.findIndex((card) => card.id === before);
  const place = found < 0 ? there.length : found;
  const row = [...there.slice(0, place), { ...cards[id], stage, lane }, ...there.slice(place)];
  return { ...cards, ...Object.fromEntries(row.map((card, at) => [card.id, { ...card, order: at + 1 }])) };
}

/** The cards as they will be when the kernel has done what was asked of this document. */
export function foreseen(cards, operations, doc) {
  let now = { ...cards };
  for (const { kind, data, ...operation } of operations) {
    if (operation.doc !== doc) continue;
    const card = now[data?.id];
    if (kind === "card.add" && !card) {
      const last = Math.max(0, ...cellOf(now, data.stage, data.lane).map((other) => other.order ?? 0));
      now[data.id] = { order: last + 1, ...data };
    } else if (kind === "card.remove") delete now[data.id];
    else if (card && kind === "card.change") {
      const told = Object.entries({ ...card, ...data }).filter(([, value]) => value !== null && value !== "");
      now[data.id] = Object.fromEntries(told);
    } else if (card && kind === "card.move") now = moved(now, data);
    else if (card && kind === "card.comment" && !(card.comments ?? []).some((c) => c.id === data.comment.id)) {
      now[data.id] = { ...card, comments: [...(card.comments ?? []), data.comment] };
    }
  }
  return now;
}

/** What the team feels: stage to the mean of its emotion cards, as far as anybody said so. */
export function feelings(cards, operations, doc) {
  const felt = {};
  for (const card of Object.values(cards)) {
    if (card.lane === "emotions" && typeof card.emotion === "number") (felt[card.stage] ??= []).push(card.emotion);
  }
  const mean = Object.fromEntries(
    Object.entries(felt).map(([stage, values]) => [stage, values.reduce((a, b) => a + b, 0) / values.length]),
  );
  for (const { kind, data, ...operation } of operations) {
    if (kind === "emotion.set" && operation.doc === doc) mean[data.stage] = data.value;
  }
  return mean;
}

/** Whether a card passes the filter: a text anywhere on it, an owner, a department. */
export function passes(card, { text = "", owner = "", department = "" }) {
  if (owner && (card.owner ?? "") !== owner) return false;
  if (department && (card.department ?? "") !== department) return false;
  const words = text.trim().toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return true;
  const said = [card.text, card.owner, card.author, card.department, card.channel, card.source,
    ...(card.comments ?? []).map((comment) => comment.text)].join("\n").toLocaleLowerCase();
  return words.every((word) => said.includes(word));
}

/** All values of a field of the cards, sorted. */
export function valuesOf(cards, field) {
  return [...new Set(cards.map((card) => card[field]).filter(Boolean))].sort((a, b) => a.localeCompare(b));
}

/**
 * The rows of the board: each lane once for each map. `parts(lane, map)` gives the departments
 * that have a row of their own there; null keeps the lane whole.
 */
export function rowsOf(lanes, maps, parts) {
  return lanes.flatMap((lane) => maps.flatMap((map) => (parts?.(lane.id, map) ?? [null]).map((part, at) => (
    { lane: lane.id, name: lane.name, map, part, first: at === 0, key: JSON.stringify([lane.id, map, part, at === 0]) }))));
}

/** Which lanes are shown: those asked for; else those with cards, the usual ones, and those added by hand. */
export function lanesOf(lanes, asked, used, more) {
  const usual = ["goals", "actions", "touchpoints", "thoughts", "emotions", "pain-points", "opportunities"];
  const wanted = new Set(asked.length ? asked : [...usual, ...used, ...more]);
  return lanes.filter((lane) => wanted.has(lane.id));
}

/**
 * Where an arrow leads. `columns` is a list of rows, each a list of cells, each a list of items
 * (a cell's last item is its button); `at` is [row, column, item].
 */
export function stepFrom(columns, [row, column, item], key) {
  const cell = columns[row][column];
  const to = (r, c, i) => [r, c, Math.max(0, Math.min(i, columns[r][c].length - 1))];
  if (key === "ArrowLeft") return column > 0 ? to(row, column - 1, item) : null;
  if (key === "ArrowRight") return column + 1 < columns[row].length ? to(row, column + 1, item) : null;
  if (key === "ArrowUp") return item > 0 ? [row, column, item - 1] : row > 0 ? to(row - 1, column, 1e9) : null;
  if (key === "ArrowDown") {
    return item + 1 < cell.length ? [row, column, item + 1] : row + 1 < columns.length ? to(row + 1, column, 0) : null;
  }
  if (key === "Home") return to(row, 0, 0);
  if (key === "End") return to(row, columns[row].length - 1, 0);
  return null;
}

/** A feeling as a number with its sign, and as a word. */
export function signed(value) { return (value > 0 ? "+" : value < 0 ? "−" : "") + Math.abs(value).toFixed(1); }
export function feltAs(value) {
  return ["angry", "unhappy", "neutral", "pleased", "delighted"][Math.max(0, Math.min(4, Math.floor(value + 0.5) + 2))];
}

/** A smooth line through points that never swings past one (Fritsch and Carlson, 1980). */
export function smooth(points) {
  if (points.length < 2) return "";
  const steps = points.slice(1).map(([x, y], i) => (y - points[i][1]) / (x - points[i][0]));
  const inner = steps.slice(1).map((b, i) => (steps[i] * b <= 0 ? 0 : (2 * steps[i] * b) / (steps[i] + b)));
  const slopes = [steps[0], ...inner, steps.at(-1)];
  return points.slice(1).reduce((path, [x, y], i) => {
    const [x0, y0] = points[i], third = (x - x0) / 3;
    return `${path}C${x0 + third} ${y0 + slopes[i] * third} ${x - third} ${y - slopes[i + 1] * third} ${x} ${y}`;
  }, `M${points[0][0]} ${points[0][1]}`);
}

/** An id that can be read in a file: the first words, and something that nobody else makes. */
export function namedId(text, fallback = "note") {
  return `${slug(text, 32) || fallback}-${newId().slice(0, 6)}`;
}
