"""Damaged JSON: results of runs, notebooks before and after they ran, progress, answers."""
# ruff: noqa: E501

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest

from journeykit.claims.diff import diff_results
from journeykit.claims.trend import earlier_results, trend
from journeykit.course.marks import read_log
from journeykit.course.outcome import Progress
from journeykit.course.plain import decode
from journeykit.errors import FileProblem
from journeykit.model import Result
from journeykit.report import write_index, write_report
from journeykit.run.panels import MIME, SPEC, SVG, panels
from journeykit.run.plan import find_notebooks
from journeykit.store import read_json

from .mutants import as_json, damaged_bytes, damaged_tree, hold

INTERVAL = {"low": 0.2, "high": 0.4, "n": 100}
STEP = {"users": 100, "of_start": 1.0, "of_previous": 1.0, "of_start_low": 0.9, "of_start_high": 1}
RESULT: dict[str, Any] = {
    "schema_version": 1,
    "kit_version": "0.1.0",
    "kind": "persona",
    "workshop": "Shop",
    "persona": "maya",
    "persona_name": "Maya",
    "run_id": "r2",
    "status": "ok",
    "data": {
        "source": "events.csv",
        "fingerprint": "f",
        "events": 300,
        "users": 100,
        "sessions": 120,
        "from": "2026-01-05T00:12:44",
        "to": "2026-06-28T23:38:56",
        "all": {"events": 900, "users": 300, "sessions": 400, "converted": 90},
        "converted": 30,
        "goal": "pay",
    },
    "funnel": [
        {"step": "visit", **STEP, **INTERVAL},
        {"step": "pay", **STEP, "users": 30, **INTERVAL},
    ],
    "weak_spots": [
        {"rank": 1, "kind": "loss", "what": "48% did not go on", "users": 52, "significant": True}
    ],
    "promises": [
        {"promise": "fast", "text": "Fast", "verdict": "broken", "share": 0.6, **INTERVAL}
    ],
    "surveys": [{"measure": "nps", "score": 6.9, **INTERVAL}],
    "claims": [
        {
            "id": "maya/pay",
            "sentence": "Pay",
            "verdict": "supported",
            "value": 0.3,
            "must": True,
            "kind": "share",
            **INTERVAL,
        }
    ],
    "phases": {
        "start-here": {"progress": {"done": 0, "of": 6, "states": {"Weak spots": "open"}}},
        "test-the-journey": {
            "journey-tests": {"red": 1, "green": 2, "amber": 0, "wrong": 0},
            "next-agenda": {"minutes": 60, "rows": [{"what": "A"}, {"what": "B"}, {"what": "C"}]},
        },
        "after-the-purchase": {"repeat": {"share": 0.2, **INTERVAL}},
    },
    "notebooks": [
        {
            "name": "00_start",
            "status": "ok",
            "file": "notebooks/00_start.ipynb",
            "seconds": 3.0,
            "own": {"a": "b"},
        }
    ],
}
PANEL = {
    "id": "p",
    "phase": "weak-spots",
    "title": "T",
    "sentence": "S.",
    "counts": "customers",
    "notes": ["n"],
    "numbers": {"a": 1},
    "table": {
        "columns": [
            {"key": "users", "label": "Customers", "unit": "count"},
            {"key": "low", "label": "Low", "unit": "share"},
            {"key": "high", "label": "High", "unit": "share"},
        ],
        "rows": [[1, 0.1, 0.2]],
        "total": 1,
    },
    "own": True,
}
NOTEBOOK: dict[str, Any] = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}, "papermill": {}},
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Hello"},
        {"cell_type": "code", "id": "b", "metadata": {"tags": ["parameters"]}, "source": ["persona = 'maya'\n", "n = 3"], "outputs": [], "execution_count": 1},
        {"cell_type": "code", "id": "c", "metadata": {}, "source": "w.show()", "execution_count": 2, "outputs": [
            {"output_type": "display_data", "metadata": {}, "data": {MIME: PANEL, SPEC: {"mark": "bar"}, SVG: "<svg><title>Chart</title></svg>"}},
            {"output_type": "display_data", "metadata": {}, "data": {"image/png": "aGVsbG8=", "text/html": "<table class='dataframe'>"}},
            {"output_type": "stream", "name": "stdout", "text": "hello"},
            {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]},
        ]},
    ],
}  # fmt: skip
PROGRESS = {"exercises": {"01": {"q1": {"state": "right", "tries": 2, "hints": 1}}}}
LOG = [
    {
        "question": "q1",
        "answer": json.dumps({"answer": [1, {"a table, as journeykit writes it": [["a"], [[1]]]}]}),
    },
    {"questions": ["q2"], "error": "E"},
    {"end": True},
]


