"""The board without a browser: what it shows, what it lets happen, and its picture."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from journeykit.errors import UnknownName
from journeykit.phases import OpenWorkshop, open_workshop
from journeykit.phases.board import board as board_of
from journeykit.store import create, desk_of, open_folder
from journeykit.widgets import Board
from tests.uncovered import skip

NOW, THEN = "journeys/mobile-maya", "journeys/mobile-maya-to-be"
HOSTILE = "<script>window.pwned='note'</script> & “so” {{ 7*7 }} \u202eabc"
numbers = itertools.count()
Open = Callable[..., OpenWorkshop]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    monkeypatch.setenv("JOURNEYKIT_LIVE", "1")
    root = create(tmp_path / "shop", "retail").root
    yield lambda persona="mobile-maya": skip(open_workshop(root, persona))
    desk_of(open_folder(root)).close()


def board(w: OpenWorkshop, **how: Any) -> Board:
    return board_of(w.start, "board", "The board", **how)  # type: ignore[no-any-return]


def ask(made: Board, kind: str, doc: str = NOW, by: str = "ada", **data: Any) -> str | None:
    operation = {"id": f"o{next(numbers)}", "kind": kind, "doc": doc, "by": by, "data": data}
    return made.take([operation])[0]


def test_the_board_shows_both_maps_with_their_numbers(opened: Open) -> None:
    w = opened()
    made = board(w)
    assert [stage["name"] for stage in made.state["stages"]] == [s.name for s in w.workshop.stages]
    assert set(made.state[NOW]) == {card.id for card in w.journey.cards}
    assert w.to_be is not None
    assert set(made.state[THEN]) == {card.id for card in w.to_be.cards}
    told = made.facts["numbers"]
    assert told["counts"] == "customers"
    assert set(told["stages"]) == set(w.stage_names)
    (worst,) = [row for row in told["stages"].values() if row.get("worst")]
    assert "lost (" in worst["words"], "the share that is lost, with its interval"
    assert {"value", "low", "high", "n"} <= set(told["measured"]["purchase"])
    shown = told["cards"]["mobile-maya"]
    assert shown["taps-a-post"]["words"].startswith("77.2% (75.5% to 78.7%, n ")
    assert any(
        row["words"].startswith(("claim ", "broken", "kept", "undecided")) for row in shown.values()
    )


def test_few_customers_are_flagged(opened: Open) -> None:
    path = opened().folder.root / "data" / "events.csv.gz"
    log = pd.read_csv(path, dtype=str, keep_default_na=False)
    few = log.loc[log["device"] == "mobile", "user_id"].unique()[:20]
    log[log["user_id"].isin(few)].to_csv(path, index=False)
    told = board(opened()).facts["numbers"]
    assert all(row["small"] for row in told["stages"].values() if "users" in row)
    shown = told["cards"]["mobile-maya"]["taps-a-post"]
    assert shown["small"]
    assert shown["words"].endswith(", few)")


def test_a_board_is_worked_on_whatever_is_wrong_with_the_data(opened: Open) -> None:
    w = opened()
    (w.folder.root / "data" / "events.csv.gz").write_bytes(b"no table")
    path = w.folder.root / "personas" / "mobile-maya.yaml"
    path.write_text(path.read_text("utf-8").replace("device: mobile", "device: fridge"), "utf-8")
    made = board(opened())
    assert made.facts["numbers"]["stages"] == {}
    assert ask(made, "card.add", id="one", stage="purchase", lane="actions", text="pays") is None


def test_what_changes_is_marked(opened: Open) -> None:
    made = board(opened(), show="both")
    changes = made.view()["changes"][THEN]
    assert {row["mark"] for row in changes.values()} == {"added", "removed", "changed"}
    assert (
        ask(made, "card.add", THEN, id="new-one", stage="purchase", lane="actions", text="one tap")
        is None
    )
    assert ask(made, "card.move", THEN, id="taps-a-post", stage="purchase") is None
    marks = {name: row["mark"] for name, row in made.view()["changes"][THEN].items()}
    assert (marks["new-one"], marks["taps-a-post"]) == ("added", "moved")


def test_the_to_be_map_is_begun_from_the_map_as_it_is_and_only_once(opened: Open) -> None:
    w = opened("loyal-lena")
    made = board(w)
    doc = made.to_be
    assert made.to_be not in made.state
    assert (
        ask(
            made,
            "card.comment",
            f"journeys/{w.journey.id}",
            id=w.journey.cards[0].id,
            comment={"id": "c", "text": "really?"},
        )
        is None
    )
    assert ask(made, "begin", doc) is None
    begun = w.desk.get(doc)
    assert begun is not None
    assert (begun.kind, begun.based_on, begun.persona) == ("to-be", w.journey.id, "loyal-lena")
    assert [c.text for c in begun.cards] == [c.text for c in w.journey.cards]
    assert not any(card.comments for card in begun.cards), (
        "what was said of the one is not said of the other"
    )
    assert ask(made, "card.remove", doc, id=begun.cards[0].id) is None
    assert ask(made, "begin", doc, by="ben") is None
    assert len(w.desk.get(doc).cards) == len(w.journey.cards) - 1
    w.desk.save()
    assert open_folder(w.folder.root).journey_of("loyal-lena", "to-be") is not None
    assert not open_folder(w.folder.root).problems()


def test_a_persona_without_a_map_gets_one_with_the_first_note(opened: Open) -> None:
    w = opened()
    (w.folder.root / "personas" / "new-nora.yaml").write_text("name: New Nora\n", "utf-8")
    nora = opened("new-nora")
    made = board(nora)
    assert made.as_is not in made.state
    assert not (w.folder.root / "journeys" / "new-nora.yaml").exists(), (
        "to look at a board writes nothing"
    )
    doc = made.as_is
    assert (
        ask(made, "card.add", doc, id="one", stage="purchase", lane="actions", text=HOSTILE) is None
    )
    assert made.view()[doc]["one"]["text"] == HOSTILE
    nora.desk.save()
    assert nora.folder.journey_of("new-nora").card("one").text == HOSTILE


def test_undo_is_ones_own(opened: Open) -> None:
    made = board(opened())
    first, second = list(made.state[NOW])[:2]
    ask(made, "card.change", id=first, text="by Ada")
    ask(made, "card.change", by="ben", id=second, text="by Ben")
    assert ask(made, "undo") is None
    cards = made.view()[NOW]
    assert cards[first] == made.state[NOW][first]
    assert cards[second]["text"] == "by Ben"
    assert ask(made, "redo") is None
    assert made.view()[NOW][first]["text"] == "by Ada"
    assert "nothing" in (ask(made, "redo") or "")


def test_a_stage_with_notes_stays_whoever_asks(opened: Open) -> None:
    w = opened()
    made = board(w)
    assert ask(made, "stage.put", "workshop", id="gift", name="The gift", before="advocacy") is None
    assert [s["id"] for s in made.view()["stages"]][-2:] == ["gift", "advocacy"]
    assert (
        ask(made, "card.add", by="ben", id="g", stage="gift", lane="actions", text="wraps it")
        is None
    )
    for kind, data in (("stage.remove", {"id": "gift"}), ("undo", {})):
        assert "notes stand on “The gift”" in (ask(made, kind, "workshop", **data) or "")
    assert ask(made, "card.remove", by="ben", id="g") is None
    assert ask(made, "undo", "workshop") is None, "the refused one is still there to be taken back"
    assert "gift" not in [s["id"] for s in made.view()["stages"]]
    assert "no stage 'gift'" in (ask(made, "undo", by="ben") or ""), (
        "a note does not come back to nowhere"
    )
    w.desk.save()
    assert not open_folder(w.folder.root).problems()


def test_what_the_board_does_not_know_is_refused(opened: Open) -> None:
    w = opened()
    with pytest.raises(UnknownName, match="pain-points"):
        board(w, lanes=["pain-point"])
    with pytest.raises(UnknownName, match="as-is"):
        board(w, show="as_is")


@pytest.mark.parametrize(
    ("how", "there", "gone"),
    [
        ({}, ["Spot something pretty", "Awareness", "lost"], []),
        (
            {"lanes": ["pain-points"]},
            ["covers half of the phone screen"],
            ["Spot something pretty"],
        ),
        ({"show": "to-be"}, ["Pays with the wallet of her phone"], []),
        ({"show": "both"}, ["added", "Pays with the wallet of her phone"], []),
    ],
)
def test_the_picture_shows_the_same_as_the_board(
    opened: Open, how: dict[str, Any], there: list[str], gone: list[str]
) -> None:
    made = board(opened(), **how)
    ask(
        made,
        "card.add",
        THEN if "show" in how else NOW,
        id="bad",
        stage="purchase",
        lane="pain-points",
        text=HOSTILE,
    )
    image, _, table = made._picture()["text/html"].partition("The map in words")
    encoded = image.partition("src='data:image/svg+xml;base64,")[2].partition("'")[0]
    drawn = base64.b64decode(encoded).decode()
    assert drawn.startswith("<svg")
    page = drawn + table
    assert "<script" not in image + page
    assert "&lt;script&gt;" in table
    for words in there:
        assert words in page
    for words in gone:
        assert words not in page


def test_a_map_that_comes_while_the_board_is_open_is_offered(opened: Open) -> None:
    w = opened()
    made = board(w)
    maps, base = w.folder.root / "journeys", "journeys/maya-returns"
    assert [*map(tuple, made.state["pairs"])] == [(NOW, THEN)]
    (maps / "maya-returns.yaml").write_text(
        "id: maya-returns\nname: Maya sends it back\npersona: mobile-maya\n"
        "cards: [{id: ask, stage: post-purchase, lane: actions, text: Asks}]\n"
    )
    (maps / "lena-two.yaml").write_text("id: lena-two\nname: Lena\npersona: loyal-lena\n")
    made.desk.look(made.docs)
    assert [*map(tuple, made.state["pairs"])] == [(NOW, THEN), (base, f"{base}-to-be")]
    assert made.state[base]["ask"]["text"] == "Asks"
    (maps / "label.yaml").write_text(
        "id: label\nname: A label\npersona: mobile-maya\nkind: to-be\nbased_on: maya-returns\n"
    )
    made.desk.look(made.docs)
    assert tuple(made.state["pairs"][-1]) == (base, "journeys/label")
    assert ask(made, "begin", f"{base}-to-be") is None
    assert [*made.state[f"{base}-to-be"]] == ["ask"]
    assert len(made.state["pairs"]) == 3
    (maps / "label.yaml").unlink()
    made.desk.look(made.docs)
    assert "journeys/label" not in made.state
