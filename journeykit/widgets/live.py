"""What all live widgets share: operations go to the desk, the state comes back to all browsers.

::

    browser                                kernel
    {"ops": [{id, kind, doc, by, data}]} → desk (journal on disk) → {"done": […], "refused": […]}
                                           {"seq": n, "patch": …}     → every browser that looks on

Only the kernel writes the traits. A patch that got lost is noticed by its number and the
whole state asked for. A subclass says in :meth:`Live.view` what everybody may see: what is not
in there never leaves the kernel.

JupyterLab gives each browser a thread of the kernel, so that a widget answers while a cell runs:
messages of two browsers are heard at the same time.
"""

import asyncio
import contextlib
import contextvars
import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import traitlets
from IPython.display import display, update_display

from journeykit.errors import WorkshopError
from journeykit.model import Data
from journeykit.private import answer_each_browser_itself
from journeykit.store import Desk, Reasons

from .joined import STATIC, joined

PAUSE, LONGEST, LOOK = 0.5, 3.0, 1.5
"""Seconds of rest after a patch until the whole state is synced, and how long that may be put off:
it draws the picture anew, which whoever writes would wait for. Seconds between looks at files."""

# The live widget hides the still picture above it; without a live one, its empty place is hidden.
# It stands last: a page that takes styles away may leave their text.
_STILL_STYLE = (
    "<style>.jp-OutputArea-child:has(.jk-still):has(+ .jp-OutputArea-child .jk-live),"
    ".jp-OutputArea-child:has(.jk-still) + .jp-OutputArea-child:not(:has(.jk-live)){display:none}"
    "</style>"
)


