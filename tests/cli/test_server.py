"""The extension of Jupyter's server: messages go out at once, and nothing breaks where it cannot."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application
from tornado.websocket import WebSocketHandler, websocket_connect

from journeykit import server

ROOT = Path(__file__).resolve().parents[2]


def nodelay_of_a_socket(at_once: bool) -> int:
    """Open a socket of a handler as the kernel's one is opened; gives its TCP_NODELAY."""
    found: list[int] = []

    class Handler(WebSocketHandler):
        # Tornado takes an asynchronous open, and has the connection by then; its types say neither.
        async def open(self, *_: str, **__: str) -> None:  # type: ignore[override]
            stream = self.ws_connection.stream  # type: ignore[union-attr]
            found.append(stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    if at_once:
        assert server.send_at_once(Handler)
        assert not server.send_at_once(Handler), "once is enough"

    async def visit() -> None:
        listening, port = bind_unused_port()
        serving = HTTPServer(Application([("/channels", Handler)]))
        serving.add_sockets([listening])
        (await websocket_connect(f"ws://127.0.0.1:{port}/channels")).close()
        while not found:
            await asyncio.sleep(0.01)
        serving.stop()

    asyncio.run(asyncio.wait_for(visit(), 20))
    return found[0]


def test_nagle_is_off_only_where_the_extension_is() -> None:
    assert nodelay_of_a_socket(at_once=True) != 0
    assert nodelay_of_a_socket(at_once=False) == 0


def test_the_extension_takes_the_handler_of_jupyter_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

    monkeypatch.setattr(KernelWebsocketHandler, "open", KernelWebsocketHandler.open)
    server._load_jupyter_server_extension(None)
    assert vars(KernelWebsocketHandler).get("journeykit_sends_at_once")
    del KernelWebsocketHandler.journeykit_sends_at_once


def test_another_version_of_jupyter_is_slower_and_no_more(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "jupyter_server.services.kernels.websocket", None)

    class App:
        log = logging.getLogger("app")

    server._load_jupyter_server_extension(App())
    assert "kernel sockets stay as they are" in caplog.text


def test_the_wheel_turns_it_on_in_any_jupyter() -> None:
    told: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    shared = told["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    ((source, target),) = shared.items()
    assert target.startswith("etc/jupyter/jupyter_server_config.d/")
    config = json.loads((ROOT / source).read_text("utf-8"))
    (point,) = server._jupyter_server_extension_points()
    assert config["ServerApp"]["jpserver_extensions"] == {point["module"]: True}
