"""Sample workshops that are made once, every question of every phase, and forms to fill in."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import pandas as pd
import pytest
from ruamel.yaml import YAML

from journeykit.charts import renderer
from journeykit.phases import OpenWorkshop, Panel, open_workshop
from journeykit.phases.phase import Phase
from journeykit.store import create, open_folder

PHASES = ("start", "objectives", "buyer_goals", "weak_spots", "ux", "test", "after", "compare")
TABLES = ("events", "surveys", "support", "campaigns", "orders", "leads")
Questions = Callable[[OpenWorkshop], dict[str, Callable[..., Any]]]
Edit = Callable[[pd.DataFrame], pd.DataFrame]
Ask = Callable[..., dict[str, Panel]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ask the retail sample every day; the others are for the second tier."""
    for item in items:
        group = item.get_closest_marker("xdist_group")
        if group and group.args[0] in ("panels-saas", "panels-healthcare"):
            item.add_marker("all")


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

    def opened(
        root: Path, persona: str | None = None, *, live: bool = False, **more: Any
    ) -> OpenWorkshop:
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
            own = [
                name
                for name in dir(room)  # methods, and the numbers that are shown here
                if not hasattr(Phase, name) and not name.startswith("_") and name != "w"
            ]
            found |= {
                f"{phase}.{name}": getattr(room, name)
                for name in [*own, "decide"]
                if name not in ("id", "choices", "mark")  # the presenter's view asks these two
            }
        return found

    return listed


@pytest.fixture(scope="session")
def contents() -> Callable[[Path], dict[str, str]]:
    """Take a picture of a folder: every file that is no cache or journal, with a hash of its bytes."""

    def picture(root: Path) -> dict[str, str]:
        return {
            path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in root.rglob("*")
            if path.is_file() and not {".cache", "journal"} & {*path.relative_to(root).parts}
        }

    return picture


@pytest.fixture(scope="session")
def ask(
    sample_folder: Callable[[str], Path], open_as: Callable[..., OpenWorkshop]
) -> Callable[..., Any]:
    """Ask a sample for a persona: ``ask("retail", "everybody", "ux.promises")``; asked once."""
    opened: dict[tuple[str, str], OpenWorkshop] = {}
    known: dict[tuple[str, str, str], Any] = {}

    def asked(sample: str, persona: str, question: str) -> Any:
        if (sample, persona) not in opened:
            opened[sample, persona] = open_as(sample_folder(sample), persona)
        if (sample, persona, question) not in known:
            phase, name = question.split(".")
            known[sample, persona, question] = getattr(
                getattr(opened[sample, persona], phase), name
            )()
        return known[sample, persona, question]

    return asked


@pytest.fixture(scope="session")
def small_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The retail workshop with the tables of 500 customers."""
    root = create(tmp_path_factory.mktemp("small") / "shop", "retail").root
    (root / "personas" / "everybody.yaml").write_text("name: Everybody\n", encoding="utf-8")
    ids: set[str] = set()
    for kind in TABLES:
        path = root / "data" / f"{kind}.csv.gz"
        frame = pd.read_csv(path, keep_default_na=False, dtype=str)
        ids = ids or set(sorted(frame["user_id"].unique())[:500])
        frame[frame["user_id"].isin({*ids, ""})].to_csv(path, index=False)
    return root


@pytest.fixture
def shop(small_shop: Path, tmp_path: Path) -> Callable[..., Path]:
    """Copy the small shop with some of its tables only, and some of them changed."""

    def made(keep: tuple[str, ...] = TABLES, **edits: Edit) -> Path:
        root = shutil.copytree(
            small_shop, tmp_path / "shop", ignore=shutil.ignore_patterns(".cache")
        )
        folder = open_folder(root)
        workshop = folder.workshop()
        kept = {kind: table.plain() for kind, table in workshop.data.items() if kind in keep}
        folder.save(workshop.with_(data=kept))
        for kind in TABLES:
            path = root / "data" / f"{kind}.csv.gz"
            if kind not in keep:
                path.unlink()
            elif kind in edits:
                edits[kind](pd.read_csv(path, keep_default_na=False, dtype=str)).to_csv(
                    path, index=False
                )
        return root

    return made


@pytest.fixture
def ask_all(open_as: Callable[..., OpenWorkshop], questions: Callable[..., dict[str, Any]]) -> Ask:
    """Ask every question, draw every picture, and report all that raised at once."""

    def asked(root: Path, persona: str | None = None, **more: Any) -> dict[str, Panel]:
        panels, raised = {}, {}
        for name, ask in questions(open_as(root, persona, **more)).items():
            try:
                panel = ask()
                json.dumps(panel.data(), allow_nan=False)
                if panel.chart is not None:
                    renderer.bundle(panel.chart, panel.title, panel.sentence)
            except Exception as problem:
                raised[name] = f"{type(problem).__name__}: {problem}"
            else:
                panels[name] = panel
        assert not raised
        for name, panel in panels.items():
            assert isinstance(panel, Panel), name
            assert len(panel.sentence.split()) >= 3, f"{name}: {panel.sentence!r}"
            assert not {"nan", "None", "nan%", "inf"} & set(panel.sentence.split()), panel.sentence
        return panels

    return asked


def inside(widget: Any) -> Iterator[Any]:
    """The widget and all that is in it, from top to bottom."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from inside(child)


