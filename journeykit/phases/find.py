"""Which workshop folder a notebook means, and who looks at it."""

import os
import tempfile
from pathlib import Path

from journeykit.engine import cache_folder
from journeykit.store import Folder, create, open_folder


def find_workshop(path: str | Path | None = None) -> Folder:
    """Find the workshop folder: the one named, the one around us, or the retail sample.

    Without a name it looks at ``JOURNEYKIT_WORKSHOP``, then at this folder and those above
    it. Where there is none, the retail sample is opened, and says so, so that the kit's own
    notebooks run as they are.
    """
    named = path or os.environ.get("JOURNEYKIT_WORKSHOP")
    if named:
        return open_folder(named)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "workshop.yaml").is_file():
            return open_folder(folder)
    root = cache_folder().with_name("retail-sample")
    if not (root / "workshop.yaml").exists():
        root.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root.parent) as temporary:
            made = create(Path(temporary) / "retail", "retail").root
            try:
                made.rename(root)
            except OSError:  # another notebook made it in the same moment
                if not (root / "workshop.yaml").exists():
                    raise
    print(f"No workshop folder here, so this shows the retail sample: {root}")
    return open_folder(root)


def is_live() -> bool:
    """Tell whether a person sits in front of the notebook.

    A front end lets a cell ask for input, Papermill and nbconvert do not;
    ``JOURNEYKIT_LIVE`` set to 0 or 1 decides instead.
    """
    wished = os.environ.get("JOURNEYKIT_LIVE")
    if wished in ("0", "1"):
        return wished == "1"
    try:
        from IPython.core.getipython import get_ipython

        kernel = get_ipython().kernel  # type: ignore[union-attr]
        return bool(kernel.get_parent()["content"].get("allow_stdin"))
    except (AttributeError, KeyError, TypeError):
        return False
