"""From nothing to a map without a file: `journeykit new` asks four questions in a terminal."""

import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from journeykit.cli import make
from journeykit.cli.base import app
from journeykit.phases import OpenWorkshop
from journeykit.report import write_report
from journeykit.run.results import build_result
from journeykit.store import create, open_folder


def asked(place: Path, monkeypatch: pytest.MonkeyPatch, *answers: str) -> Path:
    terminal = _Terminal("".join(f"{a}\n" for a in answers))
    monkeypatch.setattr(make, "sys", SimpleNamespace(stdin=terminal))
    monkeypatch.setattr(make, "prompt", lambda words, default: terminal.line() or default)
    told = CliRunner().invoke(app, ["new", str(place)], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    return place


class _Terminal:
    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")

    def isatty(self) -> bool:
        return True

    def line(self) -> str:
        return self.lines.pop(0)


def test_four_answers_make_a_workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = (
        "Käthes Blumen",
        "Frau Yıldız",
        "Hears of us, Comes in,Comes in, ,花",
        "More regulars",
    )
    made = open_folder(asked(tmp_path / "shop", monkeypatch, *answers))
    workshop = made.workshop()
    assert (workshop.name, workshop.description) == ("Käthes Blumen", "More regulars")
    assert [(s.id, s.name) for s in workshop.stages] == [
        ("hears-of-us", "Hears of us"),
        ("comes-in", "Comes in"),
        ("stage", "花"),
    ]
    assert [(id, each.name) for id, each in made.personas().items()] == [
        ("customer", "Frau Yıldız")
    ]
    assert made.problems() == []


def test_enter_four_times_is_the_blank_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = open_folder(asked(tmp_path / "shop", monkeypatch, "", "", "", ""))
    plain = create(tmp_path / "plain")
    assert made.workshop() == plain.workshop()
    assert made.personas() == plain.personas()


def test_nothing_is_asked_where_nobody_sits(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["new", str(tmp_path / "shop")], input="")
    assert told.exit_code == 0
    assert open_folder(tmp_path / "shop").workshop().name == "Our workshop"


def test_without_data_a_report_shows_what_was_filled_in_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEYKIT_LIVE", "0")
    folder = create(tmp_path / "shop")
    journey = folder.journey("customer").add("Asks a friend", stage="awareness", lane="actions")
    folder.save(journey)
    w, panels = OpenWorkshop(folder), []
    for phase in (w.start, w.objectives, w.buyer_goals, w.weak_spots, w.ux, w.test, w.after):
        for name in sorted({*dir(type(phase)), *phase.asked}):
            if name not in _ASKED and name in _questions(phase):
                panels += [panel.data() for panel in (getattr(phase, name)(),)]
    assert len(panels) > 50
    head = {"kind": "persona", "workshop": "Our workshop", "run_id": "1", "status": "ok"}
    head |= {"persona": "customer", "persona_name": "Our customer", "not_run": []}
    result = build_result(head, [], {"source": None, "gate": None})
    page = write_report(result, panels, tmp_path / "report.html").read_text()
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.S)
    assert "Asks a friend" in text
    assert "There is no data yet" in text
    for words in ("Not measured", "Replace me", "waits for data"):
        assert words not in text
    shutil.rmtree(tmp_path / "shop")


_ASKED = ("guess", "gather", "timer", "panel", "room", "bring", "take_home")


def _questions(phase: object) -> list[str]:
    shown = Path(__file__).parents[2] / "notebooks"
    text = "".join(path.read_text() for path in shown.glob("*.ipynb"))
    return re.findall(r"w\.\w+\.(\w+)\(\)", text)
