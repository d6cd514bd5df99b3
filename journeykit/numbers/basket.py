"""What is bought together, and what next. All counts are exact integers."""

from typing import Any

import numpy as np
from pandas import DataFrame, Series, factorize

from journeykit.words import people

from .catalogue import number
from .claimed import Found, Of, from_row, rate, row_of
from .frames import Row, benjamini_hochberg, tidy, two_proportions, two_sided, users_of, whole
from .orders import bought
from .stats import Z, small, user_codes, wilson

FEWEST = 5  # orders with both, customers with the step: below that, chance rules


def _pair(frame: DataFrame, of: Of) -> tuple[Series, bool]:
    """The row of two products, and whether it names them the other way round."""
    turned = (of[1], of[0]) in zip(frame["product_a"], frame["product_b"])
    first, second = of[::-1] if turned else of
    return row_of(frame, "pair with", {"product_a": first, "product_b": second}), turned


def _lift(frame: DataFrame, of: Of) -> Found:
    row, _ = _pair(frame, of)
    return from_row(row, "lift low high", row["orders_a"])


def _held(frame: DataFrame, of: Of) -> Found:
    row, turned = _pair(frame, of)
    return rate(row["orders"], row["orders_b" if turned else "orders_a"])


def _best_pair(frame: DataFrame) -> Row:
    if frame.empty or frame["q"].iloc[0] >= 0.05:
        return {}
    return {"pair": [*frame.loc[0, ["product_a", "product_b"]]], "lift": frame.loc[0, "lift"]}


@number(result=_best_pair, claims={"basket-share": _held, "basket-lift": _lift})
def basket(orders: DataFrame, top: int = 20, *, min_orders: int = FEWEST) -> DataFrame:
    """Pairs of products that are bought together more often than chance would have it.

    Lift is ``n·n_ab/(n_a·n_b)`` over n orders (R. Agrawal, T. Imielinski & A. Swami, SIGMOD
    1993; S. Brin et al., 1997). Its interval is the delta method on log lift, by customer: with
    ``u = 1[ab]/p_ab - 1[a]/p_a - 1[b]/p_b + 1`` per order, the variance is
    ``G/(G-1)·Σ(Σu)²/n²`` over G customers. Where each customer ordered once this is
    ``1/n_ab - 1/n_a - 1/n_b - 1/n + 2·n_ab/(n_a·n_b)``; as wide as Wilson's where nearly all of a
    hold b, never past n/n_b. `q` is p of "lift is 1" adjusted for all pairs (BH, 1995).

    Parameters
    ----------
    orders : DataFrame
        order_id, product; user_id, where there, clusters the interval; quantity and amount tell
        cancellations, which are left out. A product counts once per order.
    top : int
        How many pairs, by the lower end of the interval of lift; pairs with lift 1 or less never.
    min_orders : int
        Leave out pairs that fewer orders have.

    Returns
    -------
    DataFrame
        product_a (the rarer), product_b, orders (with both), orders_a, orders_b, support (of
        all orders), confidence (of the orders with a, those with b too), lift, low, high, q,
        small_n (fewer than 30 orders with a).

    Examples
    --------
    >>> import pandas as pd
    >>> lines = [(f"o{i}", f"u{i}", p) for i in range(60)
    ...     for p in (["scarf", "ring"] if i < 20 else ["belt"])]
    >>> frame = pd.DataFrame(lines, columns=["order_id", "user_id", "product"])
    >>> basket(frame)[["product_a", "product_b", "orders", "confidence", "lift"]].values.tolist()
    [['ring', 'scarf', 20, 1.0, 3.0]]
    """
    lines, notes = bought(orders, "product")
    holds, products, buyer = _holds(lines)
    n = max(1, holds.shape[0])
    often = np.asarray(holds.sum(axis=0)).ravel()
    kept = np.flatnonzero(often >= min_orders)
    both = (holds[:, kept].T @ holds[:, kept]).tocoo()
    pair = (both.row < both.col) & (both.data >= min_orders)
    a, b, n_ab = kept[both.row[pair]], kept[both.col[pair]], both.data[pair]
    swap = often[a] > often[b]
    a, b = np.where(swap, b, a), np.where(swap, a, b)
    n_a, n_b = often[a].astype(float), often[b].astype(float)
    log_lift = np.log(n * n_ab / (n_a * n_b))
    error = np.sqrt(np.maximum(1 / n_ab - 1 / n_a - 1 / n_b - 1 / n + 2 * n_ab / (n_a * n_b), 0))
    wide = np.where(n_a - n_ab < FEWEST, np.log(n_ab / n_a / wilson(n_ab, n_a)[0]) / Z, 0)
    q = benjamini_hochberg(two_sided(log_lift, error := np.maximum(error, wide)))
    best = np.lexsort((b, a, -(log_lift - Z * error)))
    best = best[n * n_ab[best] > n_a[best] * n_b[best]][: whole(top, "top")]
    counted = f"{people(holds.shape[0], 'orders')}; {len(n_ab):,} pairs of products"
    a, b, n_a, n_b, n_ab, log_lift = (part[best] for part in (a, b, n_a, n_b, n_ab, log_lift))
    half = Z * np.maximum([_by_customer(holds, buyer, *pair) for pair in zip(a, b)], wide[best])
    frame = DataFrame(
        {
            "product_a": products[a],
            "product_b": products[b],
            "orders": n_ab,
            "orders_a": n_a.astype(int),
            "orders_b": n_b.astype(int),
            "support": n_ab / n,
            "confidence": n_ab / n_a,
            "lift": n * n_ab / (n_a * n_b),
            "low": np.exp(log_lift - half),
            "high": np.minimum(np.exp(log_lift + half), n / n_b),  # where all of a hold b
            "q": q[best],
            "small_n": small(n_a),
        }
    ).sort_values("low", ascending=False, kind="stable")
    return tidy(frame, "orders", [*notes, f"{counted} had {min_orders} or more."])


