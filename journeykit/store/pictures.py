"""Files of the workshop folder on cards: pictures, drawn anew before they are shown, and links.

What goes out of a picture is a new one of the same dots: no place, no camera, no name of a file.
What a link leads to goes out as it is, as a copy beside the report.
"""

import base64
import io
import os
import re
import shutil
import warnings
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, unquote

from journeykit.errors import DataError

LARGEST, MOST_PIXELS, WIDEST = 5_000_000, 50_000_000, 480
"""Bytes and pixels that a file may have, and how wide or high what is shown of it is at most."""
_ELSEWHERE = re.compile(r"[\\/]|\w[\w+.-]*:")
"""How an address begins, or a path that does not start in the folder."""
LINKED = "linked/"
"""Where the files lie, beside a report, that its cards lead to."""
_SOMEBODY, _HIDDEN = re.compile(r"\w(@|%40)\w", re.I), re.compile(r"(data|journal|runs)/|(.*/)?\.")


def inside(root: Path, name: str) -> Path:
    """Find a file of a workshop folder, or raise a DataError that says why it is not shown."""
    path = (root / name).resolve()
    if _ELSEWHERE.match(name) or not path.is_relative_to(root.resolve()):
        raise DataError("it lies outside of the workshop folder: put a copy into it")
    if not os.path.isfile(path):  # which a name that no file can have is not, either
        raise DataError("no such file is in the workshop folder")
    if path.stat().st_size > LARGEST:
        raise DataError("it has more than 5 MB: make it smaller")
    return path


def linked(root: Path | None, link: str) -> tuple[str, str]:
    """Give where the link of a card leads from a report, or, as the second, why it does not.

    Examples
    --------
    >>> linked(None, "https://shop.example/till"), linked(Path("."), "mailto:ann@mail.example")[1]
    (('https://shop.example/till', ''), 'Its link is left out: it names a person.')
    """
    if not link or (":" in link and not _SOMEBODY.search(link)):
        return link, ""
    why = "it names a person" if _SOMEBODY.search(link) else "it is a file of the workshop folder"
    try:
        if root and ":" not in link:
            path = inside(root, link).relative_to(root.resolve()).as_posix()
            if not _HIDDEN.match(path):
                return f"{LINKED}{quote(path)}", ""
            why = "what is hidden, or in data, journal and runs, does not go out"
    except DataError as problem:
        why = str(problem)
    return "", f"Its link is left out: {why}."


def carry(root: Path, drawn: str, to: Path) -> None:
    """Copy the files of a workshop folder to which the cards of a drawn map lead."""
    for name in set(re.findall(f'href="{LINKED}([^"]+)"', drawn)):
        if there := unquote(linked(root, unquote(name))[0]):
            (to / there).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / unquote(name), to / there)


def picture(root: Path | None, name: str) -> tuple[str, str]:
    """Give the picture of a card as a ``data:`` address, or, as the second, why there is none.

    Examples
    --------
    >>> picture(Path("."), "../team.png")[1][:57]
    'Its picture is not shown: it lies outside of the workshop'
    """
    if not (root and name):
        return "", ""
    try:
        path = inside(root, name)
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
