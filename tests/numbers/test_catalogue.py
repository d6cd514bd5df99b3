"""Every number of the catalogue keeps its word, whatever the data: an answer in order, or a reason.

Each is asked through an open workshop whose folder holds an event log and the other tables, of
every case in `EVENTS`. The other tables are the samples', changed by what `TABLES` declares of
their columns. A number that asks for more than a workshop has is told it in `OPTIONS`.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from functools import cache
from inspect import Parameter
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from journeykit.errors import JourneykitError
from journeykit.model import RECORD_KINDS, TABLES, WAITS, Persona, Workshop
from journeykit.numbers.catalogue import CATALOGUE, Number, told
from journeykit.phases import OpenWorkshop, Panel, open_workshop
from journeykit.store import create, open_folder

SAMPLES = Path(__file__).parents[2] / "sample_data"
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


def infinite() -> pd.DataFrame:
    frame = log(80, lambda i: 1 + i % 4)
    return frame.assign(value=[(float("inf"), -1.0, 1e308)[i % 3] for i in frame.index])


EVENTS: dict[str, Log] = {
    "plain": lambda: (log(120, lambda i: 1 + i % 4), FUNNEL),
    "no rows": lambda: (log(120, lambda i: 1 + i % 4), FUNNEL),
    "one row": lambda: (log(1, lambda i: 1), FUNNEL),
    "all the same": lambda: (same(), FUNNEL),
    "nobody lost": lambda: (log(80, lambda i: 4), FUNNEL),
    "nobody arrives": lambda: (log(80, lambda i: 1 + 3 * (i == 79)), FUNNEL),
    "not a number": lambda: (nameless(), FUNNEL),
    "infinite": lambda: (infinite(), FUNNEL),
    "hostile names": lambda: (hostile(), HOSTILE),
    "300 names": lambda: (many(), ("event 0", "event 1", "event 2")),
    "huge ids": lambda: (huge(), FUNNEL),
    "fewer than 30": lambda: (log(12, lambda i: 1 + i % 4), FUNNEL),
}
"""Case to the event log and its funnel; the other tables of a case are made by `table`."""
IDS = {f"u{i}": str(number) for i, number in enumerate(["007", 7, 10**18, 10**18 + 1])}
WORDS = {"measure", "treatment", "status", "solved"}
"""Columns whose words the kit knows: names of another kind are refused by the reader."""


@cache
def sampled(sample: str, kind: str) -> pd.DataFrame:
    """The first rows of a sample's table, of the users and in the month of the event logs."""
    frame = pd.read_csv(SAMPLES / sample / f"{kind}.csv.gz", nrows=400, dtype={"user_id": "str"})
    users = {user: f"u{i % 120}" for i, user in enumerate(frame["user_id"].dropna().unique())}
    frame["user_id"] = frame["user_id"].map(users)
    stamps = pd.to_datetime(frame["timestamp"])
    frame["timestamp"] = stamps - stamps.min().normalize() + pd.Timestamp(2026, 1, 1)
    if "stage" in frame:
        stages = {stage: f"s{i % 4}" for i, stage in enumerate(frame["stage"].dropna().unique())}
        frame["stage"] = frame["stage"].map(stages)
    return frame


def table(sample: str, kind: str, case: str) -> pd.DataFrame:
    """A table of a case, made of a sample's by what is declared of its columns."""
    frame, declared = sampled(sample, kind), TABLES[kind].columns
    of = {word: [c.name for c in declared if c.kind == word and c.name in frame] for word in KINDS}
    numbers = of["number"] + of["answer"]
    names = {*of["text"], *of["id"]} - WORDS - {"user_id"}
    some = frame.index % 3 > 0
    match case:
        case "one row":
            return frame.head(1)
        case "fewer than 30":
            return frame.head(12)
        case "all the same":
            return frame.loc[[frame.notna().sum(axis=1).idxmax()] * 60]
        case "nobody lost":
            best = {name: frame[name].max() for name in of["number"]}
            return frame.assign(**best, **dict.fromkeys(of["flag"], True))
        case "nobody arrives":
            return frame.assign(
                **dict.fromkeys(of["number"], 0.0), **dict.fromkeys(of["flag"], False)
            )
        case "not a number":
            none = dict.fromkeys(of["number"], float("nan"))
            return frame.assign(
                **none, **{n: frame[n].where(some) for n in of["answer"] + of["flag"]}
            )
        case "infinite":
            return frame.assign(
                **{n: frame[n].where(some, float("inf")) for n in numbers if n != "score"}
            )
        case "hostile names":
            return frame.assign(**{n: [HOSTILE[i % 4] for i in frame.index] for n in names})
        case "300 names":
            return frame.assign(**{n: [f"{n} {i % 300}" for i in frame.index] for n in names})
        case "huge ids":
            return frame.assign(user_id=frame["user_id"].replace(IDS))
    return frame


