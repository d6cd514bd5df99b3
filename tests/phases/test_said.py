"""How every question about the retail sample is answered in words stays as it was.

``pinned/`` holds each sentence, and what is counted. Where a later change means to say something
otherwise, ``JOURNEYKIT_RENEW=1 pytest tests/phases/test_said.py`` writes it there, and the commit
says why. The numbers themselves are held by ``tests/spine/test_pinned_numbers.py``; of one persona
here as well, so that who changes a number learns it in seconds.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from journeykit.phases import OpenWorkshop
from journeykit.run.results import build_result
from journeykit.store import create

HERE = Path(__file__).parent
SAID = HERE / "pinned" / "retail-sentences.json"
NUMBERS = HERE.parent / "spine" / "pinned" / "retail.json"
PERSONAS = ("mobile-maya", "loyal-lena", "gift-giving-george")


def numbers_of(value: Any, key: str = "") -> Iterator[tuple[str, float]]:
    """Give every number of a result with the path that leads to it."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for name, item in items:
            yield from numbers_of(item, f"{key}/{name}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield key, value


@pytest.mark.xdist_group("panels-retail")
@pytest.mark.parametrize(
    "persona", [PERSONAS[0], *(pytest.param(name, marks=pytest.mark.all) for name in PERSONAS[1:])]
)
def test_every_question_is_answered_as_it_was(
    persona: str,
    tmp_path: Path,
    open_as: Callable[..., OpenWorkshop],
    questions: Callable[..., dict[str, Callable[..., Any]]],
) -> None:
    w = open_as(create(tmp_path / "retail", "retail").root, persona)
    panels = {
        name: ask().data() for name, ask in questions(w).items() if not name.startswith("compare.")
    }
    said = {name: [panel["sentence"], panel["counts"]] for name, panel in panels.items()}
    kept = json.loads(SAID.read_text("utf-8"))
    if os.environ.get("JOURNEYKIT_RENEW"):
        kept[persona] = said
        SAID.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")
    was = kept[persona]
    assert {name: said.get(name) for name in was} == was
    result = build_result({}, [{"panels": [*panels.values()]}], {})
    found = dict(numbers_of({"phases": result["phases"]}))
    before = json.loads(NUMBERS.read_text("utf-8"))[persona]
    held = {key: value for key, value in before.items() if key in found}
    assert len(held) > 150
    assert found == pytest.approx({**found, **held}, rel=1e-8, abs=1e-12)
