"""The merge driver: two edits of one map join, a true conflict keeps both, and it is always YAML."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeykit.claims import lint
from journeykit.model import Journey
from journeykit.store import create, install_merge, open_folder, yaml
from journeykit.store.merge import merge_texts

FILE = "journeys/maya.yaml"
BASE = """\
# Our map, made in March
name: Map
persona: maya
owner: Ada
cards:
  # the first one
  - id: one
    stage: see
    lane: goals
    text: Find a gift  # by Tuesday
    importance: 7
  - id: two
    stage: see
    lane: actions
    text: Looks around
    events: [visit, home]
    serves: one
  - id: three
    stage: buy
    lane: actions
    text: Pays
    claim: {metric: drop-off, of: pay, is: between, threshold: [20%, 30%]}
"""


def merged(
    ours: str, theirs: str, base: str = BASE, file: str = FILE
) -> tuple[dict[str, Any], list[str]]:
    found = merge_texts(base, ours, theirs, file)
    return plain(found.text), found.conflicts


def plain(text: str) -> dict[str, Any]:
    return yaml.plain(yaml.read(text, "file"), "file")


def card(tree: dict[str, Any], name: str) -> dict[str, Any]:
    return next(card for card in tree["cards"] if card["id"] == name)


def edit(*changes: tuple[str, str], text: str = BASE) -> str:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_two_fields_of_one_card_join() -> None:
    tree, conflicts = merged(
        edit(("importance: 7", "importance: 9")), edit(("lane: goals", "lane: needs"))
    )
    assert conflicts == []
    assert (card(tree, "one")["importance"], card(tree, "one")["lane"]) == ("9", "needs")


def test_both_add_cards_in_the_same_place() -> None:
    new = "  - {id: %s, stage: buy, lane: needs, text: New %s}\n"
    tree, conflicts = merged(BASE + new % ("four", 4), BASE + new % ("five", 5))
    assert conflicts == []
    assert [c["id"] for c in tree["cards"]] == ["one", "two", "three", "five", "four"]


def test_a_true_conflict_keeps_ours_and_theirs_beside_it() -> None:
    tree, conflicts = merged(edit(("Pays", "Pays fast")), edit(("Pays", "Pays by wallet")))
    assert card(tree, "three")["text"] == "Pays fast"
    assert card(tree, "three")["x-conflict-text"] == "Pays by wallet"
    assert len(conflicts) == 1
    assert "'text' of 'three'" in conflicts[0]
    Journey.model_validate({**tree, "id": "maya"})


def test_a_conflict_in_a_conflict_loses_nothing() -> None:
    first = merge_texts(BASE, edit(("Ada", "Bo")), edit(("Ada", "Cy")), FILE).text
    tree, _ = merged(
        edit(("owner: Bo", "owner: Di"), text=first),
        edit(("owner: Bo", "owner: Ed"), text=first),
        base=first,
    )
    owners = {key: value for key, value in tree.items() if "owner" in key}
    assert owners == {"owner": "Di", "x-conflict-owner": "Cy", "x-conflict-owner-2": "Ed"}


@pytest.mark.parametrize("gone_here", [True, False])
def test_removed_here_and_changed_there_stays_with_a_mark(gone_here: bool) -> None:
    gone = BASE[: BASE.index("  - id: two")] + BASE[BASE.index("  - id: three") :]
    changed = edit(("Looks around", "Looks twice"))
    tree, conflicts = merged(*((gone, changed) if gone_here else (changed, gone)))
    assert card(tree, "two")["text"] == "Looks twice"
    assert f"removed {'here' if gone_here else 'there'}" in card(tree, "two")["x-conflict-removed"]
    assert len(conflicts) == 1


def test_removed_on_one_side_is_gone() -> None:
    gone = BASE[: BASE.index("  - id: two")] + BASE[BASE.index("  - id: three") :]
    tree, conflicts = merged(BASE, gone)
    assert ([c["id"] for c in tree["cards"]], conflicts) == (["one", "three"], [])


def test_lists_of_events_join_and_a_threshold_does_not() -> None:
    tree, conflicts = merged(
        edit(("[visit, home]", "[visit, home, look]")), edit(("[visit, home]", "[visit]"))
    )
    assert (card(tree, "two")["events"], conflicts) == (["visit", "look"], [])
    tree, conflicts = merged(edit(("[20%, 30%]", "[10%, 30%]")), edit(("[20%, 30%]", "[20%, 40%]")))
    claim = card(tree, "three")["claim"]
    assert (claim["threshold"], claim["x-conflict-threshold"]) == (["10%", "30%"], ["20%", "40%"])
    assert len(conflicts) == 1


def test_a_segment_gets_no_key_of_ours_in_it() -> None:
    base = "name: Maya\nsegment: {device: mobile}\n"
    found = merge_texts(
        base,
        base.replace("mobile", "tablet"),
        base.replace("mobile", "phone"),
        "shop/personas/maya.yaml",
    )
    assert plain(found.text) == {
        "name": "Maya",
        "segment": {"device": "tablet"},
        "x-conflict-segment-device": "phone",
    }


def test_changes_that_contradict_each_other_stand_side_by_side() -> None:
    base = "name: A\nstages: [{id: see, name: See}, {id: buy, name: Buy}]\n"
    ours = "name: A\nstages: [{id: see, name: See}]\n"
    theirs = f"{base}promises: [{{id: p, text: Quick, stage: buy}}]\n"
    found = merge_texts(base, ours, theirs, "workshop.yaml")
    tree = plain(found.text)
    assert [stage["id"] for stage in tree["stages"]] == ["see"]
    assert tree["x-conflict-promises"][0]["stage"] == "buy"
    assert len(found.conflicts) == 1
    assert yaml.problems(open_kind("workshop.yaml"), found.text, "w")[1] == []


def open_kind(file: str) -> Any:
    from journeykit.store.merge import kind_at

    return kind_at(file)


@pytest.mark.parametrize(
    "broken", ["name: [", "<<<<<<< HEAD\nname: A\n=======\n", "- a list\n", "\x00"]
)
@pytest.mark.parametrize("ours_broken", [True, False])
def test_a_side_that_is_no_yaml_is_kept_as_text(broken: str, ours_broken: bool) -> None:
    tree, conflicts = merged(*((broken, BASE) if ours_broken else (BASE, broken)))
    assert tree["x-conflict-file"].strip() == broken.strip().replace("\x00", "\x00")
    assert tree["cards"]
    assert len(conflicts) == 1


# --- any two edits --------------------------------------------------------------------------------

IDS = ("one", "two", "three", "four", "five")
WORDS = st.sampled_from(["a", "bee", "c: d", "# no", "Ø", "", "007", "NO", "- x"])
CARD = st.fixed_dictionaries(
    {
        "stage": st.sampled_from(["see", "buy"]),
        "lane": st.sampled_from(["goals", "needs"]),
        "text": WORDS,
    },
    optional={
        "owner": WORDS,
        "events": st.lists(st.sampled_from("xyz"), max_size=3, unique=True),
        "x-own": WORDS,
        "claim": st.builds(
            lambda least: {"metric": "conversion", "is": "at least", "threshold": f"{least}%"},
            st.integers(1, 99),
        ),
    },
)
MAPS = st.builds(
    lambda owner, cards: {
        "name": "Map",
        "persona": "maya",
        "owner": owner,
        "cards": [{"id": i, **c} for i, c in cards.items()],
    },
    WORDS,
    st.dictionaries(st.sampled_from(IDS), CARD, max_size=5),
)


def leaves(node: Any) -> set[str]:
    if isinstance(node, dict):
        return set().union(*map(leaves, node.values()), set())
    if isinstance(node, list):
        return set().union(*map(leaves, node), set())
    return {str(node)} if node not in (None, "") else set()


def changed(base: dict[str, Any], side: dict[str, Any]) -> set[str]:
    """What a side wrote that was not there before, field by field."""
    was = {c["id"]: c for c in base["cards"]}
    found = {side["owner"]} - {base["owner"], ""}
    for each in side["cards"]:
        before = was.get(each["id"], {})
        for key, value in each.items():
            if value != before.get(key):
                found |= leaves(value) - leaves(before.get(key))
    return found


@settings(max_examples=settings().max_examples * 2)
@given(MAPS, MAPS, MAPS)
def test_any_two_edits_join_and_lose_nothing(
    base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    texts = [yaml.dump(each) for each in (base, ours, theirs)]
    found = merge_texts(*texts, FILE)
    tree = plain(found.text)
    assert yaml.problems(Journey, found.text, FILE, id="maya")[1] == []
    assert changed(base, ours) | changed(base, theirs) <= leaves(tree)
    assert bool(found.conflicts) == ("x-conflict" in found.text)
    removed = {c["id"] for c in base["cards"]} - {c["id"] for c in ours["cards"]}
    assert {c["id"] for c in tree["cards"]} >= {c["id"] for c in ours["cards"]} & {
        c["id"] for c in theirs["cards"]
    }
    assert merge_texts(texts[0], texts[1], texts[0], FILE).conflicts == []
    assert plain(merge_texts(texts[0], texts[0], texts[2], FILE).text) == plain(texts[2])
    assert not removed & {
        c["id"] for c in plain(merge_texts(texts[0], texts[1], texts[0], FILE).text)["cards"]
    }


# --- in git ---------------------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = create(tmp_path / "shop", "retail").root
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.email", "a@b.example")
    git(root, "config", "user.name", "A")
    install_merge(root)
    git(root, "add", ".")
    git(root, "commit", "-qm", "Map")
    return root


def git(root: Path, *words: str, fails: bool = False) -> str:
    done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True)
    assert bool(done.returncode) is fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def branch(root: Path, name: str, change: Callable[[Path], None]) -> None:
    git(root, "checkout", "-q", "-b", name, "main")
    change(root / "journeys/mobile-maya.yaml")
    git(root, "commit", "-qam", name)


def rewrite(*changes: tuple[str, str]) -> Callable[[Path], None]:
    return lambda path: path.write_text(edit(*changes, text=path.read_text("utf-8")), "utf-8")


def test_git_joins_two_branches_and_keeps_comments_of_both(repository: Path) -> None:
    folder = open_folder(repository)
    first = folder.journey("mobile-maya").cards[0]
    branch(
        repository,
        "ada",
        rewrite(
            (f"  - id: {first.id}\n", f"  # Ada was here\n  - id: {first.id}\n"),
            (f"text: {first.text}", "text: By Ada"),
        ),
    )
    branch(
        repository,
        "bo",
        rewrite(
            ("  - id: who-are-they\n", "  # Bo was here\n  - id: who-are-they\n"),
            ("evidence: heard", "evidence: measured"),
        ),
    )
    git(repository, "merge", "-q", "-m", "Both", "ada")
    text = (repository / "journeys/mobile-maya.yaml").read_text("utf-8")
    assert "# Ada was here" in text
    assert "# Bo was here" in text
    joined = open_folder(repository).journey("mobile-maya").cards[0]
    assert (joined.text, joined.evidence) == ("By Ada", "measured")
    assert not git(repository, "status", "--porcelain").strip()


def test_git_stops_at_a_true_conflict_with_a_file_that_loads(repository: Path) -> None:
    first = open_folder(repository).journey("mobile-maya").cards[0]
    branch(repository, "ada", rewrite((f"text: {first.text}", "text: By Ada")))
    branch(repository, "bo", rewrite((f"text: {first.text}", "text: By Bo")))
    said = git(repository, "merge", "-m", "Both", "ada", fails=True)
    assert "'text' of 'find-a-treat' was changed on both sides" in said
    folder = open_folder(repository)
    assert folder.problems() == []
    card = folder.journey("mobile-maya").cards[0]
    assert (card.text, (card.model_extra or {})["x-conflict-text"]) == ("By Bo", "By Ada")
    (finding,) = [f for f in lint(folder) if f.code == "JK103"]
    assert finding.place.card == "find-a-treat"
    path = repository / "journeys/mobile-maya.yaml"
    path.write_text(path.read_text("utf-8").replace("    x-conflict-text: By Ada\n", ""), "utf-8")
    git(repository, "commit", "-qam", "Chosen")


def test_without_the_set_up_git_merges_lines_as_ever(repository: Path) -> None:
    git(repository, "config", "--remove-section", "merge.journeykit")
    branch(repository, "ada", rewrite(("owner: Shop manager", "owner: Ada")))
    git(repository, "checkout", "-q", "main")
    git(repository, "merge", "-q", "ada")
    assert open_folder(repository).journey("mobile-maya").owner == "Ada"


def test_the_set_up_is_written_once_and_keeps_what_is_there(repository: Path) -> None:
    attributes = repository / ".gitattributes"
    attributes.write_text("*.csv -diff", "utf-8")
    install_merge(repository)
    install_merge(repository)
    text = attributes.read_text("utf-8")
    assert text.startswith("*.csv -diff\n")
    assert text.count("merge=journeykit") == 1


@pytest.mark.parametrize(
    "change",
    [
        ("  - id: two\n", "  # second\n  - id: two\n"),
        ("    serves: one", "    serves: one  # surely"),
        ("persona: maya\n", "persona: maya\n# who sees to it\n"),
        ("    text: Pays\n", "    text: Pays\n    # end\n"),
    ],
)
def test_comments_of_the_other_side_come_along(change: tuple[str, str]) -> None:
    ours = edit(("importance: 7", "importance: 8"), ("Ada\n", "Bo\n"))
    found = merge_texts(BASE, ours, edit(("lane: goals", "lane: needs"), change), FILE)
    comment = change[1].split("#")[1].strip().splitlines()[0]
    assert f"# {comment}" in found.text
    assert "# the first one" in found.text
    assert "# by Tuesday" in found.text
    assert found.conflicts == []
