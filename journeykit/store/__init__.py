"""The workshop folder: read, written, merged, made. Never half a file."""

from journeykit.store.create import asset, create, empty_folder, finish, template_names
from journeykit.store.desk import Desk, desk_of
from journeykit.store.files import write_atomic
from journeykit.store.folder import Folder, open_folder
from journeykit.store.git import at_revision, install_merge, merge_files
from journeykit.store.joined import DOCUMENTS
from journeykit.store.jsons import read_json
