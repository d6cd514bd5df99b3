"""Writers that are not the kit, striking at every step of a save: nothing of either side is lost."""

from __future__ import annotations

import itertools
import os
from collections import Counter
from pathlib import Path

import pytest

from benchmarks import bench_outside
from journeykit.errors import FileProblem
from journeykit.store import Desk, documents, files, open_folder, outside
from journeykit.store.files import write_atomic

MAYA = "journeys/maya"
STEPS = ("begun", "prepared", "compared", "swap", "swapped", "replaced", "done")
MANNERS = ("rename", "in place", "truncate")


def card(name: str, text: str = "") -> str:
    return f"  - {{id: {name}, stage: see, lane: actions, text: {text or name}}}\n"


def build(root: Path, cards: int = 3) -> Path:
    write_atomic(
        root / "workshop.yaml", "schema: 2\nname: Shop\nstages:\n  - {id: see, name: See}\n"
    )
    write_atomic(root / "personas/maya.yaml", "name: Maya\n")
    head = "# by hand\nname: Maya buys\npersona: maya\ncards:\n"
    write_atomic(root / f"{MAYA}.yaml", head + "".join(card(f"c{i}") for i in range(cards)))
    return root


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(documents, "PAUSE", 3_600)  # the tests save when they want to
    monkeypatch.setattr(documents, "AGAIN", 3_600)
    monkeypatch.setattr(outside, "QUIET", 0.002)
    return build(tmp_path)


class Outsider:
    """A program that reads the map, adds a card to its copy and writes that back, all unasked.

    It reads at one step of a save, opens the file at another and writes at a third.
    """

    def __init__(self, path: Path, manner: str, steps: tuple[str, str, str], name: str) -> None:
        self.path, self.manner, self.name = path, manner, name
        self.reads, self.opens, self.writes = steps
        self.text, self.file = "", None

    def at(self, step: str) -> None:
        if step == self.reads and not self.text:
            self.text = self.path.read_text("utf-8") + card(self.name)
        if step == self.opens and self.text and self.file is None and self.manner != "rename":
            how = "r+" if self.manner == "in place" else "w"
            self.file = self.path.open(how, encoding="utf-8")
        if step in (self.writes, "done") and self.text:
            if self.manner == "rename":
                beside = self.path.with_name("beside.tmp")
                beside.write_text(self.text, "utf-8")
                os.replace(beside, self.path)
            elif self.file is not None:
                self.file.write(self.text)
                self.file.truncate()
                self.file.close()
            self.at = lambda step: None  # it has done what it came for


# When it reads, opens and writes; a renamed copy is not opened.
ORDERS = list(itertools.combinations_with_replacement(range(len(STEPS)), 3))
BY_NAME = [order for order in ORDERS if order[0] == order[1]]
ALL = pytest.mark.all