def made(tree: Any) -> Callable[[Random], bytes]:
    text = json.dumps(tree, indent=1).encode()
    return lambda rng: (
        damaged_bytes(text, rng) if rng.random() < 0.4 else as_json(damaged_tree(tree, rng))
    )


def result(root: Path) -> Callable[[bytes], None]:
    """The mutant is this run's, then an earlier one's; the sound ones stay readable beside it."""
    sound = {name: root / "runs" / name / "maya/result.json" for name in ("r1", "r2")}
    for file in sound.values():
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps({**RESULT, "run_id": file.parents[1].name}), "utf-8")

    def try_one(mutant: bytes) -> None:
        sound["r1"].write_bytes(mutant)
        results, told = earlier_results(root / "runs", "maya")
        assert (len(told), len(results)) in ((0, 2), (1, 1), (0, 1))
        trend(results)
        found = read_json(sound["r1"], Result)
        diff_results([found], [RESULT])

    def with_index(mutant: bytes) -> None:
        try:
            try_one(mutant)
        finally:
            if len(mutant) % 15 == 0:  # pictures take their time: only some
                write_index(root / "runs" / "r2")
                sound["r2"].write_bytes(mutant)
                try:
                    write_index(root / "runs" / "r2")
                finally:
                    sound["r2"].write_text(json.dumps(RESULT), "utf-8")

    with_index(json.dumps(RESULT).encode())
    return with_index


def notebook(root: Path) -> Callable[[bytes], None]:
    """One that a team wrote: looked at before anything runs."""
    file = root / "notebooks" / "00_start.ipynb"
    file.parent.mkdir()

    def try_one(mutant: bytes) -> None:
        file.write_bytes(mutant)
        for each in find_notebooks(root):
            each.choose({"persona": "maya"})

    return try_one


def executed(root: Path) -> Callable[[bytes], None]:
    """What kernels showed, by a cell of one's own as well: in the report, or left out."""

    def try_one(mutant: bytes) -> None:
        try:
            read = nbformat.reads(mutant.decode("utf-8", "replace"), as_version=4)
            nbformat.validate(read)
        except Exception:  # nbformat's own: Papermill never gives the kit such a one
            return
        write_report(RESULT, panels(read, "00_start"), root / "report.html")

    return try_one


def progress(root: Path) -> Callable[[bytes], None]:
    def try_one(mutant: bytes) -> None:
        kept = Progress("01", ["q1", "q2"])
        kept.path = root / "progress.json"
        kept.path.write_bytes(mutant)
        kept.shown({"q1": SimpleNamespace(asks="How many?"), "q2": SimpleNamespace(asks="Why?")})
        kept.note("q1", hints=1)

    return try_one


def answers(root: Path) -> Callable[[bytes], None]:
    def try_one(mutant: bytes) -> None:
        text = mutant.decode("utf-8", "replace").replace("\n", " ").replace(" ]", "\n]")
        for entry in read_log(text)[0].values():
            decode(str(entry.get("answer")))

    return try_one


NIGHTLY = pytest.param(2_000, marks=pytest.mark.nightly)
TARGETS = {
    "result": (result, RESULT),
    "notebook": (notebook, NOTEBOOK),
    "executed": (executed, NOTEBOOK),
    "progress": (progress, PROGRESS),
    "answers": (answers, LOG),
}


def tried(kind: str, root: Path, numbers: range, capsys: Any) -> None:
    target, tree = TARGETS[kind]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        hold(kind, made(tree), target(root), numbers)


@pytest.mark.parametrize("kind", TARGETS)
def test_a_few_damaged_files_end_in_a_sentence(kind: str, tmp_path: Path, capsys: Any) -> None:
    tried(kind, tmp_path, range(20), capsys)


@pytest.mark.parametrize("end", [pytest.param(50, marks=pytest.mark.all), NIGHTLY])
@pytest.mark.parametrize("kind", TARGETS)
def test_many_damaged_files_end_in_a_sentence(
    kind: str, end: int, tmp_path: Path, capsys: Any
) -> None:
    tried(kind, tmp_path, range(20, end), capsys)


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{", '{"kind": "persona", "fun', "\x00", '{"a": 1}']
)
def test_a_result_that_is_half_or_empty_is_told_with_file_and_line(
    tmp_path: Path, text: str
) -> None:
    file = tmp_path / "r1" / "maya" / "result.json"
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    with pytest.raises(FileProblem, match=r"r1/maya/result\.json:1"):
        read_json(file, Result)
