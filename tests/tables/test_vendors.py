"""Exports of tools in wide use: each file gives its right result without an option.

The files are made after published formats, people and content are invented; those that tell one
story have 45 events of 12 people, or 24 answers with a net promoter score of 16.7.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

import journeykit as jk
from journeykit.claims.gate import gate_of
from journeykit.errors import DataError, WhichColumn
from journeykit.tables import read_events, read_table
from journeykit.tables.read import home_of
from journeykit.tables.sources import find_source
from journeykit.tables.vendors import exports, known

FILES = Path(__file__).with_name("files")
MEDIUM = "user_properties.utm_medium"
LIKELY = "How likely are you to recommend us to a friend?"
DELIVERY = "How satisfied were you with the delivery?"
FIRST, LAST = "2026-03-02T08:00:00.023", "2026-03-06T18:06:18.723"


@pytest.mark.parametrize(
    ("file", "user", "event", "time", "channel", "device"),
    [
        ("ga4.ndjson", "user_pseudo_id", "event_name", "event_timestamp", "traffic_source.medium", "device.category"),
        ("ga4.parquet", "user_pseudo_id", "event_name", "event_timestamp", "traffic_source.medium", "device.category"),
        ("512345_2026-03-02_8#1.json.gz", "amplitude_id", "event_type", "event_time", MEDIUM, "device_family"),
        ("export.zip", "amplitude_id", "event_type", "event_time", MEDIUM, "device_family"),
        ("segment.json.gz", "anonymousId", "event, else name, else type", "timestamp", "context.campaign.medium", None),
        ("posthog.csv", "person_id", "event", "timestamp", "properties.utm_medium", "properties.$device_type"),
        ("posthog.parquet", "person_id", "event", "timestamp", "properties.utm_medium", "properties.$device_type"),
        ("snowplow.tsv", "domain_userid", "event_name", "derived_tstamp", "mkt_medium", "dvce_type"),
        ("snowplow.parquet", "domain_userid", "event_name", "derived_tstamp", "mkt_medium", "dvce_type"),
        ("heap.csv", "user_id", "event_name", "time", None, "device_type"),
        ("log.xes", "case:concept:name", "concept:name", "time:timestamp", "channel", None),
        ("ocel.json", "case:concept:name", "concept:name", "time:timestamp", None, None),
        ("events.sqlite", "user_id", "event", "created_at", "channel", "device"),
        ("events.duckdb", "user_id", "event", "ts", "channel", "device"),
    ],
)  # fmt: skip
def test_events_of_each_tool_tell_the_same_story(file, user, event, time, channel, device):
    events = read_events(FILES / file)
    contract = events.contract
    assert (events.users, events.count) == (12, 45)
    ends = (each.isoformat(timespec="milliseconds") for each in (contract.start, contract.end))
    assert (*ends,) == (FIRST, LAST)
    taken = {"user_id": user, "event": event, "timestamp": time, "channel": channel}
    taken |= {"device": device}
    assert {ours: contract.columns.get(ours) for ours in taken} == taken
    buyers = events.frame()
    bought = buyers["event"].str.contains("(?i)order.?(?:complete|placed)|complete.?order|purchase")
    assert buyers.loc[bought, "user_id"].nunique() == 5


def test_an_id_that_some_rows_have_is_told_with_the_line_that_joins_it():
    found = {f.code: f for f in read_events(FILES / "ga4.ndjson").contract.findings}
    assert "`identity: {anonymous: user_pseudo_id, known: user_id}`" in found["identity"].message


def test_what_is_no_event_is_counted_and_kept_with_its_reason():
    contract = read_events(FILES / "segment.json.gz").contract
    assert (contract.rows, contract.usable, contract.set_aside) == (53, 45, 8)
    [told] = [found for found in contract.findings if found.code == "no-data"]
    assert (told.level, told.message[:27]) == ("info", "8 of 53 rows were left out:")
    aside = contract.set_aside_rows
    assert len(aside) == 8
    assert set(aside["type"]) == {"identify"}
    assert aside["reason"].str.contains("who somebody is").all()


def test_tables_of_segment():
    tracks, pages = (read_events(FILES / f"segment_{name}.csv") for name in ("tracks", "pages"))
    assert (tracks.users, tracks.count, pages.users, pages.count) == (11, 33, 12, 12)
    assert "Product Viewed" in tracks.names
    assert pages.names == ["Home"]
    with pytest.raises(DataError, match=r"Segment \(identifies\).*no event.*tracks and pages"):
        read_events(FILES / "segment_identifies.csv")


@pytest.mark.parametrize(
    ("file", "rows", "score", "user", "time", "comment"),
    [
        ("qualtrics.csv", 28, "Q1", "ExternalReference", "RecordedDate", "Q2"),
        ("typeform.csv", 25, "How likely are you to recommend Fern & Flint?", None, "Submit Date (UTC)", "Why?"),
        ("google_form.csv", 24, LIKELY, "Email Address", "Timestamp", "Anything else?"),
        ("google_sheet.csv", 24, LIKELY, "Email Address", "Timestamp", "Anything else?"),
        ("delighted.csv", 24, "Score", "Person ID", "Created at", "Comment"),
    ],
)  # fmt: skip
def test_surveys_of_each_tool_have_the_same_answers(file, rows, score, user, time, comment):
    answers = read_table("surveys", FILES / file)
    contract = answers.attrs["contract"]
    promoters, others = (answers["score"] >= 9).mean(), (answers["score"] <= 6).mean()
    assert (len(answers), round(100 * (promoters - others), 1)) == (24, 16.7)
    assert set(answers["measure"]) == {"nps"}
    assert contract.rows == rows
    taken = {"score": score, "user_id": user, "timestamp": time, "comment": comment}
    assert {ours: contract.columns.get(ours) for ours in taken} == taken
    assert answers["timestamp"].notna().all()


def test_scored_questions_are_offered_and_their_texts_are_labels():
    read = read_table("surveys", FILES / "qualtrics.csv").attrs["contract"]
    assert read.labels["Q3_1"] == "How satisfied were you with… - Delivery"
    assert any("asks for csat, too: to read it say score='Q3_1'" in a for a in read.assumptions)
    other = read_table("surveys", FILES / "google_form.csv", score=DELIVERY)
    assert set(other["measure"]) == {"csat"}


def test_two_questions_for_the_same_are_asked_about():
    form = pd.DataFrame({f"Would you recommend {what}?": [9, 3] for what in ("us", "the app")})
    with pytest.raises(
        WhichColumn, match=r"Several .* nps.*--column score='Would you recommend us"
    ):
        read_table("surveys", form)


def test_answers_of_a_form_with_two_lines_of_names():
    answers = read_table("surveys", FILES / "surveymonkey.csv")
    assert answers["score"].tolist() == [9, 10, 3, 7]
    assert answers["user_id"].tolist() == [f"crm-{n}" for n in range(4)]
    assert answers["comment"].tolist()[::2] == ["Fast", "Late parcel"]


def test_lines_of_labels_are_left_out_where_they_are_and_in_each_file(tmp_path):
    text = (FILES / "qualtrics.csv").read_text("utf-8-sig")
    for name in "ab":
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    both = read_table("surveys", f"{tmp_path}/*.csv").attrs["contract"]
    assert (both.rows, both.usable) == (56, 48)
    assert "took 4 rows below the column names as labels" in both.assumptions
    bare = pd.read_csv(FILES / "qualtrics.csv", skiprows=[1, 2])
    contract = read_table("surveys", bare, score="Q1", measure="nps").attrs["contract"]
    assert (contract.rows, contract.usable, contract.labels) == (28, 24, {})


def test_support_of_each_tool():
    zendesk = read_table("support", FILES / "zendesk.csv")
    assert (len(zendesk), zendesk["user_id"].nunique(), zendesk["solved"].sum()) == (30, 18, 15)
    assert zendesk["solved"].notna().all(), "pending, on hold and new are not solved"
    assert zendesk["first_answer_minutes"].head(2).tolist() == [5, 52]
    assert zendesk["resolution_hours"].head(2).round(2).tolist() == [1.08, 4.05]
    assert zendesk["satisfaction"].value_counts().to_dict() == {1.0: 8, 0.0: 7}
    freshdesk = read_table("support", FILES / "freshdesk.csv")
    assert (len(freshdesk), freshdesk["user_id"].nunique(), freshdesk["solved"].sum()) == (
        24,
        16,
        12,
    )
    assert (freshdesk["first_answer_minutes"].min(), freshdesk["first_answer_minutes"].max()) == (
        20,
        43,
    )
    assert freshdesk["resolution_hours"].iloc[0].round(2) == 3.33
    intercom = read_table("support", FILES / "intercom.json")
    assert (len(intercom), intercom["solved"].sum()) == (3, 2), "what a teammate began is none"
    assert intercom["first_answer_minutes"].tolist() == [5, 6, 7]
    assert intercom["resolution_hours"].tolist()[:2] == [2, 2]


def test_tickets_as_json():
    tickets = read_table("support", FILES / "tickets.json")
    assert (len(tickets), tickets["user_id"].nunique(), tickets["solved"].sum()) == (30, 18, 15)
    assert tickets["resolution_hours"].notna().sum() == 15


def test_leads_of_each_tool():
    hubspot = read_table("leads", FILES / "hubspot.csv")
    columns = hubspot.attrs["contract"].columns
    assert (len(hubspot), columns["user_id"], columns["status"]) == (
        20,
        "Record ID",
        "Lifecycle Stage",
    )
    assert (columns["source"], columns["company_size"]) == (
        "Original Source",
        "Number of Employees",
    )
    assert "value" not in columns
    pipedrive = read_table("leads", FILES / "pipedrive.csv")
    columns = pipedrive.attrs["contract"].columns
    assert (columns["status"], columns["timestamp"]) == ("Deal - Status", "Deal - Deal created")
    assert pipedrive["status"].value_counts().to_dict() == {"Open": 8, "Won": 7, "Lost": 7}
    salesforce = read_table("leads", FILES / "salesforce.csv")
    assert len(salesforce) == 4, "one lies in the recycle bin"


def test_orders_of_each_tool():
    shopify = read_table("orders", FILES / "shopify.csv")
    assert (len(shopify), shopify["order_id"].nunique()) == (28, 14)
    lines = pd.read_csv(FILES / "shopify.csv")
    lines["state"] = lines.groupby("Name")["Financial Status"].transform("first")
    counted = lines[lines["state"].isin(["paid", "partially_refunded"])]
    assert len(counted) == 28
    whole = (counted["Lineitem quantity"] * counted["Lineitem price"]).sum()
    assert shopify["amount"].sum() == pytest.approx(whole)
    stripe = read_table("orders", FILES / "stripe.csv")
    assert (len(stripe), stripe["amount"].sum()) == (20, pytest.approx(1057.05))
    assert "amount is in EUR (20 rows)" in stripe.attrs["contract"].assumptions
    assert stripe.attrs["contract"].rows == 25
    woo = read_table("orders", FILES / "woocommerce.json")
    assert (woo["order_id"].nunique(), woo["user_id"].nunique(), len(woo)) == (3, 2, 4)
    assert woo["amount"].sum() == pytest.approx(3 * 34.9 + 10)


def test_a_report_without_customers_is_refused_with_the_next_step():
    with pytest.raises(DataError, match=r"Adyen \(settlement details\).*no customer.*your shop"):
        read_table("orders", FILES / "adyen.csv")


def test_events_in_properties_and_in_lists():
    mixpanel = read_events(FILES / "mixpanel.json")
    assert (mixpanel.users, mixpanel.count, mixpanel.contract.set_aside) == (3, 8, 1)
    matomo = read_events(FILES / "matomo.json")
    assert (matomo.users, matomo.count) == (3, 8)
    assert matomo.names == ["Home", "add to cart", "Order"]


def test_several_currencies_are_not_added():
    lines = pd.DataFrame(
        {
            "order_id": ["1", "2"], "user_id": ["a", "b"], "amount": [3.0, 4.0],
            "timestamp": ["2026-01-05", "2026-01-06"], "currency": ["EUR", "usd"],
        }
    )  # fmt: skip
    with pytest.raises(DataError, match=r"EUR \(1 rows\), USD \(1 rows\).*one currency.*null"):
        read_table("orders", lines)
    assert "amount" not in read_table("orders", lines, amount=None)
    assert read_table("orders", lines.assign(currency="EUR"))["amount"].sum() == 7


def test_orders_that_came_to_nothing_are_told_of_any_shop():
    lines = pd.DataFrame(
        {
            "order_id": ["1", "2", "3"], "user_id": ["a", "b", "c"],
            "timestamp": ["2026-01-05", "2026-01-06", "2026-01-07"],
            "Order status": ["paid", "Refunded", "partially_refunded"],
        }
    )  # fmt: skip
    found = read_table("orders", lines).attrs["contract"].findings
    assert [f.message for f in found if f.code == "undone"] == [
        "1 rows are counted whose 'Order status' says 'Refunded' or the like: leave them out of "
        "the file."
    ]


def test_a_file_of_another_kind_is_said_to_be_one():
    found = read_events(
        FILES / "zendesk.csv", user_id="Requester id", event="Status", timestamp="Created at"
    ).contract.findings
    assert any("Zendesk (tickets of a view)" in f.message and f.code == "vendor" for f in found)


def test_what_the_user_says_goes_before_the_vendor():
    said = read_events(FILES / "posthog.csv", user_id="distinct_id")
    assert said.users == 20


def test_each_declared_export_has_a_file_that_is_recognised():
    seen = set()
    for file in FILES.iterdir():
        try:
            raw = find_source(file).load(home_of(None), kind="events")
        except DataError:
            continue
        if found := known(raw):
            seen.add(found.told)
    # Other shapes of the same tools, of which there is no file.
    unseen = {export.told for export in exports()} - seen
    assert unseen == {
        "Amplitude (events of a warehouse)", "Google Analytics 4 (flat table)",
        "Intercom (conversations)", "Mixpanel (flat export)", "Salesforce (report on leads)",
        "WooCommerce (analytics of orders)",
    }  # fmt: skip


def test_declarations_are_whole():
    for export in exports():
        assert export.how.endswith("."), export.told
        assert export.seen, export.told
        assert export.signature or export.names, export.told
        assert re.fullmatch("|events|surveys|support|orders|leads|campaigns", export.kind)


def test_rows_that_are_no_data_close_no_gate(tmp_path):
    workshop = jk.open_workshop(tmp_path / "shop", template="blank")
    data = {"events": {"source": str(FILES / "segment.json.gz")}}
    data["orders"] = {"source": str(FILES / "stripe.csv")}
    workshop.folder.save(workshop.workshop.with_(data=data))
    gate = gate_of(jk.open_workshop(tmp_path / "shop"))
    assert not [said for said in gate.broken if "set aside" in said], gate.broken


def test_a_column_called_like_one_of_the_kits_leaves_no_row_out():
    shop = pd.read_csv(FILES / "shopify.csv", dtype="str").assign(jk_left="x")
    read = read_table("orders", shop)
    assert (len(read), read["order_id"].nunique()) == (28, 14)
    assert set(read["source_jk_left"]) == {"x"}
    visits = pd.read_json(FILES / "matomo.json", dtype=False).assign(jk_item="x")
    visits["actionDetails"] = visits["actionDetails"].map(json.dumps)
    assert read_events(visits).count == 8


def test_rows_without_a_list_are_counted(tmp_path):
    visits = json.loads((FILES / "matomo.json").read_text("utf-8"))
    visits += [visits[0] | {"actionDetails": "oops"}, visits[0] | {"actionDetails": []}]
    (tmp_path / "visits.json").write_text(json.dumps(visits), "utf-8")
    events = read_events(tmp_path / "visits.json")
    assert events.count == 8
    [told] = [found for found in events.contract.findings if found.code == "no-records"]
    assert told.message.startswith("2 of 5 rows have no record in 'actionDetails'")


def test_a_form_without_answers_says_so(tmp_path):
    text = (FILES / "qualtrics.csv").read_text("utf-8-sig")
    (tmp_path / "none.csv").write_text("".join(text.splitlines(keepends=True)[:3]), "utf-8")
    with pytest.raises(DataError, match=r"none.csv has lines of questions, and no answers"):
        read_table("surveys", tmp_path / "none.csv")
