"""Damaged files of every format: read, or refused in the kit's words; nothing else comes out."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from journeykit import read_events
from journeykit.errors import JourneykitError

FILES = Path(__file__).resolve().parents[1] / "tables" / "files"
WAYS = ("cut", "bits", "zeros", "head")


def damaged(data: bytes, how: str, chance: random.Random) -> bytes:
    """Damage some bytes."""
    hurt = bytearray(data)
    if how == "cut":
        return data[: chance.randrange(1, len(data))]
    if how == "zeros":
        start = chance.randrange(len(data))
        hurt[start : start + 200] = bytes(min(200, len(data) - start))
    else:
        reach = len(data) if how == "bits" else min(300, len(data))
        for _ in range(chance.choice([1, 3, 30])):
            hurt[chance.randrange(reach)] = chance.randrange(256)
    return bytes(hurt)


@pytest.mark.nightly
@pytest.mark.parametrize("name", sorted(path.name for path in FILES.iterdir()))
def test_a_damaged_file_is_read_or_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    chance, file = random.Random(name), tmp_path / name
    inside = "::events" if name == "events.sqlite" else ""
    for turn in range(24):
        file.write_bytes(damaged((FILES / name).read_bytes(), WAYS[turn % 4], chance))
        with suppress(JourneykitError):
            read_events(f"{file}{inside}")
