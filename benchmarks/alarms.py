"""Alarms that are looked at every night, on nights whose truth is known: part of `make truth`.

Each function plays many years at once and says how many of them went as the row of the table asks.
The nights are replayed by what the kit itself uses (`watch`, `bets`, `design_effect`, `bounds`).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from journeykit.claims.deliveries import delivered
from journeykit.model import Claim
from journeykit.numbers.alarm import bets, design_effect, replay, watch
from journeykit.numbers.nights import bounds
from journeykit.tables import read_events

NIGHTS = 365
AT = 0.3
START = pd.Timestamp(2026, 1, 1)
Row = tuple[str, str, float, float, str]
"""What is asked, of what, how many of 100 came, how many must; "most" or "least"."""


def evidence(n: Any, hits: Any, limit: float = AT, apart: Any = 1.0) -> Any:
    """Give the bets against a share of at least `limit`, and for it: nights × years × claims × 8, twice."""
    n, hits = np.asarray(n)[..., None], np.asarray(hits)[..., None]
    sides = [hits * bets(1, limit, side) + (n - hits) * bets(0, limit, side) for side in (-1, 1)]
    return np.array(sides) / apart


def together(n: Any, hits: Any) -> Any:
    """Give the design effect of each year, in the form of `evidence`."""
    mean = hits.sum(0) / n.sum(0)
    return design_effect(n, hits / np.maximum(n, 1), mean * (1 - mean))[..., None]


def nights(
    dice: Any, per: int, years: int, share: Any = AT, effect: float = 1, claims: int = 1
) -> Any:
    """Draw customers and hits; with a design effect, nights have shares of their own."""
    n = np.maximum(dice.poisson(per, (NIGHTS, years, claims)), 1)
    p = np.broadcast_to(np.reshape(share, (-1, 1, 1)) if np.ndim(share) == 1 else share, n.shape)
    if effect > 1:
        size = (per - 1) / (effect - 1) - 1
        p = dice.beta(p * size, (1 - p) * size)
    return n, dice.binomial(n, p)


def first(held: Any) -> Any:
    """Give the night, from 1, on which something first holds in each year; infinite where never."""
    return np.where(held.any(0), held.argmax(0) + 1.0, np.inf)


def red(states: Any) -> float:
    """Say in how many of 100 years a claim was red at least once."""
    return 100 * float((states < 0).any(0).mean())


def true_claims(dice: Any, years: int) -> Iterator[Row]:
    """A true claim exactly at its threshold."""
    for per in (50, 500):
        states = watch(evidence(*nights(dice, per, years)))
        yield "at its threshold: red within a year", f"{per} a night", red(states), 5, "most"
    for per in (50, 500):
        three = [np.concatenate(a) for a in zip(*(nights(dice, per, years) for _ in range(3)))]
        late = watch(evidence(*three))[NIGHTS:]
        yield (
            "the same, red at some time in the second and third year",
            f"{per} a night",
            red(late),
            10,
            "most",
        )


def falls(dice: Any, years: int) -> Iterator[Row]:
    """From 30 to 20 % after 100 nights, 60 nights later 3 points above the threshold."""
    share = np.repeat([AT, 0.2, 0.33], [100, 60, NIGHTS - 160])
    for per, seen, mended in ((50, 14, 45), (500, 3, 10)):
        states = watch(evidence(*nights(dice, per, years, share)))[..., 0]
        quick = 100 * float((first(states[100:160] < 0) <= seen).mean())
        yield (
            f"a fall from 30 to 20 %: red within {seen} nights",
            f"{per} a night",
            quick,
            (85, 95)[per > 50],
            "least",
        )
        back = 100 * float((first(states[160:] > 0) <= mended).mean())
        yield (f"mended to 33 %: green within {mended} nights", f"{per} a night", back, 85, "least")
    for per in (50, 500):
        states = watch(evidence(*nights(dice, per, years, 0.27)))
        wrong = 100 * float((states > 0).any(0).mean())
        yield "27 % all year: green at least once", f"{per} a night", wrong, 5, "most"


def folder(dice: Any, years: int) -> Iterator[Row]:
    """Twenty claims, the first of which falls after 200 nights."""
    for per in (50, 500):
        seen, false = [], []
        for _ in range(-(-years // 50)):
            n, hits = nights(dice, per, 50, claims=20)
            hits[200:, :, 0] = dice.binomial(n[200:, :, 0], 0.2)
            reds = watch(evidence(n, hits)) < 0
            seen.append(first(reds[200:, :, 0]))
            wrong = reds.sum(-1) - reds[..., 0] * (np.arange(NIGHTS) >= 200)[:, None]
            false.append(wrong / np.maximum(reds.sum(-1), 1))
        quick = 100 * float((np.concatenate(seen) <= 18).mean())
        yield "20 claims, one falls: red within 18 nights", f"{per} a night", quick, 80, "least"
        worst = 100 * float(np.concatenate(false, axis=1).mean(1).max())
        yield "false ones among its reds, in the worst night", f"{per} a night", worst, 5, "most"


def hanging(dice: Any, years: int) -> Iterator[Row]:
    """Days that hang together, weekends and seasons, as the kit counts them, and as if they did not."""
    week = AT + 0.03 * np.sin(2 * np.pi * np.arange(NIGHTS) / 7)
    season = AT + 0.03 * np.sin(2 * np.pi * np.arange(NIGHTS) / NIGHTS)
    cases = [
        ("design effect 1.5", AT, 1.5),
        ("design effect 2", AT, 2.0),
        ("design effect 4", AT, 4.0),
        ("weekends, 3 points up and down", week, 1.0),
    ]
    for said, share, effect in cases:
        for per in (50, 500):
            n, hits = nights(dice, per, years, share, effect)
            plain = red(watch(evidence(n, hits)))
            held = red(watch(evidence(n, hits, AT, together(n, hits))))
            yield f"{said}: red within a year", f"{per} a night", held, 5, "most"
            yield (
                f"{said}: the same if days were taken as they come",
                f"{per} a night",
                plain,
                -1,
                "",
            )
    for per in (50, 500):
        n, hits = nights(dice, per, years, np.repeat([AT, 0.2], [100, NIGHTS - 100]), 2.0)
        quick = first(watch(evidence(n, hits, AT, together(n, hits)))[100:, :, 0] < 0)
        yield (
            "design effect 2, a fall from 30 to 20 %: red within 21 nights",
            f"{per} a night",
            100 * float((quick <= 21).mean()),
            85,
            "least",
        )
    n, hits = nights(dice, 50, years, season)
    found = red(watch(evidence(n, hits, AT, together(n, hits))))
    yield "a season, 3 points below for half a year: red (it is below)", "50 a night", found, -1, ""


def growing(dice: Any, years: int) -> Iterator[Row]:
    """The design effect as it is known so far: a log looked at once a week, from its first week on."""
    for effect in (1.0, 1.5, 2.0):
        for per in (50, 500):
            n, hits = nights(dice, per, years, AT, effect)
            ever = np.zeros(years, bool)
            for night in range(7, NIGHTS + 1, 7):
                known = n[:night], hits[:night]
                ever |= (watch(evidence(*known, AT, together(*known)))[-1] < 0)[:, 0]
            yield (
                f"design effect {effect:g}, as it is known so far: red at a weekly look",
                f"{per} a night",
                100 * float(ever.mean()),
                5,
                "most",
            )


def scored(dice: Any, answers: Any, chances: Any, limit: float, per: int, years: int) -> float:
    """Play answers on a scale whose mean is the limit."""
    logs = np.zeros((2, NIGHTS, years, 1, 8))
    counts = dice.multinomial(dice.poisson(per, (NIGHTS, years)), chances)
    for at, answer in enumerate(answers):
        for out, side in zip(logs, (-1, 1)):
            out += counts[..., at, None, None] * bets(answer, limit, side)
    return red(watch(logs))


def kinds(dice: Any, years: int) -> Iterator[Row]:
    """Every kind of metric that has a procedure, at its threshold."""
    said, asked = "at its threshold: red within a year", (5, "most")
    for share in (0.02, 0.8, 0.97):
        states = watch(evidence(*nights(dice, 50, years, share), share))
        yield f"share, {share:.0%}, {said}", "50 a night", red(states), *asked
    scales = {
        "NPS": ([0, 0.5, 1], [0.3, 0.3, 0.4]),
        "CES, 1 to 7": (np.arange(7) / 6, [0.05, 0.05, 0.1, 0.1, 0.2, 0.3, 0.2]),
        "a scale of which most take the best": (np.arange(5) / 4, [0.04, 0.02, 0.04, 0.1, 0.8]),
    }
    for name, (answers, chances) in scales.items():
        limit = float(np.dot(answers, chances))
        yield (
            f"{name}, {said}",
            "20 a night",
            scored(dice, answers, chances, limit, 20, years),
            *asked,
        )
    states = watch(evidence(*nights(dice, 50, years, 0.5), 0.5))
    yield f"median (sign test), {said}", "50 a night", red(states), *asked


def effects(dice: Any, years: int) -> Iterator[Row]:
    """A campaign that adds 10 points, claimed are 10; seven of ten get it, the others by lot not."""
    for per in (50, 500):
        for fall, said in ((NIGHTS, "red within a year"), (100, "red within 60 nights")):
            n = np.maximum(dice.poisson(per, (NIGHTS, years, 1)), 2)
            sent = dice.binomial(n, 0.7)
            went = dice.binomial(sent, np.where(np.arange(NIGHTS) < fall, 0.4, 0.3)[:, None, None])
            held = dice.binomial(n - sent, 0.3)
            part = (sent.sum(0) / n.sum(0))[..., None]
            limit = part + 0.1 * part * (1 - part)
            counts = {0: held, 1: went, "part": n - held - went}
            logs = np.array(
                [
                    sum(
                        count[..., None] * bets(part[..., 0] if x == "part" else x, limit, side)
                        for x, count in counts.items()
                    )
                    for side in (-1, 1)
                ]
            )
            states = watch(logs)
            if fall == NIGHTS:
                row = f"effect of a campaign, at its threshold: {said}", red(states), 5, "most"
            else:
                seen = 100 * float((first(states[100:, :, 0] < 0) <= 60).mean())
                row = f"effect of a campaign, from 10 points to none: {said}", seen, -1, ""
            yield row[0], f"{per} a night", *row[1:]


def delivery(night: int, n: Any, hits: Any) -> Any:
    """What ten days that end on a night bring: three days later it is clear who went on."""
    days = np.arange(max(night - 9, 0), night - 2)
    at = START + pd.to_timedelta(days + 3, unit="D")
    table = pd.DataFrame({0: n[days] - hits[days], 1: hits[days]}, at)
    table.attrs = {"wide": pd.Timedelta(days=3)}
    return [(table, AT, -1)] if len(days) else []


def deliveries(dice: Any, years: int) -> Iterator[Row]:
    """Nothing but the last ten days each night, and what was kept of the nights before."""
    for per in (50, 500):
        n, hits = (each[..., 0] for each in nights(dice, per, years))
        ever = 0
        for year in range(years):
            records: list[Any] = []
            folder = SimpleNamespace(
                records=lambda kind, kept=records: kept,
                save=lambda alarm, kind, kept=records: kept.append(alarm),
            )
            words = SimpleNamespace(
                steps=dict, stages=(), goal=(), now=lambda: pd.Timestamp(2026, 12, 31)
            )
            session = SimpleNamespace(
                folder=folder, workshop=words, all_events=None, persona=SimpleNamespace(segment={})
            )
            claim = Claim.model_validate(
                {"metric": "step-rate", "of": "pay", "is": "at least", "threshold": "30%"}
            )
            found = SimpleNamespace(id="maya/pay", claim=claim, stage="")
            test = SimpleNamespace(verdict=found, persona="maya")
            evidence = SimpleNamespace(persona=lambda name, session=session: session)
            seen = False
            for night in range(4, NIGHTS):
                brought = delivery(night, n[:, year], hits[:, year])
                held = [*delivered(evidence, [test], lambda verdict, brought=brought: brought)]
                if night % 7 == 0:
                    seen |= replay([each for _, each in held])[0]["colour"] == "red"
            ever += seen
        said = "deliveries of ten days each night, at its threshold: red at a weekly look"
        yield said, f"{per} a night", 100 * ever / years, 5, "most"


def shop(dice: Any, per: int, fall: int, late: float = 0.02, low: float = 0.2) -> pd.DataFrame:
    """A year of customers, 30 % of whom go on, after hours to weeks; some of it is told later."""
    day = np.repeat(np.arange(NIGHTS), dice.poisson(per, NIGHTS))
    goes = dice.random(len(day)) < np.where(day >= fall, low, AT)
    at = START + pd.to_timedelta((86400 * (day + dice.random(len(day)))).round(), unit="s")
    took = pd.to_timedelta((3600 * np.exp(dice.normal(1, 1.4, len(day)))).round(), unit="s")
    delay = pd.to_timedelta(86400 * (dice.random(len(day)) < late), unit="s")
    users = [f"u{i}" for i in range(len(day))]
    came = pd.DataFrame({"user_id": users, "event": "visit", "timestamp": at, "told": at})
    went = came.assign(event="pay", timestamp=at + took, told=at + took + delay)[goes]
    return pd.concat([came, went])


def logs(dice: Any, years: int) -> Iterator[Row]:
    """A log that grows, read and replayed whole: windows, those who need longer, late events."""
    said, steps = "a growing log, read whole every other week", {"visit": "visit", "pay": "pay"}
    claim = Claim.model_validate(
        {"metric": "step-rate", "of": "pay", "is": "at least", "threshold": "30%"}
    )
    false, slow = 0, []
    for year in range(years):
        rows, found = shop(dice, 50, 200 if year % 2 else NIGHTS), []
        for night in range(19, NIGHTS, 14):
            known = rows[rows["told"] < START + pd.Timedelta(days=night)]
            view = SimpleNamespace(events=read_events(known.drop(columns="told")), steps=steps)
            if replay(bounds(view, claim, ""))[0]["colour"] == "red":
                found.append(night)
        if year % 2:
            slow.append(min((night for night in found if night > 200), default=NIGHTS) - 200)
        false += not year % 2 and bool(found)
    yield (
        f"{said}, 2 % late: red within a year",
        "50 a night",
        100 * false / (years / 2),
        5,
        "most",
    )
    quick = 100 * float(np.mean([nights <= 28 for nights in slow]))
    yield f"{said}, a fall to 20 %: red within 28 nights", "50 a night", quick, 85, "least"


def regulars(
    dice: Any, per: int, fall: int = NIGHTS, low: float = 1
) -> tuple[pd.DataFrame, float, float]:
    """A year of customers who come again for weeks, the oftener the less inclined to pay, and the share."""
    day = np.repeat(np.arange(NIGHTS), dice.poisson(per, NIGHTS))
    many = np.minimum(dice.geometric(0.45, len(day)), 30)
    mean = 0.45 / np.sqrt(many)
    inclined = np.repeat(dice.beta(2 * mean, 2 * (1 - mean)), many)
    nth = np.arange(many.sum()) - np.repeat(many.cumsum() - many, many)
    at = np.repeat(day + dice.random(len(day)), many) + nth * (0.1 + dice.exponential(5, len(nth)))
    kept = at < NIGHTS
    share = float((np.repeat(mean, many)[kept]).mean())
    pays = dice.random(len(at)) < inclined * np.where(at >= fall, low, 1)
    stamp = START + pd.to_timedelta((86400 * at).round(), unit="s")
    users = np.repeat([f"u{i}" for i in range(len(day))], many)
    came = pd.DataFrame({"user_id": users, "event": "visit", "timestamp": stamp, "channel": "mail"})
    then = np.where(pays, "pay", "leave")
    went = came.assign(event=then, timestamp=stamp + pd.Timedelta(minutes=5))
    asks = kept & ~pays & (dice.random(len(at)) < 0.6)
    again = asks & (dice.random(len(at)) < 0.4 * np.where(at >= fall, low, 1))
    helped = came.assign(event="help", timestamp=stamp + pd.Timedelta(minutes=7))[asks]
    back = came.assign(event="leave", timestamp=stamp + pd.Timedelta(minutes=9))[again]
    turned = float((1 - 0.6 ** pd.Series(users[asks]).value_counts()).mean())
    return pd.concat([came[kept], went[kept], helped, back]), share, turned


def clustered(dice: Any, years: int) -> Iterator[Row]:
    """Sessions and moves of customers who come several times, each with an inclination of their own."""
    metrics = {
        "session-conversion": "mail",
        "transition-share": ["visit", "pay"],
        "backtracks": ["leave", "help"],
    }
    for per, seen in ((50, 21), (500, 10)):
        false, quick = dict.fromkeys(metrics, 0), dict[str, list[Any]]({m: [] for m in metrics})
        for _ in range(years if per == 50 else -(-years // 4)):
            for low in (1, 2 / 3):
                rows, share, turned = regulars(dice, per, 200, low)
                view = SimpleNamespace(events=read_events(rows), goal="pay")
                for metric, of in metrics.items():
                    word = {
                        "metric": metric,
                        "of": of,
                        "is": "at least",
                        "threshold": f"{turned if metric == 'backtracks' else share:.4%}",
                    }
                    (alarm,) = replay(bounds(view, Claim.model_validate(word), ""))
                    paths = alarm["path"]
                    nights = [day for path in paths for day in path.index[path["state"] < 0]]
                    if low == 1:
                        false[metric] += len(nights) > 0
                    else:
                        since = [(day - START).days - 200 for day in nights]
                        quick[metric].append(min((n for n in since if n >= 0), default=NIGHTS))
        for metric in metrics:
            of = len(quick[metric])
            said = f"{metric} of customers who come again"
            yield (
                f"{said}, at its threshold: red within a year",
                f"{per} a night",
                100 * false[metric] / of,
                5,
                "most",
            )
            fast = 100 * float(np.mean([nights <= seen for nights in quick[metric]]))
            yield (
                f"{said}, a third less: red within {seen} nights",
                f"{per} a night",
                fast,
                85,
                "least",
            )


def measured(years: int, replayed: int, seed: int = 16) -> list[Row]:
    """Play all of it."""
    dice = np.random.default_rng(seed)
    found = [
        row
        for part in (true_claims, falls, folder, kinds, hanging, growing)
        for row in part(dice, years)
    ]
    more = np.random.default_rng(seed + 2)
    found += [*effects(more, years), *deliveries(more, replayed)]
    found += clustered(np.random.default_rng(seed + 3), 100)
    return [*found, *logs(np.random.default_rng(seed + 1), replayed)]


def table(rows: list[Row]) -> str:
    """Write what was measured beside what is asked."""
    lines = ["| | customers | asked, of 100 | measured | |", "|---|--:|--:|--:|---|"]
    for said, per, found, asked, sign in rows:
        bad = (found > asked) if sign == "most" else (found < asked) if sign else False
        wanted = f"at {sign} {asked:g}" if sign else "–"
        lines.append(f"| {said} | {per} | {wanted} | {found:.1f} | {'short' if bad else ''} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table alone: python benchmarks/alarms.py."""
    asked = argparse.ArgumentParser(description="Alarms on nights whose truth is known.")
    asked.add_argument("--years", type=int, default=300)
    asked.add_argument("--replayed", type=int, default=12)
    options = asked.parse_args()
    print(table(measured(options.years, options.replayed)))


if __name__ == "__main__":
    main()
