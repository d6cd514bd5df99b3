"""What is wrong with a file is one sentence with file and line, whatever it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeykit.errors import FileProblem
from journeykit.store import open_folder

SOUND = "schema: 2\nname: Shop\nstages:\n  - {id: see, name: See, events: [visit]}\n"
DEEP = "[" * 400 + "]" * 400
BOMB = "x-a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]\n" + "".join(
    f"x-{this}: &{this} [{', '.join([f'*{last}'] * 9)}]\n"
    for last, this in zip("abcdefg", "bcdefgh")
)
WRONG = {
    "nested": (f"{SOUND}x-deep: {DEEP}\n", "nested more than 50 deep"),
    "no event": (SOUND.replace("[visit]", "{event: []}"), "'event' needs a value"),
    "an event in a list in a list": (SOUND.replace("[visit]", "{event: [[a]]}"), "needs a value"),
    "null for a list": (SOUND.replace("[visit]", "{event: null}"), "'event' needs a value"),
    "silence of lists": (f"{SOUND}silence: [[a], [b]]\n", "keys and values are needed"),
    "aliases of aliases": (SOUND + BOMB, "more than 200,000 values"),
    "twice": (f"{SOUND}name: Other\n", "a key stands twice"),
    "a tab": ("schema: 2\n\tname: Shop\n", "not YAML"),
    "NUL": (f"{SOUND}owner: \x00\n", "not YAML"),
    "a long value": (f"{SOUND}review_days: {'9' * 5000}\n", "whole number"),
    "a day that is none": (f"{SOUND}reviewed: 2026-13-45\n", "a date such as"),
    "half of a character": (SOUND.replace("Shop", '"\\ud83d"'), "half of a character"),
    "a version without end": (SOUND.replace("2", "9" * 6000, 1), "whole number"),
    "infinite": (f"{SOUND}review_days: .inf\n", "a whole number is needed"),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "personas").mkdir()
    (tmp_path / "personas/maya.yaml").write_text("name: Maya\n")
    (tmp_path / "workshop.yaml").write_text(SOUND)
    assert not open_folder(tmp_path).problems()
    return tmp_path


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_one_sentence(case: str, root: Path) -> None:
    text, words = WRONG[case]
    (root / "workshop.yaml").write_text(text, "utf-8")
    problem = open_folder(root).problems()[0]
    assert isinstance(problem, FileProblem)
    assert problem.file == "workshop.yaml"
    assert words in problem.message
    assert len(str(problem)) < 3_000
    with pytest.raises(FileProblem, match="workshop"):
        open_folder(root).workshop()


def test_a_file_nested_too_deep_has_its_line(root: Path) -> None:
    (root / "workshop.yaml").write_text(WRONG["nested"][0])
    assert open_folder(root).problems()[0].line == 5


def test_half_of_a_character_has_its_line(root: Path) -> None:
    (root / "workshop.yaml").write_text(WRONG["half of a character"][0])
    (told,) = open_folder(root).problems()
    assert (told.line, told.key) == (2, "name")


@pytest.mark.parametrize("codec", ["utf-16", "cp037"])
def test_another_encoding_is_told(root: Path, codec: str) -> None:
    (root / "personas/maya.yaml").write_bytes("name: Maya é\n".encode(codec))
    assert "personas/maya.yaml" in str(open_folder(root).problems()[0])


def test_a_byte_order_mark_is_no_reason_to_complain(root: Path) -> None:
    (root / "workshop.yaml").write_text(SOUND, "utf-8-sig")
    assert open_folder(root).workshop().name == "Shop"


def test_a_folder_in_place_of_a_file_is_told(root: Path) -> None:
    (root / "personas/bo.yaml").mkdir()
    problem = open_folder(root).problems()[0]
    assert "a file is needed" in str(problem)
    assert problem.file == "personas/bo.yaml"


def test_two_halves_of_a_character_are_one(root: Path) -> None:
    (root / "workshop.yaml").write_text(SOUND.replace("Shop", '"\\ud83d\\ude42"'))
    folder = open_folder(root)
    assert folder.workshop().name == "🙂"
    folder.save(folder.workshop().with_(owner="Ada"))
    assert '"🙂"' in (root / "workshop.yaml").read_text("utf-8")
