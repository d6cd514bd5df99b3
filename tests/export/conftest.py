"""What the tests of what is taken home share: workshops with hostile words, and one that was run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from journeykit.cli.gather import gather
from journeykit.export import Told
from journeykit.store import Folder, create, open_folder

HOSTILE = (
    '=HYPERLINK("http://x.example")',
    "+1|-1|@SUM(A1)",
    '"quoted"; #hash: [x](y) {z} `c` <script>alert(1)</script>',
    "section two\nlines: 3: end",
    "title **bold** _em_ \\ ~~x~~ %%{init}%% & &lt;",
    "مرحبا 日本 ✂ 🎁",
)
WORKSHOPS = ("retail", "saas", "healthcare", "blank", "hostile")


def filled(root: Path, template: str) -> Folder:
    """Make a workshop; the hostile one has a card of each of those texts, and a decision."""
    folder = create(root, "blank" if template == "hostile" else template)
    if template == "hostile":
        journey = folder.journey_of(folder.persona_ids()[0])
        assert journey
        for n, text in enumerate(HOSTILE):
            lane, emotion = ("emotions", n % 5 - 2) if n % 2 else ("actions", None)
            journey = journey.add(text, stage="awareness", lane=lane, emotion=emotion)
        folder.save(journey)
        (folder.root / "records/decisions").mkdir(parents=True)
        (folder.root / "records/decisions/d1.yaml").write_text(
            'id: d1\ntext: "=1+1, call ann@mail.example"\nowner: "@Bob"\ndue: 2026-02-01\n', "utf-8"
        )
    return folder


@pytest.fixture(scope="session")
def workshops(tmp_path_factory) -> dict[str, Folder]:
    """Give the workshops, without a run; only to be read."""
    place = tmp_path_factory.mktemp("take-home")
    return {name: filled(place / name, name) for name in WORKSHOPS}


@pytest.fixture(scope="session", params=WORKSHOPS)
def told(request, workshops) -> Told:
    """Give each workshop as it is exported, without a run."""
    return gather(workshops[request.param], [], [])


@pytest.fixture(scope="session")
def ran(retail_run) -> Told:
    """Give the retail sample with its run."""
    return gather(open_folder(retail_run.parents[1]), [], [])


def cards(told: Told) -> Iterator[str]:
    """Give the text of every card of every map, on one line."""
    return (" ".join(card.text.split()) for each in told.journeys for card in each.cards)
