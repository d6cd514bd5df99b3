"""Who the customer is: candidates held against each other; what is unclear is asked for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import journeykit as jk
from journeykit.errors import DataError, WhichColumn

START = pd.Timestamp("2026-03-01 10:00")


def logins(known: str = "person_id", changing: str = "distinct_id") -> pd.DataFrame:
    """40 people who visit, 20 of whom log in and pay: one of their ids changes at that."""
    rows = []
    for n in range(40):
        steps = [("visit", "anon"), ("product", "anon"), ("pay", "mail")][: 2 + n % 2]
        for minute, (event, kind) in enumerate(steps):
            time = START + pd.Timedelta(days=n % 28, minutes=minute)
            rows.append((event, time, f"{kind}-{n:03}", f"p{n:03}"))
    return pd.DataFrame(rows, columns=["event", "timestamp", changing, known])


@pytest.mark.parametrize(
    ("known", "changing"),
    [
        ("person_no", "distinct_id"),
        ("customer_key", "visitor_id"),
        ("Customer No.", "anonymousId"),
        ("person_key", "user_id"),
        ("member_ref", "cookie_id"),
    ],
)
def test_the_id_that_stays_at_a_login_is_the_customer(known: str, changing: str) -> None:
    events = jk.read_events(logins(known, changing))
    assert events.users == 40
    assert jk.funnel(events, ["visit", "pay"])["users"].tolist() == [40, 20]
    said = "\n".join(events.contract.assumptions)
    assert f"did not take column '{changing}' as user_id: it has 60 different values" in said
    assert "changes within one as at a login" in said


def test_where_nothing_decides_it_is_asked_with_the_line_to_type() -> None:
    log = logins("member_id", "customer_id")
    log["customer_id"] = [f"c{n % 7}" for n in range(len(log))]
    with pytest.raises(WhichColumn, match=r"--column user_id=member_id"):
        jk.read_events(log)
    assert jk.read_events(log, user_id="member_id").users == 40
    # Of two that say the same nothing has to be said.
    log["customer_id"] = log["member_id"].str.replace("p", "c")
    assert jk.read_events(log).users == 40


def test_an_account_or_a_device_beside_the_user_is_no_doubt() -> None:
    log = logins("user_id", "device_id").assign(account_id="a")
    log["account_id"] = [f"a{n % 5}" for n in range(len(log))]
    assert jk.read_events(log).contract.columns["user_id"] == "user_id"


def test_what_changes_at_a_login_is_not_taken_beside_a_device_or_an_account() -> None:
    for beside in ("device_id", "account_no"):
        with pytest.raises(WhichColumn, match=f"--column user_id={beside}"):
            jk.read_events(logins(beside, "distinct_id"))


def test_a_number_of_the_row_does_not_hide_the_customer() -> None:
    log = logins("c1", "x").drop(columns="x").assign(id=range(100), colour="red")
    assert jk.read_events(log).contract.columns["user_id"] == "c1"
    # What is called another id and is different in every row could be the customer, too.
    with pytest.raises(WhichColumn, match="Which column is user_id"):
        jk.read_events(log.rename(columns={"id": "enquiry_ref"}))


def leads(ref: str = "lead_ref") -> pd.DataFrame:
    days = START.normalize() + pd.to_timedelta(np.arange(400) % 28, unit="D")
    return pd.DataFrame({
        ref: [f"L{n:05}" for n in range(400)],
        "first_contact_date": days.strftime("%Y-%m-%d"),
        "landing_page_id": [f"lp{n % 60:02}" for n in range(400)],
        "origin": [["paid_search", "organic_search", "email", None][n % 4] for n in range(400)],
    })  # fmt: skip


@pytest.mark.parametrize("ref", ["lead_ref", "enquiry_ref", "ticket_no", "ref"])
def test_a_lead_is_what_is_different_in_every_row(ref: str) -> None:
    table = jk.read_table("leads", leads(ref))
    contract = table.attrs["contract"]
    assert (contract.users, contract.columns["user_id"]) == (400, ref)


def test_an_id_that_is_different_in_every_row_is_said() -> None:
    table = jk.read_table("leads", leads("form_ref").rename(columns={"landing_page_id": "email"}))
    said = table.attrs["contract"].assumptions
    assert "did not take 'form_ref', which differs in every row" in said


def test_where_somebody_comes_from_is_no_event() -> None:
    with pytest.raises(WhichColumn, match="which is event"):
        jk.read_events(leads())
    log = logins("user_id", "x").drop(columns=["x", "event"])
    log["origin"] = [["search", "mail", "ad"][n % 3] for n in range(len(log))]
    with pytest.raises(WhichColumn, match=r"Which column is event"):
        jk.read_events(log)


def delivered(again: int, key: str = "event_id") -> pd.DataFrame:
    log = pd.DataFrame({
        key: [f"e{n}" for n in range(1000)],
        "user_id": [f"u{n % 50}" for n in range(1000)],
        "event": [["visit", "pay"][n % 2] for n in range(1000)],
        "timestamp": START + pd.to_timedelta(np.arange(1000), unit="min"),
    })  # fmt: skip
    return pd.concat([log, *[log] * (again // 1000), log[: again % 1000]])


@pytest.mark.parametrize("again", [0, 1, 120, 1000, 9000])
def test_a_repeat_by_id_is_a_repeat_however_many_there_are(again: int) -> None:
    events = jk.read_events(delivered(again))
    assert (events.count, events.contract.set_aside) == (1000, again)


def test_an_id_of_something_else_tells_no_repeat() -> None:
    log = delivered(0)
    log["event_id"] = [f"kind-{n % 2}" for n in range(1000)]
    events = jk.read_events(log)
    assert events.count == 1000
    assert any("did not take 'event_id' as what tells a repeat" in a for a in
               events.contract.assumptions)  # fmt: skip
    # Who says that it is one is believed.
    assert jk.read_events(log, event_id="event_id").count == 2


def test_ids_that_a_spreadsheet_rounded_are_an_error() -> None:
    log = logins("user_id", "x")
    log["user_id"] = ["1.23457E+15", "1,23457E+15", "2.1e+12", "99"] * 25
    found = {finding.code: finding for finding in jk.read_events(log).contract.findings}
    assert found["rounded-ids"].level == "error"
    assert "75 ids in 'user_id' are rounded" in found["rounded-ids"].message


@pytest.mark.parametrize("form", ["{}.000000000", "{}.0", "{}"])
def test_ids_of_a_warehouse_match_those_elsewhere(form: str) -> None:
    log = logins("user_id", "x").drop(columns="x")
    log["user_id"] = [form.format(1001 + n // 2) for n in range(len(log))]
    assert "1001" in set(jk.read_events(log).frame()["user_id"])


def test_ids_with_zeros_in_front_stay() -> None:
    log = logins("user_id", "x").drop(columns="x")
    log["user_id"] = [f"{n // 2:03}" for n in range(len(log))]
    assert jk.read_events(log).frame()["user_id"].iloc[0] == "000"


def test_a_known_id_that_is_often_empty_names_identity() -> None:
    log = logins("user_id", "anonymous_id")
    log["user_id"] = log["user_id"].where(log["event"] == "pay")
    contract = jk.read_events(log).contract
    assert contract.columns["user_id"] == "anonymous_id"
    said = next(f.message for f in contract.findings if f.code == "identity")
    assert "`identity: {anonymous: anonymous_id, known: user_id}`" in said


def test_identity_names_two_columns() -> None:
    with pytest.raises(DataError, match="must name two columns: anonymous and known"):
        jk.read_events(logins(), identity={"device": "distinct_id"})
