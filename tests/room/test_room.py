"""A room: who comes in, what a phone may do, and that nothing written in it is lost."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import secrets
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Coroutine
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import psutil
import pytest
from ruamel.yaml import YAML
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from journeykit.phases import open_workshop
from journeykit.room import hall
from journeykit.store import create, open_folder
from journeykit.widgets.room import ask_room, kept_of

from .conftest import NETWORK, PERSONA, Line, Room

COMMAND = [sys.executable, "-c", f"{NETWORK}from journeykit.cli import main; main()", "room"]
NOT_YOURS, OVER = "Only the facilitator can do this.", "This step is over."


def run(played: Coroutine[Any, Any, Any]) -> Any:
    """Play a scene, which may take a minute."""
    return asyncio.run(asyncio.wait_for(played, 120))


def notes_of(room: Room) -> dict[str, dict[str, Any]]:
    """Read the notes that are in the folder."""
    read = YAML(typ="safe")
    files = (room.root / "records/notes").glob("*.yaml")
    return {path.stem: read.load(path.read_text("utf-8")) for path in files}


def now(room: Room) -> dict[str, Any]:
    """Say how the activity is once what changed last was told to all."""
    time.sleep(0.5)
    return dict(room.do()["now"])


async def joined(room: Room, n: int = 1) -> list[Line]:
    lines = [room.line() for _ in range(n)]
    for line in lines:
        assert await line.join()
    return lines


def reveal(room: Room) -> dict[str, Any]:
    at = now(room)
    op = {"id": secrets.token_hex(6), "kind": "reveal", "doc": at["doc"], "by": "host"}
    return room.do(ops=[{**op, "data": {"number": at["reveals"] + 1}}])


def step(room: Room, to: str) -> dict[str, Any]:
    op = {"id": secrets.token_hex(6), "kind": "set", "doc": room.do()["now"]["doc"], "by": "host"}
    return room.do(ops=[{**op, "data": {"step": to}}])


# --- the whole way --------------------------------------------------------------------------------


def test_notes_are_written_alone_revealed_together_and_given_dots(room: Room) -> None:
    async def played() -> None:
        room.begin("hurts")
        ann, ben = await joined(room, 2)
        assert await ann.ask("set", "records/notes/n1", text="It is slow.") == ""
        assert await ben.ask("set", "records/notes/n2", text="Nobody answers.") == ""
        assert "It is slow." not in json.dumps(ben.told)
        assert now(room)["hidden"] == sorted([[ann.me["alias"], 1], [ben.me["alias"], 1]])
        assert reveal(room)["refused"] == ""
        await ben.until(lambda: "It is slow." in json.dumps(ben.told))
        step(room, "vote")
        vote = f"records/votes/{ann.facts['round']}-{ann.me['id']}"
        assert await ann.ask("set", vote, dots={"n2": 3}, author="Somebody Else") == ""
        step(room, "result")
        await ben.until(lambda: '"ranking"' in json.dumps(ben.told))
        (first, *_) = now(room)["ranking"]
        assert (first["name"], first["dots"]) == ("Nobody answers.", 3)
        room.end()
        assert {id: n["text"] for id, n in notes_of(room).items()} == {
            "n1": "It is slow.",
            "n2": "Nobody answers.",
        }
        assert not any(note.get("author") for note in notes_of(room).values())

    run(played())


def test_what_waits_to_be_revealed_is_told_when_it_is_asked(room: Room) -> None:
    async def played() -> None:
        room.begin("hurts")
        (ann,) = await joined(room)
        hurts = ann.facts["round"]
        for id in ("n1", "n2"):
            assert await ann.ask("set", f"records/notes/{id}", text=id) == ""
        room.begin("lost")
        await ann.until(lambda: ann.facts.get("widget") == "beliefs")
        lost, (question, *_) = ann.facts["round"], ann.facts["questions"]
        told: dict[str, Any] = {"question": question["id"], "number": 1, "low": 20, "high": 40}
        where = f"records/guesses/{lost}-1-{question['id']}-{ann.me['id']}"
        assert await ann.ask("set", where, guess=30, **told) == ""
        for activity in ("walk", "heuristics"):  # in which nothing is revealed
            assert room.begin(activity)["refused"] == ""
        assert room.do()["waits"] == [], "not asked: files are not read each second"
        room.kill()
        room.start()
        asked = room.do(waits=[])
        assert sorted(asked["waits"]) == [["guesses", lost], ["notes", hurts], ["notes", hurts]]
        names = [asked["topics"][round] for round in (hurts, lost)]
        assert names == ["What hurts?", "How many do we lose?"]
        room.begin("lost")
        assert reveal(room)["refused"] == ""
        assert room.do(waits=[])["waits"] == [["notes", hurts]] * 2

    run(played())


def test_a_guess_is_taken_until_the_numbers_are_shown(room: Room) -> None:
    async def played() -> None:
        room.begin("lost")
        (ann,) = await joined(room)
        question = ann.facts["questions"][0]["id"]
        where = f"records/guesses/{ann.facts['round']}-1-{question}-{ann.me['id']}"
        told: dict[str, Any] = {"question": question, "number": 1, "low": 20, "high": 40}
        assert await ann.ask("set", where, guess=30, **told) == ""
        assert "not on the scale" in await ann.ask("set", where, guess=300, **told)
        assert '"truth"' not in json.dumps(ann.told)
        twice = where.replace(f"-{question}-", f"-{question}-again-")
        assert await ann.ask("set", twice, guess=35, **told) == NOT_YOURS, "one guess each"
        reveal(room)
        await ann.until(lambda: '"truth"' in json.dumps(ann.told))
        assert await ann.ask("set", where, guess=25, **told) == OVER

    run(played())


def test_between_activities_a_phone_sees_the_map_without_a_number_of_the_data(room: Room) -> None:
    async def played() -> None:
        (ann,) = await joined(room)
        svg = ann.told[0]["map"]
        assert svg.startswith("<svg")
        assert "Mobile Maya" in svg
        assert "%" not in "".join(part.split("<")[0] for part in svg.split(">"))
        room.begin("hurts")
        await ann.until(lambda: ann.facts.get("widget") == "gather")
        room.begin("")
        await ann.until(lambda: "map" in ann.told[-1])

    run(played())


def test_a_widget_in_a_notebook_and_a_phone_are_in_one_round(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEYKIT_LIVE", "1")
    w = open_workshop(room.root, "mobile-maya")
    notebook = w.weak_spots.gather()

    def ask(kind: str, doc: str, **data: Any) -> list[str | None]:
        op = {"id": secrets.token_hex(6), "kind": kind, "doc": doc, "by": "p1", "data": data}
        return list(notebook.take([op]))

    async def played() -> None:
        room.begin("hurts")
        (ann,) = await joined(room)
        assert await ann.ask("set", "records/notes/n1", text="From a phone") == ""
        assert ask("set", "records/notes/n2", text="From a notebook", author="Lea") == [None]
        await asyncio.sleep(2)  # both are in the files
        assert ["Lea", 1] in now(room)["hidden"]
        assert "From a notebook" not in json.dumps(ann.told)
        assert '"Lea"' not in json.dumps(ann.told), "who has written how much is the host's"
        assert ask("reveal", notebook.doc, number=1) == [None]
        assert {*notebook.view()["notes"]} == {"n1", "n2"}
        await ann.until(lambda: "From a notebook" in json.dumps(ann.told[-1]))
        assert await ann.ask("set", "records/notes/n3", text="late") == ""
        assert now(room)["hidden"] == [[ann.me["alias"], 1]], "it waits for the next reveal"

    run(played())
    w.desk.close()


# --- roles ----------------------------------------------------------------------------------------


def test_what_is_the_facilitators_or_anothers_is_refused(room: Room) -> None:
    async def played() -> None:
        room.begin("hurts")
        ann, ben = await joined(room, 2)
        round = ann.facts["doc"]
        assert await ben.ask("set", "records/notes/n1", text="Ben's") == ""
        for kind, doc, data in [
            ("reveal", round, {"number": 1}),
            ("set", round, {"step": "result"}),
            ("set", round, {"budget": 50}),
            ("group.name", round, {"group": "n1", "name": "x"}),
            ("remove", "records/notes/n1", {}),
            ("set", "records/notes/n1", {"text": "Ann's"}),
            ("set", "records/notes/n2", {"text": "open", "revealed": True}),
            ("set", "records/notes/n2", {"text": "x", "group": "n1"}),
            ("set", "records/notes/../../workshop", {"text": "x"}),
            ("undo", "records/notes/n1", {}),
            ("card.add", "journeys/mobile-maya", {"id": "c", "text": "x"}),
            ("set", "workshop", {"name": "x"}),
            ("set", "personas/mobile-maya", {"name": "x"}),
            ("set", f"records/votes/{ann.facts['round']}-{ben.me['id']}", {"dots": {"n1": 1}}),
            ("begin", "records/rounds/other", {"topic": "x"}),
            ("set", f"records/notes/{'a' * 245}", {"text": "no file has such a name"}),
        ]:
            assert await ann.ask(kind, doc, **data) == NOT_YOURS, (kind, doc, data)
        votes = f"records/votes/{ann.facts['round']}-{ann.me['id']}"
        assert await ann.ask("set", votes, dots={"n1": 1}) == OVER
        long = await ann.ask("set", "records/notes/n2", text="x" * 10_000)
        assert long == "This is too long."
        assert await ben.ask("set", "records/notes/n1", text="Ben's, better") == ""
        assert await ben.ask("remove", "records/notes/n1") == ""

    run(played())


def test_what_a_phone_does_is_done_in_its_own_name(room: Room) -> None:
    async def played() -> None:
        room.begin("hurts")
        (ann,) = await joined(room)
        assert await ann.ask("set", "records/notes/n1", text="x", author="The boss") == ""
        assert now(room)["hidden"] == [[ann.me["alias"], 1]]

    run(played())


def test_a_walk_is_the_walkers_own(room: Room) -> None:
    async def played() -> None:
        room.begin("walk")
        ann, ben = await joined(room, 2)
        card = ann.told[0]["state"]["script"][0]["id"]
        head = {"persona": "mobile-maya", "journey": "mobile-maya"}
        assert await ann.ask("set", "records/walks/w1", **head) == ""
        assert await ann.ask("walk.step", "records/walks/w1", card=card, seen=True) == ""
        assert await ben.ask("walk.step", "records/walks/w1", card=card, seen=False) == NOT_YOURS
        assert await ann.ask("walk.step", "records/walks/w1", card=card, made="c1") == NOT_YOURS

    run(played())


@pytest.mark.parametrize(
    ("activity", "kind", "item"),
    [("heuristics", "heuristics", "control"), ("outside", "blind-reviews", "awareness")],
)
def test_a_review_is_written_blind(room: Room, activity: str, kind: str, item: str) -> None:
    async def played() -> None:
        room.begin(activity)
        ann, ben = await joined(room, 2)
        assert item in dict(ann.facts["items"])
        mine = f"records/{kind}/{ann.me['id']}"
        own = {"persona": "mobile-maya", "date": "2026-05-04"}
        assert await ann.ask("set", mine, grades={item: 2}, author="x", **own) == ""
        assert await ben.ask("set", mine, grades={item: 5}) == NOT_YOURS
        assert await ben.ask("set", "records/heuristics/other", grades={item: 5}) == NOT_YOURS
        assert [ann.me["alias"], 1] in now(room)["given"]
        assert f'"{item}": 2' not in json.dumps(ben.told)
        room.end()
        read = YAML(typ="safe")
        kept = read.load((room.root / f"{mine}.yaml").read_text("utf-8"))
        assert (kept["author"], kept["grades"]) == (ann.me["alias"], {item: 2})

    run(played())


def test_a_record_names_only_what_is_there(room: Room) -> None:
    async def played() -> None:
        room.begin("walk")
        (ann,) = await joined(room)
        head = {"persona": "mobile-maya", "journey": "mobile-maya"}
        for wrong in ({"journey": "nowhere"}, {"persona": "nobody"}):
            assert await ann.ask("set", "records/walks/w1", **{**head, **wrong}) == NOT_YOURS
        assert await ann.ask("set", "records/walks/w1", **head) == ""
        assert await ann.ask("walk.step", "records/walks/w1", card="none", seen=True) == NOT_YOURS
        room.begin("outside")
        await ann.until(lambda: ann.facts.get("widget") == "sheet")
        mine = f"records/blind-reviews/{ann.me['id']}"
        for grades in ({"no-stage": 3}, {"awareness": 3, "control": 3}):
            assert await ann.ask("set", mine, grades=grades) == NOT_YOURS
        assert await ann.ask("set", mine, grades={"awareness": 3}, persona="nobody") == NOT_YOURS
        other = mine.replace("blind-reviews", "heuristics")
        assert await ann.ask("set", other, grades={"awareness": 3}) == NOT_YOURS
        assert await ann.ask("set", mine, grades={"awareness": 3}) == ""

    run(played())


def test_who_wants_no_name_has_none_and_what_they_wrote_stays_theirs(room: Room) -> None:
    async def played() -> None:
        room.begin("hurts")
        ann, ben = await joined(room, 2)
        assert await ann.ask("set", "records/notes/n1", text="before") == ""
        name = ann.me["alias"]
        for line in (ann, ben):
            assert line.socket
            await line.socket.write_message(json.dumps({"token": line.token, "nameless": True}))
            await line.until(lambda line=line: "was" in line.me)
        assert (ann.me["alias"], ben.me["alias"]) == ("Somebody", "Somebody-2")
        assert await ann.join()  # asleep, and back
        assert ann.me["alias"] == "Somebody"
        assert await ann.ask("set", "records/notes/n1", text="better") == ""
        assert await ann.ask("set", "records/notes/n2", text="after") == ""
        assert await ben.ask("set", "records/notes/n2", text="Ben's") == NOT_YOURS
        assert [name for name, _ in now(room)["hidden"]] == ["Somebody"]
        assert name not in json.dumps(room.do()["people"][1])
        assert reveal(room)["refused"] == ""
        assert await ann.ask("set", "records/notes/n1", text="late") == OVER

    run(played())


def test_where_all_names_are_given_a_number_is_added(room: Room) -> None:
    names = tomllib.loads((Path(hall.__file__).with_suffix(".toml")).read_text("utf-8"))["names"]
    all = {f"{a} {b}" for a in names["colours"] for b in names["animals"]}
    assert len(all) == 1280
    room.kill()
    path = kept_of(room.root)
    people = {f"t{n}": {"id": f"p{n}", "alias": name} for n, name in enumerate(all)}
    path.write_text(json.dumps({**room.kept, "people": people}))
    room.start()
    room.begin("hurts")

    async def played() -> None:
        ann, ben = await joined(room, 2)
        for line in (ann, ben):
            name, _, number = line.me["alias"].partition("-")
            assert name in all
            assert int(number) >= 2
        assert ann.me["alias"] != ben.me["alias"]

    run(played())


def test_what_is_felt_can_be_drawn_where_no_survey_says_it(room: Room) -> None:
    async def played() -> None:
        room.begin("stages")
        (ann,) = await joined(room)
        ids = [question["id"] for question in ann.facts["questions"]]
        assert ids[0] == "feels-awareness"
        assert not [id for id in ids if not id.startswith("feels-")]
        where = f"records/guesses/{ann.facts['round']}-1-{ids[0]}-{ann.me['id']}"
        told: dict[str, Any] = {"question": ids[0], "number": 1, "low": -2, "high": 0}
        assert await ann.ask("set", where, guess=-1, **told) == ""
        assert reveal(room)["refused"] == ""
        await ann.until(lambda: '"results"' in json.dumps(ann.told[-1]))
        (first, *_) = now(room)["results"]
        assert (first["truth"], first["guesses"][0]["guess"]) == (None, -1)
        assert not first["guesses"][0]["who"]

    run(played())


def test_a_department_is_told_and_nobody_sees_whose(room: Room) -> None:
    async def played() -> None:
        room.begin("departments")
        ann, ben = await joined(room, 2)
        assert ann.facts["topic"] == "Which department do you work in?"
        assert await ann.ask("set", "records/notes/n1", text="Sales") == ""
        assert reveal(room)["refused"] == ""
        await ben.until(lambda: '"Sales"' in json.dumps(ben.told[-1]))
        assert ann.me["alias"] not in json.dumps([t for t in ben.told if "patch" in str(t)])

    run(played())


def test_the_last_page_says_what_was_decided_and_names_no_author(room: Room) -> None:
    for id, text in {
        "decisions/d1": "text: Returns are free\nowner: Lea\nauthor: Secret\ndue: 2027-01-15\n",
        "decisions/d2": "text: Dropped\nstate: dropped\n",
        "parked/k1": "text: A shop window\nauthor: Secret\ndepartment: Secret\n",
    }.items():
        path = room.root / f"records/{id}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    async def played() -> None:
        (ann,) = await joined(room)
        room.begin("decided")
        await ann.until(lambda: "decisions" in ann.told[-1])
        last = ann.told[-1]
        lea = next(each for each in last["decisions"] if each["text"] == "Returns are free")
        assert (lea["owner"], lea["due"]) == ("Lea", "2027-01-15")
        assert "A shop window" in [each["text"] for each in last["parked"]]
        assert not last["over"]
        assert "Secret" not in json.dumps(last)
        assert "Dropped" not in json.dumps(last)
        room.begin("hurts")
        await ann.until(lambda: ann.facts.get("widget") == "gather")
        room.do(close=True)
        await ann.until(lambda: ann.told[-1].get("over"))
        assert ann.told[-1]["decisions"] == last["decisions"]

    run(played())


def test_a_phone_that_says_nonsense_harms_itself_alone(room: Room) -> None:
    async def played() -> None:
        room.begin("hurts")
        ann, ben = await joined(room, 2)
        for nonsense in [
            "{",
            "[]",
            "7",
            "null",
            '{"code": 7}',
            '{"code": "é", "token": []}',
            '{"n": 1}',
            f'{{"n": {ben.n}, "msg": {{"bye": 1}}}}',
        ]:
            (odd,) = await joined(room)
            assert odd.socket
            await odd.socket.write_message(nonsense)
        assert await ann.ask("set", "records/notes/n1", text="x") == ""
        assert await ben.ask("set", "records/notes/n2", text="x") == ""
        assert "sent what cannot be read" in room.do()["refused"], "the host is told"

    run(played())


def test_anothers_operation_is_not_done_by_using_its_id(room: Room) -> None:
    async def played() -> None:
        room.begin("hurts")
        ann, ben = await joined(room, 2)
        op = {"id": "o1", "kind": "set", "by": "x"}
        for who, note in ((ann, "n1"), (ben, "n2")):
            await who.send({**op, "doc": f"records/notes/{note}", "data": {"text": note}})
            await who.until(lambda who=who: "o1" in who.done)
        await ann.send({**op, "doc": "records/notes/n3", "data": {"text": "again"}})
        await asyncio.sleep(0.5)
        assert now(room)["hidden"] == sorted([[ann.me["alias"], 1], [ben.me["alias"], 1]])

    run(played())


def test_a_pasted_list_of_five_hundred_lines_does_not_stop_others(room: Room) -> None:
    async def played() -> None:
        room.begin("hurts")
        ann, ben = await joined(room, 2)
        ops = [
            {"id": f"o{n}", "kind": "set", "doc": f"records/notes/n{n}", "data": {"text": f"{n}"}}
            for n in range(500)
        ]

        async def paste() -> None:
            while left := [op for op in ops if op["id"] not in ann.done]:
                had = {*ann.done}
                await ann.send(*left)  # more than a page sends: the rest is asked again
                await ann.until(lambda had=had: ann.done > had)
                assert len(ann.done - had) <= 50

        pasting = asyncio.create_task(paste())
        while not ann.done:
            await asyncio.sleep(0.01)
        assert await ben.ask("set", "records/notes/b1", text="Ben's") == ""
        assert len(ann.done) < 500, "Ben waited for the whole list"
        await pasting
        assert now(room)["hidden"] == sorted([[ann.me["alias"], 500], [ben.me["alias"], 1]])

    run(played())


# --- the way in -----------------------------------------------------------------------------------


def test_a_code_typed_with_an_accent_is_a_wrong_code(room: Room) -> None:
    async def played() -> None:
        async with asyncio.timeout(20):
            line = await websocket_connect(room.url("/line", "ws"))
            await line.write_message(json.dumps({"code": "ÉÀ٣٤"}))
            assert json.loads(await line.read_message()) == {"refused": "code"}

    run(played())


def test_a_wrong_code_is_answered_late_and_locks_nobody_out(room: Room) -> None:
    async def played() -> None:
        before = time.monotonic()
        assert not any(await asyncio.gather(*(room.line().join("AAAAAAAA") for _ in range(50))))
        assert time.monotonic() - before >= 1
        wrong = [asyncio.create_task(room.line().join("BBBBBBBB")) for _ in range(50)]
        await asyncio.sleep(0.3)
        await joined(room)  # from the same address, while they wait
        assert not any(await asyncio.gather(*wrong))

    run(played())


def test_a_code_has_more_combinations_than_a_thousand_tries_find(room: Room) -> None:
    code = room.kept["code"]
    assert len(code) == 8
    assert 1000 / 32 ** len(code) < 1e-8
    assert not {*code} & {*"IO01"}


def test_a_locked_room_lets_in_who_was_in_before_and_nobody_else(room: Room) -> None:
    async def played() -> None:
        (ann,) = await joined(room)
        who = room.do()["people"]
        room.do(open=False)
        assert not await room.line().join()
        assert await ann.join()  # asleep, and back
        assert room.do()["people"] == who
        room.do(open=True)
        await joined(room)

    run(played())


def test_no_name_is_given_twice_in_a_room_or_one_that_its_records_have(room: Room) -> None:
    async def played() -> None:
        room.begin("hurts")
        lines = await joined(room, 60)
        names = [line.me["alias"] for line in lines]
        assert len({*names}) == 60
        assert len({line.me["id"] for line in lines}) == 60

    run(played())


def test_neither_code_nor_key_stand_in_a_log_or_in_the_folder(room: Room) -> None:
    async def played() -> None:
        room.begin("hurts")
        (ann,) = await joined(room)
        await ann.ask("set", "records/notes/n1", text="x")
        await room.line().join("AAAAAAAA")
        for path in ("/nothing", "/line"):
            with pytest.raises(HTTPClientError):
                await AsyncHTTPClient().fetch(room.url(path))

    told = room.log.read_text()
    assert room.kept["key"] in told  # said once, to who has opened it
    room.log.write_text("")
    run(played())
    kept = room.kept
    secrets_ = [kept["code"], kept["key"], *kept["people"]]
    said = room.log.read_text()
    assert not [each for each in secrets_ if each in said]
    for path in room.root.rglob("*"):
        if path.is_file():
            text = path.read_bytes()
            assert not [each for each in secrets_ if each.encode() in text], path


def test_what_it_keeps_is_for_this_user_alone(room: Room) -> None:
    asyncio.run(joined(room))
    path = kept_of(room.root)
    assert path.stat().st_mode & 0o777 == 0o600
    assert not path.is_relative_to(room.root)
    room.end()
    assert not path.exists()


def test_it_listens_on_this_machine_alone_until_it_is_opened(room: Room) -> None:
    assert room.process
    at = {
        c.laddr.ip for c in psutil.Process(room.process.pid).net_connections("tcp4") if not c.raddr
    }
    assert at == {"127.0.0.1"}
    for address in room.do()["addresses"]:
        with pytest.raises(OSError, match=r"refused|timed out"):
            socket.create_connection((address, room.kept["port"]), 3)


def test_opened_to_a_network_it_listens_there_until_it_is_shut_again(room: Room) -> None:
    found = room.do()["addresses"]
    told = room.do(network=found[0])
    assert told["url"].startswith(f"http://{found[0]}:{told['port']}/#")
    time.sleep(0.3)
    socket.create_connection((found[0], told["port"]), 3).close()
    guest = (found[0], 0)
    line = http.client.HTTPConnection(found[0], told["port"], timeout=9, source_address=guest)
    line.request("POST", "/host.html", "{}", {"X-Key": room.kept["key"]})
    assert line.getresponse().status == 403  # its host is on this machine
    room.do(network="")
    time.sleep(0.3)
    with pytest.raises(OSError, match=r"refused|timed out"):
        socket.create_connection((found[0], told["port"]), 3)
    assert room.do(network="203.0.113.7")
    time.sleep(0.3)
    assert room.do()["network"] == ""  # no address of this machine


def request(port: int, path: str, method: str = "GET", **head: str) -> http.client.HTTPResponse:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=9)
    line.request(method, path, "{}" if method == "POST" else None, head)
    return line.getresponse()


def test_no_other_name_and_no_other_page_reaches_it(room: Room) -> None:
    port = room.kept["port"]
    assert request(port, "/").status == 200
    assert request(port, "/", Host="evil.example").status == 421
    assert (
        request(
            port, "/host.html", "POST", Host="evil.example", **{"X-Key": room.kept["key"]}
        ).status
        == 421
    )
    assert request(port, "/host.html", "POST").status == 403
    assert request(port, "/host.html", "POST", **{"X-Key": "wrong"}).status == 403

    async def played() -> None:
        foreign = HTTPRequest(room.url("/line", "ws"), headers={"Origin": "http://evil.example"})
        with pytest.raises(HTTPClientError, match="403"):
            await websocket_connect(foreign)

    run(played())


def test_no_route_of_jupyter_and_no_file_of_the_folder_is_there(room: Room) -> None:
    port = room.kept["port"]
    for path in ("/api", "/lab", "/tree", "/workshop.yaml", "/../workshop.yaml", "/hall.toml"):
        assert request(port, path).status == 404, path


def test_scripts_come_from_here_alone(room: Room) -> None:
    for path in ("/", "/phone.js", "/gather.js", "/gather.css", "/de.toml"):
        answer = request(room.kept["port"], path)
        assert answer.status == 200
        assert "script-src 'self'" in (policy := answer.headers["Content-Security-Policy"])
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        text = answer.read().decode()
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", ""), path
        assert "https://" not in text
        assert "innerHTML" not in text


def test_a_second_room_of_a_folder_is_refused(room: Room) -> None:
    command = [*COMMAND, str(room.root)]
    second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (second.returncode, "open already" in second.stderr) == (2, True)
    assert ask_room(room.root, {})


def test_of_two_rooms_begun_in_the_same_second_one_runs(room: Room) -> None:
    room.end()
    started = [
        subprocess.Popen([*COMMAND, str(room.root)], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    until = time.monotonic() + 100
    while (still := [each for each in started if each.poll() is None])[1:]:
        assert time.monotonic() < until
        time.sleep(0.05)
    (runs,) = still
    for each in started:
        if each is not runs:
            assert each.stderr
            assert each.returncode == 2
            assert "open already" in each.stderr.read()
    while not ask_room(room.root, {}):
        time.sleep(0.05)
    assert ask_room(room.root, {"close": True})
    assert runs.wait(60) == 0


def test_a_room_is_opened_to_a_network_and_about_a_persona_from_the_terminal(room: Room) -> None:
    (address, *_) = room.do()["addresses"]
    room.end()
    for wrong, said in [
        (["--network", "203.0.113.7"], f"no address 203.0.113.7. It has: {address}"),
        (["--persona", "nobody"], "no persona 'nobody' here"),
    ]:
        told = subprocess.run(
            [*COMMAND, str(room.root), *wrong],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (told.returncode, said in " ".join(told.stderr.split())) == (2, True), told.stderr
    asked = ["--network", address, "--persona", "loyal-lena"]
    process = subprocess.Popen([*COMMAND, str(room.root), *asked], stdout=subprocess.PIPE)
    try:
        until = time.monotonic() + 60
        while not (told := ask_room(room.root, {})):
            assert time.monotonic() < until
            time.sleep(0.05)
        assert (told["network"], told["persona"]) == (address, "loyal-lena")
        assert told["url"].startswith(f"http://{address}:")
    finally:
        ask_room(room.root, {"close": True})
        process.wait(60)


# --- nothing is lost ------------------------------------------------------------------------------


async def crowd(room: Room, phones: int, each: int, kills: int) -> list[float]:
    """Let phones write as fast as they are answered; gives the seconds until each was on the disk.

    The room is killed and started so often in between; what was not answered is asked again.
    """
    took: list[float] = []
    left = phones * each

    async def write(number: int) -> None:
        nonlocal left
        line = room.line()
        for n in range(each):
            id, began = f"n{number}-{n}", time.monotonic()
            data = {"text": f"Note {n} of {number}"}
            op = {
                "id": f"o{id}",
                "kind": "set",
                "doc": f"records/notes/{id}",
                "by": "",
                "data": data,
            }
            while op["id"] not in line.done:
                try:
                    if line.socket is None:
                        assert await line.join()
                    await line.send(op)
                    while op["id"] not in line.done:
                        await asyncio.wait_for(line.hear(), 30)
                        assert not line.refused
                        line.told.clear()
                except (OSError, TimeoutError, HTTPClientError, Exception) as problem:
                    if isinstance(problem, AssertionError):
                        raise
                    line.socket = None
                    await asyncio.sleep(0.1)
            took.append(time.monotonic() - began)
            left -= 1
            await asyncio.sleep(0)

    async def break_it() -> None:
        for n in range(kills):
            while left > phones * each * (kills - n) / (kills + 1):
                await asyncio.sleep(0.02)
            room.kill()
            await asyncio.to_thread(room.start)

    await asyncio.gather(break_it(), *(write(number) for number in range(phones)))
    return took


def check_crowd(room: Room, phones: int, each: int, kills: int = 2) -> list[float]:
    room.begin("hurts")
    took: list[float] = asyncio.run(crowd(room, phones, each, kills))
    assert room.do()["chosen"] == "hurts"
    assert sum(n for _, n in now(room)["hidden"]) == phones * each
    assert {n for _, n in now(room)["hidden"]} == {each}  # the same people as before
    room.end()
    wanted = {f"n{a}-{b}": f"Note {b} of {a}" for a in range(phones) for b in range(each)}
    assert {id: note["text"] for id, note in notes_of(room).items()} == wanted
    return took


def test_what_many_phones_write_is_there_once_though_the_room_is_killed_twice(room: Room) -> None:
    check_crowd(room, 20, 15)


@pytest.mark.all
def test_sixty_phones_write_six_thousand_notes_though_the_room_is_killed_twice(room: Room) -> None:
    took = sorted(check_crowd(room, 60, 100))
    print(f"p50 {took[len(took) // 2]:.3f} s, p99 {took[len(took) * 99 // 100]:.3f} s")


# --- what breaks ----------------------------------------------------------------------------------


def test_what_was_written_while_a_phone_slept_is_taken_though_another_activity_began(
    room: Room,
) -> None:
    async def played() -> None:
        room.begin("hurts")
        ann, ben = await joined(room, 2)
        late = f"gather:{ann.facts['doc']}"
        for line, id in ((ann, "n1"), (ben, "n2")):
            assert await line.ask("set", f"records/notes/{id}", text="in time") == ""
        assert reveal(room)["refused"] == ""
        room.begin("lost")
        await ann.until(lambda: ann.facts.get("widget") == "beliefs")
        ops = [
            {"id": f"o{id}", "kind": "set", "doc": f"records/notes/{id}", "data": {"text": "late"}}
            for id in ("n1", "n3")
        ]
        assert ann.socket
        for told in (late, "gather:nowhere"):
            await ann.socket.write_message(
                json.dumps({"n": ann.n, "late": told, "msg": {"ops": ops}})
            )
            await ann.until(lambda told=told: ann.told[-1].get("late") == told)
        assert (ann.done & {"on1", "on3"}, ann.refused) == ({"on3"}, {"on1": OVER})
        room.begin("hurts")
        assert now(room)["hidden"] == [[ann.me["alias"], 1]], "for the next reveal"

    run(played())


def test_a_name_that_somebody_gave_up_is_given_to_nobody(room: Room) -> None:
    names = tomllib.loads((Path(hall.__file__).with_suffix(".toml")).read_text("utf-8"))["names"]
    first, second, *others = [f"{a} {b}" for a in names["colours"] for b in names["animals"]]
    room.kill()
    people = {f"t{n}": {"id": f"p{n}", "alias": name} for n, name in enumerate(others)}
    people["t"] = {"id": "p", "alias": "Somebody", "was": first}
    kept_of(room.root).write_text(json.dumps({**room.kept, "people": people}))
    room.start()
    room.begin("hurts")

    async def played() -> None:
        (ann,) = await joined(room)
        assert ann.me["alias"] == second

    run(played())


def test_a_port_that_another_has_in_the_network_is_said_and_ends_no_room(room: Room) -> None:
    (address, *_) = room.do()["addresses"]
    with socket.socket() as taken:
        taken.bind((address, room.kept["port"]))
        taken.listen()
        room.do(network=address)
        time.sleep(0.5)
        told = room.do()
        assert told["network"] == room.kept["network"] == ""
        assert told["refused"].startswith(f"{address}: ")
        room.kill()
        port = room.kept["port"]
        kept_of(room.root).write_text(json.dumps({**room.kept, "network": address}))
        room.start()  # where somebody has taken its port since, it is open at another
        assert room.do()["network"] == ("" if room.kept["port"] == port else address)


def test_the_key_of_a_room_that_died_is_told_to_nobody_and_opens_none(room: Room) -> None:
    key, port = room.kept["key"], room.kept["port"]
    room.kill()
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind((hall.HERE, port))
        thief.listen()
        assert ask_room(room.root, {}) == {}
        thief.settimeout(0)
        with pytest.raises(BlockingIOError):
            thief.accept()
    room.start()
    assert request(room.kept["port"], "/host.html", "POST", **{"X-Key": key}).status == 403


def test_a_room_whose_persona_is_gone_shows_the_map_of_the_workshops_own(room: Room) -> None:
    room.kill()
    kept_of(room.root).write_text(json.dumps({**room.kept, "persona": "gone"}))
    room.start()
    assert room.kept["persona"] == PERSONA

    async def played() -> None:
        (ann,) = await joined(room)
        assert ann.told[0]["map"].startswith("<svg")

    run(played())


def test_a_full_disk_is_said_to_host_and_phones_and_cuts_no_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEYKIT_CACHE", str(tmp_path / "c"))
    create(tmp_path / "shop", "retail")
    kept_of(tmp_path / "shop").parent.mkdir(parents=True)
    told = list[Any]()
    phone = Mock(tell=told.append, close=lambda: told.append("closed"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    async def played() -> None:
        at = hall.Hall(open_folder(tmp_path / "shop"))
        at.do({"chosen": "hurts"})
        assert at.enter(phone, None)
        await asyncio.sleep(0.1)
        op = {"id": "o1", "kind": "set", "doc": "records/notes/n1", "data": {"text": "It is slow"}}
        asked = {"n": at.number, "msg": {"ops": [op]}}
        for _ in range(2):
            with monkeypatch.context() as disk:
                disk.setattr(at.desk._journal, "write", full)
                at.heard(phone, asked)
                await asyncio.sleep(0.1)
            assert told.pop() == {"trouble": True}
            at.heard(phone, {"n": 0, "msg": {"ops": []}})  # nothing is written by this
            await asyncio.sleep(0.1)
            assert "No space" in str(at.do({})["trouble"])
        with monkeypatch.context() as disk:
            disk.setattr(hall, "write_atomic", full)
            assert "No space" in at.do({"open": True})["refused"]
        at.heard(phone, asked)
        await asyncio.sleep(0.5)
        assert [each["msg"]["done"] for each in told if "msg" in each and "n" in each][-1] == ["o1"]
        assert at.do({})["trouble"] == []
        assert "closed" not in told
        at.desk.close()

    run(played())


def test_a_browser_proposes_no_name_that_a_phone_may_have() -> None:
    """Whose name is the same may change what the other wrote; a phone has one before it writes."""
    import journeykit.widgets as widgets

    script = (Path(widgets.__file__).parent / "static/team.js").read_text("utf-8")
    (listed,) = re.findall(r"const COLOURS = \[(.*?)\]", script)
    assert not {*re.findall('"(.*?)"', listed)} & {*hall.DECLARED["names"]["colours"]}
    assert listed.count(",") == 9
