"""The wheel carries all that a newcomer needs, and works where no checkout is near.

A fresh environment is made without the internet: it gets journeykit from the wheel, and its
dependencies through a ``.pth`` file that points to the folders where the tests found theirs. A
``.pth`` file adds a folder to the path but does not follow the ``.pth`` files in it, so that an
editable install of journeykit is not seen there: each test proves that it is not.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CARRIED = {name: ROOT / name for name in ("templates", "notebooks", "sample_data", "exercises")}
ASSETS = "journeykit/assets"
JUNK = ("__pycache__", ".ipynb_checkpoints", ".cache", ".DS_Store", ".pyc")

pytestmark = [pytest.mark.xdist_group("package")]


def call(*command: str | Path, cwd: Path | None = None, home: Path | None = None) -> str:
    """Run a command outside of this environment's settings, and return what it printed."""
    hidden = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "JOURNEYKIT_WORKSHOP")
    env = {key: value for key, value in os.environ.items() if key not in hidden}
    env |= {"PYTHONNOUSERSITE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INDEX": "1"}
    if home:
        env["HOME"] = str(home)
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    out = tmp_path_factory.mktemp("wheel")
    call(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    (built,) = out.glob("*.whl")
    return built


def fresh_environment(folder: Path, source: Path) -> Path:
    """Make a virtual environment with journeykit installed from a wheel or folder; return its bin."""
    call(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder.parent)
    site = Path(
        call(folder / "bin/python", "-c", "import site; print(site.getsitepackages()[0])").strip()
    )
    found = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    (site / "dependencies.pth").write_text("\n".join(found))
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin/python", "install", "--quiet"]
    # Another journeykit among the dependencies must not count as this one; it is left alone.
    call(*pip, "--no-deps", "--no-build-isolation", "--ignore-installed", source, cwd=folder.parent)
    return folder / "bin"


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the bin folder of a fresh environment with the wheel in it."""
    return fresh_environment(tmp_path_factory.mktemp("fresh") / "venv", wheel)


def origin(bin_: Path, cwd: Path) -> Path:
    """Tell from where an environment imports journeykit."""
    return Path(
        call(
            bin_ / "python", "-c", "import journeykit; print(journeykit.__file__)", cwd=cwd
        ).strip()
    )


def test_the_wheel_carries_the_kits_folders(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    for name, folder in CARRIED.items():
        ours = [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]
        wanted = {
            f"{ASSETS}/{name}/{path}" for path in ours if not any(part in path for part in JUNK)
        }
        assert wanted, f"{name}/ is empty: a clone does not have it, and the wheel cannot be built"
        assert sorted(wanted - inside) == []


def test_the_wheel_carries_pages_styles_and_scripts(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    package = ROOT / "journeykit"
    beside = [
        p for p in package.rglob("*") if p.is_file() and not any(part in str(p) for part in JUNK)
    ]
    assert {".css", ".js", ".j2"} <= {path.suffix for path in beside}
    assert sorted({p.relative_to(ROOT).as_posix() for p in beside} - inside) == []


def test_the_wheel_carries_nothing_else(wheel: Path) -> None:
    inside = zipfile.ZipFile(wheel).namelist()
    assert [name for name in inside if any(part in name for part in JUNK)] == []
    assert {name.partition("/")[0].partition("-")[0] for name in inside} == {"journeykit"}
    assert [name for name in inside if ".data/" in name] == [], "nothing for other programs"
    assert {name.split("/")[2] for name in inside if name.startswith(f"{ASSETS}/")} == set(CARRIED)
    assert wheel.stat().st_size < 8 * 1024 * 1024


def test_no_jupyter_server_beside_the_wheel_loads_anything_of_it(
    installed: Path, tmp_path: Path
) -> None:
    listed = "from jupyter_server.extension.serverextension import main; main(['list'])"
    told = call(
        installed / "python", "-c", f"import sys; sys.stderr = sys.stdout; {listed}", home=tmp_path
    )
    assert str(installed.parent / "etc" / "jupyter") in told, "the environment was looked at"
    assert "journeykit" not in told


def test_new_and_check_work_from_the_wheel_in_an_empty_folder(
    installed: Path, tmp_path: Path
) -> None:
    assert installed.parent in origin(installed, tmp_path).parents
    journeykit = installed / "journeykit"
    call(journeykit, "new", "shop", "--template", "retail", cwd=tmp_path, home=tmp_path)
    shop = tmp_path / "shop"
    assert {path.name for path in (shop / "notebooks").iterdir()} == {
        path.name for path in CARRIED["notebooks"].glob("*.ipynb")
    }
    assert sorted(path.stem for path in (shop / "personas").iterdir())
    said = call(journeykit, "check", "shop", cwd=tmp_path, home=tmp_path)
    assert "0 errors" in said


@pytest.mark.parametrize("template", sorted(path.name for path in CARRIED["templates"].iterdir()))
def test_every_template_comes_out_of_the_wheel(
    installed: Path, tmp_path: Path, template: str
) -> None:
    call(
        installed / "journeykit", "new", "made", "--template", template, cwd=tmp_path, home=tmp_path
    )
    assert (tmp_path / "made" / "workshop.yaml").is_file()


def test_pip_install_of_the_folder(tmp_path: Path) -> None:
    bin_ = fresh_environment(tmp_path / "venv", ROOT)
    assert tmp_path in origin(bin_, tmp_path).parents
    call(bin_ / "journeykit", "new", "shop", "--template", "blank", cwd=tmp_path, home=tmp_path)


def test_pip_install_editable(tmp_path: Path) -> None:
    # `make dev` made the environment of the tests with `pip install --editable`.
    bin_ = Path(sys.executable).parent
    where = origin(bin_, tmp_path)
    if where != ROOT / "journeykit" / "__init__.py":
        pytest.skip(
            f"the environment of the tests has journeykit from {where.parent}, not editable"
        )
    call(bin_ / "journeykit", "new", "shop", "--template", "blank", cwd=tmp_path, home=tmp_path)
    assert (tmp_path / "shop" / "workshop.yaml").is_file()
