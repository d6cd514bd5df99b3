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
