"""What the docs show can be done: Python examples run, YAML is read, tables of columns are whole."""

from __future__ import annotations

import doctest
import re
import runpy
from pathlib import Path

import pytest

from journeykit.claims.findings import CODES
from journeykit.model import TABLES, Card, Journey, Persona, Workshop
from journeykit.run.results import LISTS
from journeykit.store import create
from journeykit.store import yaml as store_yaml

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "exercises" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```[ \t]*$", re.M | re.S)
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
WORDS = {"workshop.yaml": Workshop, "personas": Persona, "journeys": Journey}


def blocks(page: Path, language: str) -> list[tuple[int, str]]:
    """Return the fenced blocks of a language, each with the line that it begins at."""
    text = page.read_text("utf-8")
    return [
        (text[: m.start(2)].count("\n"), m[2]) for m in FENCE.finditer(text) if m[1] == language
    ]


WITH_EXAMPLES = [page for page in PAGES if any(">>>" in code for _, code in blocks(page, "python"))]
YAML = [
    pytest.param(code, id=f"{page.name}:{line}")
    for page in PAGES
    for line, code in blocks(page, "yaml")
]


@pytest.fixture(scope="module")
def beside_a_workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder that the examples run in: my-workshop/ from the retail template."""
    folder = tmp_path_factory.mktemp("docs")
    create(folder / "my-workshop", "retail")
    return folder


def test_there_are_examples() -> None:
    assert ROOT / "docs" / "analyst.md" in WITH_EXAMPLES


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: page.name)
def test_examples_run(page: Path, beside_a_workshop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(beside_a_workshop)
    monkeypatch.delenv("JOURNEYKIT_WORKSHOP", raising=False)
    said: list[str] = []
    runner, names = doctest.DocTestRunner(optionflags=FLAGS), {}
    for line, code in blocks(page, "python"):
        test = doctest.DocTestParser().get_doctest(code, names, page.name, str(page), line)
        runner.run(test, out=said.append, clear_globs=False)
        names = test.globs
    assert runner.failures == 0, "".join(said)


@pytest.mark.parametrize("code", YAML)
def test_yaml_is_what_the_kit_reads(code: str) -> None:
    head = re.match(r"# (\S+)\n", code)
    assert head, "the first line says which file it is, as in '# workshop.yaml'"
    first, _, rest = head[1].partition("/")
    fixed = {"id": rest.removesuffix(".yaml")} if rest else {}
    word = store_yaml.parse(WORDS[first], code, head[1], **fixed)
    assert word.name


def test_the_example_of_a_workshop_has_every_key() -> None:
    code = next(
        code for _, code in blocks(ROOT / "docs" / "analyst.md", "yaml") if "workshop.yaml" in code
    )
    assert store_yaml.parse(Workshop, code, "workshop.yaml").model_fields_set == set(
        Workshop.model_fields
    )


def test_the_columns_of_tables_are_told_as_they_are_declared() -> None:
    text = (ROOT / "docs" / "analyst.md").read_text("utf-8")
    tool = runpy.run_path(str(ROOT / "tools" / "make_table_docs.py"))
    assert tool["page"]() == text, "run tools/make_table_docs.py"
    assert all(tool["row"](kind) in text for kind in TABLES)


def test_lists_of_a_result_are_told() -> None:
    text = (ROOT / "docs" / "analyst.md").read_text("utf-8")
    told = set(
        re.findall(r"`(\w+)`", text[text.index("## result.json") : text.index("## Papermill")])
    )
    assert told >= {*LISTS.values(), "status", "data", "notebooks", "phases"}


def test_the_guide_names_every_key_of_a_card_and_every_finding() -> None:
    guide = (ROOT / "docs" / "analyst.md").read_text("utf-8")
    rows = "\n".join(line for line in guide.splitlines() if line.startswith("| `"))
    named = set(re.findall(r"`([\w-]+)`", rows))
    assert set(Card.model_fields) - named == set()
    assert set(CODES) - named == set()
