"""Repeat purchase and baskets: exact counts on real orders, and bad lines."""

from __future__ import annotations

from itertools import combinations

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeykit.errors import AnalysisError, UnknownName
from journeykit.numbers.basket import basket, next_product
from journeykit.numbers.orders import delivery_time, order_value, repeat_purchase

REAL = """
    SELECT InvoiceNo AS order_id, CAST(CAST(CustomerID AS BIGINT) AS VARCHAR) AS user_id,
           CAST(InvoiceDate AS TIMESTAMP) AS timestamp, StockCode AS product, Quantity AS quantity,
           Quantity * UnitPrice AS amount FROM read_parquet(?)
"""


@pytest.fixture(scope="module")
def retail(shared_data):
    file = str(shared_data("online_retail_uci/online_retail.parquet"))
    return duckdb.execute(REAL, [file]).df()


def make(rows, **columns):
    frame = pd.DataFrame(rows, columns=["order_id", "user_id", "timestamp", "product"])
    return frame.assign(timestamp=pd.to_datetime(frame["timestamp"]), **columns)


@pytest.mark.shared_data
def test_online_retail_is_the_data_set_of_its_readme(retail):
    assert len(retail) == 541_909
    assert retail["user_id"].nunique() == 4_372
    assert retail["order_id"].nunique() == 25_900
    assert retail["user_id"].isna().sum() == 135_080
    assert retail["order_id"].str.startswith("C").sum() == 9_288
    assert retail["amount"].sum() == pytest.approx(9_747_747.934)


@pytest.mark.shared_data
def test_basket_counts_are_those_of_sql(retail):
    lines = retail[retail["timestamp"] < "2010-12-15"]
    found = basket(lines, 40, min_orders=30)
    assert len(found) == 40
    bought = lines[(lines["quantity"] > 0) & (lines["amount"] >= 0)]
    counts = duckdb.execute(
        """WITH l AS (SELECT DISTINCT order_id, product FROM bought)
           SELECT a.product AS a, b.product AS b, count(*) AS n FROM l AS a JOIN l AS b
           USING (order_id) GROUP BY ALL HAVING n >= 30"""
    ).df()
    exact = {(a, b): k for a, b, k in counts.itertuples(index=False)}
    n = bought["order_id"].nunique()
    for row in found.itertuples():
        assert row.orders == exact[row.product_a, row.product_b]
        assert row.orders_a == exact[row.product_a, row.product_a] <= row.orders_b
        assert row.orders_b == exact[row.product_b, row.product_b]
        assert row.support == row.orders / n
        assert row.confidence == row.orders / row.orders_a
        assert row.lift == pytest.approx(n * row.orders / (row.orders_a * row.orders_b))
        assert 1 < row.low < row.lift < row.high
    assert "lines of cancellations and returns left out" in found.attrs["notes"][0]


@pytest.mark.shared_data
def test_repeat_customers_of_online_retail(retail):
    row = repeat_purchase(retail).iloc[0]
    exact = duckdb.execute(
        """SELECT count(*) AS n, count(*) FILTER (k > 1) AS again FROM (
           SELECT user_id, count(DISTINCT order_id) AS k FROM retail WHERE quantity > 0
           AND amount >= 0 AND user_id IS NOT NULL GROUP BY user_id)"""
    ).fetchone()
    assert (row.customers, row["repeat"]) == exact == (4339, 2845)


@pytest.mark.shared_data
def test_cdnow_repeat_customers_are_those_of_lifetimes(shared_data):
    """Of 2,357 customers 946 bought again within the 39 weeks of the published summary."""
    names = ["master", "user_id", "day", "cds", "amount"]
    path = shared_data("cdnow/CDNOW_sample.txt")
    lines = pd.read_csv(path, sep=r"\s+", header=None, names=names, dtype=str)
    lines["timestamp"] = pd.to_datetime(lines["day"])
    lines["order_id"] = lines["user_id"] + lines["day"]
    assert len(lines) == 6_919
    row = repeat_purchase(lines[lines["timestamp"] <= "1997-09-30"]).iloc[0]
    assert (row.customers, row["repeat"]) == (2_357, 946)
    assert row.low < 946 / 2_357 < row.high


