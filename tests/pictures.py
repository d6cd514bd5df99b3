"""The pictures of the docs: taken by the tests that show a screen anyway, where somebody asks for them.

With ``JOURNEYKIT_PICTURES=DIR`` each is kept as ``DIR/<name>.png``, small enough for a page of the
docs; else nothing is done.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from PIL import Image

PICTURES = os.environ.get("JOURNEYKIT_PICTURES", "")
LARGEST = 1280, 1360
"""Pixels at most, across and down: a page of the docs shows no more."""


def picture(of: Any, name: str, at: Any = None) -> None:
    """Keep a picture of a page, of a part of it, or one that was taken already (a path)."""
    if not PICTURES:
        return
    kept = Path(PICTURES) / f"{name}.png"
    kept.parent.mkdir(parents=True, exist_ok=True)
    if not isinstance(of, Path):
        (at or of).screenshot(path=kept, animations="disabled")
    with Image.open(of if isinstance(of, Path) else kept) as taken:
        small = taken.convert("RGB")
    small.thumbnail(LARGEST, Image.Resampling.LANCZOS)
    # A palette of 256 colours is a third of the bytes, and nobody sees it on a screen of a widget.
    small.quantize(256, dither=Image.Dither.NONE).save(kept, optimize=True)
