"""Every number of the catalogue keeps its word, whatever the data: an answer in order, or a reason.

Each is asked through an open workshop, of every case of the tables that it needs. A table kind gets
its cases in `MAKERS`; a case of the same name may have several tables. What a number asks for
besides the tables and the map stands in `OPTIONS`.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from journeykit.errors import JourneykitError
from journeykit.model import Persona, Workshop
from journeykit.numbers.catalogue import CATALOGUE, Number
from journeykit.phases import OpenWorkshop, Panel, open_workshop
from journeykit.store import create, open_folder
from journeykit.tables import read_events

FUNNEL = ("visit", "view", "cart", "pay")
HOSTILE = ("<script>alert(1)</script>", 'it\'s "so"; DROP TABLE x --', "🛒 %s {0} ☃", "دفع\u202e")
Log = Callable[[], tuple[pd.DataFrame, tuple[str, ...]]]

# --- cases: a name, and what the log looks like -------------------------------------------------


def log(users: int, reach: Callable[[int], int], names: tuple[str, ...] = FUNNEL) -> pd.DataFrame:
    """User i does the first ``reach(i)`` of the names, a minute apart, some of them twice."""
    rows = [
        (f"u{i}", name, pd.Timestamp(2026, 1, 1 + i % 28, i % 24, at), ("ad", "mail")[i % 2])
        for i in range(users)
        for at, name in enumerate([*names[: reach(i)], *names[: min(reach(i), i % 3)]])
    ]
    frame = pd.DataFrame(rows, columns=["user_id", "event", "timestamp", "channel"])
    return frame.assign(device=["phone" if len(user) % 2 else "pc" for user in frame["user_id"]])


def same() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "user_id": [f"u{i}" for i in range(60)],
            "event": "visit",
            "timestamp": pd.Timestamp(2026, 1, 1),
            "channel": "ad",
            "device": "phone",
        }
    )


def nameless() -> pd.DataFrame:
    frame = log(80, lambda i: 1 + i % 4).assign(value=float("nan"), age=float("nan"))
    return frame.assign(channel=frame["channel"].where(frame.index % 3 > 0), device=None)


def many() -> pd.DataFrame:
    names = tuple(f"event {i}" for i in range(300))
    frame = log(300, lambda i: 3, names)
    start = [names[int(user[1:])] for user in frame["user_id"]]
    return frame.assign(event=start, channel=start, device=start)


def hostile() -> pd.DataFrame:
    frame = log(80, lambda i: 1 + i % 4, HOSTILE)
    value = [HOSTILE[len(user) % 4] for user in frame["user_id"]]
    return frame.assign(channel=value, device=value)


def huge() -> pd.DataFrame:
    frame = log(80, lambda i: 1 + i % 4)
    ids = {f"u{i}": ["007", "7", str(10**18), str(10**18 + 1)][i] for i in range(4)}
    return frame.assign(user_id=[ids.get(user, user) for user in frame["user_id"]])


EVENTS: dict[str, Log] = {
    "plain": lambda: (log(120, lambda i: 1 + i % 4), FUNNEL),
    "no rows": lambda: (log(120, lambda i: 1 + i % 4), FUNNEL),
    "one row": lambda: (log(1, lambda i: 1), FUNNEL),
    "all the same": lambda: (same(), FUNNEL),
    "nobody lost": lambda: (log(80, lambda i: 4), FUNNEL),
    "nobody arrives": lambda: (log(80, lambda i: 1 + 3 * (i == 79)), FUNNEL),
    "not a number": lambda: (nameless(), FUNNEL),
    "hostile names": lambda: (hostile(), HOSTILE),
    "300 names": lambda: (many(), ("event 0", "event 1", "event 2")),
    "huge ids": lambda: (huge(), FUNNEL),
    "fewer than 30": lambda: (log(12, lambda i: 1 + i % 4), FUNNEL),
}
MAKERS: dict[str, dict[str, Callable[[], Any]]] = {"events": EVENTS}
"""Kind of table to its cases; events also say what the funnel is."""
EMPTY = ("no rows", "nobody arrives")
"""Cases of a persona whose customers are none of these: the data has more than the persona."""
OPTIONS: dict[str, Callable[[OpenWorkshop], dict[str, Any]]] = {
    "what_if": lambda w: {"step": list(w.workshop.steps())[-1], "change": "50%"},
    "time_between": lambda w: dict(zip(("first", "then"), w.workshop.steps().values())),
}
OPTIONAL = {"sessions": {"channel", "device"}, "entry_points": {"channel"}, "paths": {"users"}}
"""Columns that are shown where the data has them, or where they are asked for."""
VALUES = (
    "difference effect of_previous conversion share_of_leads stickiness share emotion score value "
    "lift median_hours"
).split()
"""Whose interval `low` and `high` are: the first of these that a frame has."""


class Views:
    """Open workshops of the cases, each made once."""

    def __init__(self, place: Path) -> None:
        self.place, self.made = place, dict[str, OpenWorkshop]()

    def __call__(self, case: str) -> OpenWorkshop:
        if case not in self.made:
            self.made[case] = self._open(case)
        return self.made[case]

    def _open(self, case: str) -> OpenWorkshop:
        frame, funnel = EVENTS[case]()
        root = create(self.place / case.replace(" ", "-"), "blank").root
        folder = open_folder(root)
        steps = [
            {"name": name, "stage": f"s{at}", "events": [name]} for at, name in enumerate(funnel)
        ]
        stages = [
            {"id": f"s{at}", "name": name, "events": [name]} for at, name in enumerate(funnel)
        ]
        told = {"name": "Shop", "stages": stages, "funnel": steps, "goal": [funnel[-1]]}
        folder.save_workshop(Workshop.model_validate(told))
        for persona in folder.personas():
            (root / "personas" / f"{persona}.yaml").unlink()
        folder.save_persona(Persona(id="all", name=funnel[0]))
        (value,) = frame["device"].dropna().unique()[:1] if frame["device"].notna().any() else ("",)
        if value:
            folder.save_persona(Persona(id="some", name="Some", segment={"device": value}))
        w = open_workshop(root, "all")
        events = read_events(frame)
        ours = events
        if case in EMPTY:
            ours = events.of_users([] if case == "no rows" else [f"u{i}" for i in range(79)])
        tables = {
            kind: made[case]() for kind, made in MAKERS.items() if kind != "events" and case in made
        }
        vars(w).update(all_events=events, events=ours, _tables=tables)
        return w


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> Views:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEYKIT_LIVE", "0")
        return Views(tmp_path_factory.mktemp("catalogue"))


def asked() -> list[Any]:
    """Every number with every case of the table that it needs first."""
    return [
        pytest.param(made, case, id=f"{made.name}-{case}")
        for made in CATALOGUE.values()
        for case in MAKERS.get(made.table, ())
    ]


def check(made: Number, frame: pd.DataFrame, shown: pd.DataFrame) -> None:
    """The columns that are promised, in the ranges that their units have."""
    missing = {column.key for column in made.columns} - {*shown.columns}
    missing -= OPTIONAL.get(made.name, set())
    assert not missing, f"{made.name} has no {missing}"
    assert frame.attrs["counts"]
    assert list(frame.index) == list(range(len(frame)))
    for column in made.columns:
        if column.unit in ("share", "points") and column.key in shown.columns:
            least = 0 if column.unit == "share" else -1
            told = pd.to_numeric(shown[column.key]).dropna()
            assert told.between(least - 1e-9, 1 + 1e-9).all(), column.key
    if "small_n" in frame.columns:
        assert frame["small_n"].dtype == bool
    values = [name for name in VALUES if name in shown.columns]
    if "diff_low" in shown.columns:  # which are the ends of the difference
        values = values[1:]
    value = values[0] if values else ""
    if value and {"low", "high"} <= {*shown.columns}:
        ends = shown[[value, "low", "high"]].apply(pd.to_numeric).dropna()
        assert (ends["low"] <= ends[value] + 1e-9).all()
        assert (ends[value] <= ends["high"] + 1e-9).all()


def plain(panel: Panel) -> str:
    """What a person reads of a panel; it is plain data, without a number that is none."""
    said = json.dumps(panel.data(), allow_nan=False)
    assert len(panel.sentence.split()) >= 3, panel.sentence
    assert not {"nan", "None", "NaT", "inf", "nan%"} & {*panel.sentence.replace("“", " ").split()}
    html = panel._head() + panel._foot()
    assert "<script>" not in html, "what data says is text"
    return said


@pytest.mark.parametrize(("made", "case"), asked())
def test_a_number_answers_in_order_or_says_why_not(made: Number, case: str, views: Views) -> None:
    w = views(case)
    options = OPTIONS[made.name](w) if made.name in OPTIONS else {}
    answered = False
    with contextlib.suppress(JourneykitError):  # what is refused is said in the panel
        frame = made.answer(w, **options)
        answered = True
    if answered:
        check(made, frame, made.show(frame, w) if made.show else frame)
    panel = w.weak_spots._answered(made, options)
    plain(panel)
    assert panel.title.strip()
    assert panel.sentence.startswith("Not measured: ") != answered
    if panel.chart is not None:
        assert panel.chart.to_dict()["$schema"]


@pytest.mark.parametrize(
    "made", [m for m in CATALOGUE.values() if m.table in MAKERS], ids=lambda m: m.name
)
def test_few_are_flagged(made: Number, views: Views) -> None:
    w = views("fewer than 30")
    options = OPTIONS[made.name](w) if made.name in OPTIONS else {}
    with contextlib.suppress(JourneykitError):
        frame = made.answer(w, **options)
        assert "small_n" not in frame.columns or frame["small_n"].all()


@pytest.mark.parametrize(
    "made", [m for m in CATALOGUE.values() if m.table in MAKERS], ids=lambda m: m.name
)
def test_without_its_table_a_number_says_what_it_would_need(made: Number, views: Views) -> None:
    w = views("plain")
    bare = open_workshop(w.folder.root, "all")
    vars(bare).update(all_events=None, events=None, _tables={})
    options = OPTIONS[made.name](w) if made.name in OPTIONS else {}
    panel = bare.weak_spots._answered(made, options)
    plain(panel)
    assert panel.sentence.startswith(f"Not measured: the workshop has no {made.table}. ")
    assert "This question would need a table with " in panel.sentence
    assert panel.sentence.endswith(f"Name it in workshop.yaml under `data: {made.table}:`.")
    assert panel.numbers == {"missing": made.table}