def test_within_leaves_out_customers_whose_time_is_not_over():
    frame = make(
        [
            (1, "a", "2026-01-01", "x"),
            (2, "a", "2026-01-20", "x"),
            (3, "b", "2026-01-01", "x"),
            (4, "b", "2026-03-30", "x"),
            (5, "late", "2026-03-20", "x"),
            (6, "late", "2026-03-21", "x"),
        ]
    )
    free, bounded = repeat_purchase(frame).iloc[0], repeat_purchase(frame, within="30D").iloc[0]
    assert (free.customers, free["repeat"], free.too_recent) == (3, 3, 0)
    assert (bounded.customers, bounded["repeat"], bounded.too_recent) == (2, 1, 1)
    assert bounded.median_days == 19
    with pytest.raises(AnalysisError, match="no span of time"):
        repeat_purchase(frame, within="soon")


def test_repeat_purchase_by_a_column_takes_the_first_line():
    frame = make(
        [(1, "a", "2026-01-01", "x"), (2, "a", "2026-01-02", "y"), (3, "b", "2026-01-01", "y")]
    )
    found = repeat_purchase(frame, by="product")
    assert found[["product", "customers", "repeat"]].values.tolist() == [["x", 1, 1], ["y", 1, 0]]


def test_cancellations_gifts_and_unknown_customers():
    frame = make(
        [
            (1, "a", "2026-01-01", "x"),
            (2, "a", "2026-01-02", "x"),
            (3, "a", "2026-01-03", "x"),
            (4, None, "2026-01-03", "x"),
        ],
        quantity=[1, -1, 1, 1],
        amount=[5.0, -5.0, 0.0, 5.0],
    )
    found = repeat_purchase(frame)
    assert found.loc[0, ["customers", "orders"]].tolist() == [1, 2]
    assert found.attrs["notes"] == [
        "1 line of cancellations and returns left out.",
        "1 line without order_id or user_id or timestamp left out.",
    ]


def test_a_table_without_orders_gives_no_rows_but_all_columns():
    empty = make([])
    assert repeat_purchase(empty)["customers"].tolist() == [0]
    assert list(basket(empty).columns[:3]) == ["product_a", "product_b", "orders"]
    assert len(next_product(empty)) == 0
    with pytest.raises(UnknownName, match="no column 'product'"):
        basket(empty.drop(columns="product"))


baskets = st.lists(st.sets(st.sampled_from("abcdef"), min_size=1), min_size=1, max_size=25)


@given(baskets)
def test_basket_counts_every_pair_exactly(orders):
    rows = [
        (i, f"u{i % 7}", "2026-01-01", p) for i, order in enumerate(orders) for p in sorted(order)
    ]
    found = basket(make(rows + rows), 100, min_orders=1)
    n = len(orders)
    expected = {}
    for pair in combinations("abcdef", 2):
        both = sum(set(pair) <= order for order in orders)
        alone = [sum(p in order for order in orders) for p in pair]
        if both and n * both > alone[0] * alone[1]:
            expected[frozenset(pair)] = both
    assert {frozenset((r.product_a, r.product_b)): r.orders for r in found.itertuples()} == expected
    assert (found["confidence"] <= 1).all()
    assert (found["low"] <= found["lift"]).all()
    assert (found["lift"] <= found["high"]).all()


def test_orders_of_one_customer_do_not_narrow_the_interval():
    rows = [
        (i, f"u{i}", "2026-01-01", p) for i in range(200) for p in ("ab" if i % 5 == 0 else "c")
    ]
    rows += [(1000 + i, f"v{i}", "2026-01-01", "ab"[i % 2]) for i in range(60)]
    alone = make(rows)
    same = alone.assign(user_id=alone["order_id"].map(lambda i: f"u{i % 12}"))
    one, other = basket(alone).iloc[0], basket(same).iloc[0]
    assert one["lift"] == other["lift"]
    assert basket(alone.drop(columns="user_id")).iloc[0]["low"] == pytest.approx(one["low"])
    formula = 1 / one.orders - 1 / one.orders_a - 1 / one.orders_b - 1 / 260
    formula += 2 * one.orders / (one.orders_a * one.orders_b)
    assert np.log(one.high / one.low) / 2 / 1.96 == pytest.approx(np.sqrt(formula), rel=0.01)


