"""JupyterLab as ``journeykit lab`` starts it, and as anybody else does, for real."""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tornado.websocket import websocket_connect

from journeykit.store import create

pytestmark = [pytest.mark.xdist_group("lab-server")]

# What a server tells here: whether a socket to a kernel was asked to send at once.
WATCHED = """
import sys
from tornado.websocket import WebSocketHandler
real = WebSocketHandler.set_nodelay
def told(self, value):
    print(type(self).__name__, "nodelay", value, flush=True)
    real(self, value)
WebSocketHandler.set_nodelay = told
"""
KIT = "from journeykit.cli import main; sys.argv[0] = 'journeykit'; main()"
PLAIN = "from jupyterlab.labapp import main; main()"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Lab:
    """A JupyterLab in a process of its own."""

    def __init__(self, start: str, words: list[str], home: Path, port: int) -> None:
        names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
        env = {**os.environ, **{name: str(home / name.lower()) for name in names}}
        self.token = env["JUPYTER_TOKEN"] = secrets.token_hex(16)
        self.log, self.port = home / "lab.log", port
        (home / "jupyter_config_dir").mkdir(exist_ok=True)
        allowed = {"ServerApp": {"allow_root": True}}
        (home / "jupyter_config_dir" / "jupyter_config.json").write_text(json.dumps(allowed))
        with self.log.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-c", WATCHED + start, *words], env=env, stdout=out, stderr=out
            )

    def ask(self, path: str, data: Any = None) -> Any:
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            json.dumps(data).encode() if data is not None else None,
            {"Authorization": f"token {self.token}"},
        )
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return json.load(answer)

    def ready(self) -> None:
        end = time.monotonic() + 90
        while True:
            assert self.process.poll() is None, self.log.read_text("utf-8")
            assert time.monotonic() < end, self.log.read_text("utf-8")
            try:
                self.ask("/api")
                return
            except OSError:
                time.sleep(0.1)

    def told(self, until: str) -> str:
        """Start a kernel, open its socket as a browser does, and return the log once it has that."""
        kernel = self.ask("/api/kernels", {"name": "python3"})["id"]

        async def visit() -> None:
            place = f"127.0.0.1:{self.port}/api/kernels/{kernel}/channels?token={self.token}"
            connection = await websocket_connect(f"ws://{place}", connect_timeout=60)
            connection.close()

        asyncio.run(visit())
        end = time.monotonic() + 60
        while until not in self.log.read_text("utf-8"):
            assert time.monotonic() < end
            time.sleep(0.1)
        return self.log.read_text("utf-8")

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@contextmanager
def running(start: str, words: list[str], home: Path, port: int) -> Iterator[Lab]:
    lab = Lab(start, words, home, port)
    try:
        lab.ready()
        yield lab
    finally:
        lab.process.kill()
        lab.process.wait()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return create(tmp_path / "shop", "blank").root


def test_the_kits_lab_sends_at_once_and_ends_with_the_command(shop: Path, tmp_path: Path) -> None:
    port = free_port()
    with running(
        KIT, ["lab", str(shop), "--port", str(port), "--no-browser"], tmp_path, port
    ) as lab:
        lab.told("KernelWebsocketHandler nodelay True")
        lab.end()
        with pytest.raises(OSError, match="refused"):
            lab.ask("/api")


@pytest.mark.parametrize("command", ["present", "lab"])
def test_one_line_says_what_to_open_and_how_to_stop(
    shop: Path, tmp_path: Path, command: str
) -> None:
    taken, view = free_port(), {"present": "/doc/tree/", "lab": "/lab/tree/"}[command]
    with socket.socket() as other, (tmp_path / "told").open("w") as out:
        other.bind(("127.0.0.1", taken))
        other.listen()
        env = {key: value for key, value in os.environ.items() if key != "JUPYTER_TOKEN"}
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
            env[name] = str(tmp_path / name.lower())
        words = [command, str(shop), "--port", str(taken), "--no-browser"]  # Jupyter takes the next
        process = subprocess.Popen(
            [sys.executable, "-c", f"import sys; {KIT}", *words], env=env, stdout=out, stderr=out
        )
        try:
            end = time.monotonic() + 90
            while not (found := re.findall(r"http://\S+", (tmp_path / "told").read_text("utf-8"))):
                assert process.poll() is None
                assert time.monotonic() < end
                time.sleep(0.1)
            while True:
                try:
                    page = urllib.request.urlopen(found[0], timeout=20)
                    break
                except OSError:  # it is said a moment before it listens
                    assert time.monotonic() < end
                    time.sleep(0.1)
            assert "JupyterLab" in page.read().decode()
            assert "/login" not in page.url
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
    (line,) = (tmp_path / "told").read_text("utf-8").splitlines()
    assert line == f"Open {found[0]} in a browser; Ctrl-C, pressed twice, stops it."
    assert f":{taken}/" not in line
    assert view in line


def test_a_jupyterlab_beside_the_kit_stays_as_it_is(shop: Path, tmp_path: Path) -> None:
    port = free_port()
    words = [f"--ServerApp.port={port}", "--no-browser", f"--ServerApp.root_dir={shop}"]
    with running(PLAIN, words, tmp_path, port) as lab:
        log = lab.told("Connecting to kernel")
        assert "nodelay" not in log
