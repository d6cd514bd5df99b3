"""The personas of a run side by side: who gets to the end, and where each one gets lost."""

from collections.abc import Mapping, Sequence

from pandas import DataFrame

from journeykit.model import Facts
from journeykit.words import percent

Funnels = Mapping[str, Sequence[Facts]]
"""Persona to the rows of its funnel, as ``result.json`` has them."""


def ends(funnels: Funnels) -> tuple[DataFrame, str]:
    """Put the ends of funnels side by side, and say them.

    Examples
    --------
    >>> began, paid = {"users": 50}, {"users": 20, "of_start": 0.4}
    >>> ends({"Maya": [began, paid]})[1]
    'Maya 40.0%.'
    """
    frame = DataFrame(
        {
            "persona": name,
            "users": steps[0].get("users"),
            "reached": steps[-1].get("users"),
            "share": steps[-1].get("of_start"),
            "low": steps[-1].get("of_start_low"),
            "high": steps[-1].get("of_start_high"),
            "small_n": steps[0].get("users", 0) < 30,
        }
        for name, steps in funnels.items()
    )
    told = frame[frame["share"].notna()].sort_values("share", ascending=False)
    said = "; ".join(f"{row.persona} {percent(row.share)}" for row in told.itertuples())
    return frame, f"{said or 'No funnel was measured in this run'}."


def narrowest(funnels: Funnels) -> tuple[DataFrame, str]:
    """Put whole funnels below one another, and say where most of each persona are lost."""
    frame = DataFrame(
        {"persona": name, "step_number": place, **step, "small_n": step["users"] < 30}
        for name, steps in funnels.items()
        for place, step in enumerate(steps, start=1)
    )
    later = frame[(frame["step_number"] > 1) & frame["of_previous"].notna()]
    said = "; ".join(
        f"{row.persona} at “{row.step}” ({percent(1 - row.of_previous)} lost)"
        for row in later.sort_values("of_previous").drop_duplicates("persona").itertuples()
    )
    return frame, f"Narrowest step: {said}." if said else ""
