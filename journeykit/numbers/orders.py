"""What orders tell about coming back."""

from typing import Any

import numpy as np
from pandas import DataFrame, Timedelta, to_numeric

from .catalogue import number
from .frames import Row, each, need, noted, one_row, share_of, three, tidy
from .means import median_interval, plain_mean
from .steps import seconds


def bought(orders: DataFrame, *columns: str) -> tuple[DataFrame, list[str]]:
    """Give the lines on which something was bought, and notes on those that were left out.

    Lines with a quantity of 0 or less, or a negative amount, are cancellations and returns;
    lines without an order or a value in `columns` cannot be counted.
    """
    need(orders, "orders", "order_id", *columns)
    # The reader of the table tells of a cell that is no number; its line is bought, not returned.
    told = orders.reindex(columns=["quantity", "amount"]).apply(to_numeric, errors="coerce")
    back = (told["quantity"] <= 0) | (told["amount"] < 0)
    unknown = orders[["order_id", *columns]].isna().any(axis=1)
    missing = " or ".join(["order_id", *columns])
    return orders[~back & ~unknown], [
        noted(back.sum(), "lines", "of cancellations and returns left out."),
        noted((unknown & ~back).sum(), "lines", f"without {missing} left out."),
    ]


@number(
    result=lambda frame: (
        frame.rename(columns={"customers": "n"})[["share", "low", "high", "n"]]
        .head(1)
        .to_dict("records")[0]
    )
)
def repeat_purchase(orders: DataFrame, *, within: Any = None, by: str | None = None) -> DataFrame:
    """Customers who ordered again.

    Parameters
    ----------
    orders : DataFrame
        One row per line: order_id, user_id, timestamp; quantity and amount, where there, tell
        cancellations.
    within : str or Timedelta, optional
        Count only second orders within this time of the first ("90D"), and only customers whose
        time is over by the end of the data. Without it, late customers had less time to return.
    by : str, optional
        A column of the orders; the value on the customer's first line counts.

    Returns
    -------
    DataFrame
        [by,] customers, repeat (of them), share, low, high (Wilson 1927), orders,
        orders_per_customer with orders_low and orders_high (Student's t), median_days (to the
        second
        order, of those who returned) with days_low and days_high (order statistics), q1_days,
        q3_days,
        too_recent (customers left out because their time is not over), small_n.

    Examples
    --------
    >>> import pandas as pd
    >>> lines = pd.DataFrame({"order_id": [1, 2, 3], "user_id": ["a", "a", "b"],
    ...     "timestamp": pd.to_datetime(["2026-01-01", "2026-01-11", "2026-01-20"])})
    >>> repeat_purchase(lines)[["customers", "repeat", "median_days"]].values.tolist()
    [[2.0, 1.0, 10.0]]
    """
    lines, notes = bought(orders, "user_id", "timestamp")
    need(orders, "orders", by)
    lines = lines.sort_values("timestamp", kind="stable")
    once = lines.drop_duplicates(["user_id", "order_id"])
    users = once.groupby("user_id", sort=False)
    table = DataFrame({"orders": users.size(), "first": users["timestamp"].first()})
    table["gap"] = (
        once[users.cumcount() == 1].set_index("user_id")["timestamp"].reindex(table.index)
        - table["first"]
    )
    table["repeat"] = table["gap"].notna()
    table["recent"] = False
    if within is not None:
        time = Timedelta(seconds=seconds(within, "within"))
        table["recent"] = table["first"] + time > lines["timestamp"].max()
        table["repeat"] &= table["gap"] <= time
        notes.append(f"Second orders within {within} of the first.")
    group = users[by].first() if by else None
    return tidy(each(table, group, _repeat), "customers", notes)


def _repeat(piece: DataFrame) -> Row:
    """Sum up one group of customers."""
    full = piece[~piece["recent"]]
    n, k = len(full), int(full["repeat"].sum())
    days = full.loc[full["repeat"], "gap"].dt.total_seconds() / 86400
    return {
        "customers": n,
        "repeat": k,
        **share_of(k, n),
        "orders": int(full["orders"].sum()),
        **three("orders_per_customer orders_low orders_high", plain_mean(full["orders"])),
        **three("median_days days_low days_high", median_interval(days)),
        **three("q1_days q3_days", days.quantile([0.25, 0.75])),
        "too_recent": int(piece["recent"].sum()),
    }


@number()
def order_value(orders: DataFrame) -> DataFrame:
    """Measure the mean amount of an order.

    Interval: `means.plain_mean`, clustered by customer.

    Parameters
    ----------
    orders : DataFrame
        Columns order_id, user_id, amount: one row a line.

    Returns
    -------
    DataFrame
        One row: value (in the currency of the data), low, high, n (orders), small_n.

    Examples
    --------
    >>> import pandas as pd
    >>> lines = pd.DataFrame({"order_id": [1, 1, 2], "user_id": list("aab"), "amount": [5, 7, 20]})
    >>> float(order_value(lines)["value"].iloc[0])
    16.0
    """
    need(orders, "orders", "order_id", "user_id", "amount")
    lines, odd = figures(orders, "amount")
    empty = noted(orders["amount"].isna().sum(), "lines", "without an amount left out.")
    totals = lines.groupby("order_id").agg(amount=("amount", "sum"), user=("user_id", "first"))
    return one_row(
        plain_mean(totals["amount"], totals["user"]), len(totals), "orders", [odd, empty]
    )


@number()
def delivery_time(orders: DataFrame) -> DataFrame:
    """Measure the median time until an order is there.

    Parameters
    ----------
    orders : DataFrame
        Columns order_id, delivered_days; the first line of an order counts.

    Returns
    -------
    DataFrame
        One row: value, low, high (hours; `means.median_interval`), n (orders), small_n.

    Examples
    --------
    >>> import pandas as pd
    >>> lines = pd.DataFrame({"order_id": [1, 2, 3], "delivered_days": [1, 2, 5]})
    >>> float(delivery_time(lines)["value"].iloc[0])
    48.0
    """
    need(orders, "orders", "order_id", "delivered_days")
    once, note = figures(orders.drop_duplicates("order_id"), "delivered_days")
    days = once["delivered_days"]
    return one_row(median_interval(24 * days), len(days), "orders that are there", [note])


def figures(orders: DataFrame, column: str) -> tuple[DataFrame, str]:
    """Give the lines that have a number in a column, and a note on those that have something else.

    An empty cell is no mistake (what has not arrived has no time): it is left out without a note.
    """
    # What is no number is told in the note below.
    values = to_numeric(orders[column], errors="coerce").replace([np.inf, -np.inf], np.nan)
    odd = orders.loc[values.isna() & orders[column].notna(), column]
    like = f"whose {column} is no number left out, such as “{odd.iloc[0]}”." if len(odd) else ""
    return orders.assign(**{column: values})[values.notna()], noted(len(odd), "lines", like)
