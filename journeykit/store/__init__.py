"""The workshop folder: read, written, merged, made. Never half a file."""

from journeykit.store.create import asset, create, empty_folder, finish, template_names
from journeykit.store.desk import Desk, desk_of
from journeykit.store.files import write_atomic
from journeykit.store.folder import DOCUMENTS, Folder, open_folder
from journeykit.store.git import at_revision, install_merge, merge_files

__all__ = [
    "DOCUMENTS",
    "Desk",
    "Folder",
    "asset",
    "at_revision",
    "create",
    "desk_of",
    "empty_folder",
    "finish",
    "install_merge",
    "merge_files",
    "open_folder",
    "template_names",
    "write_atomic",
]