@number(result=lambda frame: {"stand_out": int((frame["q"] < 0.05).sum())})
def next_product(orders: DataFrame, top: int = 20, *, min_customers: int = FEWEST) -> DataFrame:
    """What customers buy in the order after the one in which they first bought a product.

    `p` is that of the two-proportion test against all other orders that followed one; `q` adjusts
    it (Benjamini & Hochberg, 1995) for every step that `min_customers` could have made.

    Parameters
    ----------
    orders : DataFrame
        One row per line: order_id, user_id, timestamp, product.
    top : int
        How many steps, by the lower end of the share over the base share.
    min_customers : int
        Leave out steps that fewer customers made.

    Returns
    -------
    DataFrame
        product, next_product (never the same), users (who made the step), of_users (who bought
        the product and ordered again), share, low, high (Wilson 1927), base_share (of all orders
        that followed another, those with next_product), lift (share / base_share), p, q, small_n.

    Examples
    --------
    >>> import pandas as pd
    >>> lines = [(f"o{u}{i}", f"u{u}", f"2026-01-0{i}", p)
    ...     for u in range(6) for i, p in ((1, "bag"), (2, "strap"), (3, "wax"))]
    >>> frame = pd.DataFrame(lines, columns=["order_id", "user_id", "timestamp", "product"])
    >>> next_product(frame)[["product", "next_product", "users", "lift"]].values.tolist()
    [['bag', 'strap', 6, 2.0], ['strap', 'wax', 6, 2.0]]
    """
    lines, notes = bought(orders, "user_id", "timestamp", "product")
    lines = lines.sort_values(["timestamp", "order_id"], kind="stable")
    holds, products, buyer = _holds(lines)
    # Orders are numbered by time: a customer's next order is the next row with that customer.
    row = Series(np.arange(holds.shape[0])).groupby(buyer)
    follower, first = row.shift(-1).to_numpy(), row.cumcount().to_numpy() == 0
    line = holds.tocoo()
    firsts = DataFrame({"row": line.row, "product": line.col, "buyer": buyer[line.row]})
    firsts = firsts.sort_values("row", kind="stable").drop_duplicates(["buyer", "product"])
    firsts = firsts.assign(next=follower[firsts["row"]]).dropna()
    came_from = _matrix(firsts["next"].astype(int), firsts["product"], holds.shape)
    steps = (came_from.T @ holds).tocoo()
    of_users = np.asarray(came_from.sum(axis=0)).ravel()
    orders_with, following = np.asarray(holds[~first].sum(axis=0)).ravel(), int((~first).sum())
    base = orders_with / max(1, following)
    keep = (steps.row != steps.col) & (steps.data >= min_customers)
    a, b, k = steps.row[keep], steps.col[keep], steps.data[keep]
    low, high = wilson(k, of_users[a])
    p = two_proportions(k, of_users[a], orders_with[b] - k, following - of_users[a])
    left, came = of_users >= min_customers, orders_with >= min_customers
    looked_at = int(left.sum() * came.sum() - (left & came).sum())
    frame = DataFrame(
        {
            "product": products[a],
            "next_product": products[b],
            "users": k,
            "of_users": of_users[a],
            "share": k / of_users[a],
            "low": low,
            "high": high,
            "base_share": base[b],
            "lift": k / of_users[a] / base[b],
            "p": p,
            "q": benjamini_hochberg(p, looked_at),
            "small_n": small(of_users[a]),
        }
    )
    order = np.lexsort((b, a, -np.asarray(low) / base[b]))[: whole(top, "top")]
    return tidy(frame.iloc[order], "users", notes)


def _holds(lines: DataFrame) -> tuple[Any, np.ndarray, np.ndarray]:
    """Give the matrix of orders (rows, as they come) and products, the products, the buyers."""
    order, known = factorize(lines["order_id"])
    product, products = factorize(lines["product"].astype(str), sort=True)
    matrix = _matrix(order, product, (len(known), len(products)))
    firsts = lines[~Series(order).duplicated().to_numpy()]
    return matrix, np.asarray(products, dtype=object), user_codes(users_of(firsts))


def _matrix(rows: Any, columns: Any, shape: tuple[int, int]) -> Any:
    from scipy.sparse import coo_array

    ones = np.ones(len(rows), dtype=np.int64)
    matrix = coo_array((ones, (np.asarray(rows), np.asarray(columns))), shape=shape).tocsr()
    matrix.data[:] = 1  # two lines of one product are one product
    return matrix


def _by_customer(holds: Any, buyer: np.ndarray, a: int, b: int) -> float:
    """Standard error of log lift with orders clustered by customer; see `basket`."""
    has_a, has_b = (holds[:, [i]].toarray().ravel().astype(float) for i in (a, b))
    ab = has_a * has_b
    u = ab / ab.mean() - has_a / has_a.mean() - has_b / has_b.mean() + 1
    people = len(sums := np.bincount(buyer, weights=u))
    return float(np.sqrt(people / max(1, people - 1) * (sums**2).sum())) / len(u)
