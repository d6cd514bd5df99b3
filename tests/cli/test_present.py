"""``journeykit present`` is ``journeykit lab`` in the view of a single notebook."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from journeykit import open_workshop
from journeykit.cli import app as commands
from journeykit.store import create
from tests.uncovered import skip_in


@pytest.fixture
def started(tmp_path, monkeypatch):
    """Start a command on a fresh workshop; gives Jupyter's options."""
    shop, told = create(tmp_path / "shop", "blank").root, []
    monkeypatch.setattr(commands, "start", told.append)
    monkeypatch.delenv("JOURNEYKIT_WORKSHOP", raising=False)

    def start(*words: str) -> list[str]:
        done = CliRunner().invoke(commands.app, [*words[:1], str(shop), *words[1:]])
        assert done.exit_code == 0, done.output
        return told.pop()

    return start


def test_only_the_address_that_opens_is_another(started):
    lab, present = started("lab"), started("present")
    assert [word for word in present if word not in lab] == [
        "--LabApp.default_url=/doc/tree/notebooks/00_start_here.ipynb"
    ]
    assert len(lab) == len(present)
    assert "--no-browser" in started("present", "--no-browser", "--port", "9999")
    assert "--ServerApp.port=9999" in started("present", "--port", "9999")


def test_what_it_loads_is_beside_it_and_nothing_else(started):
    (word,) = (word for word in started("present") if "extra_labextensions_path" in word)
    assert word == f"--LabApp.extra_labextensions_path={commands.PRESENTER}"
    (told,) = commands.PRESENTER.glob("*/package.json")
    built = json.loads(told.read_text("utf-8"))["jupyterlab"]["_build"]
    assert (told.parent / built["load"]).is_file()
    for script in told.parent.glob("static/*.js"):
        assert "http" not in script.read_text("utf-8").replace("http-equiv", "")
        assert "eval(" not in script.read_text("utf-8")


def test_what_can_be_chosen_is_plain_data(tmp_path):
    create(tmp_path / "shop", "retail")
    told = open_workshop(tmp_path / "shop").start.choices()
    assert json.loads(json.dumps(told)) == told
    assert told["parts"][0]["phase"] == "start-here"
    assert told["now"] == ""
    assert told["personas"][told["persona"]] == "Mobile Maya"
    assert {*told["journeys"][0]} == {"id", "name", "persona"}
    assert told["journey"] in {each["id"] for each in told["journeys"]}


def test_what_was_computed_is_marked_by_what_the_folder_says(tmp_path):
    shop = create(tmp_path / "shop", "retail").root
    start = open_workshop(shop).start
    first = start.mark()
    assert open_workshop(shop).start.mark() == first
    (shop / "records" / "sessions").mkdir(parents=True)
    (shop / "records" / "sessions" / "2026-06-01.yaml").write_text("part: break\n")
    assert start.mark() == first  # the clock goes on
    skip_in(shop, "mobile-maya")
    assert start.mark() != first
