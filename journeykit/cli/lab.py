"""``journeykit lab``: JupyterLab on a folder, with nothing asked of the internet."""

import os
from pathlib import Path
from typing import Annotated

from typer import Option, echo

from .base import HERE, Folder, app

SETTINGS = Path(__file__).parent / "lab_settings"
"""Defaults of this JupyterLab: it does not even ask whether it may fetch news."""


def lab_options(root: Path, port: int, browser: bool) -> list[str]:
    """Return Jupyter's options: loopback only, no news, no update check, no extension shop."""
    first = root / "notebooks" / "00_start_here.ipynb"
    if not first.is_file():
        first = min(root.glob("*.ipynb"), default=first)
    options = [
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={root}",
        "--ServerApp.kernel_websocket_connection_class=journeykit.server.SendAtOnce",
        "--ServerApp.kernel_spec_manager_class=journeykit.server.Kernels",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        f"--LabApp.app_settings_dir={SETTINGS}",
    ]
    if first.is_file():
        options.append(f"--LabApp.default_url=/lab/tree/{first.relative_to(root).as_posix()}")
    return options if browser else [*options, "--no-browser"]


@app.command()
def lab(
    folder: Folder = HERE,
    port: Annotated[int, Option(help="Port on this machine.")] = 8888,
    browser: Annotated[bool, Option(help="Open a browser.")] = True,
) -> None:
    """Open JupyterLab on the folder; nothing is asked of the internet."""
    from journeykit.store import open_folder

    bare = not (folder / "workshop.yaml").exists() and any(folder.glob("*.ipynb"))
    root = folder.resolve() if bare else open_folder(folder).root  # exercises, or a workshop
    echo(f"JupyterLab on {root}; stop it with Ctrl-C.")
    if not bare:
        os.environ["JOURNEYKIT_WORKSHOP"] = str(root)
    start(lab_options(root, port, browser))


def start(options: list[str]) -> None:
    """Become JupyterLab, which hears Ctrl-C and SIGTERM itself."""
    from jupyterlab.labapp import LabApp

    LabApp.launch_instance(options)
