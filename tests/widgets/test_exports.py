"""Files that are brought in a notebook: dropped, told what they are, corrected, used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from journeykit.phases import open_workshop
from journeykit.store import Desk, create, open_folder
from journeykit.widgets import bring, exports

from ..propose.exports import team


def parts(box: Any) -> list[Any]:
    return [box, *(inner for child in getattr(box, "children", ()) for inner in parts(child))]


class Hand:
    """Who uses the widget."""

    def __init__(self, root: Path) -> None:
        self.root, self.box = root, bring(Desk(root))
        self.drop = next(each for each in parts(self.box) if isinstance(each, exports.Drop))
        self.sent: list[Any] = []
        # In place of the browser, which has no kernel here to be told by.
        self.drop.send = self.sent.append  # type: ignore[method-assign]

    def give(self, name: str, text: bytes, piece: int = 1000) -> Any:
        for at in range(0, max(len(text), 1), piece):
            told = {"id": f"id of {name}", "name": name, "size": len(text), "at": at}
            self.drop._heard(None, told, [memoryview(text[at : at + piece])])
        return self.sent[-1]

    def end(self) -> Any:
        self.drop._heard(None, {"id": "end", "end": True}, [])
        return self.sent[-1]

    def press(self, words: str) -> None:
        next(e for e in parts(self.box) if getattr(e, "description", "") == words).click()

    def row(self, name: str) -> Any:
        lines = self.box.children[3].children
        return next(line for line in lines if f"<b>{name}</b>" in line.children[0].value)

    def choose(self, name: str, label: str, value: str) -> None:
        boxes = self.row(name).children[1:]
        next(b for b in boxes if label in b.children[0].value).children[1].value = value

    @property
    def said(self) -> str:
        return "".join(
            each.value for each in parts(self.box) if hasattr(each, "value") and each.value
        )


@pytest.fixture
def hand(tmp_path: Path) -> Hand:
    return Hand(create(tmp_path / "w").root)


def test_what_is_dropped_is_told_corrected_and_used(hand: Hand, tmp_path: Path) -> None:
    for file in sorted(team(tmp_path / "in").glob("[!.]*")):
        assert "why" not in hand.give(file.name, file.read_bytes())
    assert hand.end()["said"] == "6 new in data/."
    assert "rows used: 48 of 50" in hand.row("responses.xlsx").children[0].value
    assert "README.txt: a text or a picture" in hand.said
    assert not open_folder(hand.root).workshop().data, "nothing is used before it is pressed"
    hand.choose("responses.xlsx", "Who", "Comment")
    assert "no customer in common" in hand.row("responses.xlsx").children[0].value
    hand.choose("responses.xlsx", "Who", "Email")
    hand.choose("leads.parquet", "What it is", "left out")
    hand.press("Use these")
    assert "✓ Saved: " in hand.said
    assert "with stages and a funnel" in hand.said
    w = open_workshop(hand.root)
    assert sorted(w.workshop.data) == ["campaigns", "events", "orders", "support", "surveys"]
    assert w.workshop.data["events"].source == "data/events_2026-0*.csv"
    assert w.workshop.data["surveys"].columns == {"user_id": "Email"}
    assert (w.all_events.users, len(w.table("orders", everybody=True))) == (120, 29)
    assert [step.name for step in w.workshop.funnel][-1] == "Purchase"
    assert open_folder(hand.root).problems() == []


def test_a_map_that_somebody_has_drawn_stays(tmp_path: Path) -> None:
    root = create(tmp_path / "w", "saas").root
    before = open_folder(root).workshop()
    hand = Hand(root)
    pd.DataFrame({"NPS": [9, 8], "Survey": "nps", "Email": ["a", "b"]}).to_csv(
        root / "data/new.csv"
    )
    hand.press("Look into data/")
    assert "surveys are read from new.csv" in hand.said
    hand.press("Use these")
    after = open_folder(root).workshop()
    assert (after.stages, after.funnel) == (before.stages, before.funnel)
    assert after.data["surveys"].source == "data/new.csv"
    assert {k: v for k, v in after.data.items() if k != "surveys"} == {
        k: v for k, v in before.data.items() if k != "surveys"
    }


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../evil.csv", "evil.csv"),
        ("C:\\x\\evil.csv", "evil.csv"),
        ("..", "file"),
        (".bashrc", "bashrc"),
        ("a\0b\n<img src=x>.csv", "a_b__img src_x_.csv"),
        ("x" * 300 + ".csv", "x" * 96 + ".csv"),
        ("here.csv", "here-2.csv"),
    ],
)
def test_no_name_leads_out_or_over_another_file(hand: Hand, name: str, kept: str) -> None:
    (hand.root / "data" / "here.csv").write_text("mine", "utf-8")
    everything = {*hand.root.parent.rglob("*")}
    hand.give(name, b"abc" * 1000)
    assert [p.name for p in {*hand.root.parent.rglob("*")} - everything] == [kept]
    assert (hand.root / "data" / kept).read_bytes() == b"abc" * 1000
    assert (hand.root / "data" / "here.csv").read_text("utf-8") == "mine"


def test_half_a_file_is_none(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    piece = {"id": "1", "name": "a.csv", "size": 20, "at": 0}
    hand.drop._heard(None, piece, [b"user_id,e"])
    hand.drop._heard(None, {**piece, "at": 15}, [b"12345"])
    assert hand.sent[-1]["why"]
    assert hand.end()["said"] == "0 new in data/."
    monkeypatch.setattr(exports, "MOST", 10)
    assert hand.give("big.csv", b"x" * 11, 11)["why"]
    assert not [*(hand.root / "data").glob("*.csv")]


def test_hostile_cells_and_names_are_text(hand: Hand) -> None:
    hand.give("<b onclick=x>.csv", b"NPS,Survey,<script>\n9,nps,1\n8,<img src=x>,2\n")
    hand.end()
    assert "<script" not in hand.said
    assert "<img" not in hand.said


def test_a_batch_run_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNEYKIT_LIVE", "0")
    assert open_workshop(create(tmp_path / "w").root).start.bring() is None
