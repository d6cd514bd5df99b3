"""Boards of other tools: each format, a second import, half a map, and files that are none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from journeykit.boards import bring, read_board
from journeykit.cli.app import app
from journeykit.errors import DataError, Refused, UnknownName
from journeykit.store import Desk, create, desk_of, open_folder

FILES = Path(__file__).with_name("files")
HOSTILE = (
    "<img src=x onerror=alert(1)>", "${7*7} {{ 7*7 }} %s", "=HYPERLINK(\"http://a\")", "../../etc",
    "\u202eabc\x07", "---\nid: x", "# no comment: [a, b]", "NO", "007", "💥" * 300, "'; DROP",
    "&lt;b&gt;",
)  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Desk]:
    """The desk of a blank workshop."""
    desk = desk_of(create(tmp_path / "shop"))
    yield desk
    desk.close()


def put(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def cards(desk: Desk) -> list[Any]:
    return [*desk.journey("customer").cards]


def stages(desk: Desk) -> list[str]:
    return [*desk.get("workshop").stage_names().values()]


def took(desk: Desk, name: str, **how: Any) -> Any:
    return bring(desk, read_board(FILES / name), "customer", **how)


def run(*words: object) -> Any:
    return CliRunner().invoke(app, ["import", *map(str, words)])


# --- each format ----------------------------------------------------------------------------------


def test_a_csv_of_miro_makes_the_stages_of_a_blank_map_and_its_notes_wait(shop: Desk) -> None:
    told = took(shop, "miro.csv")
    frames = ["Discover", "Consider", "Buy", "Receive", "Return"]
    assert told["stages"] == stages(shop) == frames
    assert told["gone"] == "Awareness Interest Consideration Purchase Post-purchase".split()
    assert told["count"] == {"here": 0, "changed": 0, "no_lane": 15}
    notes = shop.records("notes")
    assert len(notes) == 15, "a text that stands in two frames is two notes"
    assert len({note.text for note in notes}) == 12
    assert {"Calls support\nand waits", 'Compares "similar" shops'} <= {n.text for n in notes}
    assert all(n.revealed and n.stage and not n.card for n in notes)
    assert cards(shop) == []


def test_items_of_miro_are_read_with_their_frames_in_order(shop: Desk) -> None:
    told = took(shop, "miro.json", lane="Touchpoint")
    assert stages(shop) == ["Discover", "Consider", "Buy", "Receive", "Return"]
    assert told["count"]["placed"] == 12
    (first,) = [card for card in cards(shop) if card.text == 'Compares "similar" shops']
    assert (first.stage, first.lane, first.source) == ("consider", "touchpoints", "Miro")


def test_what_miro_says_in_html_is_plain_text_and_the_rest_of_a_board_is_counted(
    tmp_path: Path,
) -> None:
    item = {"type": "sticky_note", "id": "1", "style": {"fillColor": "red"}}
    said = [
        "<p>One<br />two &amp; &lt;b&gt;</p><p><strong>three</strong></p>",
        "<p></p>",
        "5 < 6 > <x>",
    ]
    items: list[Any] = [
        {**item, "id": str(n), "data": {"content": words}, "createdBy": {"id": "307"}}
        for n, words in enumerate(said)
    ]
    items += [
        {"type": "image", "id": "8"},
        {"type": "image"},
        {"type": "frame", "data": {"title": "A"}},
    ]
    items[0] |= {"tags": [{"title": "Pain Points"}], "createdBy": {"name": "Ann", "id": "3"}}
    items[2] |= {"tagIds": ["t1"], "parent": {"id": "8"}}
    items += [{"type": "tag", "id": "t1", "title": "needs"}]
    board = read_board(put(tmp_path, "b.json", json.dumps({"data": items, "total": 50})))
    assert [note.text for note in board.notes] == ["One\ntwo & <b>\nthree", "5 < 6 > <x>"]
    assert board.left == {"without words": 1, "no note (image)": 2, "on further pages": 43}
    assert [(note.tags, note.author) for note in board.notes] == [
        (("Pain Points",), "Ann"),
        (("needs",), ""),
    ]
    assert read_board(put(tmp_path, "b.json", json.dumps(items))).tool == "Miro"


def test_a_csv_of_mural_says_lanes_by_tag_and_by_legend_and_keeps_authors_and_votes(
    shop: Desk,
) -> None:
    told = took(shop, "mural.csv")
    assert stages(shop) == ["Discover", "consider", "Parking lot"]
    assert told["count"] == {"here": 0, "changed": 0, "placed": 3, "no_lane": 2, "no_frame": 1}
    made = {card.text: card for card in cards(shop)}
    pain = made["Delivery is dear"]
    assert (pain.stage, pain.lane, pain.author) == ("consider", "pain-points", "Tom")
    assert pain.source == "Mural, 5 votes"
    assert made["Show the price of delivery early"].lane == "opportunities", "its colour is named"
    notes = {note.text: note for note in shop.records("notes")}
    assert "Opportunities" not in notes, "a legend is no note"
    waits = notes["Call the bank\non Monday"]
    assert (waits.author, waits.plain()["x-tags"]) == ("Nadia Berg", ["urgent"])
    (votes,) = shop.records("votes")
    assert votes.dots[waits.id] == 1
    assert sorted(votes.dots.values()) == [1, 2, 3, 5]
    left = read_board(FILES / "mural.csv").left
    assert left == {"without words": 1, "of a legend": 1}


def test_a_csv_with_semicolons_in_another_encoding_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "mural.csv"
    path.write_bytes("ID;Text;Area;BG Color\n1;Größe, Länge;Café;#fff\n".encode("utf-16"))
    board = read_board(path)
    assert [(n.text, n.frames) for n in board.notes] == [("Größe, Länge", ("Café",))]
    assert board.said, "which encoding it was taken for is said"


def test_figjam_as_csv_and_as_nodes(shop: Desk) -> None:
    board = read_board(FILES / "figjam.csv")
    assert (board.tool, board.frames) == ("FigJam", ["Discover", "Buy"])
    assert [(n.text, n.author, n.votes) for n in board.notes][1:] == [
        ("Sees a poster", "Ben", 0),
        ("Pays by card", "Ann", 1),
    ]
    told = took(shop, "figjam.json")
    assert stages(shop) == ["Discover", "Buy"], "by place; a section with sections in it is none"
    assert told["count"]["placed"] == 1
    (card,) = cards(shop)
    assert (card.stage, card.lane, card.text) == ("buy", "pain-points", "The coupon does not work")
    (waits,) = [note for note in shop.records("notes") if not note.card]
    assert (waits.text, waits.stage) == ("Pays by card <b>", "buy")
    left = read_board(FILES / "figjam.json").left
    assert left == {"without words": 1, "no note (shape with text)": 1}
    nodes = {"nodes": {"1:2": json.loads((FILES / "figjam.json").read_text("utf-8"))}}
    path = put(shop.folder.root.parent, "nodes.json", json.dumps(nodes))
    assert len(read_board(path).notes) == 2


def test_a_journey_of_mermaid_becomes_feelings_with_those_who_take_part(
    shop: Desk, tmp_path: Path
) -> None:
    text = """---
    title: x
