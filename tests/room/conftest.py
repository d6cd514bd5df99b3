"""A room in a process of its own, and phones that are sockets.

A test of a room in three lines::

    def test_it(room):
        ann = room.join()
        ann.ask("set", "records/notes/n1", text="It is slow.")

``room`` is open on a fresh copy of the retail sample; ``room.do`` is its host. ``room.kill()`` is
SIGKILL, ``room.start()`` starts it anew.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from journeykit.store import create
from journeykit.widgets.room import ask_room, kept_of

PERSONA = "mobile-maya"


class Line:
    """One phone: what the room told it, and what of what it asked is on the disk."""

    def __init__(self, room: Room) -> None:
        self.room, self.token = room, None
        self.told: list[dict[str, Any]] = []
        self.done: set[str] = set()
        self.refused: dict[str, str] = {}
        self.facts: dict[str, Any] = {}
        self.n = 0
        self.socket: WebSocketClientConnection | None = None

    async def join(self, code: str | None = None) -> bool:
        """Join, or come back; tells whether the room let it in."""
        self.socket = await websocket_connect(
            HTTPRequest(self.room.url("/line", "ws"), request_timeout=60, connect_timeout=60)
        )
        hello = {"code": code or self.room.kept["code"], "token": self.token}
        await self.socket.write_message(json.dumps(hello))
        while not {"token", "refused"} & (told := await self.hear()).keys():
            pass  # what all are told already
        return "refused" not in told

    async def hear(self) -> dict[str, Any]:
        """Wait for the next word of the room; raises where the line is cut."""
        assert self.socket
        text = await self.socket.read_message()
        if text is None:
            raise ConnectionError
        told: dict[str, Any] = json.loads(text)
        self.told.append(told)
        self.token = told.get("token", self.token)
        if "facts" in told or "map" in told:
            self.n, self.facts = told["n"], told.get("facts", {})
        self.done |= {*told.get("msg", {}).get("done", ())}
        self.refused |= {each["id"]: each["why"] for each in told.get("msg", {}).get("refused", ())}
        return told

    async def send(self, *operations: dict[str, Any]) -> None:
        """Ask, without waiting for the answer."""
        assert self.socket
        await self.socket.write_message(json.dumps({"n": self.n, "msg": {"ops": operations}}))

    async def ask(self, kind: str, doc: str, **data: Any) -> str:
        """Ask for one change and wait; gives why it was refused, or nothing."""
        id = f"o{len(self.told)}-{time.monotonic_ns()}"
        await self.send({"id": id, "kind": kind, "doc": doc, "by": "x", "data": data})
        while id not in self.done and id not in self.refused:
            await self.hear()
        return self.refused.get(id, "")

    async def until(self, holds: Any) -> None:
        """Hear until something holds."""
        while not holds():
            await asyncio.wait_for(self.hear(), 20)

    @property
    def me(self) -> dict[str, str]:
        """Who this phone is, as the widget knows it."""
        return dict(self.facts["me"])


# A machine that is in no network has a second address of its own, so that nothing is skipped.
NETWORK = """
import psutil, socket
from types import SimpleNamespace
real = psutil.net_if_addrs
def found():
    there = real()
    known = {a.address for each in there.values() for a in each if a.family == socket.AF_INET}
    if known <= {"127.0.0.1"}:
        there["own"] = [SimpleNamespace(family=socket.AF_INET, address="127.0.0.2")]
    return there
psutil.net_if_addrs = found
"""


class Room:
    """A room on a folder."""

    def __init__(self, root: Path, log: Path) -> None:
        self.root, self.log = root, log
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def kept(self) -> dict[str, Any]:
        """What the room keeps for itself."""
        return dict(json.loads(kept_of(self.root).read_text("utf-8")))

    def url(self, path: str = "/", scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.kept['port']}{path}"

    def do(self, **what: Any) -> dict[str, Any]:
        """Ask as the host."""
        told = ask_room(self.root, what)
        assert told, self.log.read_text()
        return told

    def begin(self, activity: str, topic: str = "") -> dict[str, Any]:
        """Begin an activity."""
        return self.do(chosen=activity, persona=PERSONA, given={"topic": topic} if topic else {})

    def start(self) -> None:
        """Start the process and wait until it answers."""
        code = f"{NETWORK}from journeykit.cli import main; main()"
        command = [sys.executable, "-c", code, "room", str(self.root)]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + 60
        while not ask_room(self.root, {}):
            assert time.monotonic() < until, self.log.read_text()
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill it as the system does when there is no memory left."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        """Close it, and wait until it is gone."""
        if self.process and self.process.poll() is None:
            ask_room(self.root, {"close": True})
            try:
                self.process.wait(
                    240
                )  # thousands of notes on their way from the journal into files
            except subprocess.TimeoutExpired:
                self.kill()

    def line(self) -> Line:
        """A phone that has not joined yet."""
        return Line(self)


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """Open a room on a fresh copy of the retail sample."""
    monkeypatch.setenv("JOURNEYKIT_CACHE", os.environ.get("JOURNEYKIT_CACHE", str(tmp_path / "c")))
    create(tmp_path / "shop", "retail")
    made = Room((tmp_path / "shop").resolve(), tmp_path / "room.log")
    made.start()
    made.begin("")
    yield made
    made.end()
