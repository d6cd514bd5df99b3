"""A small frame for every chart, with the columns that the analysis gives."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from journeykit import numbers
from journeykit.numbers.alarm import replay
from journeykit.numbers.stats import small, wilson

NAN = float("nan")
GUESSES = pd.DataFrame(
    {
        "what": ["Lost before “add_to_cart”"] * 3 + ["Feeling in “Decision”"],
        "unit": ["%"] * 3 + [""],
        "department": ["sales", "support", "", "sales"],
        "guess": [40, 72, 55, 1.0],
        "low": [30, 60, NAN, 0.5],
        "high": [50, 80, NAN, 1.5],
        "truth": [69.0] * 3 + [0.2],
        "truth_low": [66.0] * 3 + [NAN],
        "truth_high": [72.0] * 3 + [NAN],
    }
)


def shares(
    k: list[int], n: list[int] | int, share: str = "share", /, **columns: object
) -> pd.DataFrame:
    """A frame of rates with Wilson's interval."""
    hits, of = np.array(k, dtype=float), np.broadcast_to(n, len(k)).astype(float)
    low, high = wilson(hits, of)
    frame = pd.DataFrame(
        {**columns, share: hits / of, "low": low, "high": high, "small_n": small(of)}
    )
    frame.attrs = {"counts": "users", "notes": []}
    return frame


def funnel(reached: list[int]) -> pd.DataFrame:
    before = [reached[0], *reached[:-1]]
    frame = shares(
        reached,
        before,
        "of_previous",
        step_number=range(1, len(reached) + 1),
        step=["visit", "product_view", "add to basket", "purchase"],
    )
    frame["users"], frame["lost"] = reached, np.array(before) - reached
    frame["of_start"], frame["drop_off"] = frame["users"] / reached[0], 1 - frame["of_previous"]
    return frame


def alarm() -> pd.DataFrame:
    """Sixty nights: the claim holds, is wrong from the 20th on, and is mended on the 40th."""
    nights = pd.date_range("2026-05-01", periods=60, name="night")
    share = np.repeat([0.9, 0.7, 0.95], 20)
    table = pd.DataFrame({0: 200 * (1 - share), 1: 200 * share}, nights)
    (frame,) = replay([(table, 0.85, -1)])[0]["path"]
    frame.attrs = {
        "kind": "share",
        "sentence": "Customers who go on to “purchase”: at least 85%",
        **{"value": 0.85, "low": 0.843, "high": 0.857},
    }
    return frame


def moves() -> pd.DataFrame:
    way = ["landing_page", "product_view", "size_guide", "add_to_cart", "purchase"]
    pairs = [(a, b, 400 - 40 * i) for i, (a, b) in enumerate(pairwise(way))]
    pairs += [("size_guide", "product_view", 60), ("add_to_cart", "product_view", 25)]
    frame = pd.DataFrame(pairs, columns=["from_event", "to_event", "transitions"])
    total = frame.groupby("from_event")["transitions"].transform("sum")
    rates = shares(list(frame["transitions"]), list(total))
    return frame.assign(users=frame["transitions"], median_seconds=20.0, **rates)


def cohorts() -> pd.DataFrame:
    rows = [
        (pd.Timestamp(2026, 1 + c, 1), p, 400 - 50 * c, 400 - 50 * c if not p else 90 - 20 * p)
        for c in range(4)
        for p in range(4 - c)
    ]
    frame = pd.DataFrame(rows, columns=["cohort", "period", "users", "active"])
    rates = shares(list(frame["active"]), list(frame["users"]))
    return frame.assign(**rates, complete=[True] * 9 + [False])


def runs() -> pd.DataFrame:
    ends = ["2026-04-30", "2026-05-31", "2026-06-30"]
    rates = shares([40, 44, 90], [400, 400, 20 * 20], "value", at=ends, run_id=ends)
    told = rates.assign(
        n=400,
        kind="share",
        key="conversion",
        label="Customers who reach the goal",
        group="main",
        verdict="",
    )
    test = told.assign(
        key="claim-a",
        label="Pay: at least 20%",
        group="tests",
        verdict=["refuted", "undecided", "supported"],
    )
    return pd.concat([told, test], ignore_index=True)


