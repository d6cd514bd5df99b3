"""Small on purpose, and clean: what must not be in the repository."""

from __future__ import annotations

import ast
import codecs
import io
import json
import re
import shutil
import subprocess
import tokenize
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "journeykit").rglob("*.py"))
MOST_LINES_OF_A_FILE = 300
# Functions that are longer still; who shortens one takes it off the list.
STILL_LONG_FUNCTIONS: set[str] = set()
MOST_LINES_OF_A_FUNCTION = 50  # without its docstring; the aim is 40
# Tokens of Python without docstrings and comments: packing lines does not help. The number is what
# the plan allows with issue 19, the last one that is finished.
MOST_TOKENS = 258_000
MOST_KEPT_FROM_THE_FORMATTER = 40
WIDEST = 100
MOST_BYTES = 1024 * 1024
LOCK_FILES = re.compile(
    r"(^|/)([\w.-]+\.lock|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|conda-lock\.ya?ml)$",
    re.I,
)
# The words below are put together here, so that this file does not hold what it looks for.
MACHINE_PATHS = re.compile(rf"(?<![\w.*])/({'|'.join(('work', 'root', 'farm'))})(?=[/\s\"'`)])")
HOSTS = re.compile(
    "|".join(
        rf"\b{name}\.{end}\b"
        for end, names in {
            "org": ["pypi", "pythonhosted", "npmjs", "anaconda", "rubygems"],
            "com": ["npmjs", "yarnpkg", "jsdelivr", "cloudflare", "unpkg"],
            "net": ["jsdelivr"],
            "io": ["crates", "docker"],
        }.items()
        for name in names
    ),
    re.I,
)
# In rot13, for the same reason.
_TOOLS = (
    r"pynhqr|naguebcvp|bcranv|pungtcg|tcg-?\q|pbcvybg|trzvav|pbqrk|yyzf?|nv[ -](nffvfgnag|ntrag|trarengrq)|"
    r"ynathntr[ -]zbqryf?|trarengrq (jvgu|ol) (na )?nv|pb-nhguberq-ol"
)
TOOLS = re.compile(rf"(?<![a-z])({codecs.decode(_TOOLS, 'rot13')})(?![a-z])", re.I)


