"""Other numbers for each class: a draw of the customers of a sample, the same for the same word."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import shutil
from pathlib import Path

__all__ = ["draw"]

KEPT = 0.9


def draw(source: Path, target: Path, salt: str) -> None:
    """Copy the tables of a sample, with nine in ten of its customers.

    A customer is in all tables or in none, and rows of nobody stay. The planted stories stay, too:
    they are about many.

    Parameters
    ----------
    source, target : Path
        Folders with ``*.csv.gz``.
    salt : str
        Decides who is drawn; empty keeps everybody.
    """
    target.mkdir(parents=True)
    for path in sorted(source.glob("*.csv.gz")):
        if not salt:
            shutil.copy2(path, target / path.name)
            continue
        text = io.StringIO()
        with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
            rows = csv.reader(lines)
            head = next(rows)
            place = head.index("user_id") if "user_id" in head else -1
            out = csv.writer(text, lineterminator="\n")
            out.writerow(head)
            out.writerows(
                row for row in rows if place < 0 or not row[place] or _drawn(row[place], salt)
            )
        with (
            open(target / path.name, "wb") as raw,
            gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as packed,
        ):
            packed.write(text.getvalue().encode())


def _drawn(user: str, salt: str) -> bool:
    number = hashlib.blake2b(user.encode(), key=salt.encode()[:64], digest_size=4).digest()
    return int.from_bytes(number, "big") < KEPT * 2**32
