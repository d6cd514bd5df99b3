"""Rows to small, byte-stable gzip files."""

from __future__ import annotations

import gzip
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from samples.life import Person

COLUMNS: Mapping[str, Sequence[str]] = {
    "surveys": [
        "response_id",
        "user_id",
        "timestamp",
        "measure",
        "question",
        "score",
        "stage",
        "channel",
        "device",
        "comment",
    ],
    "support": [
        "contact_id",
        "user_id",
        "timestamp",
        "channel",
        "topic",
        "first_answer_minutes",
        "hold_minutes",
        "resolution_hours",
        "handovers",
        "solved",
        "satisfaction",
        "comment",
    ],
    "campaigns": [
        "campaign",
        "user_id",
        "timestamp",
        "stage",
        "channel",
        "opened",
        "clicked",
        "cost",
        "treatment",
    ],
    "orders": [
        "order_id",
        "user_id",
        "timestamp",
        "product",
        "quantity",
        "amount",
        "category",
        "promised_days",
        "delivered_days",
    ],
}
"""The columns of the tables that every sample shares, in the order of the files."""

IDS = {"surveys": ("response_id", "r"), "support": ("contact_id", "c"), "orders": ("order_id", "o")}


def write_sample(
    folder: Path,
    rows: Mapping[str, list[dict[str, Any]]],
    people: Sequence[Person],
    event_columns: Sequence[str],
    lead_columns: Sequence[str],
) -> None:
    """Write the six files of one sample, each in order of time.

    Parameters
    ----------
    folder : where to write; made when it is missing.
    rows : table name to rows as the world noted them.
    people : whose traits become columns of the events.
    event_columns, lead_columns : the columns of these two tables, in order.
    """
    folder.mkdir(parents=True, exist_ok=True)
    traits = pd.DataFrame({p.id: p.traits for p in people}).T.rename_axis("user_id").reset_index()
    events = pd.DataFrame(rows["events"]).merge(traits, on="user_id", how="left")
    _write(folder / "events.csv.gz", _sorted(events)[list(event_columns)])
    for table, columns in COLUMNS.items():
        frame = _sorted(pd.DataFrame(rows[table]).reindex(columns=list(columns)))
        if table in IDS:
            frame = _numbered(frame, *IDS[table])
        _write(folder / f"{table}.csv.gz", frame)
    leads = _sorted(pd.DataFrame(rows["leads"]))[list(lead_columns)]
    _write(folder / "leads.csv.gz", leads)


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    """By time; what happened in the same second keeps the order it was noted in."""
    return frame.sort_values("timestamp", kind="stable").reset_index(drop=True)


def _numbered(frame: pd.DataFrame, column: str, prefix: str) -> pd.DataFrame:
    """Give ids that rise with time; rows that share the simulator's key share the id."""
    codes, _ = pd.factorize(frame[column].astype(str))
    return frame.assign(**{column: [f"{prefix}{code + 1:05d}" for code in codes]})


def _write(path: Path, frame: pd.DataFrame) -> None:
    flags = frame.select_dtypes("bool").columns
    frame = frame.assign(**{c: frame[c].map({True: "true", False: "false"}) for c in flags})
    text = frame.to_csv(index=False, lineterminator="\n")
    buffer = io.BytesIO()
    # no name and no time in the header: the same rows are always the same bytes
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=9, mtime=0) as file:
        file.write(text.encode("utf-8"))
    path.write_bytes(buffer.getvalue())
