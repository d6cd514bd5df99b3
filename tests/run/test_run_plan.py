"""What is refused before anything starts, and what results keep."""

from __future__ import annotations

import gc
import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from journeykit.errors import DataError, RunError
from journeykit.run import forks, run_workshop
from journeykit.run.panels import page
from journeykit.run.plan import find_notebooks, make_plan, new_folder
from journeykit.run.results import build_result, write_result

MakeWorkshop = Callable[..., Path]
WriteNotebook = Callable[..., None]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"personas": ["anm"]}, r"No persona 'anm'.*Did you mean 'ann'"),
        ({"parameters": {"tpo": "3"}}, r"no notebook has a parameter 'tpo'.*Did you mean 'top'"),
        ({"parameters": {"top": "many"}}, r"'top'.*type int.*'many'"),
        ({"parameters": {"persona": "ann"}}, r"'persona' is filled in by the run"),
        ({"data": "evnts.csv"}, r"No data at 'evnts.csv'"),
        ({"data": "nowhere/*.parquet"}, r"There is no folder"),
        ({"since": "31.1.2026"}, r"since '31.1.2026' is not a date"),
        ({"since": "2026-02-01", "until": "2026-01-01"}, r"later than"),
        ({"workers": 0}, r"0 workers"),
    ],
)
def test_a_mistake_is_refused_before_anything_starts(
    make_workshop: MakeWorkshop,
    write_notebook: WriteNotebook,
    monkeypatch: pytest.MonkeyPatch,
    asked: dict[str, object],
    words: str,
) -> None:
    workshop = make_workshop()
    more = "since = until = ''\ntop = 3"
    write_notebook(workshop / "notebooks" / "01_b.ipynb", ["1"], more)
    monkeypatch.setattr(forks, "start_server", lambda *_: pytest.fail("started"))
    with pytest.raises((RunError, DataError), match=f"(?i){words}"):
        run_workshop(workshop, **asked)  # type: ignore[arg-type]
    assert not (workshop / "runs").exists()


def test_data_that_cannot_be_prepared_leaves_no_run(make_workshop: MakeWorkshop) -> None:
    workshop = make_workshop()

    def prepare(*_: object, **__: object) -> None:
        raise RunError("The file has no rows.")

    with pytest.raises(RunError, match="no rows"):
        run_workshop(workshop, prepare=prepare)
    assert not (workshop / "runs").exists()


def test_a_folder_that_is_no_workshop_says_what_is_missing(
    tmp_path: Path, make_workshop: MakeWorkshop
) -> None:
    with pytest.raises(RunError, match="not a folder"):
        make_plan(tmp_path / "none")
    with pytest.raises(RunError, match="no persona"):
        make_plan(tmp_path)
    workshop = make_workshop(personas=["compare"])
    with pytest.raises(RunError, match="Rename it"):
        make_plan(workshop)


def test_a_notebook_must_say_what_it_takes(
    make_workshop: MakeWorkshop, write_notebook: WriteNotebook
) -> None:
    workshop = make_workshop()
    bad = workshop / "notebooks" / "05_bad.ipynb"
    write_notebook(bad, ["1"], None)
    with pytest.raises(RunError, match=r"05_bad\.ipynb has no cell tagged `parameters`"):
        make_plan(workshop)
    write_notebook(bad, ["1"], "b = = 2")
    with pytest.raises(RunError, match="line 4"):
        make_plan(workshop)
    bad.write_text("{")
    with pytest.raises(RunError, match=r"05_bad\.ipynb is not a notebook"):
        make_plan(workshop)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"name": "ir", "display_name": "R"}, "is written in R; a run executes Python only"),
        ({"name": "my-env", "display_name": "x", "language": "julia"}, "is written in julia"),
        ({"name": "my-env", "display_name": "x", "language": "python"}, ""),
        ({"name": "python3", "display_name": "Python"}, ""),
    ],
)
def test_a_notebook_of_another_language_is_said(
    make_workshop: MakeWorkshop, spec: dict[str, str], said: str
) -> None:
    root = make_workshop({"00_a": ["1 + 1"]})
    file = root / "notebooks/00_a.ipynb"
    notebook = json.loads(file.read_text("utf-8"))
    notebook["metadata"]["kernelspec"] = spec
    file.write_text(json.dumps(notebook), "utf-8")
    if not said:
        assert [each.name for each in find_notebooks(root)] == ["00_a"]
        return
    with pytest.raises(RunError, match=said):
        find_notebooks(root)


