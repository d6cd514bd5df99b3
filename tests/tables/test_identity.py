"""Anonymous ids stitched to known ones: by hand, and against a plain reference."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import journeykit as jk
from journeykit.errors import DataError, UnknownName

IDENTITY = {"anonymous": "device", "known": "login"}
Row = tuple[str | None, str | None, int]


def log(rows: list[Row]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["device", "login", "hour"])
    hours = pd.to_timedelta(frame.pop("hour").astype(int), unit="h")
    frame["timestamp"] = pd.Timestamp("2026-01-01") + hours
    # The row's own name is its event, so that it can be found again.
    return frame.assign(event=[f"row{n}" for n in range(len(frame))])


def people(rows: list[Row]) -> list[str | None]:
    """Who each row is; None where it is set aside."""
    frame = jk.read_events(log(rows), identity=IDENTITY).frame()
    found = dict(zip(frame["event"], frame["user_id"], strict=True))
    return [found.get(f"row{n}") for n in range(len(rows))]


def plain(rows: list[Row]) -> list[str | None]:
    """The same in plain Python, one row at a time."""
    order = sorted(range(len(rows)), key=lambda n: (rows[n][2], n))
    found: list[str | None] = [None] * len(rows)
    for place, n in enumerate(order):
        device, login, _ = rows[n]
        if login or not device:
            found[n] = login or None
            continue
        before = [rows[m][1] for m in order[:place] if rows[m][0] == device and rows[m][1]]
        after = [rows[m][1] for m in order[place:] if rows[m][0] == device and rows[m][1]]
        found[n] = before[-1] if before else after[0] if after else device
    return found


GRAPH: list[tuple[Row, str | None]] = [
    (("phone", None, 1), "ann"),  # nobody before: the next one after
    (("phone", "ann", 2), "ann"),
    (("phone", None, 3), "ann"),  # between two known ones: the one before
    (("phone", "ben", 4), "ben"),
    (("phone", "", 5), "ben"),  # blank is not known
    (("laptop", None, 1), "ann"),  # a second device of the same person
    (("laptop", "ann", 9), "ann"),
    (("tablet", None, 2), "tablet"),  # never known: stays itself
    ((None, "ann", 3), "ann"),  # known without a device
    ((None, None, 4), None),  # neither: set aside
]


def test_a_graph_by_hand() -> None:
    rows, right = [row for row, _ in GRAPH], [who for _, who in GRAPH]
    assert people(rows) == plain(rows) == right
    events = jk.read_events(log(rows), identity=IDENTITY)
    assert events.users == 3
    assert "stitched 2 of 3 ids in 'device' to 2 in 'login', with 4 rows that had none" in (
        events.contract.assumptions
    )
    assert "device" in events.columns


def test_rows_in_another_order_are_the_same_people() -> None:
    rows, right = [row for row, _ in GRAPH], [who for _, who in GRAPH]
    assert people(rows[::-1])[::-1] == right


names = st.sampled_from([None, "a", "b", "c", ""])
logs = st.lists(st.tuples(names, names.map(lambda n: n and n.upper()), st.integers(0, 6)))


@pytest.mark.all
@settings(max_examples=settings().max_examples * 2)
@given(logs)
def test_any_graph_against_plain_python(rows: list[Row]) -> None:
    right = plain([(device or None, login or None, hour) for device, login, hour in rows])
    if any(right):
        assert people(rows) == right


def test_a_cache_knows_how_ids_were_stitched(tmp_path) -> None:
    rows = [row for row, _ in GRAPH]
    log(rows).to_csv(tmp_path / "log.csv", index=False)
    cache = tmp_path / "cache"
    stitched = jk.read_events(tmp_path / "log.csv", identity=IDENTITY, cache=cache)
    plainly = jk.read_events(tmp_path / "log.csv", user_id="device", cache=cache)
    again = jk.read_events(tmp_path / "log.csv", identity=IDENTITY, cache=cache)
    assert (stitched.users, plainly.users, again.users) == (3, 3, 3)
    assert stitched.fingerprint == again.fingerprint != plainly.fingerprint
    assert not again.prepared_now


def test_columns_that_are_not_there_are_named() -> None:
    with pytest.raises(UnknownName, match="no column 'devise'"):
        jk.read_events(log([("a", "A", 1)]), identity={"anonymous": "devise", "known": "login"})
    with pytest.raises(DataError, match="anonymous and known"):
        jk.read_events(log([("a", "A", 1)]), identity={"anonymous": "device"})


def test_a_workshop_says_it_in_its_file(tmp_path) -> None:
    from journeykit.store import create

    made = create(tmp_path / "w")
    log([row for row, _ in GRAPH]).to_csv(made.root / "data" / "log.csv", index=False)
    top = made.workshop().with_(data={"events": {"source": "data/log.csv"}}, identity=IDENTITY)
    made.save(top)
    assert jk.open_workshop(made.root).all_events.users == 3
