"""Damaged workshop folders: read, checked, asked, saved; an answer or a sentence, never a traceback."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from ruamel.yaml import YAML

from journeykit.claims import Evidence, journey_tests, lint, planned_tests
from journeykit.claims.diff import diff_folders
from journeykit.claims.names import mistakes
from journeykit.phases import OpenWorkshop
from journeykit.phases.phase import Phase
from journeykit.store import open_folder, yaml

from .mutants import as_json, damaged_bytes, damaged_tree, hold
from .samples import FILES

NIGHTLY = pytest.param(2_000, marks=pytest.mark.nightly)
KINDS = ("workshop", "personas", "journeys", "records")
PHASES = ("start", "objectives", "buyer_goals", "weak_spots", "ux", "test", "after", "compare")
DEEPER, DEEPEST = 25, 100
"""Of every so manieth mutant the data is asked, and all that notebooks show is made."""


def mutant_of(kind: str) -> Callable[[Random], tuple[str, bytes, int]]:
    names = [name for name in FILES if name.partition("/")[0] == kind]
    trees = {name: YAML(typ="safe", pure=True).load(FILES[name]) for name in names}

    def make(rng: Random) -> tuple[str, bytes, int]:
        name = rng.choice(names)
        if rng.random() < 0.5:
            data = damaged_bytes(FILES[name].encode(), rng)
        else:
            data = as_json(_plain(damaged_tree(trees[name], rng)))
        return name, data, rng.randrange(DEEPEST)

    return make


def _plain(tree: Any) -> Any:
    """Dates as text, as YAML writes them; what is nested too deep as it is."""
    try:
        if isinstance(tree, dict):
            return {str(key): _plain(value) for key, value in tree.items()}
        if isinstance(tree, list):
            return [_plain(value) for value in tree]
    except RecursionError:
        return None
    return tree if isinstance(tree, str | int | float | None) else str(tree)


def walk(root: Path, depth: int = 0) -> None:
    """Do with a folder what the commands and the notebooks do."""
    folder = open_folder(root)
    if wrong := folder.problems():
        for problem in wrong:
            assert problem.file, problem
        raise wrong[0]
    lint(folder)
    planned_tests(folder)
    diff_folders(folder, open_folder(root))
    _saved(root)
    if depth % DEEPER == 0:
        session = OpenWorkshop(folder)
        lint(folder, session)
        journey_tests(Evidence.of(session))
        mistakes(session)
    if depth == 0:
        for phase in PHASES:
            room = getattr(session, phase)
            for name in dir(room):
                if not (hasattr(Phase, name) or name.startswith("_") or name in ("w", "id")):
                    question = getattr(room, name)
                    question()


def _saved(root: Path) -> None:
    """What is read and written reads the same again."""
    folder = open_folder(root)
    journeys, personas = folder.journey_ids(), folder.persona_ids()
    docs = [
        "workshop",
        *(f"journeys/{id}" for id in journeys),
        *(f"personas/{id}" for id in personas),
    ]
    for doc in docs:
        model, path = folder.read(doc), root / f"{doc}.yaml"
        tree = yaml.read(path.read_text("utf-8-sig"), path.name)
        text = yaml.dump(yaml.update(tree, model.plain()))
        assert yaml.parse(type(model), text, path.name, path.stem) == model, doc


def tried(root: Path, kind: str, numbers: range) -> None:
    def try_one(mutant: tuple[str, bytes, int]) -> None:
        name, data, depth = mutant
        path = root / f"{name}.yaml"
        path.write_bytes(data)
        try:
            walk(root, depth)
        finally:
            path.write_text(FILES[name], "utf-8")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        walk(root)  # sound, before anything is damaged
        hold(kind, mutant_of(kind), try_one, numbers)


def test_grades_without_criteria_are_told(root: Path) -> None:
    path = root / "workshop.yaml"
    path.write_text(path.read_text("utf-8").replace("criteria: [price, speed]\n", ""), "utf-8")
    panel = OpenWorkshop(open_folder(root)).weak_spots.competitors()
    assert "workshop.yaml names no criteria" in panel.sentence


@pytest.mark.parametrize("kind", KINDS)
def test_a_few_damaged_folders_end_in_a_sentence(kind: str, root: Path) -> None:
    tried(root, kind, range(8))


@pytest.mark.parametrize("end", [pytest.param(50, marks=pytest.mark.all), NIGHTLY])
@pytest.mark.parametrize("kind", KINDS)
def test_many_damaged_folders_end_in_a_sentence(kind: str, end: int, root: Path) -> None:
    tried(root, kind, range(8, end))
