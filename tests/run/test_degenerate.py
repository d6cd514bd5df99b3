"""All eight notebooks on logs at their edges: each panel is a right number or a sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from journeykit.phases import open_workshop
from journeykit.store import finish

from .degenerate import CASES, STEPS
from .drawn import problems

BY_DAY = (
    "nobody arrives, one user, one event, a goal that nobody has, 300 names, three columns, "
    "backwards, names of every kind"
).split(", ")


def shop(root: Path, name: str) -> Path:
    """A folder with this log, two personas, a map each with claims, promises and objectives."""
    frame, said = CASES[name]()
    steps = said.get("funnel", STEPS)
    (root / "data").mkdir(parents=True)
    frame.to_csv(root / "data/events.csv", index=False)
    stages = [
        {"id": f"s{at}", "name": f"Stage {at}", "events": [step]} for at, step in enumerate(steps)
    ]
    objective = {"id": "more", "goal": "More", "measure": "conversion", "target": "16%"}
    workshop = {
        "schema": 2, "name": name, "goal": [said.get("goal", steps[-1])], "stages": stages,
        "funnel": [{"name": f"Step {at}", "events": [step]} for at, step in enumerate(steps)],
        "objectives": [objective], "data": {"events": {"source": "data/events.csv"}},
    }  # fmt: skip
    claim = {"metric": "conversion", "is": "at least", "threshold": "20%", "must": True}
    step = {"metric": "step-rate", "of": "Step 1", "is": "at least", "threshold": "20%"}
    cards = [
        {"id": f"c{at}", "stage": "s0", "lane": "metrics", "text": "So many", "claim": told}
        for at, told in enumerate((claim, {**step, "period": "last 7 days"}, step))
    ]
    files: dict[str, Any] = {"workshop": workshop}
    for persona, segment in (("ann", said.get("segment")), ("everyone", None)):
        files[f"personas/{persona}"] = {"name": persona} | ({"segment": segment} if segment else {})
        files[f"journeys/{persona}"] = {"name": persona, "persona": persona, "cards": cards}
    for path, told in files.items():
        (root / path).parent.mkdir(exist_ok=True)
        with (root / f"{path}.yaml").open("w", encoding="utf-8") as file:
            YAML().dump(told, file)
    finish(root)
    return root


USERS = {  # who did how many of the steps, by hand
    "nobody lost": [80, 80, 80],
    "nobody arrives": [80, 0, 0],
    "one user": [1, 1, 1],
    "one instant": [120, 80, 40],
    "a persona of one": [1, 1, 1],
    "a persona of nobody": [0, 0, 0],
    "backwards": [90, 0, 0],
    "every row a hundred times": [20, 13, 6],
    "a goal that one has": [200, 100, 1],
    "one who does everything": [1, 1, 1],
    "three columns": [120, 80, 40],
    "only days to come": [120, 80, 40],
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.all if name in BY_DAY else pytest.mark.nightly)
        for name in CASES
    ],
)
def test_every_panel_is_a_number_or_a_sentence(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEYKIT_LIVE", "0")
    w = open_workshop(shop(tmp_path / "shop", name), "ann")
    assert problems(w) == {}
    if name in USERS:
        assert w.weak_spots.funnel().frame["users"].tolist() == USERS[name]
        assert w.start.data().numbers["users"] >= USERS[name][0]


@pytest.mark.nightly
@pytest.mark.xdist_group("run")
@pytest.mark.parametrize("name", ["a persona of nobody", "one event", "no stage in the data"])
def test_a_run_of_all_notebooks_ends_well(name: str, tmp_path: Path) -> None:
    root = shop(tmp_path / "shop", name)
    words = [sys.executable, "-c", "from journeykit.cli import main; main()", "run", str(root)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    for result in (root / "runs").glob("*/*/result.json"):
        told = json.loads(result.read_text("utf-8"))
        assert told["status"] == "ok", told
