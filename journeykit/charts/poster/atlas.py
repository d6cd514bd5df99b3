"""The atlas: all journeys by stage, with verdicts, owners and the age of the evidence."""

from collections.abc import Iterable
from typing import Any

from journeykit.declared import template
from journeykit.model import Facts

_VERDICTS = "refuted wrong undecided supported".split()
"""The reds first; wrong is a claim that names what nobody has."""


def atlas_html(journeys: Iterable[tuple[str, str, Facts]]) -> str:
    """Draw all journeys as rows and their stages as columns, the reds first; on a phone as a list.

    Parameters
    ----------
    journeys : iterable of tuple
        The name of the persona, the address of its report ("" where there is none), and what is
        known of the journey, as `journeykit.claims.atlas_row` has it.

    Returns
    -------
    str
        HTML that needs nothing else.

    Examples
    --------
    >>> known = {"id": "maya", "name": "Today", "kind": "as-is", "stages": [{"stage": "Buy"}]}
    >>> told = known | {"anchor": "start-here-map", "cards": 5, "claims": {"refuted": 2}}
    >>> "▼ 2 refuted" in atlas_html([("Maya", "", told)])
    True
    """
    told = sorted(journeys, key=_place)
    stages = dict.fromkeys(each["stage"] for *_, row in told for each in row.get("stages") or ())
    return template(__file__).render(rows=told, stages=[*stages], verdicts=_VERDICTS)


def _place(each: tuple[str, str, Facts]) -> tuple[Any, ...]:
    name, _, row = each
    claims = row.get("claims") or {}
    return row["kind"], *(-claims.get(word, 0) for word in _VERDICTS), name, row["name"]
