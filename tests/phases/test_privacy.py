"""No panel tells who a customer is, whatever stands in the data."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from journeykit.phases import OpenWorkshop, Panel

pytestmark = pytest.mark.xdist_group("missing")

NAMES = ("Zofia Wiśniewska", "Abiodun Ogunleye")
SAID = " My name is {name}, write to {mail} or call +49 171 23 45 {n:03d}, customer {id}. Regards, {name}"


def with_contact(table: pd.DataFrame) -> pd.DataFrame:
    """Every comment names its customer in every way."""
    told = [
        f"{row.comment}{SAID.format(name=NAMES[n % 2], mail=f'zofia.w{n}@shop.example', n=n % 1000, id=row.user_id)}"
        for n, row in enumerate(table.itertuples())
    ]
    return table.assign(comment=told)


def with_persons(log: pd.DataFrame) -> pd.DataFrame:
    """A log that carries more than it should, customer by customer."""
    return log.assign(
        email=log["user_id"] + "@home.example",
        customer_name=[f"{NAMES[int(i[1:]) % 2]} {i}" for i in log["user_id"]],
        page="/account/" + log["user_id"],
    )


@pytest.fixture
def told(
    shop: Callable[..., Path], ask_all: Callable[..., dict[str, Panel]]
) -> tuple[dict[str, str], set[str]]:
    root = shop(surveys=with_contact, support=with_contact, events=with_persons)
    ids = set(pd.read_csv(root / "data" / "events.csv.gz", dtype=str)["user_id"])
    panels = ask_all(root, "mobile-maya")
    return {
        name: json.dumps(panel.data(), ensure_ascii=False) for name, panel in panels.items()
    }, ids


def test_no_panel_names_a_customer(told: tuple[dict[str, str], set[str]]) -> None:
    texts, ids = told
    found = {}
    for name, text in texts.items():
        leaks = ids & set(re.findall(r"\bu\d{5}\b", text))
        leaks |= set(re.findall(r"[\w.]+@(?:shop|home)\.example|\+49 171 23 45 \d+", text))
        leaks |= {word for full in NAMES for word in full.split() if word in text}
        if leaks:
            found[name] = sorted(leaks)[:3]
    assert not found


def test_the_team_sees_quotes_with_what_was_taken_out(
    shop: Callable[..., Path], open_as: Callable[..., OpenWorkshop]
) -> None:
    root = shop(surveys=with_contact, support=with_contact, events=with_persons)
    w = open_as(root, "mobile-maya", live=True)
    themes = json.dumps(w.weak_spots.themes().data(), ensure_ascii=False)
    assert "[name]" in themes
    assert "[e-mail]" in themes
    assert not {word for full in NAMES for word in full.split() if word in themes}


ODD = "Kalliope Drosou"
"""What stands in a cell that should hold something else, as where columns are shifted."""


@pytest.mark.parametrize(
    ("table", "column", "question"),
    [
        ("orders", "amount", "start.data"),
        ("support", "resolution_hours", "start.data"),
        ("surveys", "timestamp", "start.data"),
        ("surveys", "measure", "ux.surveys"),
        ("leads", "status", "objectives.leads"),
        ("campaigns", "treatment", "after.campaigns"),
    ],
)
def test_a_cell_that_cannot_be_read_is_shown_to_the_team_and_to_nobody_else(
    shop: Callable[..., Path],
    open_as: Callable[..., OpenWorkshop],
    table: str,
    column: str,
    question: str,
) -> None:
    def shifted(rows: pd.DataFrame) -> pd.DataFrame:
        odd = rows.iloc[[0]].astype(object).assign(**{column: ODD})
        return pd.concat([rows.astype(object), odd])

    root, (phase, name) = shop(**{table: shifted}), question.split(".")
    told = {}
    for live in (True, False):
        w = open_as(root, "mobile-maya", live=live)
        panel = getattr(getattr(w, phase), name)()
        told[live] = f"{json.dumps(panel.data())} {w.gate.said} {w.gate.broken}".casefold()
    assert ODD.casefold() not in told[False]
    if "Not measured" in told[True]:
        assert ODD.casefold() in told[True]


def test_a_person_in_the_name_of_a_column_does_not_go_out(
    shop: Callable[..., Path], open_as: Callable[..., OpenWorkshop]
) -> None:
    names = ["seen by zofia@shop.example", "Notes of Anna Schmidt", "call 0170 1234567"]
    root = shop(events=lambda log: log.assign(**dict.fromkeys(names, "x")))
    types = open_as(root, "mobile-maya").gate.types
    assert {"seen by [e-mail]", "Notes of [name]", "call [phone]"} <= {*types}
