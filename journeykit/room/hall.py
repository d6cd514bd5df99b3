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
from journeykit.errors import JourneykitError, WorkshopError, first_line
from journeykit.model import Data, free_name
from journeykit.phases import OpenWorkshop
from journeykit.store import Folder, desk_of, write_atomic
from journeykit.widgets import Live
from journeykit.widgets.room import kept_of

from .rights import refused

DECLARED = beside(__file__)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""What a code is made of: 8 of 32 are a million millions, so that a thousand tries find none."""
MOST = 50
"""So many operations are taken of one message; a page sends no more."""
HERE, PACE, TOGETHER = "127.0.0.1", 0.2, 0.005
"""This machine; seconds in which changes are told together to all phones, and in which what phones
ask is put on the disk together."""
UNSEEN = {"said", "hidden", "given"}
"""What the host alone is told: places on this machine, and who has written or given how much."""


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
        personas, own = folder.persona_ids(), folder.workshop().persona
        self.kept: Data = {
            **DECLARED["room"],
            "code": "".join(secrets.choice(LETTERS) for _ in range(8)),
            "people": {},
            "topics": {},
        }
        with suppress(OSError, ValueError):
            self.kept |= json.loads(self.path.read_text("utf-8"))
        # Whoever took the port of a room that died may have been told its key.
        self.kept["key"] = secrets.token_urlsafe(32)
        if self.kept.get("persona") not in personas:  # gone since, or none was chosen
            self.kept["persona"] = own or personas[0]
        self.rounds = dict[str, Live]()  # as a phone calls them: one that is over takes notes, too
        self.lines, self.live, self.number = dict[Any, Data](), None, int(time.time())
        self.changed, self.over, self.refused = asyncio.Event(), False, ""
        self._asked = list[Any]()  # what phones ask, and is not on the disk yet
        self._map: Data = {"n": self.number, "map": "", "name": ""}  # until it can be drawn

    def save(self) -> None:
        """Keep what another process needs to go on; nobody else on this machine may read it."""
        self.path.touch(0o600)
        write_atomic(self.path, json.dumps(self.kept))

    def enter(self, phone: Any, token: str | None) -> bool:
        """Let somebody in, with the secret by which they come back; nobody new where it is shut."""
        people = self.kept["people"]
        if token not in people:
            if not self.kept["open"]:
                return False
            token = secrets.token_urlsafe(16)
            people[token] = {"id": f"p{secrets.token_hex(9)}", "alias": self._name()}
        self.lines[phone] = people[token]
        self.heard(phone, {"token": token})
        return True

    def _name(self, *names: str) -> str:
        """Make up a name that nobody has; where all are given, one with a number."""
        made = DECLARED["names"]
        all = names or [f"{a} {b}" for a in made["colours"] for b in made["animals"]]
        people = self.kept["people"].values()
        # A name that somebody gave up is still on what they have written.
        taken = self.taken | {who[key] for who in people for key in ("alias", "was") if key in who}
        return free_name(secrets.choice([*{*all} - taken] or all), taken)

    # --- what is done -------------------------------------------------------------------------

    def begin(self) -> None:
        """Begin the activity that was chosen; without one, show the map."""
        made, kinds = None, DECLARED["kinds"]
        self.taken = {each.author for kind in kinds for each in self.desk.records(kind)}
        w = OpenWorkshop(self.folder, self.kept["persona"])
        w.live = True
        told = DECLARED["activities"].get(self.kept["chosen"])
        if told and told["ask"]:
            made = attrgetter(told["ask"])(w)(**{**told["with"], **self.kept["given"]})
            if not isinstance(made, Live):  # the data for it is missing
                raise JourneykitError(made.sentence)
            made.send = self._send  # type: ignore[method-assign]  # in place of Jupyter's line
            made.paced(PACE)
            self.rounds[f"{made.name}:{made.facts.get('doc', '')}"] = made
            self.kept["topics"][made.facts.get("round")] = made.facts.get("topic")
        if self.live:
            self.live.close()
        self.live, self.number = made, self.number + 1
        # Without a number of the data: nothing that a guess covers can be on it.
        drawn = charts.journey_map(w.workshop, w.persona, w.journey, folder=self.folder.root)
        self._map = {"n": self.number, "map": drawn, "name": w.workshop.name}
        if told:  # what was decided, who sees to it by when, and what waits
            self._map |= {"over": self.over} | {
                kind: [
                    each.plain({"author", "department"})
                    for each in self.desk.records(kind)
                    if each.state == "open"
                ]
                for kind in ("decisions", "parked")
            }
        for phone, who in self.lines.items():
            phone.tell(self.shown(who))

    def shown(self, who: Data) -> Data:
        """Say what a phone shows now."""
        if not (live := self.live):
            return self._map
        facts = {**live.facts, "role": "phone", "me": who}
        whole = live.whole()
        whole["state"] = seen(whole["state"])
        return {"n": self.number, "widget": live.name, "facts": facts, **whole}

    def heard(self, phone: Any, told: Data) -> None:
        """Take what a phone asks, with what others ask in the same moment."""
        who = self.lines[phone]
        if told.get("nameless") and "was" not in who:  # what they have written stays theirs
            who |= {"was": who["alias"], "alias": self._name("Somebody")}
        if not self._asked:
            asyncio.get_running_loop().call_later(TOGETHER, self._take)
        self._asked.append((phone, who, told))  # also of one whose line is gone by then

    def _take(self) -> None:
        """Put on the disk what was asked, all at once; then answer."""
        asked, self._asked = self._asked, []
        try:
            if any("token" in told for *_, told in asked):
                self.save()
            with self.desk.together():
                answers = [(phone, self._answer(who, told)) for phone, who, told in asked]
        except (OSError, WorkshopError) as problem:  # phones come back, and ask again
            self.desk.trouble[""] = first_line(problem)
            answers = [
                (phone, {"trouble": True} if "msg" in told else None) for phone, _, told in asked
            ]
        for phone, answer in answers:
            phone.tell(answer) if answer else phone.close()
        self.changed.set()

    def _answer(self, who: Data, told: Data) -> Data | None:
        """Do what a phone asks, as far as a participant may ask it; nothing of what none asks."""
        why: Data = {}
        try:
            if "token" in told:
                return {**told, **self.shown(who)}
            live: Any = self.live if told["n"] == self.number else None
            if late := told.get("late"):  # an activity that was over before this phone came back
                live = self.rounds.get(late)
            for asked in told["msg"]["ops"][:MOST] if live else ():
                # Marked as theirs: else what another asks under this id would count as done.
                op = {**asked, "id": f"{who['id']}-{asked['id']}"}
                why[asked["id"]] = refused(live, who, op) or live.take([op])[0]
        except Exception as problem:
            # Whatever no page of ours would ask, what others ask in this moment is taken. The host
            # is told; its words stay on the phone, whose line is cut.
            self.refused = f"{who['alias']} sent what cannot be read ({type(problem).__name__})."
            return None
        no = [{"id": id, "why": reason} for id, reason in why.items() if reason]
        done = [id for id, reason in why.items() if not reason]
        return {"n": self.number, "late": late, "msg": {"done": done, "refused": no}}

    def _send(self, content: Data, _: object = None) -> None:
        """Tell changes to all phones."""
        if told := seen(content["patch"]):
            text = json.dumps({"n": self.number, "msg": {**content, "patch": told}})
            for phone in [*self.lines]:
                phone.tell(text)

    # --- the host -----------------------------------------------------------------------------

    def do(self, what: Data) -> Data:
        """Do what the host asks, and say how the room is then."""
        kept = self.kept
        if "close" in what:  # the last page
            self.over, what = True, {"chosen": "decided"}
        if what:
            self.refused = ""
            kept |= {key: what[key] for key in kept.keys() & what}
            try:
                try:
                    if "waits" in what:  # before it closes; thousands of files, so not each second
                        kept["waits"] = [
                            [kind, each.topic]
                            for kind in ("notes", "guesses")
                            for each in self.desk.records(kind)
                            if not each.revealed
                        ]
                    if "chosen" in what:
                        self.begin()
                    if self.live and "ops" in what:
                        self.refused = next(filter(None, self.live.take(what["ops"])), "")
                finally:
                    self.save()
            except (OSError, JourneykitError) as problem:
                self.refused = first_line(problem)
        self.changed.set()
        live, url = self.live, f"http://{kept['network'] or HERE}:{kept['port']}/#{kept['code']}"
        return {
            **kept,
            "key": "",
            "people": [*kept["people"].values()],
            "here": {who["id"]: phone.request.remote_ip for phone, who in self.lines.items()},
            "addresses": addresses(),
            "url": url,
            "qr": segno.make(url, error="m").svg_data_uri(scale=6, border=4, light="#fff"),
            "activities": DECLARED["activities"],
            "personas": [[who.id, who.name] for who in self.folder.personas().values()],
            "now": live and {"widget": live.name, **live.facts, **live.whole()["state"]},
            "refused": self.refused,
            "trouble": [*self.desk.trouble.values()],
        }


def seen(state: Data) -> Data:
    """Give what phones are told of a state, or of a change of it."""
    return {key: told for key, told in state.items() if key not in UNSEEN}


def addresses() -> list[str]:
    """List where a network may find this machine."""
    return [
        each.address
        for all in psutil.net_if_addrs().values()
        for each in all
        if each.family == socket.AF_INET and each.address != HERE
    ]
