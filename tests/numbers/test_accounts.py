"""By account: what several people of one firm do, one after the other, is one journey."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from journeykit import charts
from journeykit.errors import UnknownName
from journeykit.numbers.accounts import account_column
from journeykit.numbers.change import funnel_change
from journeykit.numbers.conversion import channels
from journeykit.numbers.funnel import funnel
from journeykit.numbers.paths import paths
from journeykit.tables import read_events

LOG = pd.read_csv(Path(__file__).with_name("accounts.csv"))
STEPS = ["visit", "trial", "pay"]


def counted(log, **how):
    return funnel(read_events(log), STEPS, unit="account", **how)["accounts"].tolist()


def test_an_engineer_visits_a_manager_tries_and_a_buyer_pays():
    events = read_events(LOG)
    assert funnel(events, STEPS)["users"].tolist() == [40, 0, 0]
    frame = funnel(events, STEPS, unit="account")
    assert frame["accounts"].tolist() == [40, 40, 20]
    assert frame["people"].tolist() == [100, 100, 60]  # 20 of two people, 20 of three
    assert frame["of_previous"].tolist() == [1, 1, 0.5]
    assert frame.attrs["counts"] == "accounts"
    assert "“account_id”" in frame.attrs["notes"][0]
    assert charts.funnel(frame).to_dict()


@pytest.mark.parametrize(
    "how", [{"order": "strict"}, {"within": "5 days"}, {"optional": ["trial"]}, {"order": "any"}]
)
def test_every_kind_of_funnel_can_be_by_account(how):
    late = [{"account_id": "z", "user_id": "z", "event": "end", "timestamp": "2026-06-01 00:00:00"}]
    assert counted(pd.concat([LOG, pd.DataFrame(late)]), **how) == [40, 40, 20]


def test_a_persona_brings_the_people_beside_it():
    buyers = read_events(LOG).segment({"role": "buyer"})
    assert funnel(buyers, STEPS)["users"].tolist() == [0, 0, 0]
    assert funnel(buyers, STEPS, unit="account")["accounts"].tolist() == [20, 20, 20]


def test_paths_channels_and_the_change_are_by_account_as_well():
    events = read_events(LOG)
    frame = paths(events, unit="account")
    assert frame[["path", "accounts"]].values.tolist() == [
        ["visit → trial", 20],
        ["visit → trial → pay", 20],
    ]
    frame = channels(events, "pay", by="role", unit="account")
    assert frame[["channel", "accounts", "converted"]].values.tolist() == [["engineer", 40, 20]]
    assert charts.channels(frame).to_dict()
    frame = funnel_change(events, STEPS, period="14 days", unit="account")
    assert frame["accounts"].tolist() == [14, 14, 7]


def test_the_column_is_mapped_or_called_like_one_or_asked_for():
    assert counted(LOG.rename(columns={"account_id": "Company ID"})) == [40, 40, 20]
    events = read_events(LOG.rename(columns={"account_id": "x9"}), account="x9")
    assert funnel(events, STEPS, unit="account")["accounts"].tolist() == [40, 40, 20]
    both = LOG.assign(team="one")
    assert account_column(read_events(both)) == "account_id"
    assert account_column(read_events(both, account="team")) == "account"
    assert counted(LOG.drop(columns="user_id")) == [40, 40, 20]  # the account is all there is
    with pytest.raises(UnknownName, match=r"account='company'.*columns: {account: company}.*role"):
        counted(LOG.drop(columns="account_id"))


def test_an_event_without_an_account_is_of_its_persons_only_one():
    rows = [("a", None, "visit"), ("a", "x", "trial"), ("b", "x", "pay"), ("c", None, "visit")]
    rows += [("d", "x", "visit"), ("d", "y", "visit"), ("d", None, "trial")]  # of two
    log = pd.DataFrame(rows, columns=["user_id", "account", "event"])
    log["timestamp"] = pd.date_range("2026-01-01", periods=len(log), freq="min")
    frame = funnel(read_events(log), STEPS, unit="account")
    assert frame["accounts"].tolist() == [2, 1, 1]
    assert frame["people"].tolist() == [4, 3, 3]  # d is of both
    assert "2 events of people without an account" in frame.attrs["notes"][-1]