KINDS = ("id", "text", "time", "number", "flag", "answer", "any")
SEGMENTS = {"no rows": {"device": "pc", "side": "phone"}, "nobody arrives": {"side": "phone"}}
"""Case to a persona that is a part of the customers: nobody of them, or nobody who arrived."""
OPTIONS: dict[str, Callable[[OpenWorkshop], dict[str, Any]]] = {
    "what_if": lambda w: {"step": list(w.workshop.steps())[-1], "change": "50%"},
    "time_between": lambda w: dict(zip(("first", "then"), w.workshop.steps().values())),
    "promise_in_hours": lambda w: {"promise": "first-answer-minutes", "hours": "8 to 18"},
    "rate_by": lambda w: {"frame": w.table("support"), "outcome": "solved"},
    "attribution_from_paths": lambda w: {
        "frame": pd.DataFrame({"path": ["ad > mail"], "won": [9], "lost": [1]}),
        "path": "path",
        "conversions": "won",
        "nulls": "lost",
    },
}
"""What a number asks for besides what a workshop has."""
OPTIONAL = {"sessions": {"channel", "device"}, "entry_points": {"channel"}, "paths": {"users"}}
"""Columns that are shown where the data has them, or where they are asked for."""
VALUES = (
    "difference effect of_previous conversion share_of_leads stickiness share emotion score value "
    "lift median_hours"
).split()
"""Whose interval `low` and `high` are: the first of these that a frame has."""