def frames() -> dict[str, pd.DataFrame]:
    """The name of a chart, and a frame for it; after "|" another form of the same."""
    two, users = ["email", "paid_search"], [800, 20]
    by_device = [
        funnel(r).assign(device=d)
        for d, r in {"mobile": [900, 500, 90, 60], "tablet": [40, 22, 9, 4]}.items()
    ]
    score = {"score": 12.5, "low": 4.0, "high": 21.0, "n": 210, "small_n": False}
    lift = {"lift": [3.4, 1.1], "low": [2.5, 0.7], "high": [4.6, 1.8], "small_n": [False, True]}
    effect = {"effect": [0.08, -0.01], "low": [0.02, -0.05], "high": [0.13, 0.03]}
    change = {"difference": [0.03, 0.01], "diff_low": [0.02, 0.0], "diff_high": [0.05, 0.02]}
    found: dict[str, pd.DataFrame] = {
        "trend": runs(),
        "funnel": funnel([1200, 700, 120, 80]),
        "funnel|by": pd.concat(by_device)[["device", *by_device[0].columns[:-1]]],
        "transitions": moves(),
        "transitions|few": moves().head(3),
        "step_matrix": shares(
            [300, 200, 120, 380],
            500,
            step=[1, 1, 2, 2],
            users=[300, 200, 120, 380],
            event=["landing_page", "home", "product_view", "(ended)"],
        ),
        "paths": shares(
            [90, 12],
            [400, 20],
            path=["landing_page → product_view", "home"],
            sessions=[90, 12],
            length=[2, 1],
        ),
        "sessions": pd.DataFrame(
            {
                "user_id": ["secret_one", "secret_two"],
                "session": [1, 2],
                "events": [3, 14],
                "seconds": [50.0, 900.0],
            }
        ),
        "last_before_loss": shares(
            [300, 8], [500, 20], event=["cart_view", "payment_error"], users=[300, 8]
        ),
        "stage_times": pd.DataFrame(
            {
                "from_stage": ["awareness"],
                "to_stage": ["post-purchase"],
                "users": [420],
                "median_hours": [30.0],
                "q1_hours": [2.0],
                "q3_hours": [90.0],
                "small_n": [False],
            }
        ),
        "order_conformance": shares(
            [390, 8],
            [420, 12],
            stage=["awareness", "post-purchase"],
            users=[420, 12],
            in_order=[390, 8],
            broken_by=["decision", None],
        ),
        "friction": shares(
            [90, 6],
            [300, 12],
            kind=["loop", "reached, never did"],
            users=[90, 6],
            event=["size_guide", "support_contact"],
            what=["did size_guide again", "went"],
        ),
        "entry_points": shares(
            [500, 12],
            512,
            event=["home", "landing_page"],
            channel=two,
            users=[500, 12],
            conversion=[0.1, 0.2],
        ),
        "channels": shares(
            [90, 4],
            users,
            "conversion",
            channel=two,
            users=users,
            sessions=[900, 30],
            converted=[90, 4],
        ),
        "differences": pd.DataFrame(
            {
                "event": ["size_guide", "home"],
                "converted": [0.5, 0.2],
                "lost": [0.2, 0.21],
                **effect,
                "small_n": False,
            }
        ),
        "attribution": pd.DataFrame(
            {
                "channel": two * 2,
                "model": ["last"] * 2 + ["time-decay"] * 2,
                "conversions": [60, 40, 70, 30],
                "share": [0.6, 0.4, 0.7, 0.3],
            }
        ),
        "coverage": shares(
            [300, 700], 1000, persona=["mobile-maya", "(no persona)"], users=[300, 700]
        ),
        "segment_profile": shares(
            [90, 5],
            [300, 12],
            column=["device", "age_band"],
            value=["mobile", "18-29"],
            users=[90, 5],
            share_all=[0.5, 0.2],
        ),
        "rates": shares(
            [100, 20], 100, "share_of_leads", level=["lead", "customer"], people=[100, 20]
        ),
        "campaign_effect": pd.DataFrame(
            {
                "campaign": ["spring_sale", "cart_reminder"],
                "stage": "post-purchase",
                "channel": "email",
                "sent": [900, 40],
                **effect,
                "verdict": ["works", "undecided"],
                "overlap_with": ["cart_reminder", None],
                "overlap_share": [0.9, NAN],
                "small_n": [False, True],
            }
        ),
        "compare_personas": shares(
            [80, 5], users, persona=["Mobile Maya", "Loyal Lena"], users=users
        ),
        "retention": cohorts(),
        "repeat_purchase": shares([120], [400], customers=[400], repeat=[120]),
        "basket": pd.DataFrame(
            {
                "product_a": ["scarf_ring", "belt"],
                "product_b": ["silk_scarf", "wallet"],
                "orders": [80, 7],
                "confidence": [0.4, 0.1],
                **lift,
            }
        ),
        "next_product": shares(
            [40, 6],
            [90, 20],
            product=["bag", "scarf_ring"],
            next_product=["strap", "belt"],
            users=[40, 6],
            of_users=[90, 20],
            base_share=[0.2, 0.25],
            lift=[2.2, 1.2],
            q=[0.001, 0.9],
        ),
        "stickiness": shares(
            [900, 20],
            [9000, 290],
            "stickiness",
            users=[300, 10],
            active_days=[3.0, 2.0],
            month=pd.to_datetime(["2026-01-01", "2026-02-01"]),
            days=[30, 29],
        ),
        "funnel_change": pd.DataFrame(
            {
                "step_number": [1, 2, 3],
                "step": ["visit", "add_to_cart", "purchase"],
                "users": [900, 400, 12],
                "users_before": [800, 300, 20],
                "of_previous": [1, 0.44, 0.03],
                "of_previous_before": [1, 0.38, 0.07],
                "difference": [NAN, 0.06, -0.04],
                "low": [NAN, 0.02, -0.1],
                "high": [NAN, 0.11, 0.02],
                "q": [NAN, 0.01, 0.4],
                "small_n": [False, False, True],
            }
        ),
        "beliefs": numbers.beliefs(GUESSES),
        "belief_score": numbers.belief_score(GUESSES),
        "rate_by": shares(
            [30, 4], [100, 12], contract=["month", "two_years"], n=[100, 12], hits=[30, 4]
        ),
        "campaign_coverage": shares(
            [300, 0],
            [900, 0],
            "opened_share",
            stage=["awareness", "post-purchase"],
            users=[700, 0],
            campaigns=[2, 0],
            gap=[False, True],
        ),
        "nps": pd.DataFrame(
            [{"measure": "nps", **score, "promoters": 80, "passives": 76, "detractors": 54}]
        ),
        "csat": pd.DataFrame([{"measure": "csat", **score}]),
        "ces": pd.DataFrame(
            [{"measure": "ces", **score, "score": 5.1, "low": 4.8, "high": 5.4, "scale": "1-7"}]
        ),
        "sus": pd.DataFrame([{"measure": "sus", **score, "small_n": True}]),
        "survey_by": pd.DataFrame(
            [{"channel": c, "measure": m, **score} for c in two for m in ("csat", "sus")]
        ),
        "emotion": pd.DataFrame(
            {
                "stage": ["awareness", "post-purchase"],
                "team": [1.0, None],
                "measured": [0.5, -1.0],
                "low": [0.2, -1.6],
                "high": [0.8, -0.4],
                "small_n": [False, True],
            }
        ),
        "emotion_by_stage": pd.DataFrame(
            {
                "stage": ["awareness", "decision"],
                "emotion": [0.5, NAN],
                "low": [0.2, NAN],
                "high": [0.8, NAN],
                "small_n": [False, True],
            }
        ),
        "themes": shares(
            [40, 5],
            [90, 20],
            terms=["late, parcel", "size"],
            theme=["late", "size"],
            comments=[40, 5],
            quote=["It came late", None],
        ),
        "service": shares(
            [80, 9],
            [100, 12],
            "solved_share",
            channel=["chat", "phone_call"],
            contacts=[100, 12],
            median_first_answer_minutes=[4.0, NAN],
            q3_first_answer_minutes=[9.0, NAN],
            median_hold_minutes=[NAN, 2.5],
            median_resolution_hours=NAN,
            handovers=[0.2, 0.4],
        ),
        "promise_hours": pd.DataFrame(
            {
                "promise": ["chat", "hold"],
                "text": ["The chat answers at once", "Five minutes at most"],
                "from_hour": [18, 22],
                "to_hour": [23, 3],
                "n": [410, 12],
                "share": [0.18, 0.5],
                "other_n": [900, 300],
                "other_share": [0.82, 0.6],
                "difference": [-0.64, -0.1],
                "diff_low": [-0.69, -0.4],
                "diff_high": [-0.58, 0.16],
                "p": [0.0, 1.0],
                "significant": [True, False],
                "small_n": [False, True],
            }
        ),
        "promises": shares(
            [75, 0],
            [100, 1],
            promise=["chat_in_5", "gift_wrap"],
            n=[100, 0],
            text=["We answer within 5 minutes", "Wrapped"],
            target=[0.9, 0.99],
            verdict=["broken", "not measured"],
        ).assign(share=[0.75, NAN]),
        "weak_spots": pd.DataFrame(
            {
                "rank": [1, 2],
                "kind": ["loss", "feedback"],
                "users": [90, 20],
                "what": ["On mobile payment_error stops more", "Rated lower"],
                "compared_with": ["desktop", "other stages"],
                **effect,
                "significant": [True, False],
                "revenue_at_risk": [41000.0, NAN],
            }
        ),
        "what_if": pd.DataFrame(
            {
                "scenario": ["Half as many lost at payment", "Half as many lost at basket"],
                "conversion": [0.08, 0.06],
                "low": 0.05,
                "high": 0.09,
                **change,
            }
        ),
        "sample_size": pd.DataFrame(
            {"base": [0.06], "lift": [0.01], "arms": [2], "n_per_arm": [9540], "days": [NAN]}
        ),
        "experiment": pd.DataFrame(
            {
                "arm": ["control", "new_page"],
                "users": [900, 20],
                "conversion": [0.1, 0.14],
                "low": [0.08, 0.05],
                "high": [0.12, 0.3],
                "difference": [NAN, 0.04],
                "diff_low": [NAN, -0.02],
                "diff_high": [NAN, 0.1],
                "verdict": ["control", "undecided"],
                "small_n": [False, True],
            }
        ),
        "competitors": pd.DataFrame(
            {"criterion": ["Price", "Advice"], "Us": [3, 4], "Them": [5, None]}
        ),
        "alarm": alarm(),
        "goals": pd.DataFrame(
            {
                "goal": ["Find a gift"],
                "stage": ["decision"],
                "importance": [9],
                "satisfaction": [4],
                "opportunity": [14],
            }
        ),
    }
    found["paths"].attrs = {"counts": "sessions"}
    return found