class Live(anywidget.AnyWidget):
    """A widget on the desk of a workshop folder.

    Parameters
    ----------
    desk : Desk
        Takes the operations.
    docs : sequence of str
        The documents that the widget shows; a change of any of them makes a new state.
    facts : mapping
        What does not change while it is shown: names, numbers from the data.
    """

    name: ClassVar[str]
    folder: ClassVar[Path] = STATIC
    """Where ``<name>.js`` and ``<name>.css`` lie."""
    state = traitlets.Dict().tag(sync=True)
    facts = traitlets.Dict().tag(sync=True)

    def __init_subclass__(cls, **more: Any) -> None:
        if "name" in vars(cls):  # traits that are added later make a subclass, too: not those
            cls._esm, cls._css = (
                joined(cls.folder / f"{cls.name}.{kind}") for kind in ("js", "css")
            )
        super().__init_subclass__(**more)

    def __init__(self, desk: Desk, docs: Sequence[str], facts: Data) -> None:
        self.desk, self.docs, self._known = desk, tuple(docs), dict[str, Data]()
        self._still_id, self._shown = f"journeykit-still-{secrets.token_hex(8)}", False
        self._views = self._seq = 0
        self._waiting = self._patched = 0.0  # since when the whole state waits; the last patch
        # Held while the state is looked at and told, never while something is asked of the desk.
        self._lock = threading.RLock()
        self._main, self._context = running_loop(), contextvars.copy_context()
        self._sent = self._now()
        # By which browsers keep apart what waits for folders of one name.
        told = {"widget": self.name, "workshop": mark_of(desk.folder.root), **facts}
        super().__init__(state={"seq": 0, **self._sent}, facts=told)
        answer_each_browser_itself(self.comm)
        self._stop = desk.watch(self._changed)
        self.on_msg(self._heard)
        self._later(LOOK, self._look)

    # --- for subclasses ----------------------------------------------------------------------

    still: Callable[[], str] = str
    """Draws the same as HTML, for wherever no kernel runs: a method, or given by who shows it."""

    def view(self) -> Data:
        """Return the state that every browser may see, as plain data."""
        raise NotImplementedError

    def take(self, operations: list[Data]) -> Reasons:
        """Hand operations to the desk; see :meth:`Desk.take`."""
        return self.desk.take(*operations)

    def kept(self, kind: str) -> list[Any]:
        """Records of a kind. Hundreds of files are read once, then what has changed."""
        with self._lock:
            if kind not in self._known:
                self._known[kind] = {f"records/{kind}/{r.id}": r for r in self.desk.records(kind)}
            return [*filter(None, self._known[kind].values())]

    def begin(self, doc: str, data: Data) -> None:
        """Begin a document that is not in the folder yet."""
        if self.desk.get(doc) is None:
            self.desk.take({"id": secrets.token_hex(9), "kind": "begin", "doc": doc, "data": data})

    # --- from the browser --------------------------------------------------------------------

    def set_state(self, sync_data: Any) -> None:
        """Refuse what a browser would write into the traits: it asks by operations."""

    def _heard(self, _: Any, content: Any, __: Any) -> None:
        if not isinstance(content, dict):
            return
        if "hello" in content or "need" in content:
            with self._lock:
                self._views += "hello" in content
                self._changed({*self.docs})
                self.send(self.whole())
        elif "bye" in content:
            with self._lock:
                self._views = max(0, self._views - 1)
        elif isinstance(content.get("ops"), list):
            asked = [op for op in content["ops"] if isinstance(op, dict) and "id" in op]
            try:
                told = {op["id"]: why for op, why in zip(asked, self.take(asked))}
            except WorkshopError as problem:  # the browser keeps it, and sends it again
                self.desk.trouble[""] = str(problem)
                self._changed({*self.docs})
                return
            refused = [{"id": id, "why": why} for id, why in told.items() if why]
            self.send({"done": [id for id, why in told.items() if not why], "refused": refused})

    # --- to all browsers ---------------------------------------------------------------------

    def _said(self) -> list[str]:
        """What the desk has to say: what it could not save yet, what did not stand last."""
        return [*self.desk.trouble.values(), *self.desk.notices[-1:]]

    def _now(self) -> Data:
        said = self._said()
        return self.view() | ({"said": said} if said else {})

    def whole(self) -> Data:
        """Give the whole state, with the time: a browser's own clock may be wrong."""
        return {"state": {"seq": self._seq, **self._sent}, "now": int(time.time() * 1000)}

    def paced(self, seconds: float) -> None:
        """Tell together what changes within so many seconds: a room full of phones looks on."""
        self._stop()
        self._views, waiting = 1, set[str]()

        def tell() -> None:
            docs = {*waiting}
            waiting.clear()
            self._changed(docs)

        def note(docs: set[str]) -> None:
            if not waiting:
                self._later(seconds, tell)
            waiting.update(docs)

        self._stop = self.desk.watch(note)

    def _changed(self, docs: set[str]) -> None:
        with self._lock:
            for doc in docs:
                kind, below, _ = doc.removeprefix("records/").partition("/")
                if not below:  # somebody has come, who should see all as it is now
                    self._known.pop(kind, None)
                elif kind in self._known:
                    self._known[kind][doc] = self.desk.get(doc)
        shown = tuple(f"{doc}/" for doc in self.docs)
        if self.comm is None or not any(f"{doc}/".startswith(shown) for doc in docs):
            return
        with self._lock:
            now = self._now()
            if not (patch := patch_between(self._sent, now)):
                return
            self._seq, self._sent = self._seq + 1, now
            if self._views:
                self.send({"seq": self._seq, "patch": patch})
            self._patched = time.monotonic()
            due, self._waiting = not self._waiting, self._waiting or self._patched
        if due:
            self._later(PAUSE, self._sync)

    def _sync(self) -> None:
        """Put the whole state into the trait, for browsers that come later; draw the picture."""
        with self._lock:
            rest = min(self._patched + PAUSE, self._waiting + LONGEST) - time.monotonic()
            if rest > 0 and self._main:
                return self._later(rest, self._sync)
            self._waiting = 0.0
            if self.comm is None:
                return
            self.state = {"seq": self._seq, **self._sent}
        if self._shown:
            update_display(self._picture(), display_id=self._still_id, raw=True)

    def _look(self) -> None:
        """See, while somebody looks on, whether the files were changed by others."""
        if self.comm is None:
            return
        began = time.monotonic()
        if self._views:
            self.desk.look(self.docs)
            if self._sent.get("said", []) != self._said():
                self._changed({*self.docs})
        # Thousands of files take a while to look at: a twentieth of the time at most.
        self._later(max(LOOK, 20 * (time.monotonic() - began)), self._look)

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        if loop := self._main:  # a browser's thread ends with it, and what it has put off
            loop.call_soon_threadsafe(loop.call_later, seconds, act, context=self._context)
        elif act == self._sync:  # no kernel, as in a test: the trait at once, no looking
            act()

    def close(self) -> None:
        """Stop listening; one that was refused while it was made never began."""
        if hasattr(self, "_stop"):
            self._stop()
        super().close()

    # --- on the page -------------------------------------------------------------------------

    def _picture(self) -> dict[str, str]:
        return {
            "text/html": f"<div class='jk-still'>{self.still()}</div>{_STILL_STYLE}",
            "text/plain": f"journeykit: {self.name}",
        }

    def _ipython_display_(self) -> None:
        self._shown = True
        display(self._picture(), raw=True, display_id=self._still_id)
        data, metadata = self._repr_mimebundle_() or ({}, {})
        # Where there are no widgets nothing stands for it: the picture above says it all.
        display({**data, "text/plain": ""}, metadata=metadata, raw=True)


def mark_of(root: Path) -> str:
    """Tell workshops of one name apart in what a browser and a user's own folders keep."""
    return hashlib.sha256(str(root).encode()).hexdigest()[:10]


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Give the event loop of a kernel; None without one, as in a test."""
    with contextlib.suppress(RuntimeError):
        return asyncio.get_running_loop()
    return None


def patch_between(old: Data, new: Data) -> Data:
    """Say what changed between two states: for a mapping what to put and drop, else what it is.

    Examples
    --------
    >>> patch_between({"cards": {"a": 1, "b": 2}, "n": 2}, {"cards": {"b": 3}, "n": 2})
    {'cards': {'put': {'b': 3}, 'drop': ['a']}}
    """
    patch = Data()
    for key in {**old, **new}:
        match old.get(key), new.get(key):
            case dict(was), dict(now) if was != now:
                put = {part: value for part, value in now.items() if was.get(part) != value}
                patch[key] = {"put": put, "drop": [part for part in was if part not in now]}
            case was, now if was != now:
                patch[key] = {"is": now}
    return patch
