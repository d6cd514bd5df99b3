"""The room of a workshop folder as a notebook sees it: another process, asked over loopback."""

import json
import subprocess
import sys
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from journeykit.engine import cache_folder
from journeykit.model import Data
from journeykit.store import Desk
from journeykit.store.files import hold

from .live import Live, mark_of

COMMAND = "from journeykit.cli import main; main()"
"""What a process of its own is given, to be the command line."""


def kept_of(root: Path) -> Path:
    """Say where the room of a folder keeps its key, its code and who is in: with the user, never
    in the folder, which may be sent to others.
    """
    return cache_folder().with_name("rooms") / f"{mark_of(root)}.json"


def ask_room(root: Path, what: Data) -> Data:
    """Ask the room of a folder for something, as its host; it tells how it is then.

    Where no room is open, nothing is told.
    """
    try:
        told = json.loads((kept := kept_of(root)).read_text("utf-8"))
        if lock := hold(kept.with_suffix(".lock"), 0):  # it died: another may listen there now
            lock.release()
            return {}
        line = HTTPConnection("127.0.0.1", told["port"], timeout=30)
        line.request("POST", "/host.html", json.dumps(what), {"X-Key": told["key"]})
        return dict(json.loads(line.getresponse().read()))
    except (OSError, HTTPException, ValueError):
        return {}


class Room(Live):
    """The room of a folder, to hold from a notebook; it stays when the kernel ends.

    Parameters
    ----------
    desk : Desk
        Of the folder.
    persona : str
        Whose journey a room that is opened here is about.
    """

    name = "room"

    def __init__(self, desk: Desk, persona: str) -> None:
        super().__init__(desk, ["workshop"], {"persona": persona})

    def view(self) -> Data:
        """Say how the room is; nothing where none is open."""
        return ask_room(self.desk.folder.root, {})

    def _heard(self, _: object, content: Data, __: object) -> None:
        root = self.desk.folder.root
        if content.get("do") == "open":
            # What it prints has the key in it: for no log.
            command = [sys.executable, "-P", "-c", COMMAND, "room", f"{root}"]
            subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL)
        elif "do" in content:
            ask_room(root, content["do"])
        super()._heard(_, content, __)