class Views:
    """Open workshops of the cases, each made once: an event log, and the other tables."""

    def __init__(self, place: Path) -> None:
        self.place, self.made = place, dict[tuple[str, str, str], OpenWorkshop]()

    def __call__(self, case: str, other: str = "", sample: str = "retail") -> OpenWorkshop:
        asked = (case, other or case, sample)
        if asked not in self.made:
            self.made[asked] = self._open(*asked)
        return self.made[asked]

    def _open(self, case: str, other: str, sample: str) -> OpenWorkshop:
        frame, funnel = EVENTS[case]()
        users = frame["user_id"].astype("str")
        frame["side"] = ["phone" if user != "u79" and len(user) % 2 else "pc" for user in users]
        root = create(self.place / f"{len(self.made)}", "blank").root
        folder = open_folder(root)
        tables = {kind: table(sample, kind, other) for kind in TABLES if kind != "events"}
        for kind, made in {**tables, "events": frame}.items():
            made.to_csv(root / f"{kind}.csv", index=False)
        stages = [
            {"id": f"s{at}", "name": name, "events": [name]} for at, name in enumerate(funnel)
        ]
        told = {
            "name": "Shop",
            "stages": stages,
            "funnel": [
                {"name": n, "stage": f"s{at}", "events": [n]} for at, n in enumerate(funnel)
            ],
            "goal": [funnel[-1]],
            "promises": [
                {
                    "id": each.name.replace("_", "-"),
                    "text": each.name,
                    "stage": "s0",
                    "measure": each.name,
                    "limit": 2,
                }
                for kind in TABLES.values()
                for each in kind.columns
                if each.promised
            ],
            "data": {kind: {"source": f"{kind}.csv"} for kind in TABLES},
        }
        folder.save(Workshop.model_validate(told))
        for persona in folder.personas():
            (root / "personas" / f"{persona}.yaml").unlink()
        folder.save(Persona(id="all", name=funnel[0], segment=SEGMENTS.get(case, {})))
        (value,) = frame["device"].dropna().unique()[:1] if frame["device"].notna().any() else ("",)
        if value:
            folder.save(Persona(id="some", name="Some", segment={"device": value}))
        n = frame["user_id"].nunique()
        counts = {"control": (n, 0), funnel[0]: (n, n // 2)}
        tried = RECORD_KINDS["experiments"](id="one", title=funnel[0], counts=counts)
        folder.save(tried, "experiments")
        return open_workshop(root, "all")


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> Views:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEYKIT_LIVE", "0")
        return Views(tmp_path_factory.mktemp("catalogue"))


def panel_of(made: Number, w: OpenWorkshop, options: dict[str, Any]) -> Panel:
    return getattr(w.weak_spots, made.name)(**options)


def options_of(made: Number, w: OpenWorkshop) -> dict[str, Any]:
    return OPTIONS[made.name](w) if made.name in OPTIONS else {}


OF_THE_MAP = {"promises", "promise_hours", "promise_in_hours"}
"""Asked first of what the map promises, then of whichever tables have it."""
EVERY = [pytest.param(made, id=made.name) for made in CATALOGUE.values()]
"""Every number; one that is declared tomorrow is among them."""


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
    assert len(panel.sentence.split()) >= 2, panel.sentence
    assert not {"nan", "None", "NaT", "inf", "nan%"} & {*panel.sentence.replace("“", " ").split()}
    html = panel._head() + panel._foot()
    assert "<script>" not in html, "what data says is text"
    return said


def hold(made: Number, w: OpenWorkshop) -> Panel:
    """An answer in order, or a panel that says why there is none."""
    options = options_of(made, w)
    answered = False
    with contextlib.suppress(JourneykitError):  # what is refused is said in the panel
        frame = made.answer(w, **options)
        answered = True
    if answered:
        check(made, frame, told(made.show, frame=frame, view=w) if made.show else frame)
    panel = panel_of(made, w, options)
    plain(panel)
    assert panel.title.strip()
    assert panel.sentence.startswith("Not measured: ") != answered
    if panel.chart is not None:
        assert panel.chart.to_dict()["$schema"]
    return panel


def needs_tables(made: Number) -> bool:
    """Whether it takes a table besides the events."""
    return bool({*made.supplied.values()} & {*TABLES} - {"events"})


DAILY = ("plain", "no rows", "one row", "not a number", "hostile names")


def asked() -> list[Any]:
    """Every number with every case; in `make test` with those that trip most."""
    return [
        pytest.param(
            made, case, id=f"{made.name}-{case}", marks=[pytest.mark.all] * (case not in DAILY)
        )
        for made in CATALOGUE.values()
        for case in EVENTS
    ]


@pytest.mark.parametrize(("made", "case"), asked())
def test_a_number_answers_in_order_or_says_why_not(made: Number, case: str, views: Views) -> None:
    panel = hold(made, views(case))
    if case == "plain":
        assert not panel.sentence.startswith("Not measured: "), panel.sentence


@pytest.mark.nightly
@pytest.mark.parametrize("sample", ["saas", "healthcare"])
@pytest.mark.parametrize("other", DAILY)
@pytest.mark.parametrize("made", EVERY)
def test_a_number_answers_of_the_tables_of_other_samples(
    made: Number, other: str, sample: str, views: Views
) -> None:
    hold(made, views("plain", other, sample))


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("case", "other"), [pair for pair in product(EVENTS, EVENTS) if len({*pair}) == 2]
)
@pytest.mark.parametrize("made", filter(needs_tables, CATALOGUE.values()), ids=lambda m: m.name)
def test_a_number_answers_of_tables_that_do_not_fit_the_log(
    made: Number, case: str, other: str, views: Views
) -> None:
    hold(made, views(case, other))


@pytest.mark.parametrize("made", EVERY)
def test_few_are_flagged(made: Number, views: Views) -> None:
    w = views("fewer than 30")
    with contextlib.suppress(JourneykitError):
        frame = made.answer(w, **options_of(made, w))
        assert "small_n" not in frame.columns or frame["small_n"].all()


@pytest.fixture(scope="module")
def bare(views: Views, tmp_path_factory: pytest.TempPathFactory) -> OpenWorkshop:
    """The workshop of the case "plain", without its data."""
    made = open_workshop(create(tmp_path_factory.mktemp("bare") / "bare", "blank").root)
    made.folder.save(views("plain").workshop.with_(data={}))
    return made


@pytest.mark.parametrize("made", EVERY)
def test_without_its_table_a_number_says_what_it_would_need(
    made: Number, views: Views, bare: OpenWorkshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = options_of(made, views("plain"))
    waits = panel_of(made, bare, options)
    # As in a workshop that has some other table.
    monkeypatch.setattr("journeykit.phases.panel.unmeasured", lambda view: False)
    panel = panel_of(made, bare, options)
    plain(panel)
    required = [made.parameters[name].default is Parameter.empty for name in made.supplied]
    if made.table and required[0] and made.name not in OF_THE_MAP:
        assert panel.sentence.startswith(f"Not measured: the workshop has no {made.table}. ")
        assert "This question would need a table with " in panel.sentence
        assert panel.sentence.endswith(f"Name it in workshop.yaml under `data: {made.table}:`.")
        assert panel.numbers == waits.numbers == {"missing": made.table}
        assert waits.sentence == WAITS, "without any data one sentence, in notebook 00, says why"
