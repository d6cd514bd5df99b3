"""What all live widgets share: operations go to the desk, the state comes back to all browsers.

::

    browser                                kernel
    {"ops": [{id, kind, doc, by, data}]} → desk (journal on the disk) → {"done": […], "refused": […]}
                                           {"seq": n, "patch": …}     → every browser that looks on

Only the kernel writes the traits. A patch that got lost is noticed by its number and the
whole state asked for. A subclass says in :meth:`Live.view` what everybody may see: what is not
in there never leaves the kernel.

JupyterLab gives each browser a thread of the kernel, so that a widget answers while a cell runs:
messages of two browsers are heard at the same time.
"""

from __future__ import annotations

import asyncio
import contextvars
import itertools
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import traitlets

from journeykit.store import Desk
from journeykit.widgets.joined import STATIC, joined

__all__ = ["Live", "patch_between"]

PAUSE, LONGEST, LOOK = 0.5, 3.0, 1.5
"""Seconds of rest after a patch until the whole state is synced, and how long that may be put off:
it draws the picture anew, which whoever is writing would wait for. Seconds between looks at the files."""

_numbers = itertools.count(1)
# The live widget hides the still picture above it; without a live one, its empty place is hidden.
# It stands last: a page that takes styles away may leave their text.
_STILL_STYLE = (
    "<style>.jp-OutputArea-child:has(.jk-still):has(+ .jp-OutputArea-child .jk-live),"
    ".jp-OutputArea-child:has(.jk-still) + .jp-OutputArea-child:not(:has(.jk-live)){display:none}</style>"
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

    def __init__(self, desk: Desk, docs: Sequence[str], facts: Mapping[str, Any]) -> None:
        self.desk, self.docs = desk, tuple(docs)
        self._still_id = f"journeykit-still-{next(_numbers)}-{id(self):x}"
        self._views, self._seq = 0, 0
        self._waiting = self._patched = (
            0.0  # since when the whole state waits to be synced; last patch
        )
        # Held while the state is looked at and told, never while something is asked of the desk.
        self._lock = threading.RLock()
        self._main, self._context = _running_loop(), contextvars.copy_context()
        self._sent = self.view()
        super().__init__(state={"seq": 0, **self._sent}, facts={"widget": self.name, **facts})
        if hasattr(self.comm, "_reply_subshell_for"):
            # ipykernel 7.4 sends a message to the thread that spoke last: another browser's, so that
            # one overtakes the other, or one that has ended. Each browser keeps to its own.
            self.comm._reply_subshell_for = lambda _, asked: asked
        self._stop = desk.watch(self._changed)
        self.on_msg(self._heard)
        self._later(LOOK, self._look)

    # --- for subclasses ----------------------------------------------------------------------

    def view(self) -> dict[str, Any]:
        """Return the state that every browser may see, as plain data."""
        raise NotImplementedError

    def still(self) -> str:
        """Draw the same as HTML or SVG, for wherever no kernel runs."""
        return ""

    def take(self, operations: Iterable[dict[str, Any]]) -> list[str | None]:
        """Hand operations to the desk; see :meth:`Desk.take`."""
        return self.desk.take(*operations)

    def files(self) -> Iterable[str]:
        """Name the documents whose files are looked at while somebody looks on."""
        return self.docs

    def concerns(self, docs: set[str]) -> bool:
        """Tell whether a change of these documents changes what is shown."""
        return any(doc in docs or any(d.startswith(f"{doc}/") for d in docs) for doc in self.docs)

    # --- from the browser --------------------------------------------------------------------

    def set_state(self, sync_data: Mapping[str, Any]) -> None:
        """Refuse what a browser would write into the traits: it asks by operations."""

    def _heard(self, _: Any, content: Any, __: Any) -> None:
        if not isinstance(content, dict):
            return
        if "hello" in content or "need" in content:
            with self._lock:
                self._views += "hello" in content
                self._changed(set(self.docs))
                self.send({"state": {"seq": self._seq, **self._sent}})
        elif "bye" in content:
            with self._lock:
                self._views = max(0, self._views - 1)
        elif isinstance(content.get("ops"), list):
            operations = [op for op in content["ops"] if isinstance(op, dict) and "id" in op]
            reasons = self.take(operations)
            told = list(zip([op["id"] for op in operations], reasons, strict=True))
            self.send(
                {
                    "done": [name for name, why in told if why is None],
                    "refused": [{"id": name, "why": why} for name, why in told if why is not None],
                }
            )

    # --- to all browsers ---------------------------------------------------------------------

    def _changed(self, docs: set[str]) -> None:
        if self.comm is None or not self.concerns(docs):
            return
        with self._lock:
            now = self.view()
            patch = patch_between(self._sent, now)
            if not patch:
                return
            self._seq, self._sent = self._seq + 1, now
            if self._views:
                self.send({"seq": self._seq, "patch": patch})
            self._patched = time.monotonic()
            due, self._waiting = not self._waiting, self._waiting or self._patched
        if due:
            self._later(PAUSE, self._sync)

    def _sync(self) -> None:
        """Put the whole state into the trait, for browsers that come later, and draw the picture."""
        with self._lock:
            rest = min(self._patched + PAUSE, self._waiting + LONGEST) - time.monotonic()
            if rest > 0 and self._main is not None:
                self._later(rest, self._sync)
                return
            self._waiting = 0.0
            if self.comm is None:
                return
            self.state = {"seq": self._seq, **self._sent}
        if self._shown:
            from IPython.display import update_display

            update_display(self._picture(), display_id=self._still_id, raw=True)

    def _look(self) -> None:
        """See, while somebody looks on, whether the files were changed by others."""
        if self.comm is None:
            return
        if self._views:
            self.desk.look(self.files())
        self._later(LOOK, self._look)

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        if self._main is not None:  # a browser's thread ends with it, and what it has put off
            later = self._main.call_later
            self._main.call_soon_threadsafe(later, seconds, act, context=self._context)
        elif act == self._sync:  # no kernel, as in a test: the trait at once, no looking
            act()

    def close(self) -> None:
        """Stop listening; one that was refused while it was made never began."""
        if hasattr(self, "_stop"):
            self._stop()
        super().close()

    # --- on the page -------------------------------------------------------------------------

    _shown = False

    def _picture(self) -> dict[str, str]:
        return {
            "text/html": f"<div class='jk-still'>{self.still()}</div>{_STILL_STYLE}",
            "text/plain": f"journeykit: {self.name}",
        }

    def _ipython_display_(self) -> None:
        from IPython.display import display

        self._shown = True
        display(self._picture(), raw=True, display_id=self._still_id)
        data, metadata = self._repr_mimebundle_() or ({}, {})
        # Where there are no widgets nothing stands for it: the picture above says it all.
        display({**data, "text/plain": ""}, metadata=metadata, raw=True)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def patch_between(old: Any, new: Any) -> dict[str, Any]:
    """Say what changed between two states: for a mapping what to put and drop, else what it is.

    Examples
    --------
    >>> patch_between({"cards": {"a": 1, "b": 2}, "n": 2}, {"cards": {"b": 3}, "n": 2})
    {'cards': {'put': {'b': 3}, 'drop': ['a']}}
    """
    told: dict[str, Any] = {}
    for key in dict.fromkeys([*old, *new]):
        was, now = old.get(key), new.get(key)
        if was == now:
            continue
        if isinstance(was, dict) and isinstance(now, dict):
            told[key] = {
                "put": {part: value for part, value in now.items() if was.get(part) != value},
                "drop": [part for part in was if part not in now],
            }
        else:
            told[key] = {"is": now}
    return told
