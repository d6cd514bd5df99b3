"""Other numbers for each class: a draw of the customers of a sample, the same for the same word."""

import hashlib
import shutil
from pathlib import Path

import pandas as pd

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
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        if "user_id" in rows:
            drawn = {user: not user or _drawn(user, salt) for user in rows["user_id"].unique()}
            rows = rows[rows["user_id"].map(drawn)]
        packed = {"method": "gzip", "mtime": 0}  # no time stamp: the same word, the same bytes
        rows.to_csv(target / path.name, index=False, lineterminator="\n", compression=packed)


def _drawn(user: str, salt: str) -> bool:
    number = hashlib.blake2b(user.encode(), key=salt.encode()[:64], digest_size=4).digest()
    return int.from_bytes(number, "big") < KEPT * 2**32
