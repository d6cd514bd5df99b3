"""Who is in a room, what it does at the moment, and what is told to whom."""

import asyncio
import json
import secrets
import socket
import time
from contextlib import suppress
from operator import attrgetter
from typing import Any

import psutil
import segno

from journeykit import charts
from journeykit.declared import beside
from journeykit.errors import JourneykitError, first_line
from journeykit.model import Data
from journeykit.phases import OpenWorkshop
from journeykit.store import Folder, desk_of, write_atomic
from journeykit.widgets import Live
from journeykit.widgets.room import kept_of

from .rights import may

DECLARED = beside(__file__)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""What a code is made of: 8 of 32 are a million millions, so that a thousand tries find none."""
MOST = 50
"""So many operations are taken of one message; a page sends no more."""
HERE, PACE = "127.0.0.1", 0.2
"""This machine; seconds in which changes are told together to all phones."""
NOT_YOURS = "Only the facilitator can do this."


class Hall:
    """A room on a workshop folder.

    Attributes
    ----------
    kept : dict
        Its code, who was let in, what it does: in a file of the user's, so that a room that died
        goes on where it was, and phones come back by themselves.
    lines : dict
        The phones that are connected, and whose they are.
    """

    def __init__(self, folder: Folder) -> None:
        self.folder, self.desk, self.path = folder, desk_of(folder), kept_of(folder.root)
        self.kept: Data = {
            **DECLARED["room"],
            "code": "".join(secrets.choice(LETTERS) for _ in range(8)),
            "key": secrets.token_urlsafe(32),
            "people": {},
            "persona": folder.workshop().persona or folder.persona_ids()[0],
        }
        with suppress(OSError, ValueError):
            self.kept |= json.loads(self.path.read_text("utf-8"))
        self.lines, self.live, self.number = dict[Any, Data](), None, int(time.time())
        self.changed, self.over, self.refused = asyncio.Event(), False, ""
        self._asking: list[Any] = []
        self._map: Data = {"n": self.number, "map": "", "name": ""}  # until it can be drawn

    def save(self) -> None:
        """Keep what another process needs to go on; nobody else on this machine may read it."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path.touch(0o600)
        write_atomic(self.path, json.dumps(self.kept))

    def enter(self, phone: Any, token: str | None) -> bool:
        """Let somebody in, with the secret by which they come back; nobody new where it is shut."""
        people = self.kept["people"]
        if token not in people:
            if not self.kept["open"]:
                return False
            names = DECLARED["names"]
            free = {f"{a} {b}" for a in names["colours"] for b in names["animals"]} - self.taken
            alias = secrets.choice([*free - {who["alias"] for who in people.values()}])
            token = secrets.token_urlsafe(16)
            people[token] = {"id": f"p{secrets.token_hex(9)}", "alias": alias}
            self.save()
        self.lines[phone] = people[token]
        phone.tell({"token": token, **self.shown(self.lines[phone])})
        return True

    # --- what is done -------------------------------------------------------------------------

    def begin(self) -> None:
        """Begin the activity that was chosen; without one, show the map."""
        made, kinds = None, DECLARED["kinds"]
        self.taken = {each.author for kind in kinds for each in self.desk.records(kind)}
        w = OpenWorkshop(self.folder, self.kept["persona"])
        w.live = True
        if told := DECLARED["activities"].get(self.kept["chosen"]):
            made = attrgetter(told["ask"])(w)(**{**told["with"], **self.kept["given"]})
            if not isinstance(made, Live):  # the data for it is missing
                raise JourneykitError(made.sentence)
            made.send = self._send  # type: ignore[method-assign]  # in place of Jupyter's line
            made.paced(PACE)
        if self.live:
            self.live.close()
        self.live, self.number = made, self.number + 1
        # Without a number of the data: nothing that a guess covers can be on it.
        drawn = charts.journey_map(w.workshop, w.persona, w.journey, folder=self.folder.root)
        self._map = {"n": self.number, "map": drawn, "name": w.workshop.name}
        for phone, who in self.lines.items():
            phone.tell(self.shown(who))

    def shown(self, who: Data) -> Data:
        """Say what a phone shows now."""
        if not (live := self.live):
            return self._map
        facts = {**live.facts, "role": "phone", "me": who}
        whole = live.whole()
        whole["state"].pop("said", None)  # what the host is told names places on this machine
        return {"n": self.number, "widget": live.name, "facts": facts, **whole}

    def heard(self, phone: Any, told: Data) -> None:
        """Take what a phone asks, as far as a participant may ask it."""
        live, content, self._asking = self.live, told["msg"], [phone]
        if not live or told["n"] != self.number:
            return
        asked = content.get("ops", [])[:MOST]  # what is not answered is asked again
        kept = [each for each in asked if may(live, self.lines[phone], each)]
        no = [{"id": each["id"], "why": NOT_YOURS} for each in asked if each not in kept]
        self._send({"refused": no})
        live._heard(None, {"need": 0} if "need" in content else {"ops": kept}, None)

    def _send(self, content: Data, _: object = None) -> None:
        """Tell changes to all phones, and answers to the one that asked."""
        for part in ("patch", "state"):
            if part in content:
                told = {key: value for key, value in content[part].items() if key != "said"}
                content = {**content, part: told}
        text = json.dumps({"n": self.number, "msg": content})
        for phone in [*self.lines] if "patch" in content else self._asking:
            phone.tell(text)

    # --- the host -----------------------------------------------------------------------------

    def do(self, what: Data) -> Data:
        """Do what the host asks, and say how the room is then."""
        kept = self.kept
        if what:
            self._asking, self.refused = [], ""
            kept |= {key: what[key] for key in kept.keys() & what}
            try:
                if "chosen" in what:
                    self.begin()
                if self.live and "ops" in what:
                    self.refused = next(filter(None, self.live.take(what["ops"])), "")
            except JourneykitError as problem:
                self.refused = first_line(problem)
            self.save()
            self.over |= "close" in what
        self.changed.set()
        live, url = self.live, f"http://{kept['network'] or HERE}:{kept['port']}/#{kept['code']}"
        return {
            **kept,
            "key": "",
            "people": [*kept["people"].values()],
            "here": {who["id"]: phone.request.remote_ip for phone, who in self.lines.items()},
            "addresses": addresses(),
            "url": url,
            "qr": segno.make(url, error="m").svg_data_uri(scale=6, border=3, light="#fff"),
            "activities": DECLARED["activities"],
            "personas": [[who.id, who.name] for who in self.folder.personas().values()],
            "now": live and {"widget": live.name, **live.facts, **live.whole()["state"]},
            "refused": self.refused,
        }


def addresses() -> list[str]:
    """List where a network may find this machine."""
    return [
        each.address
        for all in psutil.net_if_addrs().values()
        for each in all
        if each.family == socket.AF_INET and each.address != HERE
    ]
