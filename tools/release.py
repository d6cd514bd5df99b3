"""Build what would be uploaded, try it where no checkout is near, and say what it is.

    python tools/release.py [--out dist]

The sdist and the wheel are built; the wheel is installed, at the versions of ``constraints.txt``,
into a fresh environment in a temporary folder; there a workshop is made, run and tested, and the
course begun. Nothing is uploaded: names, sizes and hashes are printed, for a person to do so.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What a person does first: the words, and the exit codes that are fine. Of the sample's journey
# tests some are red on purpose: it plants stories that its map does not know.
STEPS: dict[tuple[str, ...], set[int]] = {
    ("version",): {0},
    ("new", "shop", "--template", "retail"): {0},
    ("check", "shop"): {0},
    ("run", "shop", "--persona", "mobile-maya"): {0},
    ("test", "shop"): {0, 1},
    ("exercises", "start", "course"): {0},
}


def call(*words: object, cwd: Path, fine: set[int] | None = None) -> str:
    """Run a command without this environment's settings; end with its words where it fails."""
    hidden = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "JOURNEYKIT_WORKSHOP")
    env = {key: value for key, value in os.environ.items() if key not in hidden}
    print("$", " ".join(map(str, words)), flush=True)
    done = subprocess.run(
        list(map(str, words)), cwd=cwd, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode not in (fine or {0}):
        sys.exit(f"{done.stdout}\n{done.stderr}\nThat ended with {done.returncode}.")
    return done.stdout


def build(out: Path) -> list[Path]:
    """Build sdist and wheel with what is installed here, and return them."""
    shutil.rmtree(out, ignore_errors=True)
    call(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT, cwd=ROOT)
    return sorted(out.iterdir())


def inside(file: Path) -> list[str]:
    """List what an sdist or a wheel holds."""
    if file.suffix == ".whl":
        return zipfile.ZipFile(file).namelist()
    with tarfile.open(file) as held:
        return [name for name in held.getnames() if not held.getmember(name).isdir()]


def told(files: list[Path]) -> Iterator[str]:
    """Say name, size, number of files and hash of each."""
    for file in files:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        yield f"{file.name}  {file.stat().st_size:,} bytes, {len(inside(file))} files"
        yield f"  sha256 {digest}"


def unsaid() -> list[str]:
    """Say what stands in the way of a release: what git does not have, and the changelog."""
    wrong = []
    if (ROOT / ".git").exists():
        changed = call("git", "status", "--porcelain", cwd=ROOT).strip()
        wrong += [f"not committed:\n{changed}"] if changed else []
    place = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["version"]
    version = (ROOT / place["path"]).read_text("utf-8").rpartition("=")[2].strip().strip('"')
    if f"## {version}\n" not in (ROOT / "CHANGELOG.md").read_text("utf-8"):
        wrong.append(f"CHANGELOG.md says nothing of {version}")
    return wrong


def try_out(wheel: Path, place: Path) -> None:
    """Install a wheel into a fresh environment and do there what a newcomer does."""
    bin_ = place / "venv" / ("Scripts" if os.name == "nt" else "bin")
    call(sys.executable, "-m", "venv", place / "venv", cwd=place)
    pip = (bin_ / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    call(*pip, "--constraint", ROOT / "constraints.txt", wheel, cwd=place)
    found = call(bin_ / "python", "-c", "import journeykit; print(journeykit.__file__)", cwd=place)
    if place.resolve() not in Path(found.strip()).resolve().parents:
        sys.exit(f"another journeykit was tried: {found}")
    for words, fine in STEPS.items():
        said = call(bin_ / "journeykit", *words, cwd=place, fine=fine).strip().splitlines()
        print("   ", said[-1] if said else "", flush=True)


def main() -> None:
    """Build, try, tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where the two files go")
    asked = parser.parse_args()
    wrong = unsaid()
    files = build(asked.out.resolve())
    (wheel,) = (file for file in files if file.suffix == ".whl")
    with tempfile.TemporaryDirectory(prefix="journeykit-release-") as place:
        try_out(wheel, Path(place))
    print(f"\nWould be uploaded, from {asked.out}:")
    print("\n".join(told(files)))
    if wrong:
        sys.exit("But not yet:\n" + "\n".join(wrong))


if __name__ == "__main__":
    main()
