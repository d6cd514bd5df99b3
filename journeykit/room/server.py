"""The listeners of a room: on this machine, where its host is as well, and in a network."""

import asyncio
import json
from contextlib import suppress
from functools import cache
from hmac import compare_digest
from pathlib import Path
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from journeykit import words
from journeykit.declared import beside
from journeykit.widgets.joined import STATIC, joined

from .hall import HERE, Hall, addresses

WRONG, ALONE = 1.0, 4 * 3600
"""Seconds after which a wrong code is answered (no address is locked out: a whole room may share
one), and without anybody until a room closes itself.
"""
DECLARED = beside(__file__)
FOLDERS = Path(__file__).parent / "static", STATIC, Path(words.__file__).parent / "phones"


text_of = cache(joined)
"""What a browser loads, joined with what it imports."""


class Page(RequestHandler):
    """Scripts, style sheets, two pages and labels; nothing else is here."""

    def prepare(self) -> None:
        """Refuse who came by another name that leads here."""
        kept, name = self.settings["hall"].kept, self.request.host_name
        if name not in (HERE, "localhost", kept["network"]):
            raise HTTPError(421)

    def set_default_headers(self) -> None:
        """Let a browser load from nowhere else."""
        for name, value in DECLARED["headers"].items():
            self.set_header(name, value)

    def get(self, name: str = "phone.html") -> None:
        """Give out a file."""
        for path in [folder / name for folder in FOLDERS]:
            if path.exists():
                self.set_header("Content-Type", DECLARED["kinds"][path.suffix])
                self.finish(text_of(path))
                return
        raise HTTPError(404)


class Host(Page):
    """What the facilitator asks."""

    def post(self) -> None:
        """Do it, with the key, and say how the room is then."""
        hall = self.settings["hall"]
        if not compare_digest(self.request.headers.get("X-Key", ""), hall.kept["key"]):
            raise HTTPError(403)
        self.finish(hall.do(json.loads(self.request.body)))


class Phone(WebSocketHandler):
    """The line to one phone."""

    prepare = Page.prepare

    def tell(self, what: Any) -> None:
        """Say something, if it still listens."""
        with suppress(WebSocketClosedError):
            self.write_message(what).add_done_callback(lambda sent: sent.exception())

    async def on_message(self, message: str | bytes) -> None:
        """Let in with the code; hear what is asked after that."""
        hall, told = self.settings["hall"], json.loads(message)
        if self in hall.lines:
            return hall.heard(self, told)
        if right := compare_digest(told["code"], hall.kept["code"]):
            if hall.enter(self, told.get("token")):
                return
        else:
            await asyncio.sleep(WRONG)
        self.tell({"refused": "locked" if right else "code"})
        self.close(4000)

    def on_close(self) -> None:
        """Nobody is told: a phone that sleeps comes back."""
        self.settings["hall"].lines.pop(self, None)


def _bound(hall: Hall, address: str, *more: Any) -> tuple[HTTPServer, int]:
    """Listen, by the same port as before where it is free; what is asked stands in no log."""
    app = Application(
        [("/line", Phone), ("/", Page), (r"/([a-z]+\.(?:html|js|css|toml))", Page), *more],
        hall=hall,
        websocket_ping_interval=20,
        websocket_max_message_size=2**18,
        log_function=lambda _: None,
    )
    server, sockets = HTTPServer(app), []
    with suppress(OSError):
        sockets = bind_sockets(hall.kept["port"], address)
    sockets = sockets or bind_sockets(0, address)
    server.add_sockets(sockets)
    return server, int(sockets[0].getsockname()[1])


async def serve(hall: Hall, network: bool) -> None:
    """Hold a room until its host closes it, or nobody has been there for hours.

    Parameters
    ----------
    hall : Hall
        The room.
    network : bool
        Open it at once to the network of this machine.
    """
    kept, outside, at = hall.kept, None, ""
    kept["port"] = _bound(hall, HERE, ("/do", Host))[1]
    if network:
        kept["network"] = next(iter(addresses()), "")
    now = hall.do({"chosen": kept["chosen"]})
    print(
        now["url"],
        f"For the facilitator: http://{HERE}:{kept['port']}/host.html#{kept['key']}",
        sep="\n",
        flush=True,
    )
    while not hall.over:
        if kept["network"] != at:
            if outside:
                outside.stop()
            at = kept["network"] = kept["network"] if kept["network"] in addresses() else ""
            outside = _bound(hall, at)[0] if at else None
        hall.changed.clear()
        try:
            await asyncio.wait_for(hall.changed.wait(), ALONE)
        except TimeoutError:
            hall.over = not hall.lines
    hall.path.unlink(missing_ok=True)
