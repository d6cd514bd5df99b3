"""What is said of the kit where it would be uploaded, and that it is said once."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import journeykit

ROOT = Path(__file__).resolve().parents[2]
TOLD = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = TOLD["project"]
sys.path.insert(0, str(ROOT / "tools"))
import pythons  # type: ignore[import-not-found]  # noqa: E402
import release  # type: ignore[import-not-found]  # noqa: E402


def test_the_version_stands_in_one_place() -> None:
    assert "version" not in PROJECT
    assert PROJECT["dynamic"] == ["version"]
    place = ROOT / TOLD["tool"]["hatch"]["version"]["path"]
    assert f'__version__ = "{journeykit.__version__}"\n' in place.read_text("utf-8")
    tracked = [*(ROOT / "journeykit").rglob("*.py"), ROOT / "pyproject.toml"]
    number = re.compile(rf"[\"']{re.escape(journeykit.__version__)}[\"']")
    assert [path for path in tracked if number.search(path.read_text("utf-8"))] == [place]
    said = subprocess.run(
        [sys.executable, "-c", "from journeykit.cli import main; main()", "version"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert said.stdout.strip() == journeykit.__version__


def test_the_changelog_speaks_of_this_version() -> None:
    assert f"\n## {journeykit.__version__}\n" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_metadata_is_complete() -> None:
    kinds = {each.partition(" :: ")[0] for each in PROJECT["classifiers"]}
    assert kinds >= {"Development Status", "Intended Audience", "Operating System", "Topic"}
    assert PROJECT["keywords"] == sorted(PROJECT["keywords"])
    assert PROJECT["classifiers"] == sorted(PROJECT["classifiers"])
    assert (ROOT / PROJECT["readme"]).is_file()
    assert all((ROOT / name).is_file() for name in PROJECT["license-files"])
    assert "urls" not in PROJECT, "an address that stands there must exist"


def test_the_pythons_that_are_said_begin_with_the_oldest_allowed() -> None:
    assert pythons.said() == ["3.11", "3.12", "3.13"]
    assert PROJECT["requires-python"] == f">={pythons.said()[0]}"


def test_a_stand_in_for_a_python_is_not_taken(tmp_path: Path) -> None:
    stand_in = tmp_path / "python3.12"
    stand_in.write_text("#!/bin/sh\necho python3.12: not chosen >&2; exit 127\n")
    stand_in.chmod(0o755)
    assert not pythons.works(stand_in, "3.12")
    assert not pythons.works(tmp_path / "none", "3.12")
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert pythons.works(Path(sys.executable), here)
    assert not pythons.works(Path(sys.executable), "3.99")


def test_what_would_be_uploaded_is_told_with_size_and_hash(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "kit-1.whl", "w") as made:
        made.writestr("kit.py", "1")
    with tarfile.open(tmp_path / "kit-1.tar.gz", "w:gz") as made_too:
        made_too.add(__file__, "kit/test.py")
    told = "\n".join(release.told(sorted(tmp_path.iterdir())))
    assert re.search(r"kit-1\.whl  1\d\d bytes, 1 files\n  sha256 [0-9a-f]{64}", told)
    assert "kit-1.tar.gz" in told


def test_a_release_says_what_git_does_not_have(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.hatch.version]\npath = "v.py"\n')
    (tmp_path / "v.py").write_text('"""V."""\n\n__version__ = "9.9"\n')
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## 9.8\n")
    monkeypatch.setattr(release, "ROOT", tmp_path)
    assert release.unsaid() == ["CHANGELOG.md says nothing of 9.9"]
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (changed, _) = release.unsaid()
    assert "?? v.py" in changed


def test_a_step_that_fails_ends_the_release(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="ended with 3"):
        release.call(sys.executable, "-c", "raise SystemExit(3)", cwd=tmp_path)
    assert release.call(sys.executable, "-c", "raise SystemExit(3)", cwd=tmp_path, fine={3}) == ""
