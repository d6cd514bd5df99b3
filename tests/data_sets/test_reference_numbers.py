"""The known numbers of the open data sets: where each is compared, and those that live here.

| data set | compared | in |
|---|---|---|
| retentioneering_ecom | events, users, sessions; buyers by user and by session, by channel | tables/test_shared_events.py, numbers/test_funnel.py, numbers/test_attribution.py |
| online_retail_uci | rows, customers, invoices, cancellations, missing customers, total | here, numbers/test_orders.py |
| cdnow | customers, rows, repeat customers (all, and the published tenth) | here, numbers/test_orders.py |
| nps_verbatim_pt | NPS +62.86, promoters, passives, detractors, empty comments | numbers/test_survey.py, tables/test_read_table.py |
| sus_vr_queue | mean, sd, median, quartiles from text labels | numbers/test_survey.py |
| telco_churn_ibm | churn, and by contract | numbers/test_campaigns.py |
| eventdataR_patients | instances of seven activities from start/complete pairs | tables/test_shared_events.py |
| snowplow_web_events | unique events, page sessions, users | here, tables/test_shared_events.py |
| ravenstack_saas | contradicting churn flags, ended subscriptions, repeated ids, CSAT | here, numbers/test_survey.py |
| banking77 | purity of themes against gold intents | here, numbers/test_themes.py |
| fivetran_export_shapes | columns recognised, per vendor | tables/test_columns.py |
"""  # noqa: E501

from __future__ import annotations

import re

import pandas as pd
import pytest

from journeykit.numbers import rate_by, repeat_purchase
from journeykit.numbers.topics import find_themes
from journeykit.tables import read_events, read_table

pytestmark = pytest.mark.shared_data
TABLE = re.findall(r"^\| (\w+) \|.*\| (.+) \|$", __doc__, re.M)


def test_every_test_file_of_the_table_uses_its_data_set(pytestconfig):
    for name, files in TABLE:
        for file in files.replace("here", "data_sets/test_reference_numbers.py").split(", "):
            text = (pytestconfig.rootpath / "tests" / file).read_text("utf-8")
            assert f"{name}/" in text or f'"{name}"' in text, (name, file)


def test_online_retail_loses_no_line(shared_data, tmp_path):
    """What has no customer is set aside and counted; with it the numbers are those of the source."""
    used = read_table(
        "orders", shared_data("online_retail_uci/online_retail.parquet"), cache=tmp_path
    )
    contract = used.attrs["contract"]
    aside = pd.read_csv(contract.set_aside_path, dtype=str)
    assert (contract.rows, contract.users, contract.set_aside) == (541_909, 4_372, 135_080)
    assert set(aside["reason"]) == {"no user_id"}
    assert used["order_id"].nunique() + len({*aside["InvoiceNo"]} - {*used["order_id"]}) == 25_900
    cancelled = [ids.str.startswith("C").sum() for ids in (used["order_id"], aside["InvoiceNo"])]
    assert cancelled == [8_905, 383]
    assert sum(cancelled) == 9_288
    unknown = (aside["Quantity"].astype(float) * aside["UnitPrice"].astype(float)).sum()
    assert used["amount"].sum() + unknown == pytest.approx(9_747_747.934, abs=0.001)


def test_cdnow_customers_of_all_orders(shared_data):
    lines = pd.read_csv(
        shared_data("cdnow/CDNOW_master.txt"), sep=r"\s+", dtype={"customer_id": str}
    )
    lines = lines.rename(columns={"customer_id": "user_id", "dollar_value": "amount"})
    lines["timestamp"] = pd.to_datetime(lines["date"].astype(str))
    lines["order_id"] = lines["user_id"] + " " + lines["date"].astype(str)
    assert len(lines) == 69_659
    row = repeat_purchase(lines).iloc[0]
    again = lines.groupby("user_id")["date"].nunique()
    assert (row.customers, row["repeat"]) == (23_570, 11_516) == (len(again), (again > 1).sum())


def seen_pages(shared_data):
    """The rows that the source's own model counts: pages seen, sent within three days."""
    rows = pd.read_csv(shared_data("snowplow_web_events/snowplow_web_events.csv"))
    made, sent = (
        pd.to_datetime(rows[f"dvce_{what}_tstamp"], format="mixed") for what in ("created", "sent")
    )
    known = rows["contexts_com_snowplowanalytics_snowplow_web_page_1_0_0"].str.contains(
        '"id":"', regex=False
    )
    return rows[
        rows["event"].isin(["page_view", "page_ping"]) & (sent - made <= pd.Timedelta("3D")) & known
    ]


