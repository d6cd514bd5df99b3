"""What the scripts of the widgets compute, on an empty page: sending, patching, notes, guesses, items."""

from __future__ import annotations

from typing import Any

import pytest

from journeykit.widgets.joined import STATIC, joined

pytestmark = [pytest.mark.all, pytest.mark.browser]

# A kernel that says only what a test lets it say, a storage, and clocks that a test turns.
BEGIN = """async (sources) => {
  const kept = {};
  Object.defineProperty(window, 'localStorage', { configurable: true, value: {
    getItem: (key) => kept[key] ?? null, setItem: (key, value) => { kept[key] = value; } } });
  window.timers = new Map();
  let number = 0;
  window.setTimeout = (call, pause) => { timers.set(++number, { call, pause }); return number; };
  window.clearTimeout = (id) => timers.delete(id);
  window.ring = () => { const [[id, { call, pause }]] = timers; timers.delete(id); call(); return pause; };
  const load = (source) => import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
  window.made = Object.assign({}, ...await Promise.all(sources.map(load)));
  window.browser = (state = { seq: 0 }) => {
    const ears = {}, sent = [], left = new AbortController(), told = [], refused = [];
    const model = { get: (name) => name === 'state' ? state : { workshop: 'w', widget: 'x', doc: 'd' },
      send: (message) => sent.push(structuredClone(message)), on: (name, call) => { ears[name] = call; }, off() {} };
    const line = made.connect(model, left.signal);
    line.onChange(() => told.push(line.waiting.size));
    line.onRefused((operation, why) => refused.push([operation.data, why]));
    return { line, sent, refused, told, hear: (message) => ears['msg:custom'](message), leave: () => left.abort(),
      ops: () => sent.filter((message) => message.ops).map((message) => message.ops.map((one) => one.data)) };
  };
}"""


@pytest.fixture
def page(visit: Any) -> Any:
    return visit("about:blank").page


@pytest.fixture
def script(page: Any) -> Any:
    """Load scripts of the widgets; gives a way to evaluate what uses their exports as ``made``."""

    def load(*names: str) -> Any:
        page.evaluate(BEGIN, [joined(STATIC / f"{name}.js") for name in ("common", *names)])
        return page.evaluate

    return load


def test_one_message_is_under_way_at_a_time_and_goes_out_again_until_it_is_answered(
    script: Any,
) -> None:
    told = script()("""() => {
      const { line, sent, hear, ops, refused } = browser();
      const ids = [1, 2, 3].map((n) => line.ask('set', 'd', n));
      const first = ops();
      hear({ done: [ids[0]] });
      const second = ops().slice(1);
      const again = [ring(), ring()], third = ops().slice(2);
      hear({ done: [ids[1]] });
      const half = ops().length;  // one of the two is still under way
      hear({ refused: [{ id: ids[2], why: 'no' }] });
      hear({ done: [ids[2]], refused: [{ id: ids[1], why: 'late' }] });
      const rest = timers.size;
      line.ask('set', 'd', 4);
      const fresh = ring();
      return { hello: sent[0], first, second, again, third, half, refused, rest, fresh,
        waiting: line.waiting.size };
    }""")
    assert told == {
        "hello": {"hello": True},
        "first": [[1]],
        "second": [[2, 3]],
        "again": [5000, 10000],
        "third": [[2, 3], [2, 3]],
        "half": 4,
        "refused": [[3, "no"]],
        "rest": 0,
        "fresh": 5000,
        "waiting": 1,
    }


def test_what_waits_outlives_the_page_and_goes_fifty_at_a_time(script: Any) -> None:
    told = script()("""() => {
      const old = browser();
      const ids = Array.from({ length: 120 }, (_, n) => old.line.ask('set', 'd', n));
      old.leave();
      const bye = old.sent.at(-1), alarms = timers.size;
      const next = browser();
      const first = next.ops()[0];
      next.hear({ done: ids.slice(0, 50) });
      next.hear({ done: ids.slice(50, 100) });
      next.hear({ done: ids.slice(100) });
      return { bye, alarms, first, sizes: next.ops().map((ops) => ops.length), again: browser().ops() };
    }""")
    assert told == {
        "bye": {"bye": True},
        "alarms": 0,
        "first": list(range(50)),
        "sizes": [50, 50, 20],
        "again": [],
    }


def test_what_is_asked_together_goes_out_together_and_is_told_once(script: Any) -> None:
    told = script()("""() => {
      const { line, told, ops } = browser();
      line.together(() => [1, 2, 3].forEach((n) => line.ask('set', 'd', n)));
      try { line.together(() => { line.ask('set', 'd', 4); throw Error('a mistake'); }); } catch { }
      line.ask('set', 'd', 5);
      return { told, first: ops(), later: browser().ops() };
    }""")
    assert told == {"told": [3, 4, 5], "first": [[1, 2, 3]], "later": [[1, 2, 3, 4, 5]]}