def test_notebooks_come_in_the_order_of_their_numbers(make_workshop: MakeWorkshop) -> None:
    workshop = make_workshop({name: ["1"] for name in ("10_j", "2_b", "00_a", "scratch")})
    assert [book.name for book in find_notebooks(workshop)] == ["00_a", "2_b", "10_j"]


def test_a_path_is_absolute_and_a_connection_stays_a_name(
    make_workshop: MakeWorkshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop = make_workshop()
    (workshop / "data").mkdir()
    (workshop / "data" / "e1.csv").touch()
    monkeypatch.chdir(workshop / "data")
    here = str(workshop / "data")
    for data, expected in {
        "e1.csv": f"{here}/e1.csv",
        "*.csv": f"{here}/*.csv",
        "data/e1.csv": f"{here}/e1.csv",
        "warehouse": "warehouse",
    }.items():
        assert make_plan("..", data=data).values["data"] == expected


def test_the_heavy_imports_are_left_to_the_server() -> None:
    before = gc.get_freeze_count()  # some versions of Python begin with some
    from journeykit.run import warm

    assert warm.LIBRARIES
    assert gc.get_freeze_count() == before


def test_run_folders_of_one_second_differ(tmp_path: Path) -> None:
    made = [new_folder(tmp_path / "runs") for _ in range(4)]
    assert len(set(made)) == 4
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="is a file"):
        new_folder(tmp_path / "file")


def test_numbers_go_where_they_belong() -> None:
    panels = [
        {"id": "data", "phase": "0", "numbers": {"events": 5, "users": 2}},
        {"id": "funnel", "phase": "3", "numbers": {"rows": [{"step": "a", "low": math.nan}]}},
        {"id": "weak-spots", "phase": "3", "numbers": [{"rank": 1}]},
        {"id": "weak-spots", "phase": "5", "numbers": []},
        {"id": "nps", "phase": "4", "numbers": {"score": 12.0}},
        {"id": "words", "phase": "4", "numbers": {}},
    ]
    outcome = {"name": "03", "status": "ok", "panels": panels}
    result = build_result({"persona": "ann"}, [outcome], {"source": "x", "events": 9})
    assert (result["data"]["events"], result["data"]["source"]) == (5, "x")
    assert result["data"]["sessions"] is None
    assert result["weak_spots"] == [{"rank": 1}]
    assert result["phases"] == {"4": {"nps": {"score": 12.0}}}
    assert result["notebooks"] == [{"name": "03", "status": "ok"}]


def test_a_result_is_strict_json_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "ann" / "result.json"
    write_result(file.parent, {"x": [math.nan, math.inf, 1.5], "p": Path("a")})
    assert json.loads(file.read_text(), parse_constant=pytest.fail) == {
        "x": [None, None, 1.5],
        "p": "a",
    }
    monkeypatch.setattr("os.replace", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_result(file.parent, {"p": "half"})
    assert json.loads(file.read_text())["p"] == "a"
    assert [path.name for path in file.parent.iterdir()] == ["result.json"]


def test_the_page_of_a_failed_notebook_holds_no_markup_of_the_data() -> None:
    error = {
        "output_type": "error",
        "ename": "E",
        "evalue": "",
        "traceback": ["\x1b[31m<b>\x1b[0m"],
    }
    cells = [
        {"cell_type": "markdown", "source": "# <i>Why</i>"},
        {"cell_type": "code", "source": ["a<b"], "outputs": [error]},
    ]
    text = page({"cells": cells}, 1, "T&T")
    assert not any(mark in text for mark in ("<i>", "<b>", "\x1b"))
    assert text.count("failed-cell") == 1
    assert "http" not in text
