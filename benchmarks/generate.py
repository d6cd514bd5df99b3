"""A generated shop's log for the bench: seeded, offline, written in pieces, so that any size fits.

One row per event in the order of time, as a log is written: users lie mixed. Ids are texts, ten
events and two sessions a user on average, 20 event names, 7 channels, 3 devices. Within a session
the events are a Markov chain and the pauses log-normal, with a tail that is longer than 30 minutes.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from shop import STEPS

__all__ = ["CHANNELS", "EVENTS", "log", "log_file"]

EVENTS = (
    *STEPS,
    "search",
    "filter",
    "compare",
    "reviews",
    "wishlist",
    "coupon",
    "delivery",
    "payment",
    "help",
    "chat",
    "login",
    "account",
    "store_finder",
    "newsletter",
)
CHANNELS = ("organic", "paid search", "email", "social", "direct", "referral", "display")
DEVICES = ("mobile", "desktop", "tablet")
#: Users of one piece; a piece is made in memory.
_PIECE = 50_000
_EVENTS_PER_USER = 10
_START = np.datetime64("2026-01-05T00:00:00", "ms").astype("int64")
_DAY = 86_400_000


def log_file(events: int, folder: Path, seed: int = 1) -> Path:
    """The Parquet file of a log of about so many events; made where it is not there yet."""
    file = folder / f"log-{events}-{seed}.parquet"
    if file.exists():
        return file
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="jk-pieces-", dir=folder) as name,
        duckdb.connect() as store,
    ):
        store.execute(f"SET memory_limit = '3GB'; SET temp_directory = '{name}/spill'")
        users = max(events // _EVENTS_PER_USER, 1)
        for number, first in enumerate(range(0, users, _PIECE)):
            piece = log(min(_PIECE, users - first), seed, first)
            store.register("piece", piece)
            store.execute(f"COPY piece TO '{name}/{number:05}.parquet'")
            store.unregister("piece")
        part = Path(name) / "log.part"
        store.execute(
            f"COPY (FROM '{name}/*.parquet' ORDER BY timestamp, user_id) TO '{part}' (FORMAT parquet)"
        )
        part.replace(file)
    return file


def log(users: int, seed: int = 1, first: int = 0) -> pd.DataFrame:
    """The events of so many users, numbered from `first` on, unordered."""
    chance = np.random.default_rng([seed, first])
    visits = chance.geometric(0.4, users)
    who = np.repeat(np.arange(users), visits)
    days = chance.integers(0, 60 * _DAY, users)[who] + chance.exponential(
        6 * _DAY, len(who)
    ).astype("int64")
    likes = chance.integers(0, len(CHANNELS), users)[who]
    channel = np.where(
        chance.random(len(who)) < 0.6, likes, chance.integers(0, len(CHANNELS), len(who))
    )
    device = chance.choice(len(DEVICES), users, p=[0.6, 0.33, 0.07])[who]
    visit, event, time = _walks(chance, days)
    # Scattered, so that the order of the ids says nothing about the order of the users.
    numbers = np.arange(first + 1, first + users + 1, dtype="uint64") * np.uint64(
        0x9E3779B97F4A7C15
    )
    ids = np.array([f"u{number:016x}" for number in numbers], dtype=object)
    return pd.DataFrame(
        {
            "user_id": ids[who[visit]],
            "event": np.array(EVENTS, dtype=object)[event],
            "timestamp": (_START + time).astype("datetime64[ms]"),
            "channel": np.array(CHANNELS, dtype=object)[channel[visit]],
            "device": np.array(DEVICES, dtype=object)[device[visit]],
        }
    )


def _walks(
    chance: np.random.Generator, start: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Walk every visit to its end: visit, event and time of every step."""
    ways = _chain()
    visit, now = np.arange(len(start)), start.copy()
    at = chance.choice(len(EVENTS), len(start), p=_begin())
    steps: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    while len(visit):
        steps.append((visit, at, now))
        onward = chance.random(len(visit))
        following = (ways[at] < onward[:, None]).sum(axis=1)
        going = following < len(EVENTS)  # the last column of the chain is the end of the visit
        pause = (np.exp(chance.normal(3.6, 1.3, len(visit))) * 1000).astype("int64") + 1
        visit, at, now = visit[going], following[going], (now + pause)[going]
    columns = [np.concatenate(column) for column in zip(*steps, strict=True)]
    return columns[0], columns[1], columns[2]


def _begin() -> np.ndarray:
    weights = np.ones(len(EVENTS))
    weights[:3] = 30, 8, 12
    return weights / weights.sum()


def _chain() -> np.ndarray:
    """Cumulated chances of the next event; what is left over to 1 is the end of the visit."""
    ways = np.random.default_rng(7).dirichlet(np.full(len(EVENTS), 0.6), len(EVENTS)) * 0.45
    for step in range(len(STEPS) - 1):
        ways[step, step + 1] += 0.4
    ways[:, 2] += 0.2  # whatever people do, many come back to a product
    ways[len(STEPS) - 1] *= 0.3
    ways *= np.minimum(1, 0.84 / ways.sum(axis=1, keepdims=True))
    return np.cumsum(ways, axis=1)
