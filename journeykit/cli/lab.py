"""``journeykit lab``: JupyterLab on a workshop folder, with nothing asked of the internet."""

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


def lab_command(root: Path, *, port: int, browser: bool) -> list[str]:
    """Return the command: loopback only, no news, no update check, no extension shop."""
    first = root / "notebooks" / "00_start_here.ipynb"
    command = [
        sys.executable, "-m", "jupyterlab",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={root}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        f"--LabApp.app_settings_dir={SETTINGS}",
    ]  # fmt: skip
    if first.is_file():
        command.append("--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb")
    return command if browser else [*command, "--no-browser"]


def open_lab(folder: Path, *, port: int, browser: bool, say: Callable[[str], None]) -> int:
    """Run JupyterLab until it is stopped with Ctrl-C; returns its exit code."""
    root = open_folder(folder).root
    say(f"JupyterLab on {root}; stop it with Ctrl-C.")
    env = {**os.environ, "JOURNEYKIT_WORKSHOP": str(root)}
    try:
        return subprocess.call(lab_command(root, port=port, browser=browser), env=env)
    except KeyboardInterrupt:
        return 0
