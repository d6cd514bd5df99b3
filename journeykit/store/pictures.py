"""Pictures on cards: a file of the workshop folder, made small and drawn anew before it is shown.

What goes out is a new picture of the same dots: no place, no camera, no name of a file.
"""

import base64
import io
import re
import warnings
from functools import lru_cache
from pathlib import Path

from journeykit.errors import DataError

LARGEST, MOST_PIXELS, WIDEST = 5_000_000, 50_000_000, 480
"""Bytes and pixels that a file may have, and how wide or high what is shown of it is at most."""
_ELSEWHERE = re.compile(r"[\\/]|\w[\w+.-]*:")
"""How an address begins, or a path that does not start in the folder."""


def picture(root: Path, name: str) -> tuple[str, str]:
    """Give the picture of a card as a ``data:`` address, or, as the second, why there is none.

    Examples
    --------
    >>> picture(Path("."), "../team.png")[1][:57]
    'Its picture is not shown: it lies outside of the workshop'
    """
    try:
        path = (root / name).resolve()
        if _ELSEWHERE.match(name) or not path.is_relative_to(root.resolve()):
            raise DataError("it lies outside of the workshop folder: put a copy into it")
        if not path.is_file():
            raise DataError("no such file is in the workshop folder")
        if path.stat().st_size > LARGEST:
            raise DataError("it has more than 5 MB: make it smaller")
        return _made(path, path.stat().st_mtime_ns), ""
    except DataError as problem:
        why = str(problem)
    except Exception:  # a decoder may stumble over anything, and a name may be none
        why = (
            "it is no PNG, JPEG, GIF or WebP of at most 50 million pixels that can be read (SVG "
            "can hold scripts): save it as one"
        )
    return "", f"Its picture is not shown: {why}."


@lru_cache(256)
def _made(path: Path, changed: int) -> str:
    """Draw a picture anew; of one that moves, the first moment."""
    from PIL import Image, ImageOps

    with warnings.catch_warnings(action="ignore"):  # what is too large is refused below
        found = Image.open(io.BytesIO(path.read_bytes()), formats=("PNG", "JPEG", "GIF", "WEBP"))
    if found.width * found.height > MOST_PIXELS:
        raise Image.DecompressionBombError
    found.draft("RGB", (WIDEST, WIDEST))
    seen = found.convert("RGBA")
    seen.thumbnail((WIDEST, WIDEST))
    seen = ImageOps.exif_transpose(seen)
    paper, out = Image.new("RGB", seen.size, "white"), io.BytesIO()
    paper.paste(seen, mask=seen)  # a new one has nothing but the dots
    paper.save(out, "JPEG")
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