class Form:
    """A form found as a person finds it: by the words beside the fields."""

    def __init__(self, widget: Any) -> None:
        assert isinstance(widget, ipw.VBox), "a live question is a widget"
        self.widget = widget

    def fields(self, label: str) -> list[Any]:
        """All fields with a label, one for each row."""
        return [
            box.children[1]
            for box in inside(self.widget)
            if isinstance(box, ipw.VBox)
            and len(box.children) == 2
            and isinstance(box.children[0], ipw.HTML)
            and label in box.children[0].value
        ]

    def put(self, label: str, value: Any, row: int = -1) -> Any:
        """Type into the field with this label, of the last row."""
        field = self.fields(label)[row]
        field.value = value
        return field

    def choose(self, label: str, text: str, row: int = -1) -> None:
        """Take the option whose words hold `text`."""
        field = self.fields(label)[row]
        field.value = next(value for words, value in field.options if text in words)

    def add(self) -> None:
        """Press the button that adds a row."""
        (button,) = [widget for widget in inside(self.widget) if isinstance(widget, ipw.Button)]
        rows = sum(isinstance(widget, ipw.HBox) for widget in inside(self.widget))
        button.click()  # what it raises would go to the log only
        assert sum(isinstance(widget, ipw.HBox) for widget in inside(self.widget)) == rows + 1

    @property
    def texts(self) -> list[str]:
        """What stands in the text fields."""
        return [
            widget.value
            for widget in inside(self.widget)
            if isinstance(widget, ipw.Textarea | ipw.Text)
        ]

    @property
    def html(self) -> list[str]:
        """Titles, labels and the line that tells how saving went (the last one)."""
        return [widget.value for widget in inside(self.widget) if isinstance(widget, ipw.HTML)]

    @property
    def status(self) -> str:
        """The line that tells how saving went."""
        return self.html[-1]

    @property
    def saved(self) -> bool:
        """Whether the last change is in the folder, as the form says."""
        return "role='status'" in self.status and "Saved" in self.status


@pytest.fixture(scope="session")
def form() -> type[Form]:
    """Use a live question as a person does: ``form(w.objectives.ask_persona())``."""
    return Form


@pytest.fixture
def live(tmp_path: Path, open_as: Callable[..., OpenWorkshop]) -> OpenWorkshop:
    """Open the retail sample (without its data) as JupyterLab does."""
    create(tmp_path / "shop", "retail")
    return open_as(tmp_path / "shop", "mobile-maya", live=True)


@pytest.fixture
def read(live: OpenWorkshop) -> Callable[[str], Any]:
    """Read a file of the folder as anybody else would: ``read("workshop.yaml")``.

    A ``*`` in its name stands for what nobody can know before.
    """

    def loaded(file: str) -> Any:
        (path,) = live.folder.root.glob(file)
        return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))

    return loaded
