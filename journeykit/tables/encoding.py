"""In which encoding a text file is."""

import codecs
import gzip
from pathlib import Path
from typing import Any

from journeykit.errors import DataError


def encoding_of(file: Path) -> str:
    """UTF-8 where the first megabyte is; UTF-16 by its mark; Latin-1 otherwise."""
    opened: Any = gzip.open if file.suffix.lower() == ".gz" else open
    try:
        with opened(file, "rb") as stream:
            head = stream.read(1_000_000)
    except (OSError, EOFError) as problem:
        raise DataError(f"{file.name} is damaged: {problem}") from problem
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"
