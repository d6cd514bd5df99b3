"""What is installed is said in three files; they must say the same.

`environment.yml` is checked here, not built: conda itself is not at hand.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from rattler import MatchSpec
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
# What conda-forge calls differently.
CONDA_NAMES = {
    "build": "python-build",
    "duckdb": "python-duckdb",
    "jupyter-client": "jupyter_client",
    "playwright": "playwright-python",
    "typst": "typst-py",
}
# What conda alone does without: the tests that ask for it are skipped.
ONLY_PIP = {"axe-playwright-python", "oxlint"}
# What builds the package comes with pip by itself; conda has to be told, and so has a test
# that builds without the internet.
BUILD = "hatchling"


def lower_bound(requirement: Requirement) -> str:
    """Return the version of ``name>=version``; nothing else is used here."""
    (specifier,) = requirement.specifier
    assert specifier.operator == ">=", requirement
    return specifier.version


def required() -> dict[str, str]:
    """Return name and lower bound of all that pyproject.toml asks for, tests included."""
    extras = PROJECT["optional-dependencies"]
    lines = [*PROJECT["dependencies"]]
    lines += [line for name in ("dev", "spark", "ibis", "postgres") for line in extras[name]]
    found = {canonicalize_name(r.name): lower_bound(r) for r in map(Requirement, lines)}
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    return {**{canonicalize_name(r.name): lower_bound(r) for r in map(Requirement, build)}, **found}


def environment() -> dict[str, Any]:
    """Read environment.yml."""
    return YAML(typ="safe").load((ROOT / "environment.yml").read_text("utf-8"))


def conda_specs() -> dict[str, str]:
    """Return name and lower bound of every line of environment.yml, as conda parses it."""
    found = {}
    for line in environment()["dependencies"]:
        assert isinstance(line, str), "conda has everything that the kit needs; no pip section"
        spec = MatchSpec(line)
        name = str(getattr(spec.name, "normalized", spec.name))
        assert name not in found, f"{name} stands there twice"
        found[name] = str(spec.version or "").removeprefix(">=")
    return found


def constraints() -> list[str]:
    """Return the lines of constraints.txt."""
    return (ROOT / "constraints.txt").read_text("utf-8").splitlines()


def test_conda_asks_for_what_pip_asks_for() -> None:
    conda = conda_specs()
    python = conda.pop("python")
    assert conda.pop("pip") == ""
    assert f">={python}" == PROJECT["requires-python"]
    wanted = {
        CONDA_NAMES.get(name, name).lower(): bound
        for name, bound in required().items()
        if name not in ONLY_PIP
    }
    wanted["ruamel.yaml"] = wanted.pop("ruamel-yaml")  # conda keeps the dot
    assert conda == wanted


def test_conda_reads_from_one_channel_and_no_address() -> None:
    parsed = environment()
    assert parsed["channels"] == ["conda-forge", "nodefaults"]
    assert parsed["name"] == PROJECT["name"]


def test_environment_says_that_it_is_not_built() -> None:
    assert "checked, not built" in (ROOT / "environment.yml").read_text("utf-8").lower()


@pytest.mark.parametrize("line", ["altair >==6", "altair>=6.0,", "==3"])
def test_the_parser_refuses_nonsense(line: str) -> None:
    with pytest.raises(Exception, match=r"."):
        MatchSpec(line, strict=True)


def test_constraints_are_names_and_versions_only() -> None:
    form = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*==\d[\w.!]*")
    assert [line for line in constraints() if not form.fullmatch(line)] == []
    names = [line.partition("==")[0] for line in constraints()]
    assert len(names) == len(set(names))


def test_everything_asked_for_is_constrained_within_its_bound() -> None:
    pinned = dict(line.split("==") for line in constraints())
    assert set(required()) <= set(pinned)
    low = {n: pinned[n] for n, bound in required().items() if Version(pinned[n]) < Version(bound)}
    assert low == {}


def test_tests_can_build_the_wheel_without_the_internet() -> None:
    dev = [
        canonicalize_name(Requirement(line).name)
        for line in PROJECT["optional-dependencies"]["dev"]
    ]
    assert BUILD in dev
