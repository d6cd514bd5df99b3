"""The listeners of a room: on this machine, where its host is as well, and in a network."""

import asyncio
import json
import secrets
from contextlib import suppress
from functools import cache
from hmac import compare_digest
from pathlib import Path
from typing import Any

from tornado.web import Application, HTTPError, RequestHandler
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from journeykit import words
from journeykit.declared import beside
from journeykit.errors import first_line
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

    def get(self, name: str | None) -> None:
        """Give out a file."""
        for path in [folder / (name or "phone.html") for folder in FOLDERS]:
            if path.exists():
                self.set_header("Content-Type", DECLARED["kinds"][path.suffix])
                self.finish(text_of(path))
                return
        raise HTTPError(404)

    def post(self, _: str) -> None:
        """Do what the host asks, who has the key and is on this machine, and say how it is then."""
        hall, key = self.settings["hall"], self.request.headers.get("X-Key", "")
        if self.request.remote_ip != HERE or not compare_digest(
            key.encode(), hall.kept["key"].encode()
        ):
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
        try:
            await self._take(json.loads(message))
        except (AttributeError, KeyError, TypeError, ValueError):  # no page of ours says so
            self.close(4002)

    async def _take(self, told: Any) -> None:
        hall = self.settings["hall"]
        if self in hall.lines:
            return hall.heard(self, dict(told))
        if right := compare_digest(str(told["code"]).encode(), hall.kept["code"].encode()):
            if hall.enter(self, told.get("token")):
                return
        else:
            await asyncio.sleep(WRONG)
        self.tell({"refused": "locked" if right else "code"})
        self.close(4000)

    def on_close(self) -> None:
        """Nobody is told: a phone that sleeps comes back."""
        self.settings["hall"].lines.pop(self, None)


def _listen(app: Application, port: int, more: int = 9) -> int:
    """Listen at a port, or at another where it is somebody else's."""
    try:
        app.listen(port, HERE)
    except OSError:
        if not more:
            raise
        # Above those that Linux gives to lines that go out, which would take it meanwhile.
        return _listen(app, 61000 + secrets.randbelow(4536), more - 1)
    return port


async def serve(hall: Hall) -> None:
    """Hold a room until its host closes it, or nobody has been there for hours."""
    kept, outside, at = hall.kept, None, ""
    app = Application(
        [("/line", Phone), (r"/([a-z]+\.(?:html|js|css|toml))?", Page)],
        hall=hall,
        websocket_ping_interval=20,
        websocket_max_message_size=2**18,
        log_function=lambda _: None,  # what is asked stands in no log
    )
    kept["port"] = _listen(app, kept["port"])
    hall.save()  # a room that its host could not ask must not begin
    hall.do({"chosen": kept["chosen"]})
    print(f"To hold the room: http://{HERE}:{kept['port']}/host.html#{kept['key']}", flush=True)
    while not hall.over:
        if kept["network"] != at:
            if outside:
                outside.stop()
            at = kept["network"] = kept["network"] if kept["network"] in addresses() else ""
            try:
                outside = app.listen(kept["port"], at) if at else None
            except OSError as problem:  # another listens there: this machine alone, as before
                hall.refused, outside = f"{at}: {first_line(problem)}", None
                at = kept["network"] = ""
                hall.save()
        hall.changed.clear()
        try:
            await asyncio.wait_for(hall.changed.wait(), ALONE)
        except TimeoutError:
            hall.over = not hall.lines
    await asyncio.sleep(0.2)  # the last page is on its way
    hall.path.unlink(missing_ok=True)
