"""Docs that cannot drift: commands, make targets, links and capabilities that they name exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from journeykit.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    p
    for p in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
    if p.is_file()
]
NUMBERS = [
    f"{letter}{number}"
    for letter, last in {"M": 8, "O": 4, "G": 5, "W": 5, "U": 7, "T": 6, "A": 7}.items()
    for number in range(1, last + 1)
] + ["F", "N", "S"]
FENCE = re.compile(r"^([ \t]*)(`{3,}|~{3,})[ \t]*(\w*)[^\n]*\n(.*?)^[ \t]*\2[ \t]*$", re.M | re.S)
SHELL = {"console", "bash", "sh", "shell"}
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+[\"'][^)]*)?\)")
OTHER_LINKS = re.compile(r"(?:\bsrc|\bhref)=[\"']([^\"']+)[\"']|^\[[^\]^]+\]:\s*(\S+)", re.M)
TEST = re.compile(r"\btests/[\w/.-]+?\.py(?:::\w+)?")
COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def shell_lines(text: str) -> list[str]:
    """Return the commands of all shell blocks: prompts off, continued lines joined, output left out."""
    lines = []
    for block in FENCE.finditer(text):
        if block[3] not in SHELL:
            continue
        body = block[4].replace("\\\n", " ").splitlines()
        prompted = [line.strip()[2:] for line in body if re.match(r"\s*[$%] ", line)]
        for line in prompted or body:
            lines += [part.strip() for part in re.split(r"&&|\|\|?|;", line) if part.strip()]
    return lines


def spans(text: str) -> list[str]:
    """Return what stands in backticks within the prose."""
    return re.findall(r"(?<!`)`([^`\n]+)`(?!`)", FENCE.sub("", text))


def wrong(line: str, whole: bool = True) -> str:
    """Say what is wrong with a journeykit command; whole: its arguments must be there too."""
    # A synopsis such as `run DIR [--persona ID …]` is read like a command with everything given.
    words = shlex.split(re.sub(r"\.\.\.|[\[\]…]", " ", line), comments=True)[1:]
    if not words or words == ["--help"]:
        return ""
    if words[0] not in COMMANDS:
        return f"there is no command {words[0]!r}: {line}"
    command = COMMANDS[words[0]]
    if hasattr(command, "commands"):  # a group, such as `journeykit exercises build`
        if len(words) == 1 and not whole:
            return ""
        words = words[1:]
        if not words or words[0] not in command.commands:
            return f"there is no such command: {line}"
        command = command.commands[words[0]]
    options = {o: p for p in command.params for o in (*p.opts, *p.secondary_opts) if o[0] == "-"}
    places = [p for p in command.params if p.param_type_name == "argument"]
    given, rest = 0, iter(words[1:])
    for word in rest:
        if not word.startswith("-"):
            given += 1
            continue
        name, equals, _ = word.partition("=")
        if name not in options and name != "--help":
            return f"{words[0]} has no option {name}: {line}"
        if (
            not equals
            and name != "--help"
            and not options[name].is_flag
            and next(rest, None) is None
            and whole
        ):
            return f"{name} lacks its value: {line}"
    if given > len(places):
        return f"{words[0]} takes {len(places)} arguments, not {given}: {line}"
    if whole and given < sum(p.required for p in places) and "--help" not in words:
        return f"{words[0]} lacks an argument: {line}"
    return ""


def is_ours(line: str) -> bool:
    """Tell whether a line calls journeykit, with or without the folder that it lies in."""
    return bool(re.match(r"(\S*/)?journeykit(\s|$)", line))


def make_targets() -> set[str]:
    """Return the targets of the Makefile."""
    return set(
        re.findall(r"^([A-Za-z][\w-]*)[^:=\n]*:(?!=)", (ROOT / "Makefile").read_text("utf-8"), re.M)
    )


def slugs(text: str) -> set[str]:
    """Return the anchors that headings of a page get."""
    heads = re.findall(r"^#{1,6}\s+(.+?)\s*#*$", FENCE.sub("", text), re.M)
    plain = [
        re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", head).lower())
        for head in heads
    ]
    return {head.strip().replace(" ", "-") for head in plain} | set(
        re.findall(r'\bid="([^"]+)"', text)
    )


def broken(page: Path, text: str) -> list[str]:
    """List the relative links of a page that lead nowhere."""
    prose = re.sub(r"(?<!`)`[^`\n]+`(?!`)", "", FENCE.sub("", text))
    targets = LINK.findall(prose) + [a or b for a, b in OTHER_LINKS.findall(prose)]
    found = []
    for target in targets:
        if re.match(r"[a-z][a-z0-9+.-]*:|//", target, re.I):
            continue
        path, _, anchor = target.partition("#")
        there = page.parent / path if path else page
        if not there.exists():
            found.append(f"{target}: no such file")
        elif not there.resolve().is_relative_to(ROOT):
            found.append(f"{target}: leads out of the project")
        elif anchor and there.suffix == ".md" and anchor not in slugs(there.read_text("utf-8")):
            found.append(f"{target}: no such heading")
    return found


@pytest.fixture(params=PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def page(request: pytest.FixtureRequest) -> Path:
    """Give each page of the docs."""
    return request.param


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "docs/capabilities.md"]
)
def test_the_page_is_there(name: str) -> None:
    assert (ROOT / name).is_file()


def test_commands_in_blocks_can_be_typed(page: Path) -> None:
    ours = [line for line in shell_lines(page.read_text("utf-8")) if is_ours(line)]
    assert [said for line in ours if (said := wrong(line))] == []


def test_commands_in_the_prose_are_known(page: Path) -> None:
    ours = [span for span in spans(page.read_text("utf-8")) if is_ours(span)]
    assert [said for span in ours if (said := wrong(span, whole=False))] == []


def test_make_targets_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    named = {
        word
        for line in (*shell_lines(text), *spans(text))
        for word in re.findall(r"^make ([a-z][\w-]*)", line)
    }
    assert named <= make_targets()


def test_relative_links_and_pictures_resolve(page: Path) -> None:
    assert broken(page, page.read_text("utf-8")) == []


def test_every_capability_is_named() -> None:
    text = (ROOT / "docs" / "capabilities.md").read_text("utf-8")
    # A letter alone counts where it opens a line, a row of a table or an item of a list.
    forms = {n: rf"\b{n}\b" if len(n) > 1 else rf"(?m)^[\s|*_#`-]*{n}\b(?!')" for n in NUMBERS}
    assert [number for number, form in forms.items() if not re.search(form, text)] == []


def test_tests_that_a_page_names_exist(page: Path) -> None:
    missing = []
    for name in set(TEST.findall(page.read_text("utf-8"))):
        path, _, function = name.partition("::")
        code = (ROOT / path).read_text("utf-8") if (ROOT / path).is_file() else ""
        if not code or (function and f"def {function}(" not in code):
            missing.append(name)
    assert missing == []


@pytest.mark.parametrize(
    ("line", "whole", "is_wrong"),
    [
        ("journeykit new shop --template retail", True, False),
        ("journeykit new DIR --events FILE [--column user_id=THEIRS …]", True, False),
        ("journeykit run DIR [--persona ID …] [--workers N]  # all of them", True, False),
        (".venv/bin/journeykit run demo/retail", True, False),
        ("journeykit --help", True, False),
        ("journeykit new --help", True, False),
        ("journeykit new", False, False),
        ("journeykit new", True, True),
        ("journeykit walk shop", True, True),
        ("journeykit new shop --tempalte retail", True, True),
        ("journeykit new shop --template", True, True),
        ("journeykit check one two", True, True),
        ("journeykit exercises new 15-my-shop", True, False),
        ("journeykit exercises new", True, True),
        ("journeykit exercises walk", True, True),
    ],
)
def test_a_wrong_command_is_found(line: str, whole: bool, is_wrong: bool) -> None:
    assert is_ours(line)
    assert bool(wrong(line, whole)) is is_wrong


def test_blocks_are_read() -> None:
    text = "```console\n$ cd x && journeykit run \\\n   x\njourneykit: done\n```\n```python\njourneykit new\n```"
    assert [line.split() for line in shell_lines(text)] == [["cd", "x"], ["journeykit", "run", "x"]]
    assert shell_lines("```bash\njourneykit new shop\nmake demo\n```\n") == [
        "journeykit new shop",
        "make demo",
    ]
    assert spans("Say `make demo`.\n```bash\n`no`\n```\n") == ["make demo"]


def test_links_are_followed() -> None:
    page = ROOT / "LICENSE"  # any file of the root
    text = "# A `b` c!\n[a](#a-b-c) [b](#z) ![c](no.png) [d](Makefile) <img src='../x.svg'>\n[e]: docs/no.md\n"
    assert slugs(text) == {"a-b-c"}
    assert broken(page, "[a](Makefile) [b](mailto:a@b.c) [c](https://a.b) `[d](no.md)`") == []
    assert [said.partition(":")[0] for said in broken(page, text)] == [
        "no.png",
        "../x.svg",
        "docs/no.md",
    ]


def test_make_targets_are_read() -> None:
    assert {"demo", "test", "setup", "lab", "lint", "bench"} <= make_targets()
    assert "export" not in make_targets()
