"""What a team waits for at the board, in a real browser in front of a real JupyterLab.

    python benchmarks/bench_board.py [--operations N] [--pages N]

Three things are measured, each sent at once by the kit's class in Jupyter's server and as Jupyter does:

- **One operation**: a note of the board (some 45 are on it) stands open with other words, and Enter
  is pressed; the clock stops when the browser hears that the operation is in the journal, on the
  disk. The next one begins after a short rest.
- **A burst**: ten notes with nothing between them, until the last is acknowledged. The browser sends
  one message at a time, so the first goes alone and the other nine together.
- **200 cards**: a page that is loaded anew, from the widget's first line to the drawn board.

The round trip is taken apart: the disk's share is the time of one ``fsync`` of a line, measured here.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import nbformat
from results import machine, table, write_part

from journeykit.store import create, open_folder

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from browser.conftest import FLAGS, Notebook, Visit, serve  # type: ignore[import-not-found]

PERSONA = "mobile-maya"
CELLS = (f"import journeykit as jk\nw = jk.open_workshop(persona={PERSONA!r})", "w.start.board()")
WITHOUT = (
    "--ServerApp.kernel_websocket_connection_class="
    "jupyter_server.services.kernels.connection.channels.ZMQChannelsWebsocketConnection",
)
TRIP = """async ([operations, bursts]) => {
  const kernel = jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
  const waiting = new Map();  // what was sent and not acknowledged: id to when it was heard
  let heard = () => {};
  kernel.iopubMessage.connect((_, { header, content }) => {
    const done = header.msg_type === 'comm_msg' ? content.data.content?.done ?? [] : [];
    done.forEach((id) => waiting.delete(id));
    if (done.length && !waiting.size) heard(performance.now());
  });
  const seen = new Set();
  for (const comm of kernel._comms.values()) {
    const send = comm.send.bind(comm);
    comm.send = (data, ...more) => {
      for (const { id } of data?.content?.ops ?? []) if (!seen.has(id)) { seen.add(id); waiting.set(id); }
      return send(data, ...more);
    };
  }
  const rest = (ms) => new Promise((go) => setTimeout(go, ms));
  const key = (el, key) => el.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  const ids = [...document.querySelectorAll('.jk-note')].map((note) => note.dataset.id);
  let number = 0;
  const opened = () => {  // the next note, open, with other words in it
    const note = document.querySelector(`.jk-note[data-id='${ids[number++ % ids.length]}']`);
    key(note, 'Enter');
    note.querySelector('textarea').value = `Thought ${number}`;
    return note.querySelector('textarea');
  };
  const trip = async (notes) => {
    const from = seen.size;
    const over = new Promise((go) => { heard = (at) => { if (seen.size === from + notes) go(at); }; });
    let began = 0;
    for (let n = 0; n < notes; n++) {
      const area = opened();
      began ||= performance.now();
      key(area, 'Enter');
    }
    return await over - began;
  };
  const many = async (times, notes) => {
    const took = [];
    for (let n = 0; n < times; n++) { took.push(await trip(notes)); await rest(40 + 20 * Math.random()); }
    return took;
  };
  await many(10, 1);  // what is slow only once is not what a team waits for
  return { one: await many(operations, 1), burst: await many(bursts, 10) };
}"""


def main() -> None:
    """Measure and write."""
    asked = argparse.ArgumentParser(description="Round trips and drawing of the journey board.")
    asked.add_argument("--operations", type=int, default=200)
    asked.add_argument("--pages", type=int, default=10)
    options = asked.parse_args()
    before = machine()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        ways = {"sent at once": (), "as Jupyter does": WITHOUT}
        found = {name: session(chromium, options, more) for name, more in ways.items()}
        chromium.close()
    rows = [row(name, found) for name in found["as Jupyter does"]]
    text = table(["milliseconds, middle (95 of 100 are under)", *found], rows)
    told = f"`make bench-board`; Chromium before JupyterLab, one browser, loopback; {before}.\n\n{text}\n\n"
    told += f"One `fsync` of a line of the journal takes {disk():.1f} ms here (median of 100).\n"
    verdict = found["sent at once"]
    told += f"\n- One operation: {middle(verdict['one operation']):.0f} ms (aim: under 60).\n"
    told += f"- 200 cards: {middle(verdict['200 cards drawn']):.0f} ms (aim: under 300).\n"
    print(told)
    write_part("The board", told)


def session(
    chromium: Any, options: argparse.Namespace, more: tuple[str, ...]
) -> dict[str, list[float]]:
    """Measure in a JupyterLab of its own; gives milliseconds by what was measured."""
    with tempfile.TemporaryDirectory(prefix="jk-bench-") as name:
        home = Path(name)
        shop = home / "shop"
        create(shop, "retail")
        cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        made = nbformat.v4.new_notebook(metadata={"kernelspec": kernel}, cells=cells)
        nbformat.write(made, shop / "board.ipynb")
        with serve(shop, home, *more) as (server, token):
            took = trips(chromium, f"{server}/lab/tree/board.ipynb?token={token}&reset", options)
            fill(shop)
            drawn = pages(
                chromium, f"{server}/lab/tree/board.ipynb?token={token}&reset", options.pages
            )
    return {"one operation": took["one"], "ten at once": took["burst"], "200 cards drawn": drawn}


def trips(chromium: Any, url: str, options: argparse.Namespace) -> dict[str, list[float]]:
    """Write notes as a person would and clock each."""
    seen = opened(chromium, url)
    took: dict[str, list[float]] = seen.page.evaluate(
        TRIP, [options.operations, options.operations // 10]
    )
    seen.page.get_by_text("✓ Saved").first.wait_for()
    seen.page.evaluate("() => jupyterapp.shell.currentWidget.context.sessionContext.shutdown()")
    seen.context.close()
    return took


def fill(shop: Path) -> None:
    """Bring the map to 200 cards."""
    folder = open_folder(shop)
    journey, stages = folder.journey(PERSONA), [stage.id for stage in folder.workshop().stages]
    lanes = ("actions", "touchpoints", "thoughts", "pain-points", "opportunities")
    for n in range(200 - len(journey.cards)):
        text = f"Note {n} says something of a usual length"
        journey = journey.add(text, stage=stages[n % 5], lane=lanes[n // 5 % 5])
    folder.save(journey)


def pages(chromium: Any, url: str, times: int) -> list[float]:
    """Draw the board anew in a new page, some times; the board says how long it took."""
    took = []
    for _ in range(times):
        seen = opened(chromium, url)
        assert seen.page.locator(".jk-board .jk-note").count() == 200
        took.append(float(seen.page.locator(".jk-board").first.get_attribute("data-drawn")))
        seen.context.close()
    return took


def opened(chromium: Any, url: str) -> Any:
    """Open the notebook with the board in a browser of its own, and run it."""
    seen = Visit(chromium.new_context(viewport={"width": 1600, "height": 1000}))
    seen.page.goto(url)
    Notebook(seen).run_all()
    seen.page.locator(".jk-board .jk-note").first.wait_for()
    seen.page.wait_for_timeout(500)
    return seen


def disk() -> float:
    """Milliseconds that one line takes until it is on the disk."""
    took = []
    with tempfile.TemporaryFile() as file:
        for _ in range(100):
            began = time.perf_counter()
            file.write(b"x" * 300)
            file.flush()
            os.fsync(file.fileno())
            took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)


def middle(took: list[float]) -> float:
    """The median."""
    return statistics.median(took)


def row(name: str, found: dict[str, dict[str, list[float]]]) -> list[str]:
    """One line of the table: the median and the 95th percentile of each way."""
    cells = []
    for way in found.values():
        took = sorted(way[name])
        cells.append(
            f"{middle(took):.0f} ({took[min(len(took) - 1, round(0.95 * len(took)))]:.0f})"
        )
    return [f"{name} (of {len(took)})", *cells]


if __name__ == "__main__":
    main()