---
%% a remark
journey
    title My working day
    accTitle: a day
    section Go to work
      Make tea: 5: Me
      Journey on: 1 : Me, Cat
      Nothing said
    section Go home
      Sit down: 9: Me
"""
    told = bring(shop, read_board(put(tmp_path, "day.mmd", text)), "customer")
    assert stages(shop) == ["Go to work", "Go home"]
    assert shop.journey("customer").name == "My working day"
    assert told["count"]["placed"] == 2
    assert told["count"]["no_lane"] == 1, "a score of 9 says no feeling, and so no lane"
    felt = {card.text: (card.emotion, card.lane, card.source) for card in cards(shop)}
    assert felt["Journey on"] == (-2, "emotions", "Mermaid My working day, Me, Cat")
    assert felt["Make tea"][0] == 2
    assert len(read_board(tmp_path / "day.mmd").left) == 2


def test_what_the_kit_exports_as_mermaid_comes_back(shop: Desk, tmp_path: Path) -> None:
    retail = create(tmp_path / "retail", "retail")
    out = tmp_path / "maya.md"
    words = ["export", str(retail.root), "--to", "mermaid", "--journey", "mobile-maya"]
    assert CliRunner().invoke(app, [*words, "--out", str(out)]).exit_code == 0
    bring(shop, read_board(out), "customer")
    was = retail.journey("mobile-maya")
    felt = [card for card in retail.workshop().in_order(was) if card.emotion is not None]
    mine = shop.get("workshop").in_order(shop.journey("customer"))
    assert stages(shop) == [*retail.workshop().stage_names().values()]
    assert shop.journey("customer").name == was.name
    was_called, called = (
        each.get("workshop").stage_names()
        if isinstance(each, Desk)
        else each.workshop().stage_names()
        for each in (retail, shop)
    )
    assert [(c.text, c.lane, called[c.stage]) for c in mine] == [
        (c.text, c.lane, was_called[c.stage]) for c in felt
    ]
    assert all(abs((a.emotion or 0) - (b.emotion or 0)) <= 0.5 for a, b in zip(mine, felt))
    again = desk_of(retail)
    told = bring(again, read_board(out), "mobile-maya")
    assert told["count"]["joined"] == len(felt), "what a card says already is not put there twice"
    assert again.journey("mobile-maya").cards == was.cards
    again.close()
    several = tmp_path / "all.md"
    assert CliRunner().invoke(app, [*words[:4], "--out", str(several)]).exit_code == 0
    with pytest.raises(DataError, match="add --only with one of"):
        read_board(several)
    assert read_board(several, was.name).title == was.name
    with pytest.raises(DataError, match="not one journey of Mermaid with that title"):
        read_board(several, "Another")


# --- nothing twice, nothing lost ------------------------------------------------------------------


@pytest.mark.parametrize("name", [path.name for path in sorted(FILES.iterdir())])
def test_a_second_import_makes_nothing_twice(shop: Desk, name: str) -> None:
    first = took(shop, name)
    docs = {doc: shop.get(doc) for doc in shop._named("records")}
    made, head = cards(shop), shop.get("workshop")
    again = took(shop, name)
    assert again["count"]["here"] == len(read_board(FILES / name).notes)
    assert again["count"]["placed"] == 0
    assert again["count"]["no_lane"] == first["count"]["no_lane"], (
        "they still wait, and that is said"
    )
    assert {doc: shop.get(doc) for doc in shop._named("records")} == docs
    assert (cards(shop), shop.get("workshop")) == (made, head)


def test_what_the_team_did_with_a_note_stays(shop: Desk) -> None:
    took(shop, "mural.csv")
    gone, kept, *_ = cards(shop)
    waits = next(note for note in shop.records("notes") if not note.card)
    doc = "journeys/customer"
    shop.take({"id": "1", "kind": "card.remove", "doc": doc, "data": {"id": gone.id}})
    shop.take(
        {"id": "2", "kind": "card.change", "doc": doc, "data": {"id": kept.id, "text": "Ours"}}
    )
    asked = {"kind": "set", "doc": f"records/notes/{waits.id}", "data": {"text": "Ours, too"}}
    shop.take({"id": "3", **asked})
    told = took(shop, "mural.csv", lane="actions")
    now = {card.id: card for card in cards(shop)}
    assert gone.id not in now
    assert now[kept.id].text == "Ours"
    assert told["count"]["changed"] == 1
    assert "Ours, too" in {note.text for note in shop.records("notes")}


def test_a_lane_for_those_that_say_none_puts_what_waits_on_the_map(shop: Desk) -> None:
    took(shop, "miro.csv")
    with pytest.raises(UnknownName, match="no lane 'Lunch'; it has: goals"):
        took(shop, "miro.csv", lane="Lunch")
    told = took(shop, "miro.csv", lane="Actions")
    assert (told["count"]["here"], told["count"]["placed"]) == (15, 15)
    assert {card.lane for card in cards(shop)} == {"actions"}
    assert len({card.id for card in cards(shop)}) == 15
    assert all(note.card for note in shop.records("notes"))


def test_stages_that_match_in_part_take_their_notes_and_the_others_wait(shop: Desk) -> None:
    asked = {"id": "c", "stage": "purchase", "lane": "actions", "text": "pays"}
    shop.take({"id": "1", "kind": "card.add", "doc": "journeys/customer", "data": asked})
    was = shop.get("workshop")
    text = "Board\n\nPURCHÀSE,One,Two\nAfter that,Three\n,Four\n"
    path = put(shop.folder.root.parent, "Half.csv", text)
    told = bring(shop, read_board(path), "customer", "touchpoints")
    assert shop.get("workshop") == was, "a map with a card keeps its stages"
    assert (told["count"]["placed"], told["count"]["no_stage"]) == (2, 1)
    assert told["count"]["no_frame"] == 1
    assert told["strange"] == ["After that"]
    assert [c.stage for c in cards(shop)] == ["purchase"] * 3


def test_a_stage_that_says_more_than_its_name_stays_where_frames_become_stages(shop: Desk) -> None:
    put_stage = {"id": "purchase", "goal": "They paid"}
    shop.take({"id": "1", "kind": "stage.put", "doc": "workshop", "data": put_stage})
    told = took(shop, "figjam.csv")
    assert told["stages"] == ["Purchase", "Discover", "Buy"]
    assert "Purchase" not in told["gone"]


def test_two_imports_at_once_and_an_open_board_lose_nothing(shop: Desk) -> None:
    root, doc = shop.folder.root, "journeys/customer"
    other = Desk(root)  # as of another process
    took(shop, "mural.csv")
    told = bring(other, read_board(FILES / "figjam.json"), "customer", "actions")
    assert told["count"]["placed"] == 2
    card = {"id": "mine", "stage": "discover", "lane": "actions", "text": "written meanwhile"}
    assert shop.take({"id": "m", "kind": "card.add", "doc": doc, "data": card}) == [None]
    other.close()
    shop.close()
    found = open_folder(root)
    texts = {each.text for each in found.journey("customer").cards}
    assert {"written meanwhile", "Delivery is dear", "The coupon does not work"} <= texts
    assert len(found.records("notes")) == 8
    assert {"Discover", "consider", "Buy"} <= {*found.workshop().stage_names().values()}
    assert found.problems() == []


def test_what_cannot_be_taken_is_refused_whole(shop: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = shop.get("workshop"), shop.records("notes")
    monkeypatch.setattr("journeykit.boards.place._first", lambda *said: "nowhere")
    with pytest.raises(Refused, match="nothing was brought in"):
        took(shop, "miro.csv")
    assert (shop.get("workshop"), shop.records("notes")) == before


def test_hostile_texts_stay_text(shop: Desk, tmp_path: Path) -> None:
    items: list[Any] = [
        {"type": "frame", "id": f"f{n}", "data": {"title": words}}
        for n, words in enumerate(HOSTILE)
    ]
    for n, words in enumerate(HOSTILE):
        tag = {"tags": [words], "parent": {"id": f"f{n}"}, "createdBy": {"name": words}}
        items.append({"type": "sticky_note", "id": words, "data": {"content": words}, **tag})
    path = put(tmp_path, "b.json", json.dumps({"data": items, "board": {"name": HOSTILE[0]}}))
    told = bring(shop, read_board(path), "customer", "actions")
    assert told["count"]["placed"] == len(HOSTILE) - told["count"]["no_stage"]
    shop.close()
    again = open_folder(shop.folder.root)
    assert again.problems() == []
    texts = {card.text for card in again.journey("customer").cards}
    assert {"<img src=x onerror=alert(1)>", "007", "NO", "<b>", "../../etc"} <= texts
    assert not (tmp_path / "etc").exists()
    said = run(shop.folder.root, path).output
    assert "\x07" not in said
    assert "\u202e" not in said


def test_two_thousand_notes(shop: Desk, tmp_path: Path) -> None:
    rows = "\n".join(f"Frame {n % 8},Note {n}" for n in range(2000))
    path = put(tmp_path, "Large.csv", f"Large\n\n{rows}\n")
    told = bring(shop, read_board(path), "customer", "actions")
    assert told["count"]["placed"] == 2000
    assert len(cards(shop)) == 2000
    first = [
        card.text for card in sorted(cards(shop), key=lambda c: c.order) if card.stage == "frame-3"
    ]
    assert first == [f"Note {n}" for n in range(3, 2000, 8)], "in the order of the file"
    shop.leave()  # all of them are in the journal; 2,000 files take a while


# --- what is no board -----------------------------------------------------------------------------

NONE = {
    "data.csv": ("user_id,event,timestamp\na,visit,2026-01-01\n", "this is no board.*--events"),
    "people.csv": ("name\n\nAnn\n", "this is no board"),
    "prose.md": ("# A title\n\nSome words, with a comma\n", "a text has a `journey` of Mermaid"),
    "word.csv": ("Hello", "this is no board"),
    "empty.csv": ("", "this is no board"),
    "cut.json": ('{"data": [{"type": "sticky_note", "da', r"cut off or damaged \(.*line 1"),
    "deep.json": ("[" * 100_000, "neither Miro's items|cut off"),
    "other.json": ('{"users": [1, 2]}', "neither Miro's items .* nor Figma's nodes"),
    "wrong.json": ('{"data": [1, null, "x", {"type": ["y"]}]}', "neither Miro's items"),
    "cut.csv": ('Text,Area,BG Color\n"never closed,A,#fff\n', "quotes do not close"),
    "flow.mmd": ("flowchart LR\n a --> b\n", "a text has a `journey` of Mermaid"),
}


@pytest.mark.parametrize("name", NONE)
def test_a_file_that_is_no_board_is_refused_with_the_next_step(tmp_path: Path, name: str) -> None:
    text, said = NONE[name]
    with pytest.raises(DataError, match=said):
        read_board(put(tmp_path, name, text))


@pytest.mark.parametrize("odd", ["x", 3, [], {}, None, [[1]], {"x": 1}, 1e308, "9" * 20])
def test_a_board_of_odd_values_is_read_or_refused_and_never_fails(tmp_path: Path, odd: Any) -> None:
    keys = ("id", "data", "parent", "tags", "position", "createdBy", "style", "children", "votes")
    for top in ("data", "nodes", "document", "total", "board"):
        for key in keys:
            item = {"type": "sticky_note", "data": {"content": "a"}, key: odd}
            said: Any = {"data": [item, {"type": "frame", key: odd}], top: odd} | {key: odd}
            with suppress(DataError):  # anything else fails
                read_board(put(tmp_path, "odd.json", json.dumps(said)))


def test_a_picture_and_a_file_that_is_not_there_are_refused(tmp_path: Path) -> None:
    picture = tmp_path / "board.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    root = create(tmp_path / "shop").root
    for path in (picture, tmp_path / "none.csv"):
        told = run(root, path)
        assert told.exit_code != 0


# --- the command ----------------------------------------------------------------------------------


def test_the_command_says_what_became_of_each_note(tmp_path: Path) -> None:
    root = create(tmp_path / "shop").root
    told = run(root, FILES / "mural.csv")
    assert told.exit_code == 0
    for sentence in (
        "mural.csv: Mural, 6 notes in 3 frames",
        "The map was blank, so the frames are its stages now: Discover, consider, Parking lot.",
        "3 notes put on the map.",
        "3 notes wait in the tray of the board:",
        "2 in a stage, of which the file says no lane",
        "1 in no frame",
        "11 votes kept with the notes.",
        "Left out: 1 without words.",
        "Left out: 1 of a legend.",
        "add --lane to the same command",
    ):
        assert sentence in told.output
    assert open_folder(root).problems() == []
    again = run(root, FILES / "mural.csv", "--lane", "actions", "--persona", "customer").output
    assert "6 notes were here already." in again
    assert "2 notes put on the map." in again
    assert "1 note waits in the tray" in again


def test_it_runs_nothing_and_writes_only_texts(tmp_path: Path) -> None:
    root = create(tmp_path / "shop").root
    shutil.copy(FILES / "miro.json", root / "data" / "items.json")
    before = {path for path in root.rglob("*") if path.is_file()}
    assert run(root, root / "data" / "items.json").exit_code == 0
    new = {path for path in root.rglob("*") if path.is_file() and path not in before}
    assert {path.parent.name for path in new} == {"notes", "rounds", "journal"}
    assert {path.suffix for path in new if path.parent.name != "journal"} == {".yaml"}
