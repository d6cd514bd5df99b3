"""Metrics of the other tables: orders, campaigns, leads, surveys, support, promises."""

from __future__ import annotations

import pandas as pd

from journeykit import analysis
from journeykit.analysis.frames import yes
from journeykit.analysis.means import median_interval, plain_mean
from journeykit.analysis.stats import clustered_rows
from journeykit.claims.measured import EVERY, Measure, Measured, row_of, taken
from journeykit.claims.scope import Scope
from journeykit.errors import AnalysisError, UnknownName, did_you_mean

__all__ = ["TABLES"]


# --- orders, campaigns, leads -----------------------------------------------------------------


def _repeat(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once("repeat", lambda: analysis.repeat_purchase(s.table("orders")))
    row = frame.iloc[0]
    return taken(row, "share", row["customers"], "customers who bought", frame=frame)


def _basket(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once("basket", lambda: analysis.basket(s.table("orders", "product"), EVERY))
    pair = frame[(frame["product_a"] == of[1]) & (frame["product_b"] == of[0])]
    first, second = of if pair.empty else of[::-1]
    row = row_of(frame, "pair with", {"product_a": first, "product_b": second})
    return taken(row, "lift", row["orders_a"], "orders with the rarer one", frame=frame)


def _next_product(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once("next", lambda: analysis.next_product(s.table("orders", "product"), EVERY))
    row = row_of(frame, "next product", {"product": of[0], "next_product": of[1]})
    return taken(row, "share", row["of_users"], "customers who ordered again", frame=frame)


def _campaign(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once("campaigns", lambda: analysis.campaign_effect(s.table("campaigns"), s.events, s.goal))
    row = row_of(frame, "campaign", {"campaign": of[0]})
    if not row["holdout"]:
        raise AnalysisError(f"nobody was held back from {of[0]!r}: its effect cannot be known")
    return taken(
        row, "effect", min(row["sent"], row["holdout"]), "customers in the smaller group", frame=frame
    )


def _opened(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    sends = s.table("campaigns", "stage", "opened")
    frame = analysis.campaign_coverage(sends, [stage])
    row = frame.iloc[0]
    tracked = sends[(sends["stage"] == stage) & sends["opened"].notna()]
    return taken(row, "opened_share", min(len(tracked), row["sends"]), "sends", frame=frame)


def _leads(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once("leads", lambda: analysis.rates(s.table("leads")))
    row = row_of(frame, "level", {"level": of[0]})
    return taken(row, "share_of_leads", frame.iloc[0]["people"], "leads", frame=frame)


# --- what people say, what was promised ---------------------------------------------------------


def _survey(measure: str) -> Measure:
    def found(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
        answers = s.table("surveys", "measure")
        asked = answers["measure"].astype("string").str.strip().str.lower() == measure
        if not asked.any():
            raise AnalysisError(f"nobody was asked for {measure}")
        frame = analysis.survey_by(answers[asked], measure=measure, scales=_scales(s))
        row = frame.iloc[0]
        return taken(row, "score", row["n"], "answers", frame=frame)

    return found


def _scales(s: Scope) -> dict[str, str]:
    told = s.workshop.data.get("surveys")
    return dict(told.scales) if told else {}


def _emotion(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once(
        "emotion",
        lambda: analysis.emotion_by_stage(s.table("surveys", "stage", "measure"), scales=_scales(s)),
    )
    row = row_of(frame, "answer in the stage", {"stage": stage})
    return taken(row, "emotion", row["n"], "answers", frame=frame)


def _promise(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    known = {promise.id: promise for promise in s.workshop.promises}
    if of[0] not in known:
        raise UnknownName(f"there is no promise {of[0]!r}. {did_you_mean(of[0], known)}")
    tables = {kind: s.session.table(kind) for kind in ("support", "orders")}
    # A table that is there is asked through the view, so that a segment narrows it too.
    given = {kind: s.table(kind) for kind, frame in tables.items() if frame is not None and len(frame)}
    frame = analysis.promises([known[of[0]]], **given)
    row = frame.iloc[0]
    if not row["n"]:
        raise AnalysisError(" ".join(frame.attrs["notes"]) or f"no case of {of[0]!r} is in the data")
    return taken(row, "share", row["n"], "cases", frame=frame)


def _contacts(s: Scope, of: tuple[str, ...], column: str) -> pd.DataFrame:
    """The contacts of a channel, or all, whose column is known."""
    contacts = s.table("support", column)
    if of:
        row_of(contacts, "contact by", {"channel": of[0]})
        contacts = contacts[contacts["channel"].astype(str) == of[0]]
    return contacts[contacts[column].notna()]


def _who(contacts: pd.DataFrame) -> pd.Series | None:
    return contacts["user_id"] if "user_id" in contacts.columns else None


def _wait(column: str) -> Measure:
    def found(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
        known = _contacts(s, of, column)
        times = pd.to_numeric(known[column])
        return Measured(*median_interval(times[times >= 0]), int((times >= 0).sum()), "contacts")

    return found


def _mean(column: str) -> Measure:
    def found(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
        known = _contacts(s, of, column)
        return Measured(*plain_mean(pd.to_numeric(known[column]), _who(known)), len(known), "contacts")

    return found


def _solved(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    contacts = _contacts(s, of, "solved")
    hit = yes(contacts["solved"])
    known, who = contacts[hit.notna()], _who(contacts)
    users = who[hit.notna()] if who is not None else [None] * len(known)
    return Measured(*clustered_rows(hit[hit.notna()], users), len(known), "contacts")


TABLES: dict[str, Measure] = {
    "repeat-purchase": _repeat, "basket-lift": _basket, "next-product": _next_product,
    "campaign-effect": _campaign, "opened-share": _opened, "lead-rate": _leads,
    "emotion": _emotion, "promise": _promise, "solved": _solved,
    **{name: _survey(name) for name in ("nps", "csat", "ces", "sus")},
    "first-answer": _wait("first_answer_minutes"), "hold": _wait("hold_minutes"),
    "resolution": _wait("resolution_hours"), "handovers": _mean("handovers"),
    "contact-satisfaction": _mean("satisfaction"),
}  # fmt: skip
"""Metrics of the other tables."""
