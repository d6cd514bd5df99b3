"""A stranger's folder runs nothing of its own: each thing in it that could is a canary."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import KernelManager

from journeykit.cli.app import lab_options
from journeykit.server import Kernels
from journeykit.store import create

LIBRARIES = (
    "journeykit random numpy pandas duckdb socket struct signal multiprocessing logging ipykernel "
    "ipykernel_launcher psutil debugpy typer click rich pytest sitecustomize usercustomize conftest "
    "jupyter_server_config jupyter_lab_config ipython_config site platformdirs"
).split()
KERNEL = {"display_name": "Python 3", "language": "python"}


@pytest.fixture
def sang(tmp_path: Path) -> Callable[[], list[str]]:
    """What has run of the folder, by name."""
    return lambda: sorted(path.name for path in tmp_path.glob("sang-*"))


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    """A workshop folder in git in which everything that could run leaves a trace beside it."""
    root = create(tmp_path / "strange", "blank").root
    (root / "data" / "events.csv").write_text(
        "user_id,event,timestamp\na,visit,2026-01-01\na,pay,2026-01-02\n"
    )
    subprocess.run(["git", "init", "-q", root], check=True)
    git = ["git", "-C", root, "-c", "user.name=a", "-c", "user.email=a@b.example"]
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", "first"], check=True)
    _canaries(root, tmp_path)
    _git_canaries(root, tmp_path)
    return root


def _canaries(root: Path, place: Path) -> None:
    def python(name: str) -> str:
        return f"open({str(place / f'sang-{name}')!r}, 'a')\nraise SystemExit('{name} ran')\n"

    places = (root, root / "notebooks", root / "data", root / ".ipython/profile_default/startup")
    for folder in (*places, root / ".jupyter", root / "journeys"):
        folder.mkdir(parents=True, exist_ok=True)
        for name in LIBRARIES:
            (folder / f"{name}.py").write_text(python(name))
    for folder in ("kernels/python3", "share/jupyter/kernels/python3", ".jupyter/kernels/python3"):
        (root / folder).mkdir(parents=True)
        argv = [sys.executable, "-c", python("kernel")]
        (root / folder / "kernel.json").write_text(json.dumps({**KERNEL, "argv": argv}))
    cell = nbformat.v4.new_code_cell(python("notebook"))
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), root / "notebooks" / "08_own.ipynb")


def _git_canaries(root: Path, place: Path) -> None:
    def script(name: str) -> Path:
        file = root / ".git" / f"{name}.sh"
        file.write_text(f"#!/bin/sh\ntouch '{place}/sang-{name}'\nexit 1\n")
        file.chmod(0o755)
        return file

    hooks = root / ".git" / "own-hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "pre-auto-gc", "reference-transaction", "post-checkout"):
        script(hook).rename(hooks / hook)
    settings = {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.url": "ssh://away.example/shop",
        "remote.origin.promisor": "true",
        "remote.origin.partialclonefilter": "blob:none",
        "remote.origin.uploadpack": script("uploadpack"),
        "protocol.allow": "always",
        "protocol.ext.allow": "always",
        "core.sshCommand": script("ssh"),
        "core.gitProxy": script("proxy"),
        "core.fsmonitor": script("fsmonitor"),
        "core.hooksPath": hooks,
        "core.pager": script("pager"),
        "core.editor": script("editor"),
        "core.askPass": script("askpass"),
        "credential.helper": script("credential"),
        "diff.external": script("external"),
        "diff.own.command": script("diff"),
        "diff.own.textconv": script("textconv"),
        "filter.own.smudge": script("smudge"),
        "filter.own.clean": script("clean"),
        "filter.own.process": script("process"),
        "merge.own.driver": script("merge"),
        "gpg.program": script("gpg"),
        "log.showSignature": "true",
        "alias.show": f"!{script('alias')}",
    }
    for name, value in settings.items():
        subprocess.run(["git", "-C", root, "config", name, value], check=True)
    (root / ".gitattributes").write_text("* filter=own diff=own merge=own\n")
    # A commit that says it is signed: git would ask the program that checks it.
    show = subprocess.run(["git", "-C", root, "cat-file", "commit", "HEAD"], capture_output=True)
    signed = show.stdout.replace(b"\n\n", b"\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n\n", 1)
    made = ["git", "-C", root, "hash-object", "-t", "commit", "-w", "--stdin"]
    commit = subprocess.run(made, input=signed, check=True, capture_output=True).stdout.strip()
    (root / ".git" / "refs" / "heads" / "signed").write_bytes(commit + b"\n")
    # One file is in no pack: git would ask the promisor for it.
    found = ["git", "-C", root, "rev-parse", "HEAD:workshop.yaml"]
    blob = subprocess.run(found, check=True, capture_output=True, text=True).stdout.strip()
    (root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()


@pytest.mark.parametrize(
    "words",
    [
        "check .",
        "test .",
        "diff .@HEAD .",
        "diff . --in .",
        "version",
        "export . --to md",
        "export . --to json",
        "new ../n --events data/events.csv",
        "forget . --customer zz-9 --yes",
    ],
)
def test_a_command_runs_nothing_of_a_folder(strange, sang, command, words):
    done = command(*words.split(), cwd=strange)
    assert "Traceback" not in done.stderr
    assert " ran" not in done.stderr + done.stdout
    assert sang() == []
    if "@" in words:  # what is missing is told, and not fetched
        assert done.returncode == 2
        assert "git" in done.stderr


@pytest.mark.parametrize("ext", ["ext::", "file://", ""])
def test_no_other_way_to_a_remote_is_taken(strange, sang, command, ext, tmp_path):
    other = f"{ext}{tmp_path}/away" if ext != "ext::" else f"ext::touch {tmp_path}/sang-ext"
    subprocess.run(["git", "-C", strange, "config", "remote.origin.url", other], check=True)
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "away"], check=True)
    assert command("diff", ".@HEAD", ".", cwd=strange).returncode == 2
    assert sang() == []


def test_a_revision_that_is_whole_is_read_all_the_same(strange, sang, command):
    git = ["git", "-C", strange, "-c", "filter.own.clean=cat", "-c", "filter.own.process="]
    subprocess.run(
        [*git, "-c", "core.fsmonitor=false", "hash-object", "-w", "workshop.yaml"], check=True
    )
    for trace in strange.parent.glob("sang-*"):
        trace.unlink()
    done = command("diff", ".@HEAD", ".", cwd=strange)
    assert (done.returncode, done.stderr, sang()) == (0, "", [])


def test_the_merge_driver_runs_nothing_of_a_folder(strange, sang, command, tmp_path):
    for name in ("base", "ours", "theirs"):
        (tmp_path / name).write_text("name: Shop\nstages: []\n")
    files = [tmp_path / name for name in ("base", "ours", "theirs")]
    assert command("merge-driver", *files, "workshop.yaml", cwd=strange).returncode == 0
    assert sang() == []


def test_reading_a_folder_from_python_runs_nothing_of_it(strange, sang, tmp_path):
    code = (
        "import sys, journeykit as jk; w = jk.open_workshop(sys.argv[1]); w.journey; "
        "print(jk.read_events(sys.argv[1] + '/data/events.csv').count)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(strange)], cwd=tmp_path, capture_output=True, text=True
    )
    assert (told.stdout, sang()) == ("2\n", [])


def test_a_run_runs_its_notebooks_and_nothing_that_is_named_like_a_library(strange, sang, command):
    for notebook in (strange / "notebooks").glob("*.ipynb"):
        notebook.unlink()
    (strange / "notebooks" / "helper.py").write_text("answer = 42")
    cells = [
        nbformat.v4.new_code_cell(
            "workshop = '..'\npersona = ''", metadata={"tags": ["parameters"]}
        ),
        nbformat.v4.new_code_cell(
            "import random, numpy, journeykit, multiprocessing, helper, os\n"
            "assert helper.answer == 42 and not os.environ.get('PYTHONSAFEPATH')"
        ),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), strange / "notebooks" / "00_own.ipynb")
    done = command("run", ".", cwd=strange)
    assert (done.returncode, sang()) == (0, []), done.stderr


def test_a_kernel_of_the_lab_starts_without_the_folder(strange, sang):
    assert any(
        word.endswith("=journeykit.server.Kernels") for word in lab_options(strange, 1, True)
    )
    (strange / "notebooks" / "helper.py").write_text("answer = 42")
    manager = KernelManager(kernel_name="python3", kernel_spec_manager=Kernels())
    manager.start_kernel(cwd=str(strange / "notebooks"))
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(60)
        said: list[str] = []
        client.execute_interactive(
            "import random, numpy, helper, os; print(helper.answer, os.environ.get('PYTHONSAFEPATH'))",
            timeout=60,
            output_hook=lambda message: said.append(message["content"].get("text", "")),
        )
        assert "".join(said).strip() == "42 None"
        assert sang() == []
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_git_is_told_to_start_nothing(monkeypatch):
    from journeykit.store import git

    seen: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(
        git.subprocess, "run", lambda words, env, **_: seen.append((words, env)) or _Done()
    )
    git._git(Path("x"), "rev-parse")
    ((words, env),) = seen
    assert {"core.fsmonitor=false", f"core.hooksPath={os.devnull}", "protocol.allow=never"} <= {
        *words
    }
    assert (env["GIT_NO_LAZY_FETCH"], env["GIT_ALLOW_PROTOCOL"]) == ("1", "")


class _Done:
    returncode, stdout = 0, b""