def test_snowplow_sessions_and_users(shared_data):
    """157 unique events; 18 sessions, of which one has no user, by 11 users."""
    everything = read_events(shared_data("snowplow_web_events/snowplow_web_events.csv"))
    assert everything.contract.rows - 3 == 157  # three repeat an event id
    rows = seen_pages(shared_data)
    theirs = pd.read_csv(shared_data("snowplow_web_events/snowplow_web_sessions_expected.csv"))
    # Their model gives a session one user; in the raw rows one session has three ids.
    one = rows.assign(
        domain_userid=rows.groupby("domain_sessionid")["domain_userid"].transform("first")
    )
    events = read_events(one, sessions="source")
    aside = events.contract.set_aside_rows
    nobody = set(aside.loc[aside["reason"] == "no user_id", "domain_sessionid"])
    mine = set(events.frame()["session_id"])
    assert (events.users, events.sessions_count, len(nobody)) == (11, 17, 1)
    assert mine | nobody == set(theirs["domain_sessionid"])
    assert len(mine | nobody) == 18
    assert read_events(rows, sessions="source").users == 13


def test_ravenstack_flags_that_contradict_each_other_are_told(shared_data):
    """110 accounts are marked as lost, 352 have a churn event, 75 both: who is lost is not known."""
    accounts = pd.read_csv(shared_data("ravenstack_saas/ravenstack_accounts.csv"))
    left = pd.read_csv(shared_data("ravenstack_saas/ravenstack_churn_events.csv"))
    assert rate_by(accounts, "churn_flag").loc[0, ["hits", "n"]].tolist() == [110, 500]
    assert left["account_id"].nunique() == 352
    told = pd.concat([accounts, left[["account_id"]].assign(churn_flag=True)])
    found = rate_by(told, "churn_flag", user="account_id", once=True)
    # 277 are marked as staying and have a churn event; of the others 110 left and 113 stayed
    assert found.loc[0, ["n", "hits", "contradicting"]].tolist() == [223, 110, 352 - 75]
    assert found.attrs["counts"] == "users"
    assert "277 customers with both yes and no in 'churn_flag'" in found.attrs["notes"][0]
    averaged = rate_by(told, "churn_flag", user="account_id")
    assert "once=True sets them apart" in averaged.attrs["notes"][0]
    by_tier = rate_by(told, "churn_flag", "plan_tier", user="account_id", once=True)
    assert by_tier[["n", "contradicting"]].sum().tolist() == [223, 277]


def test_ravenstack_subscriptions_trials_and_repeated_ids(shared_data):
    subscriptions = pd.read_csv(shared_data("ravenstack_saas/ravenstack_subscriptions.csv"))
    ended = rate_by(subscriptions, "churn_flag", user="account_id").iloc[0]
    assert (ended["hits"], ended["n"], round(100 * ended["share"], 2)) == (486, 5_000, 9.72)
    accounts = pd.read_csv(shared_data("ravenstack_saas/ravenstack_accounts.csv"))
    assert rate_by(accounts, "is_trial").loc[0, "hits"] == 97
    usage = read_events(
        shared_data("ravenstack_saas/ravenstack_feature_usage.csv"),
        user_id="subscription_id",
        event="feature_name",
        timestamp="usage_date",
        event_id="usage_id",
    )
    assert (usage.contract.rows, usage.count, usage.contract.set_aside) == (25_000, 24_979, 21)


def test_purity_of_themes_in_all_test_queries(shared_data, record_property):
    """Reported, not only bounded: the ten intents of test_themes.py, in queries not seen there."""
    from_source = pd.read_csv(shared_data("banking77/test.csv"))
    assert (len(from_source), from_source["category"].nunique()) == (3_080, 77)
    ten = [
        "card_arrival",
        "lost_or_stolen_card",
        "exchange_rate",
        "pending_top_up",
        "cancel_transfer",
        "verify_my_identity",
        "age_limit",
        "change_pin",
        "declined_card_payment",
        "Refund_not_showing_up",
    ]
    queries = from_source[from_source["category"].isin(ten)]
    member, _, _ = find_themes(queries["text"].tolist(), 10)
    purity = pd.crosstab(member, queries["category"].to_numpy()).max(axis=1).sum() / len(queries)
    record_property(
        "purity", round(float(purity), 3)
    )  # numpy numbers do not travel between workers
    print(f"purity of ten themes against ten gold intents: {purity:.3f} ({len(queries)} queries)")
    assert purity > 0.75
