"""The workshop folder: read, written, merged, made. Never half a file."""

from .create import asset, create, empty_folder, finish, template_names
from .desk import Desk, Reasons, desk_of
from .files import write_atomic
from .folder import Folder, open_folder
from .git import at_revision, install_merge, merge_files
from .pictures import LINKED, carry, linked, picture
from .yaml import read_json
