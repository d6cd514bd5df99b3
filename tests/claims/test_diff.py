"""What changed: nothing for equals, each card once, and only numbers that moved beyond chance."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeykit.claims.cards import card_changes
from journeykit.claims.diff import SECTIONS, Difference, diff_folders, diff_journeys, diff_results
from journeykit.claims.numbers import Number, compare_numbers, main_numbers
from journeykit.cli import main
from journeykit.model import Journey, Workshop
from journeykit.store import create, open_folder

SHOP = Workshop(name="Shop", stages=[{"id": "see", "name": "See"}, {"id": "buy", "name": "Buy"}])
CARDS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["a", "b", "c", "d", "e"]),
            "stage": st.sampled_from(["see", "buy"]),
            "lane": st.sampled_from(["goals", "actions"]),
            "text": st.sampled_from(["Look", "Pay", "Ask"]),
        },
        optional={
            "owner": st.sampled_from(["Ada", "Bo"]),
            "emotion": st.sampled_from([-1, 2]),
            "events": st.lists(st.sampled_from("xyz"), max_size=2, unique=True),
        },
    ),
    max_size=5,
    unique_by=lambda card: card["id"],
)
MAPS = CARDS.map(lambda cards: Journey(id="maya", name="Map", persona="maya", cards=cards))


@settings(max_examples=settings().max_examples * 2)
@given(MAPS, MAPS)
def test_each_card_is_told_once_and_equals_not_at_all(before: Journey, after: Journey) -> None:
    assert [*diff_journeys(before, before, SHOP, SHOP)] == []
    changes = card_changes(before, after, {})
    assert sorted(c.new.id for c in changes if c.new) == sorted(c.id for c in after.cards)
    assert sorted(c.old.id for c in changes if c.old) == sorted(c.id for c in before.cards)
    told = [*diff_journeys(before, after, SHOP, SHOP)]
    for word, other in (("added", (before, after)), ("removed", (after, before))):
        mine = [each for each in told if (each.section, each.change) == ("cards", word)]
        texts = sorted(c.card.text for c in changes if c.change == word)
        assert sorted(each.what for each in mine) == texts
        gone = {c.id for c in other[1].cards} - {c.id for c in other[0].cards}
        assert len(mine) <= len(gone)
    back = card_changes(after, before, {})
    mirrored = {"added": "removed", "removed": "added"}
    assert sorted(mirrored.get(c.change, c.change) for c in back) == sorted(
        c.change for c in changes
    )


@given(MAPS, MAPS)
def test_what_differs_is_told(before: Journey, after: Journey) -> None:
    def of(journey: Journey) -> list[Any]:
        return sorted(
            ({k: v for k, v in c.plain().items() if k != "id" and v != []} for c in journey.cards),
            key=json.dumps,
        )

    told = [*diff_journeys(before, after, SHOP, SHOP)]
    if of(before) != of(after):
        assert told


# --- folders --------------------------------------------------------------------------------------


@pytest.fixture
def shops(tmp_path: Path) -> tuple[Path, Path]:
    first = create(tmp_path / "a", "retail").root
    return first, Path(shutil.copytree(first, tmp_path / "b"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def sections(found: list[Difference]) -> list[tuple[str, str]]:
    return [(each.section, each.change) for each in found]


def told(shops: tuple[Path, Path]) -> list[Difference]:
    return diff_folders(*map(open_folder, shops))


def test_equal_folders_do_not_differ(shops: tuple[Path, Path]) -> None:
    assert told(shops) == []


def test_owners_feelings_and_claims_have_a_section_of_their_own(shops: tuple[Path, Path]) -> None:
    path = shops[1] / "journeys/mobile-maya.yaml"
    edit(path, "owner: Social editor", "owner: Ada")
    edit(path, "emotion: 1\n", "emotion: -1\n")
    found = told(shops)
    assert sections(found) == [
        ("feelings", "changed"),
        ("feelings", "changed"),
        ("owners", "changed"),
    ]
    assert found[0].said == "feeling was 1, is -1"
    assert found[1].said == "was +1.0, is -1.0, between -2 and 2"
    assert found[2].said == "owner was Social editor, is Ada"


@pytest.mark.parametrize(
    ("file", "old", "new", "section", "what", "said"),
    [
        (
            "workshop.yaml",
            "target: 0.16",
            "target: 0.2",
            "workshop",
            "More of our visitors become customers",
            "target was 0.16, is 0.2",
        ),
        (
            "workshop.yaml",
            "      - newsletter_signup\n",
            "",
            "workshop",
            "Awareness",
            "events: − newsletter_signup",
        ),
        (
            "personas/mobile-maya.yaml",
            "segment:\n  device: mobile",
            "segment:\n  device: tablet",
            "personas",
            "Mobile Maya",
            "segment: device: + tablet, − mobile",
        ),
        (
            "records/ideas/pay-with-wallet.yaml",
            "stage: purchase",
            "stage: awareness",
            "records",
            "Let the phone's wallet pay",
            "stage was purchase, is awareness",
        ),
        (
            "journeys/mobile-maya-to-be.yaml",
            "by: 50%",
            "by: 30%",
            "maps",
            "Maya buys in the tram",
            "changes",
        ),
    ],
)
def test_everything_that_a_team_changes_is_told(
    shops: tuple[Path, Path], file: str, old: str, new: str, section: str, what: str, said: str
) -> None:
    text = (shops[1] / file).read_text("utf-8")
    if old not in text:
        pytest.fail(f"{old!r} is not in {file}")
    edit(shops[1] / file, old, new)
    (found,) = told(shops)
    assert (found.section, found.change) == (section, "changed")
    assert found.what.startswith(what)
    assert said in found.said


def test_stages_in_another_order_are_told(shops: tuple[Path, Path]) -> None:
    folder = open_folder(shops[1])
    workshop = folder.workshop()
    folder.save(workshop.with_(stages=[s.plain() for s in workshop.stages[::-1]]))
    (found,) = told(shops)
    assert (found.change, found.where) == ("moved", "stage")
    assert found.said.startswith("Advocacy, After the purchase")


def test_a_map_and_a_record_that_came_or_went(shops: tuple[Path, Path]) -> None:
    (shops[1] / "journeys/mobile-maya-to-be.yaml").unlink()
    (shops[0] / "records/ideas/spin-the-wheel.yaml").unlink()
    assert sections(told(shops)) == [("maps", "removed"), ("records", "added")]


# --- runs -----------------------------------------------------------------------------------------


def result(rate: float, n: int = 2000, verdict: str = "supported", **more: Any) -> dict[str, Any]:
    claim = {
        "id": "maya/pay",
        "sentence": "Pay: at least 20%",
        "verdict": verdict,
        "value": rate,
        "low": rate - 0.02,
        "high": rate + 0.02,
        "n": n,
        "kind": "share",
        "must": True,
    }
    return {
        **{key: [] for key in ("funnel", "weak_spots", "promises", "surveys", "notebooks")},
        "kind": "persona",
        "workshop": "Shop",
        "run_id": "one",
        "phases": {},
        "persona": "maya",
        "persona_name": "Maya",
        "status": "ok",
        "data": {"users": n, "converted": round(rate * n)},
        "claims": [claim],
        **more,
    }


def test_a_verdict_that_flipped_and_a_number_that_moved() -> None:
    found = diff_results([result(0.3)], [result(0.1, verdict="refuted")])
    assert sections(found) == [("claims", "flipped"), ("numbers", "lower"), ("numbers", "lower")]
    assert found[0].said == "was supported, is refuted; 30.0% before, 10.0% now"
    assert "30.0% before, 10.0% now (difference −22" in found[1].said


def test_a_run_without_a_verdict_is_said_and_compared_with_nothing() -> None:
    bad = result(0.1, verdict="undecided", run_id="two", status="closed")
    bad["data"]["gate"] = {"broken": ["events: 95% are set aside.", "orders: old."], "said": []}
    for sides, when in (([result(0.3)], [bad]), "now"), (([bad], [result(0.3)]), "before"):
        (told,) = diff_results(*sides)
        assert (told.section, told.of, told.where) == ("gate", "Maya", "two")
        assert told.what == f"{when}, no verdict was drawn; nothing is compared"
        assert told.said == "events: 95% are set aside. orders: old."
    assert [each.what[:6] for each in diff_results([bad], [bad])] == ["before", "now, n"]
    bad["data"]["gate"]["accepted"] = True
    assert sections(diff_results([result(0.3)], [bad]))[0] == ("claims", "changed")


def test_what_lies_within_chance_did_not_move() -> None:
    assert diff_results([result(0.20)], [result(0.21)]) == []
    assert diff_results([result(0.3, n=20)], [result(0.9, n=20)]) == []


def test_a_persona_that_came_is_told() -> None:
    found = diff_results(
        [result(0.2)], [result(0.2), result(0.2) | {"persona": "bo", "persona_name": "Bo"}]
    )
    assert [(each.change, each.what) for each in found] == [("added", "Bo")]


def test_equal_data_moves_seldom() -> None:
    """With nothing planted, at most one number in twenty looks moved."""
    dice, moved, looked = np.random.default_rng(5), 0, 0
    for _ in range(200):
        sides = [
            [main_numbers({"data": {"users": 800, "converted": int(dice.binomial(800, 0.3))}})[0]]
            for _ in range(2)
        ]
        frame = compare_numbers(*sides)
        moved, looked = moved + int(frame["moved"].sum()), looked + len(frame)
    assert moved / looked <= 0.06


def test_numbers_of_another_unit_are_not_compared() -> None:
    old, new = (
        Number("x", "X", 1.0, 0.9, 1.1, 99, "hours"),
        Number("x", "X", 9.0, 8.9, 9.1, 99, "share"),
    )
    assert compare_numbers([old], [new]).empty


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def diff(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    def called(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["journeykit", "diff", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0), *capsys.readouterr()

    return called


@pytest.fixture
def repository(shops: tuple[Path, Path]) -> Path:
    root = shops[1]
    for words in (
        ["init", "-q", "-b", "main"],
        ["config", "user.email", "a@b.example"],
        ["config", "user.name", "A"],
        ["add", "."],
        ["commit", "-qm", "Map"],
    ):
        subprocess.run(["git", "-C", str(root), *words], check=True)
    edit(root / "journeys/mobile-maya.yaml", "owner: Social editor", "owner: Ada")
    return root


def test_two_revisions_are_read_without_a_checkout(
    repository: Path, diff: Callable[..., Any]
) -> None:
    subprocess.run(["git", "-C", str(repository), "commit", "-qam", "Owner"], check=True)
    edit(repository / "workshop.yaml", "review_days: 90", "review_days: 30")
    before = {p: p.read_bytes() for p in repository.rglob("*") if p.is_file()}
    code, said, _ = diff("HEAD~1", "HEAD", "--in", repository)
    assert code == 0
    assert "Owners\n" in said
    assert "owner was Social editor, is Ada" in said
    assert "review" not in said
    code, said, _ = diff(f"{repository}@HEAD", repository, "--format", "json")
    assert [each["said"] for each in json.loads(said)] == ["review days was 90, is 30"]
    assert "review days" in diff("HEAD", "--in", repository)[1]
    assert {p: p.read_bytes() for p in repository.rglob("*") if p.is_file()} == before


def test_a_workshop_in_a_part_of_a_repository(tmp_path: Path, diff: Callable[..., Any]) -> None:
    root = create(tmp_path / "team" / "shop", "blank").root
    for words in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.email=a@b", "-c", "user.name=A", "commit", "-qm", "A"],
    ):
        subprocess.run(["git", "-C", str(tmp_path / "team"), *words], check=True)
    assert diff("HEAD", "--in", root)[1].strip() == "Nothing changed."


def test_two_runs_by_their_ids(tmp_path: Path, diff: Callable[..., Any]) -> None:
    root = create(tmp_path / "shop", "blank").root
    for name, found in (("one", result(0.3)), ("two", result(0.1, verdict="refuted"))):
        (root / "runs" / name / "maya").mkdir(parents=True)
        (root / "runs" / name / "maya" / "result.json").write_text(json.dumps(found), "utf-8")
    assert "⇄ flipped: maya/pay: “Pay: at least 20%”" in diff("one", "two", "--in", root)[1]
    said = diff(root / "runs/one", root / "runs/two", "--format", "md")[1]
    assert "| ⇄ flipped | Maya |" in said
    code, _, complaint = diff("one", "--in", root)
    assert code == 2
    assert "a map and a run" in complaint


@pytest.fixture
def pairs(repository: Path, shops: tuple[Path, Path], tmp_path: Path) -> dict[str, list[object]]:
    """The same changes of a map as two folders and as two revisions; and two runs."""
    mine = open_folder(repository)
    journey = mine.journey("mobile-maya").change("curious", emotion=-1).remove("looks-bigger")
    journey = journey.add("Asks a friend", stage="purchase", lane="actions", id="asks-a-friend")
    mine.save(journey.change("wishlist", stage="purchase"))
    for name, found in (("one", result(0.3)), ("two", result(0.1, verdict="refuted"))):
        (tmp_path / "kept" / name / "maya").mkdir(parents=True)
        (tmp_path / "kept" / name / "maya" / "result.json").write_text(json.dumps(found), "utf-8")
    subprocess.run(["git", "-C", str(repository), "commit", "-qam", "Changed"], check=True)
    return {
        "folders": [*shops],
        "revisions": ["HEAD~1", "HEAD", "--in", repository],
        "runs": [tmp_path / "kept/one", tmp_path / "kept/two"],
    }


OF_MAPS = {
    ("cards", "added"): "Asks a friend",
    ("cards", "removed"): "It looked bigger in the film",
    ("cards", "moved"): "Wish list, as a memory for later",
    ("feelings", "changed"): "feeling was 1, is -1",
    ("owners", "changed"): "owner was Social editor, is Ada",
}
OF_RUNS = {
    ("claims", "flipped"): "was supported, is refuted; 30.0% before, 10.0% now",
    ("numbers", "lower"): "30.0% before, 10.0% now (difference −22",
}


@pytest.mark.parametrize(
    ("kind", "wanted"), [("folders", OF_MAPS), ("revisions", OF_MAPS), ("runs", OF_RUNS)]
)
def test_each_pair_in_each_format(
    pairs: dict[str, list[object]],
    diff: Callable[..., Any],
    kind: str,
    wanted: dict[tuple[str, str], str],
) -> None:
    said = {form: diff(*pairs[kind], "--format", form) for form in ("text", "md", "json")}
    assert {code for code, *_ in said.values()} == {0}
    rows = json.loads(said["json"][1])
    for (section, change), words in wanted.items():
        mine = [row for row in rows if (row["section"], row["change"]) == (section, change)]
        assert any(words in f"{row['what']} {row['said']}" for row in mine), (section, change, rows)
        assert words in said["text"][1]
        assert f"{change} | " in said["md"][1]
        assert words.replace("|", "\\|") in said["md"][1].replace("\\", "")
    order = [*dict.fromkeys(row["section"] for row in rows)]
    assert [SECTIONS[name] for name in order] == [
        line.removeprefix("### ") for line in said["md"][1].splitlines() if line.startswith("### ")
    ]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["nope"], "is no workshop folder and no run"),
        (["HEAD~99"], "no revision"),
        (["--format"], ""),
        ([".", "--format", "yaml"], "choose text, md, json"),
        (["--upload-pack=x"], ""),
    ],
)
def test_refusals(
    repository: Path, diff: Callable[..., Any], words: list[str], complaint: str
) -> None:
    extra = ["--in", repository] if words[0].startswith(("HEAD", ".")) else []
    code, _, said = diff(*words, *extra)
    assert code == 2
    assert complaint in said


def test_markdown_keeps_what_people_wrote_from_being_read(
    shops: tuple[Path, Path], diff: Callable[..., Any]
) -> None:
    path = shops[1] / "journeys/mobile-maya.yaml"
    edit(path, "text: Spot something pretty on the way to work", "text: <b>a | b</b> [x](y) `c`")
    said = diff(*shops, "--format", "md")[1]
    assert "\\<b\\>a \\| b\\</b\\> \\[x\\](y) \\`c\\`" in said
