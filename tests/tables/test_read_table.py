"""Surveys, support, campaigns, orders, leads."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest

from journeykit.errors import DataError, UnknownName
from journeykit.tables import read_events, read_table


def contract(frame):
    return frame.attrs["contract"]


def test_surveys_say_what_they_measure():
    answers = pd.DataFrame(
        {"Rating": ["9", "x", "10"], "Respondent": ["007", "NA", "u"], "Verbatim": ["a", "", None]}
    )
    with pytest.raises(DataError, match=r'measure="nps"'):
        read_table("surveys", answers)
    frame = read_table("surveys", answers, measure="nps")
    assert frame[["score", "measure"]].to_numpy().tolist() == [[9.0, "nps"], [10.0, "nps"]]
    assert frame["user_id"].tolist() == ["007", "u"]
    assert list(frame) == ["score", "measure", "user_id", "comment"]
    assert "took column 'Rating' as score" in contract(frame).assumptions
    assert contract(frame).set_aside_rows["reason"].tolist() == ["score is not a number"]


def test_the_measure_of_the_file_is_used():
    answers = pd.DataFrame(
        {"score": [9, 5, 3], "measure": ["NPS", "ces", "joy"], "m": ["csat"] * 3}
    )
    frame = read_table("surveys", answers)
    assert frame["measure"].tolist() == ["nps", "ces", "joy"]
    assert [finding.code for finding in contract(frame).findings] == ["unknown-measure"]
    assert read_table("surveys", answers, measure="m")["measure"].unique().tolist() == ["csat"]


def test_a_scale_that_does_not_fit_is_an_error_to_look_at():
    frame = read_table("surveys", pd.DataFrame({"score": [0, 10, 11]}), measure="nps")
    assert len(frame) == 3
    finding = contract(frame).findings[0]
    assert (finding.level, finding.code) == ("error", "scale")
    assert finding.message.startswith("1 of 3 scores of nps lie outside 0 to 10")


def test_answers_in_words_stay_words():
    frame = read_table(
        "surveys", pd.DataFrame({"score": ["Strongly agree", "Agree", None]}), measure="sus"
    )
    assert frame["score"].tolist() == ["Strongly agree", "Agree"]


def test_support_with_numbers_and_flags():
    source = pd.DataFrame(
        {
            "submitted_at": ["2026-01-05 10:00", "2026-01-05 11:00", "when?"],
            "channel": ["mail", "chat", "mail"],
            "ticket_id": [1, 2, 3],
            "first_response_minutes": ["1,5", "12,25", "3"],
            "solved": ["yes", "No", ""],
            "transfers": ["1", "many", "2"],
            "colour": ["red", "blue", "red"],
        }
    )
    frame = read_table("support", source)
    assert frame["first_answer_minutes"].tolist() == [1.5, 12.25]
    assert frame["solved"].tolist() == [True, False]
    assert str(frame["solved"].dtype) == "boolean"
    assert frame["contact_id"].tolist() == ["1", "2"]
    assert frame["handovers"].isna().tolist() == [False, True]
    assert frame["colour"].tolist() == ["red", "blue"]
    said = contract(frame).describe()
    assert "read the comma in 'first_response_minutes' as the decimal point" in said
    assert "1 cells of 'transfers' are not a number: taken as empty. One is 'many'." in said
    assert "1 of 3 rows were set aside: timestamp is not a time." in said


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["12,5", "7,25", "10.0", "1.000", "1.250,5"], [12.5, 7.25, 10, 1000, 1250.5]),
        (["1,000", "1,00,000", "2,500.5", "12.5", "9"], [1000, 100_000, 2500.5, 12.5, 9]),
    ],
)
def test_each_cell_is_read_by_the_commas_that_it_has(written, read):
    """A number is never ten times what stands there, whatever the others of its column look like."""
    at, who = ["2026-01-05"] * len(written), [f"u{n}" for n in range(len(written))]
    source = pd.DataFrame({"order_id": who, "user_id": who, "timestamp": at, "amount": written})
    found = read_table("orders", source)["amount"]
    assert [None if each != each else each for each in found] == read


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1,234.50", "12"], [1234.5, 12]),
        (["1.234,50", "12"], [1234.5, 12]),
        (["$9.99", "€ 5", "7 €"], [9.99, 5, 7]),
        (["-3", "+4", "1e3"], [-3, 4, 1000]),
        (["1,234", "2,345,678"], [1234, 2345678]),
        ([1.5, float("inf")], [1.5, None]),
    ],
)
def test_numbers_in_every_dress(cells, numbers):
    source = pd.DataFrame(
        {"order_id": "o", "user_id": "u", "timestamp": "2026-01-05", "amount": cells}
    )
    amounts = read_table("orders", source)["amount"]
    assert [None if pd.isna(amount) else amount for amount in amounts] == numbers


def test_the_amount_of_a_line_is_reckoned():
    source = pd.DataFrame(
        {
            "InvoiceNo": ["536365", "C536366"],
            "CustomerID": [17850.0, None],
            "InvoiceDate": "2026-01-05 08:26",
            "Quantity": [6, -1],
            "UnitPrice": [2.55, 4.0],
        }
    )
    frame = read_table("orders", source.fillna({"CustomerID": 12.0}))
    assert frame["amount"].tolist() == pytest.approx([15.3, -4.0])
    assert frame["user_id"].tolist() == ["17850", "12"]
    assert "reckoned amount as quantity times unit_price" in contract(frame).assumptions
    assert {finding.code for finding in contract(frame).findings} == {
        "negative-quantity",
        "negative-amount",
    }
    assert len(read_table("orders", source)) == 1


def test_campaigns_and_leads():
    sends = pd.DataFrame(
        {"utm_campaign": ["spring"], "email": ["a@b.c"], "sent_at": ["2026-01-05"], "clicked": [0]}
    )
    frame = read_table("campaigns", sends)
    assert list(frame) == ["campaign", "user_id", "timestamp", "clicked"]
    assert frame["clicked"].tolist() == [False]
    leads = pd.DataFrame(
        {
            "lead_id": ["007"],
            "signup_date": ["2026-01-05"],
            "lead_source": ["web"],
            "seats": ["1-10"],
        }
    )
    frame = read_table("leads", leads)
    assert frame.iloc[0, [0, 2, 3]].tolist() == ["007", "web", "1-10"]


def test_what_is_missing_is_named():
    with pytest.raises(DataError, match=r"kind of table 'survey'. Did you mean 'surveys'\?"):
        read_table("survey", pd.DataFrame({"score": [1]}))
    with pytest.raises(
        DataError,
        match=r'Which column is channel \(where they asked\)\? The columns are .*channel="…"',
    ):
        read_table("support", pd.DataFrame({"timestamp": ["2026-01-05"]}))
    with pytest.raises(UnknownName, match=r"Did you mean 'rating'\?"):
        read_table("surveys", pd.DataFrame({"rating": [1]}), score="ratng", measure="nps")
    with pytest.raises(DataError, match="No row of"):
        read_table("surveys", pd.DataFrame({"score": [None, None]}), measure="nps")


def test_bad_rows_go_to_a_file_of_their_own(tmp_path):
    source = pd.DataFrame({"score": [1, None]})
    frame = read_table("surveys", source, measure="nps", cache=tmp_path)
    path = contract(frame).set_aside_path
    assert pd.read_csv(path)["reason"].tolist() == ["no score"]
    assert (
        read_table("surveys", source, measure="nps", cache=tmp_path)
        .attrs["contract"]
        .set_aside_path
        == path
    )


def test_attributes_survive_the_usual_operations():
    frame = read_table("surveys", pd.DataFrame({"score": [1, 2, None]}), measure="nps")
    part = frame[frame["score"] > 1].copy()
    assert contract(part) is contract(frame)
    assert len(pd.concat([frame, frame])) == 4


@pytest.mark.shared_data
def test_online_retail_as_orders(shared_data):
    frame = read_table("orders", shared_data("online_retail_uci/online_retail.parquet"))
    told = contract(frame)
    assert (told.rows, told.set_aside, told.users) == (541_909, 135_080, 4_372)
    assert frame["order_id"].nunique() == 22_190
    assert str(told.start) == "2010-12-01 08:26:00"
    assert str(told.end) == "2011-12-09 12:50:00"
    assert frame["user_id"].iloc[0] == "17850"
    assert frame["amount"].sum() == pytest.approx((frame["quantity"] * frame["unit_price"]).sum())
    parts = read_table(
        "orders",
        str(shared_data("online_retail_uci/online_retail.parquet").parent / "2010-12-0*.csv"),
    )
    assert contract(parts).rows == 5_217
    assert parts["user_id"].iloc[0] == "17850"


@pytest.mark.shared_data
def test_nps_in_portuguese(shared_data):
    frame = read_table("surveys", shared_data("nps_verbatim_pt/pesquisa_nps.csv"), measure="nps")
    assert len(frame) == 1_287
    assert [int((frame["score"] == score).sum()) for score in (0, 8, 9, 10)] == [5, 254, 337, 548]
    assert frame["comment"].isna().sum() == 415


@pytest.mark.shared_data
def test_support_tickets_of_a_service(shared_data):
    frame = read_table(
        "support", shared_data("ravenstack_saas/ravenstack_support_tickets.csv"), channel="priority"
    )
    assert len(frame) == 2_000
    assert frame["satisfaction"].notna().sum() == 1_175
    assert frame["satisfaction"].mean() == pytest.approx(3.9813, abs=1e-4)
    assert frame["user_id"].notna().all()


def test_wide_frames_raise_no_warning():
    cells = {f"c{n}": [1.5, 2.5] for n in range(150)}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        surveys = pd.DataFrame({"score": [9, 3], "user_id": ["a", "b"], **cells})
        assert read_table("surveys", surveys, measure="nps").shape == (2, 153)
        orders = {"order_id": ["1", "2"], "timestamp": "2026-01-05", "unit_price": 2, "quantity": 3}
        found = read_table("orders", pd.DataFrame({"user_id": ["a", "b"], **orders, **cells}))
        assert found["amount"].tolist() == [6, 6]
        log = {"user_id": ["a", "b"], "event": "x", "timestamp": pd.Timestamp("2026-01-05")}
        assert read_events(pd.DataFrame({**log, **cells})).count == 2
