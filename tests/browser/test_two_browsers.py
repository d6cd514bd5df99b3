"""Two browsers that ask at the same time, and a kernel that dies: nothing is lost, nothing doubled."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from journeykit.store import desk_of, open_folder

pytestmark = [pytest.mark.all, pytest.mark.browser, pytest.mark.xdist_group("lab")]

OPEN = "import journeykit as jk\nw = jk.open_workshop(persona='mobile-maya')"
LONG = 120_000  # milliseconds at most, on a machine with much to do
# Notes what the page asks and what the kernel acknowledges. Every fifth message goes out twice,
# as after a line that was gone for a moment.
LISTEN = """() => {
  Object.assign(window, { asked: new Map(), acked: new Set(), refused: [], messages: 0, twice: 0 });
  const kernel = jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
  for (const comm of kernel._comms.values()) {
    const send = comm.send.bind(comm);
    comm.send = (data, ...more) => {
      const operations = data?.content?.ops ?? [];
      operations.forEach((operation) => asked.set(operation.id, operation));
      if (operations.length && messages++ % 5 === 0) {
        twice += operations.length;
        send(structuredClone(data), ...more);
      }
      return send(data, ...more);
    };
  }
  kernel.iopubMessage.connect((_, message) => {
    const told = message.header.msg_type === 'comm_msg' && message.content.data.content || {};
    (told.done ?? []).forEach((id) => acked.add(id));
    refused.push(...(told.refused ?? []));
  });
}"""
# What a person does, as fast as a page can: a pasted list, then notes that are moved, written
# anew, taken away, and the last changes taken back.
WORK = """(name) => {
  const rest = () => new Promise((go) => setTimeout(go, 5 * Math.random()));
  const key = (el, key, more = {}) => el.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
  const cell = document.querySelector(".jk-cell[data-lane=thoughts][data-stage=purchase]");
  const own = (n) => [...document.querySelectorAll('.jk-note')]
    .find((note) => note.dataset.id.startsWith(`${name}-${n}-`));
  window.work = (async () => {
    cell.querySelector('.jk-add').click();
    const area = cell.querySelector('textarea');
    for (let from = 0; from < 90; from += 15) {
      const list = new DataTransfer();
      list.setData('text/plain', Array.from({ length: 15 }, (_, n) => `${name} ${from + n} wrote`).join('\\n'));
      area.dispatchEvent(new ClipboardEvent('paste', { clipboardData: list, bubbles: true, cancelable: true }));
      await rest();
    }
    key(area, 'Escape');
    const write = (note, words) => {
      key(note, 'Enter');
      note.querySelector('textarea').value = words;
      key(note.querySelector('textarea'), 'Enter');
    };
    for (let n = 0; n < 90; n++) {
      await rest();
      if (n < 40) key(own(n), 'ArrowRight', { altKey: true });
      else if (n < 70) write(own(n), `${name} ${n} wrote anew`);
      else key(own(n), 'Delete');
      // One note is written on by both: whoever comes last is what all see.
      if (n % 9 === 0 && n < 70) write(document.querySelector("[data-id='taps-a-post']"), `${name} says ${n}`);
    }
    for (let n = 0; n < 12; n++) { await rest(); document.querySelector("[aria-label^='Undo my last']").click(); }
  })();
}"""
SEEN = """() => Object.fromEntries([...document.querySelectorAll('.jk-cell')].map((cell) => [
  `${cell.dataset.lane} ${cell.dataset.stage}`,
  [...cell.querySelectorAll('.jk-note')].map((note) =>
    [note.dataset.id, note.querySelector('.jk-text').textContent])]))"""
STREAM = """() => {
  const cell = document.querySelector('.jk-cell[data-lane=thoughts][data-stage=purchase]');
  cell.querySelector('.jk-add').click();
  const area = cell.querySelector('textarea');
  window.said = 0;
  window.work = (async () => {
    while (said < 150) {
      area.value = `thought ${++said}`;
      area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
      await new Promise((go) => setTimeout(go, 10));
    }
  })();
}"""


@pytest.fixture
def board(lab: Any) -> Any:
    """Open the board, run and saved, so that a second browser finds it."""
    nb = lab.open(lab.write("board.ipynb", OPEN, "w.start.board()"))
    nb.run_all()
    nb.save()
    return listening(nb)


def listening(nb: Any) -> Any:
    nb.page.locator(".jk-board .jk-note").first.wait_for()
    nb.page.evaluate(LISTEN)
    return nb


def in_the_file(root: Path) -> dict[str, list[list[str]]]:
    """Give the cells of the board as the YAML has them."""
    cells: dict[str, list[list[str]]] = {}
    for card in sorted(
        open_folder(root).journey("mobile-maya").cards, key=lambda c: (c.order, c.id)
    ):
        cells.setdefault(f"{card.lane} {card.stage}", []).append([card.id, card.text])
    return cells


def shown(page: Any) -> dict[str, list[list[str]]]:
    return {place: notes for place, notes in page.evaluate(SEEN).items() if notes}


def test_two_browsers_with_two_hundred_operations_each_lose_and_double_nothing(
    lab: Any, board: Any
) -> None:
    before = {card.id for card in open_folder(lab.root).journey("mobile-maya").cards}
    pages = {"ann": board.page, "ben": listening(lab.open("board.ipynb")).page}
    for name, page in pages.items():  # begins, and does not wait
        page.evaluate(WORK, name)
    for page in pages.values():
        page.evaluate("() => window.work")
        page.wait_for_function("() => acked.size >= 400 && asked.size === 200", timeout=LONG)
        assert page.evaluate("() => window.refused") == []
        assert page.evaluate("() => window.twice") >= 1
        page.get_by_text("✓ Saved").first.wait_for()
    assert lab.within(
        60, lambda: in_the_file(lab.root) == shown(pages["ann"]) == shown(pages["ben"])
    )
    cells = in_the_file(lab.root)
    texts = [text for notes in cells.values() for name, text in notes if name not in before]
    wrote = [
        f"{name} {n} wrote{' anew' if 40 <= n < 70 else ''}"
        for name in pages
        for n in (*range(70), *range(78, 90))
    ]
    assert sorted(texts) == sorted(wrote), "each change that was made twice counts once"
    moved = [text for name, text in cells["thoughts post-purchase"] if name not in before]
    assert sorted(moved) == sorted(f"{name} {n} wrote" for name in pages for n in range(40))
    assert before <= {name for notes in cells.values() for name, _ in notes}


@pytest.fixture
def reopened(lab: Any) -> Iterator[Any]:
    """Open the desk of the folder in this process, as the next kernel would."""
    desks = []

    def again() -> dict[str, Any]:
        desks.append(desk_of(open_folder(lab.root)))
        desks[-1].save()
        return {card.id: card for card in open_folder(lab.root).journey("mobile-maya").cards}

    yield again
    for desk in desks:
        desk.close()


def test_a_kernel_killed_in_the_middle_loses_no_acknowledged_operation(
    lab: Any, board: Any, reopened: Any
) -> None:
    page = board.page
    kernel = int(board.execute("import os; print(os.getpid())"))
    page.evaluate(STREAM)
    page.wait_for_function("() => acked.size >= 40 && said < 140", timeout=LONG)
    os.kill(kernel, signal.SIGKILL)
    page.evaluate("() => window.work")
    acked, asked = page.evaluate("() => [[...acked], [...asked.values()]]")
    cards = reopened()
    kept = {operation["id"] for operation in asked if operation["data"]["id"] in cards}
    assert len(acked) >= 40
    assert set(acked) <= kept, "what was acknowledged is in the YAML"
    assert len(kept) < 150, "it was killed in the middle"

    # The words that no kernel heard wait in the browser, and the next one gets them.
    page.wait_for_function("() => window.said === 150")
    board.page.evaluate("() => document.querySelector('textarea.jk-compose')?.blur()")
    board.reload()
    board.run_all()
    wanted = sorted(f"thought {n}" for n in range(1, 151))

    def thoughts() -> list[str]:
        found = open_folder(lab.root).journey("mobile-maya").cards
        return sorted(card.text for card in found if card.text.startswith("thought "))

    assert lab.within(30, lambda: thoughts() == wanted), set(wanted) ^ set(thoughts())
