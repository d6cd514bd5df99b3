"""``journeykit lab``: JupyterLab on a workshop folder or on exercises, with nothing asked of the internet."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from journeykit.store import open_folder

__all__ = ["lab_command", "open_lab"]

SETTINGS = Path(__file__).parent / "lab_settings"
"""Defaults of this JupyterLab: it does not even ask whether it may fetch news."""
# As `python -m jupyterlab`; the kit comes first, which puts off what would make the start slow.
START = "import journeykit; from jupyterlab.labapp import main; main()"


def lab_command(root: Path, *, port: int, browser: bool) -> list[str]:
    """Return the command: loopback only, no news, no update check, no extension shop."""
    first = root / "notebooks" / "00_start_here.ipynb"
    first = first if first.is_file() else min(root.glob("*.ipynb"), default=first)
    command = [
        sys.executable,
        "-c",
        START,
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={root}",
        "--ServerApp.jpserver_extensions=journeykit.server=True",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        f"--LabApp.app_settings_dir={SETTINGS}",
    ]
    if first.is_file():
        command.append(f"--LabApp.default_url=/lab/tree/{first.relative_to(root).as_posix()}")
    return command if browser else [*command, "--no-browser"]


def open_lab(folder: Path, *, port: int, browser: bool, say: Callable[[str], None]) -> int:
    """Run JupyterLab until it is stopped with Ctrl-C; returns its exit code."""
    bare = not (folder / "workshop.yaml").exists() and any(folder.glob("*.ipynb"))
    root = (
        folder.resolve() if bare else open_folder(folder).root
    )  # a folder of exercises, or a workshop
    say(f"JupyterLab on {root}; stop it with Ctrl-C.")
    env = {**os.environ, **({} if bare else {"JOURNEYKIT_WORKSHOP": str(root)})}
    try:
        return subprocess.call(lab_command(root, port=port, browser=browser), env=env)
    except KeyboardInterrupt:
        return 0