def test_lift_interval_covers_with_orders_clustered_by_customer():
    """A planted pair, customers with a taste of their own and one to many orders each."""
    dice, hits, runs, truth = np.random.default_rng(8), 0, 250, None
    for people in [400_000, *[500] * runs]:
        times = dice.geometric(0.6, people)
        user = np.repeat(np.arange(people), times)
        taste = np.repeat(dice.random(people) < 0.3, times)
        a = dice.random(len(user)) < 0.1 * (1 + taste)
        b = (dice.random(len(user)) < 0.15 * (1 + taste)) | (a & (dice.random(len(user)) < 0.3))
        if truth is None:
            truth = (a & b).mean() / (a.mean() * b.mean())
            continue
        order = np.arange(len(user))
        parts = [(order, "filler"), (order[a], "a"), (order[b], "b")]
        lines = [pd.DataFrame({"order_id": o, "user_id": user[o], "product": p}) for o, p in parts]
        found = basket(pd.concat(lines), 1)
        hits += found.loc[0, "low"] <= truth <= found.loc[0, "high"]
    assert 0.91 <= hits / runs <= 0.985


def test_next_product_counts_customers_once_and_only_the_next_order():
    rows, bought = [], [(1, "bag"), (2, "bag"), (2, "strap"), (3, "wax")]
    for user in range(8):
        rows += [(f"{user}-{i}", user, f"2026-01-0{i}", product) for i, product in bought]
    rows += [(f"n{user}", f"n{user}", "2026-01-01", "bag") for user in range(5)]
    found = next_product(make(rows[::-1]), min_customers=1)
    steps = {(r.product, r.next_product): (r.users, r.of_users) for r in found.itertuples()}
    assert steps == {("bag", "strap"): (8, 8), ("strap", "wax"): (8, 8)}
    assert found["base_share"].tolist() == [0.5, 0.5]
    # 8 of 8 against 0 of the 8 other orders that followed one; two products and two next ones: 4 looks
    assert found["p"].tolist() == pytest.approx([2 / 12870, 2 / 12870])
    assert found["q"].tolist() == pytest.approx([4 / 12870, 4 / 12870])


def test_next_product_of_customers_who_buy_at_random_hardly_ever_stands_out():
    rng = np.random.default_rng(11)
    runs = 0
    for _ in range(30):
        rows = [
            (f"{user}-{turn}", user, f"2026-01-{turn + 1:02}", f"p{rng.integers(0, 8)}")
            for user in range(150)
            for turn in range(4)
        ]
        runs += (next_product(make(rows))["q"] < 0.05).any()
    assert runs <= 4


@pytest.mark.parametrize("odd", ["12 €", np.inf])
def test_what_is_no_number_counts_for_nothing_and_is_told(odd: object) -> None:
    lines = pd.DataFrame(
        {
            "order_id": ["a", "b", "c", "d"],
            "user_id": ["u", "v", "w", "x"],
            "amount": pd.Series([10, 20, odd, None], dtype=object),
            "delivered_days": pd.Series([1, 3, odd, None], dtype=object),
        }
    )
    for answer, value in ((order_value(lines), 15.0), (delivery_time(lines), 48.0)):
        assert answer[["value", "n"]].values.tolist() == [[value, 2]]
        note, *more = answer.attrs["notes"]
        assert note.startswith("1 line whose")
        assert f"is no number left out, such as “{odd}”" in note
        assert more == ["1 line without an amount left out."] * (value == 15.0)


@pytest.mark.parametrize("top", [0, -3, 1.5])
def test_a_list_of_no_things_is_no_list(top: float) -> None:
    lines = pd.DataFrame(
        {"order_id": list("aabb"), "user_id": list("uuvv"), "product": list("xyxy")}
    )
    with pytest.raises(AnalysisError, match=f"top={top} must be a whole number of at least 1"):
        basket(lines, top)  # type: ignore[arg-type]  # a wrong kind, on purpose