def test_a_press_before_the_kernel_has_told_the_time_waits_for_it(script: Any) -> None:
    told = script("timer")("""() => {
      const parts = [{ id: 'a', what: 'A', minutes: 10, phase: '' }], ears = [], sent = [];
      const values = { state: { seq: 0, doc: 'records/sessions/2026-06-01', parts, clock: {} },
        facts: { workshop: 'w', widget: 'timer', doc: 'records/sessions', phase: '' } };
      const model = { get: (name) => values[name], send: (message) => sent.push(message),
        on: (name, call) => { if (name === 'msg:custom') ears.push(call); }, off() {} };
      const el = document.body.appendChild(document.createElement('div'));
      const left = new AbortController();
      made.default.render({ model, el, signal: left.signal });
      const asked = () => [...JSON.parse(localStorage.getItem('journeykit:outbox:w:timer:records/sessions') ?? '[]')];
      el.querySelector('.jk-main').click();
      const early = asked().length, again = sent.at(-1);
      ears.forEach((hear) => hear({ now: Date.parse('2026-06-01T09:00:00Z') }));
      left.abort();
      return { early, again, kinds: asked().map(({ kind }) => kind), at: asked().at(-1).data.at };
    }""")
    assert told["early"] == 0, "the time of a browser whose clock is wrong would stand in the file"
    assert told["again"] == {"need": "state"}
    assert told["kinds"] == ["set", "clock.turn"]
    assert told["at"].startswith("2026-06-01T09:00:0")


def test_a_patch_is_taken_in_its_turn_and_one_that_got_lost_is_noticed(script: Any) -> None:
    told = script()("""() => {
      const state = { seq: 4, cards: { a: 1, b: 2 }, step: 'write', gone: 'x' };
      const { line, sent, hear } = browser(state);
      hear({ seq: 5, patch: { cards: { put: { c: 3 }, drop: ['a'] }, step: { is: 'vote' }, gone: { is: null } } });
      const taken = line.state;
      hear({ seq: 5, patch: { step: { is: 'twice' } } });
      hear({ seq: 7, patch: { step: { is: 'too early' } } });
      hear({ state: { seq: 3, step: 'old' } });
      const kept = line.state === taken;
      hear({ state: { seq: 7, step: 'whole' } });
      hear('nonsense');
      return { taken, old: state, kept, asked: sent.at(-1), now: line.state };
    }""")
    assert told["taken"] == {"seq": 5, "cards": {"b": 2, "c": 3}, "step": "vote"}
    assert told["old"]["cards"] == {"a": 1, "b": 2}, "the old state stays as it was"
    assert told["kept"]
    assert told["asked"] == {"need": "state"}
    assert told["now"] == {"seq": 7, "step": "whole"}


def test_lines_become_notes_and_notes_stand_in_their_groups(script: Any) -> None:
    told = script("gather_state")("""() => {
      const { lines, items, keysOf, within } = made;
      const note = (text, group) => ({ text, group });
      const notes = { n3: note('c'), n1: note('a', 'g'), n2: note('b', 'g'), n4: note('d', 'h') };
      const found = items({ notes, groups: { h: 'Alone' } });
      return { lines: lines('- one\\r\\n• two\\n\\n 3. three\\n4) four\\n-5 degrees\\n2026 was good'),
        items: found.map((item) => [item.key, item.name, item.notes, item.grouped]), keys: keysOf(found[0]),
        within: [within({ a: 2, b: 0, c: 1 }, 2), within({ a: 1 }, 0), within({ a: 1 }, 5)] };
    }""")
    assert told["lines"] == ["one", "two", "three", "four", "-5 degrees", "2026 was good"]
    assert told["items"] == [
        ["g", "", ["n1", "n2"], True],
        ["n3", "", ["n3"], False],
        ["h", "Alone", ["n4"], True],
    ]
    assert told["keys"] == ["g", "n1", "n2"], "dots from before two notes were grouped count"
    assert told["within"] == [{"a": 1, "b": 0, "c": 0}, {"a": 1}, {"a": 0}]


def test_a_range_goes_along_with_its_guess_and_always_holds_it(script: Any) -> None:
    told = script("beliefs")("""() => {
      const { movedGuess, movedEnd } = made;
      const q = { least: 0, most: 100, step: 1 }, fine = { least: -2, most: 2, step: 0.1 };
      const first = movedGuess(q, undefined, 20.4), along = movedGuess(q, first, 95), back = movedGuess(q, along, -7);
      const end = (key, value) => movedEnd(q, first, key, value);
      return [first, along, back, end('low', 15), end('low', 40), end('high', 300),
        movedGuess(fine, undefined, 0.30000000000000004)];
    }""")
    assert told == [
        {"guess": 20, "low": 10, "high": 30},
        {"guess": 95, "low": 85, "high": 100},
        {"guess": 0, "low": 0, "high": 5},
        {"guess": 20, "low": 15, "high": 30},
        {"guess": 20, "low": 20, "high": 30},
        {"guess": 20, "low": 10, "high": 100},
        {"guess": 0.3, "low": -0.1, "high": 0.7},
    ]


def test_items_are_matched_by_their_words_and_put_in_order_around_the_one_in_use(
    script: Any,
) -> None:
    told = script("canvas_parts")("""() => {
      const { matched, arrange } = made;
      const item = (saved) => Object.assign(document.createElement('li'), { saved, tabIndex: 0 });
      const nodes = ['a', 'b', 'a', null].map(item);
      const places = matched(['a', 'new', 'a', 'b', 'a'], nodes).map((node) => nodes.indexOf(node));
      const list = document.body.appendChild(document.createElement('ul'));
      list.append(...nodes);
      nodes[2].focus();
      let left = 0;
      nodes[2].addEventListener('blur', () => { left += 1; });
      arrange(list, [nodes[3], nodes[2], nodes[1], nodes[0]]);
      return { places, order: [...list.children].map((node) => nodes.indexOf(node)), left };
    }""")
    assert told == {"places": [0, -1, 2, 1, -1], "order": [3, 2, 1, 0], "left": 0}