@cache
def files() -> tuple[Path, ...]:
    """List what git tracks or would track; without git, everything but hidden and built folders."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
        paths = [ROOT / name for name in said.split("\0") if name]
    else:
        skip = re.compile(r"^(\..+|__pycache__|build|dist|demo)$")
        paths = [
            p for p in ROOT.rglob("*") if not any(map(skip.match, p.relative_to(ROOT).parts[:-1]))
        ]
    return tuple(path for path in paths if path.is_file())


@cache
def texts() -> dict[str, str]:
    """Read every file that is text."""
    found = {}
    for path in files():
        try:
            found[path.relative_to(ROOT).as_posix()] = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
    return found


def hits(pattern: re.Pattern[str]) -> list[str]:
    """Name file, line and find for everything that a pattern finds."""
    return [
        f"{name}:{number}: {found.group()}"
        for name, text in texts().items()
        for number, line in enumerate(text.splitlines(), 1)
        for found in pattern.finditer(line)
    ]


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function without decorators and docstring."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        lines -= (first.end_lineno or 0) - first.lineno + 1
    return lines


def test_the_lists_are_not_empty() -> None:
    assert len(MODULES) > 30
    assert len(texts()) > len(MODULES)


def test_files_are_short() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in MODULES}
    long = {str(p.relative_to(ROOT)): n for p, n in lengths.items() if n > MOST_LINES_OF_A_FILE}
    assert long == {}


def test_functions_are_short() -> None:
    long = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = body_lines(node)
                if lines > MOST_LINES_OF_A_FUNCTION:
                    long[node.name] = f"{path.relative_to(ROOT)}:{node.lineno}, {lines} lines"
    assert set(long) == STILL_LONG_FUNCTIONS, long


def tokens_of(source: str) -> int:
    """Count the tokens of a file that are neither docstring, comment nor layout."""
    tree, docstrings = ast.parse(source), set()
    for node in ast.walk(tree):
        kinds = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        if isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None:
            first = node.body[0]
            docstrings |= set(range(first.lineno, (first.end_lineno or 0) + 1))
    layout = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    # From Python 3.12 on an f-string is many tokens; here it is one, as it was before.
    start, end = getattr(tokenize, "FSTRING_START", -1), getattr(tokenize, "FSTRING_END", -1)
    count = inside = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        documented = token.type == tokenize.STRING and token.start[0] in docstrings
        count += token.type not in layout and not documented and not inside
        inside += (token.type == start) - (token.type == end)
    return count


def test_docstrings_comments_and_layout_count_for_nothing() -> None:
    assert tokens_of('"""A.\n\nB."""\n\n\nx = 1  # one\n') == 3
    assert tokens_of("x = f'{a + 1} of {b}'\n") == 3
    assert tokens_of('def f(a):\n    """Say."""\n    return "said"\n') == 8


def test_the_package_is_small() -> None:
    assert sum(tokens_of(path.read_text("utf-8")) for path in MODULES) <= MOST_TOKENS


def test_little_is_kept_from_the_formatter() -> None:
    kept = re.compile(r"#\s*fmt:\s*(skip|off)")
    found = sum(len(kept.findall(path.read_text("utf-8"))) for path in MODULES)
    assert found <= MOST_KEPT_FROM_THE_FORMATTER


def test_lines_are_not_wide() -> None:
    wide = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in MODULES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if len(line) > WIDEST
    ]
    assert wide == []


def test_no_file_is_large() -> None:
    large = [str(p.relative_to(ROOT)) for p in files() if p.stat().st_size > MOST_BYTES]
    assert [name for name in large if not name.startswith("sample_data/")] == []


def test_sample_data_is_small_enough_for_git() -> None:
    assert sum(p.stat().st_size for p in files() if "sample_data" in p.parts) < 6 * MOST_BYTES


def test_nothing_names_a_path_of_a_machine() -> None:
    assert hits(MACHINE_PATHS) == []


def test_nothing_names_a_registry() -> None:
    assert hits(HOSTS) == []


def test_nothing_names_the_tools_it_was_made_with() -> None:
    assert hits(TOOLS) == []


def test_there_are_no_lock_files() -> None:
    assert [str(p) for p in files() if LOCK_FILES.search(p.as_posix())] == []


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (MACHINE_PATHS, "cd /" + "work/main", True),
        (MACHINE_PATHS, "'/" + "root'", True),
        (MACHINE_PATHS, "team/work/map", False),
        (MACHINE_PATHS, "/workshop/", False),
        (HOSTS, "https://py" + "pi.org/simple", True),
        (HOSTS, "https://cdn.js" + "delivr.net/npm", True),
        (HOSTS, "https://vega.github.io/schema", False),
        (TOOLS, codecs.encode("Znqr jvgu Pynhqr", "rot13"), True),
        (TOOLS, codecs.encode("n YYZ", "rot13"), True),
        (TOOLS, "a chatbot, the pilot of copilots' codes", False),
        (LOCK_FILES, "uv" + ".lock", True),
        (LOCK_FILES, "journeykit/store/lock.py", False),
    ],
)
def test_the_patterns_find_what_they_are_for(
    pattern: re.Pattern[str], text: str, found: bool
) -> None:
    assert bool(pattern.search(text)) is found


def test_notebooks_carry_no_outputs() -> None:
    notebooks = [p for p in files() if p.suffix == ".ipynb" and (ROOT / "tests") not in p.parents]
    assert notebooks
    run = [
        f"{path.relative_to(ROOT)} cell {number}"
        for path in notebooks
        for number, cell in enumerate(json.loads(path.read_text("utf-8"))["cells"])
        if cell.get("outputs") or cell.get("execution_count") is not None
    ]
    assert run == [], "strip them: python tools/strip_notebooks.py"
