"""Sample workshops that are made once, and every question that a phase can be asked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from journeykit.phases import OpenWorkshop, open_workshop
from journeykit.phases.phase import Phase
from journeykit.store import create

PHASES = ("start", "objectives", "buyer_goals", "weak_spots", "ux", "test", "after", "compare")
Questions = Callable[[OpenWorkshop], dict[str, Callable[..., Any]]]


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Make a sample workshop once for the whole session, with a persona who is everybody."""
    made: dict[str, Path] = {}

    def make(template: str) -> Path:
        if template not in made:
            root = create(tmp_path_factory.mktemp("samples") / template, template).root
            (root / "personas" / "everybody.yaml").write_text("name: Everybody\n", encoding="utf-8")
            made[template] = root
        return made[template]

    return make


@pytest.fixture(scope="session")
def open_as() -> Callable[..., OpenWorkshop]:
    """Open a workshop as a batch run does, or live, as JupyterLab does."""

    def opened(root: Path, persona: str | None = None, *, live: bool = False, **more: Any) -> OpenWorkshop:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("JOURNEYKIT_LIVE", "1" if live else "0")
            return open_workshop(root, persona, **more)

    return opened


@pytest.fixture(scope="session")
def questions() -> Questions:
    """List all that a notebook may call of an open workshop: name to method."""

    def listed(w: OpenWorkshop) -> dict[str, Callable[..., Any]]:
        found = {}
        for phase in PHASES:
            room = getattr(w, phase)
            own = [name for name in dir(type(room)) if not hasattr(Phase, name) and not name.startswith("_")]
            found |= {f"{phase}.{name}": getattr(room, name) for name in [*own, "decide"] if name != "id"}
        return found

    return listed


@pytest.fixture(scope="session")
def contents() -> Callable[[Path], dict[str, str]]:
    """Take a picture of a folder: every file outside of ``.cache`` with a hash of its bytes."""

    def picture(root: Path) -> dict[str, str]:
        return {
            path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in root.rglob("*")
            if path.is_file() and ".cache" not in path.relative_to(root).parts
        }

    return picture