@pytest.mark.parametrize(
    ("manner", "orders"),
    [
        ("rename", BY_NAME),
        ("in place", ORDERS[::9]),
        ("truncate", ORDERS[::9]),
        pytest.param("in place", ORDERS, marks=ALL),
        pytest.param("truncate", ORDERS, marks=ALL),
    ],
)
def test_a_writer_that_strikes_at_any_step_of_a_save_loses_nothing_and_costs_nothing(
    root: Path, manner: str, orders: list[tuple[int, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    swap, strikers = files._swapped, []

    def strike(step: str) -> None:
        for one in strikers:
            one.at(step)

    def swapped(*names: object) -> bool:
        strike("swap")
        done = swap(*names)
        strike("swapped")
        return done

    monkeypatch.setattr(outside, "step", strike)
    monkeypatch.setattr(files, "_swapped", swapped)
    # Twelve to a map: one that only grows is read more slowly each time.
    for start in range(0, len(orders), 12):
        place, wanted = build(root / f"from-{start}"), {f"c{i}" for i in range(3)}
        saying, path = Desk(place), place / f"{MAYA}.yaml"
        for number, order in enumerate(orders[start : start + 12]):
            mine, theirs = f"m{number}", f"t{number}"
            steps = tuple(STEPS[at] for at in order)
            strikers[:] = [Outsider(path, manner, steps, theirs)]
            data = {"id": mine, "stage": "see", "lane": "actions", "text": mine}
            saying.take({"id": mine, "kind": "card.add", "doc": MAYA, "data": data})
            strike("begun")
            saying.save()
            strike("done")
            saying.save()  # as it does by itself two seconds later
            wanted |= {mine, theirs}
            found = Counter(card.id for card in open_folder(place).journey("maya").cards)
            assert not wanted - set(found), (manner, steps, wanted - set(found))
            assert set(found.values()) == {1}, (manner, steps)
        saying.close()
        assert path.read_text("utf-8").startswith("# by hand\n")


@pytest.mark.all
@pytest.mark.parametrize("manner", MANNERS)
def test_a_program_that_writes_the_same_map_at_full_speed(tmp_path: Path, manner: str) -> None:
    end = bench_outside.race(tmp_path, manner, count=60, kilobytes=34)
    assert (end.lost, end.doubled) == (0, 0)


def test_what_was_just_saved_and_is_taken_back_by_hand_stays_away(root: Path) -> None:
    path, saying = root / f"{MAYA}.yaml", Desk(root)
    before = path.read_text("utf-8")
    data = {"id": "mine", "stage": "see", "lane": "actions", "text": "mine"}
    saying.take({"id": "1", "kind": "card.add", "doc": MAYA, "data": data})
    saying.save()
    path.write_text(before, "utf-8")
    saying.close()
    assert path.read_text("utf-8") == before


def test_an_empty_file_is_told_and_not_taken_for_an_empty_map(root: Path) -> None:
    path, saying = root / f"{MAYA}.yaml", Desk(root)
    path.write_text("", "utf-8")
    data = {"id": "mine", "stage": "see", "lane": "actions", "text": "mine"}
    assert saying.take({"id": "1", "kind": "card.add", "doc": MAYA, "data": data}) != [None]
    with pytest.raises(FileProblem, match=r"maya\.yaml: the file is empty"):
        open_folder(root).journey("maya")
    saying.close()


def test_a_file_that_is_gone_for_a_moment_comes_back_whole(root: Path) -> None:
    path, saying = root / f"{MAYA}.yaml", Desk(root)
    before = path.read_text("utf-8")
    data = {"id": "mine", "stage": "see", "lane": "actions", "text": "mine"}
    saying.take({"id": "1", "kind": "card.add", "doc": MAYA, "data": data})
    saying.save()
    path.unlink()
    saying.look([MAYA])  # as git does it: away, then made anew
    path.write_text(before + card("theirs"), "utf-8")
    saying.look([MAYA])
    saying.close()
    found = sorted(card.id for card in open_folder(root).journey("maya").cards)
    assert found == ["c0", "c1", "c2", "mine", "theirs"]


def test_words_that_somebody_wrote_over_are_told_where_the_disk_is_full(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, saying = root / f"{MAYA}.yaml", Desk(root)
    before = path.read_text("utf-8")
    data = {"id": "mine", "stage": "see", "lane": "actions", "text": "mine"}
    saying.take({"id": "1", "kind": "card.add", "doc": MAYA, "data": data})
    saying.save()
    path.write_text(before + card("theirs"), "utf-8")
    with monkeypatch.context() as patch:

        def full(*_: object) -> None:
            raise OSError("No space left")

        patch.setattr(saying._journal, "write", full)
        assert {"mine", "theirs"} <= {card.id for card in saying.journey("maya").cards}
        assert "No space left" in saying.trouble[MAYA]
    saying.close()
    assert "mine" in path.read_text("utf-8")


def test_who_writes_again_before_what_it_wrote_over_is_saved_takes_nothing_away(root: Path) -> None:
    path, folder = root / f"{MAYA}.yaml", open_folder(root)
    old, map_ = path.read_text("utf-8"), folder.journey("maya")
    folder.save(map_.add("mine", stage="see", lane="actions"))
    for names in (["a"], ["a", "b"]):  # what it read was of before the save
        write_atomic(path, old + "".join(map(card, names)))
        there = {each.text for each in folder.journey("maya").cards}
        assert {"mine", *names} <= there
