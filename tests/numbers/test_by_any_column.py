"""A column that splits a number may be called anything, also like one of the answer's own."""

from __future__ import annotations

import pandas as pd
import pytest

import journeykit as jk
from journeykit.numbers.conversion import devices
from journeykit.numbers.leads import rate_by, rates
from journeykit.numbers.service import service

NAMES = [
    "step", "users", "low", "high", "n", "y", "share", "event", "level", "people", "hits",
    "transitions", "contacts", "orders", "repeat", "recent", "channel", "conversion",
    "by_value", "small_n", "customers", "sessions",
]  # fmt: skip


def log(column: str) -> pd.DataFrame:
    rows = [
        (f"u{user}", event, f"2026-01-{user % 28 + 1:02} 10:0{minute}", "pq"[user % 2])
        for user in range(40)
        for minute, event in enumerate(["visit", "look", "pay"][: 2 + (user % 4 == 0)])
    ]
    return pd.DataFrame(rows, columns=["user", "what", "time", column])


def events(column: str) -> jk.Events:
    # `event` itself is always there: what is called so here is a column beside it.
    return jk.read_events(
        log(column), user_id="user", event="what", timestamp="time",
        columns={"channel": None, "step": column} if column == "step" else {"channel": None},
    )  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_log_is_split_by_a_column_of_any_name(name: str) -> None:
    read = events(name)
    by = name if name in read.columns else f"source_{name}"
    found = jk.funnel(read, ["visit", "pay"], by=by)
    head = str(found.columns[0])
    assert head in (by, f"source_{by}")
    assert found.columns.is_unique
    assert found[[head, "users"]].values.tolist() == [["p", 20], ["p", 10], ["q", 20], ["q", 0]]
    moves = jk.transitions(read, by=by)
    assert moves.columns.is_unique
    assert moves[moves["to_event"] == "look"]["users"].tolist() == [20, 20]
    assert sorted(moves.iloc[:, 0].unique()) == ["p", "q"]
    split = devices(read, "pay", by=by)
    assert split.columns.is_unique
    assert split.iloc[:, :2].values.tolist() == [["p", 20], ["q", 20]]
    credit = jk.attribution(read, "pay", by=by, model="last").set_index("channel")["conversions"]
    assert credit.to_dict() == {"p": 10.0, "q": 0.0}


@pytest.mark.parametrize("name", NAMES)
def test_a_table_is_split_by_a_column_of_any_name(name: str) -> None:
    frame = log(name).drop_duplicates("user").assign(
        user_id=lambda rows: rows["user"], status="customer", solved=True, late="yes",
        order_id=range(40), timestamp=pd.Timestamp("2026-01-01"),
    )  # fmt: skip
    for found, count in (
        (rates(frame, by=name), "people"),
        (rate_by(frame, "late", name), "n"),
        (service(frame, by=name), "contacts"),
        (jk.repeat_purchase(frame, by=name), "customers"),
    ):
        assert found.columns.is_unique
        assert found.columns[0] in (name, f"source_{name}")
        assert found.groupby(found.columns[0])[count].max().to_dict() == {"p": 20, "q": 20}
