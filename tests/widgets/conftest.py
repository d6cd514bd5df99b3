"""Widgets without a browser: what they would send is kept, what a browser asks handed in."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ipywidgets
import pytest

from journeykit.phases import OpenWorkshop, open_workshop
from journeykit.store import Desk, create, desk_of, open_folder


class Browser:
    """All browsers that look on, as one: ``ask`` asks for changes, ``heard`` is what came back."""

    def __init__(self, widget: Any, sent: list[Any]) -> None:
        self.widget, self.sent, self._numbers = widget, sent, itertools.count(1)
        widget._heard(None, {"hello": True}, None)

    def ask(
        self, *changes: tuple[str, str, dict[str, Any]], by: str = "p1", ids: Any = None
    ) -> list[str]:
        """Ask for (kind, doc, data), all in one message; gives why any was refused."""
        names = ids or [f"o{next(self._numbers)}" for _ in changes]
        ops = [
            {"id": name, "kind": kind, "doc": doc, "by": by, "data": data}
            for name, (kind, doc, data) in zip(names, changes, strict=True)
        ]
        before = len(self.sent)
        self.widget._heard(None, {"ops": ops}, None)
        answers = [m["content"] for m in self.sent[before:] if "done" in m.get("content", {})]
        assert len(answers) == 1
        return [refused["why"] for refused in answers[0]["refused"]]

    def heard(self) -> str:
        """Give everything that any browser could know: messages, traits, the picture."""
        traits = {
            key: value
            for key, value in self.widget.get_state().items()
            if key not in ("_esm", "_css")
        }
        return (
            json.dumps([self.sent, traits], default=str, ensure_ascii=False) + self.widget.still()
        )


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenWorkshop]:
    """Open the retail sample as JupyterLab does."""
    monkeypatch.setenv("JOURNEYKIT_LIVE", "1")
    create(tmp_path / "shop", "retail")
    w = open_workshop(tmp_path / "shop", "mobile-maya")
    yield w
    desk_of(w.folder).close()


@pytest.fixture
def batch(monkeypatch: pytest.MonkeyPatch) -> Callable[[OpenWorkshop], OpenWorkshop]:
    """Open the same folder as a batch run does, with what was acknowledged saved."""

    def opened(w: OpenWorkshop) -> OpenWorkshop:
        w.desk.save()
        monkeypatch.setenv("JOURNEYKIT_LIVE", "0")
        return open_workshop(w.folder.root, w.persona_id)

    return opened


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Browser]:
    """Look on at a widget: ``browser(w.weak_spots.gather())``."""
    sent: list[Any] = []
    monkeypatch.setattr(
        ipywidgets.Widget, "_send", lambda self, message, buffers=None: sent.append(message)
    )
    return lambda widget: Browser(widget, sent)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Open the desk of a fresh retail workshop."""
    made = desk_of(open_folder(create(tmp_path / "shop", "retail").root))
    yield made
    timer = getattr(made, "_timer", None)
    if timer is not None:
        timer.join()
    made.close()


@pytest.fixture
def send() -> Callable[..., list[str]]:
    """Ask a widget for one change: ``send(widget, kind, doc, **data)``; gives why not."""
    numbers = itertools.count(1)

    def sent(widget: Any, kind: str, doc: str, by: str = "", **data: Any) -> list[str]:
        said: list[dict[str, Any]] = []
        widget.send = said.append
        operation = {"id": f"s{next(numbers)}", "kind": kind, "doc": doc, "by": by, "data": data}
        widget._heard(None, {"ops": [operation]}, None)
        (answer,) = [message for message in said if "done" in message]
        return [refused["why"] for refused in answer["refused"]]

    return sent
