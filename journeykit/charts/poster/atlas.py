"""The atlas: all journeys by stage, with verdicts, owners and the age of the evidence."""

from collections.abc import Iterable
from html import escape
from typing import Any

from journeykit.model import Facts

SIGNS = {"refuted": "▼", "wrong": "✗", "undecided": "◊", "supported": "▲"}
"""A verdict and its sign, the reds first; wrong is a claim that names what nobody has."""
_STYLE = """<style>
.jk-atlas table{border-collapse:collapse;width:100%;font-size:.9em}
.jk-atlas :is(th,td){padding:.5em .7em;vertical-align:top;border-bottom:1px solid #8886;
 text-align:left;font-weight:400;min-width:7.5em}
.jk-atlas thead th,.jk-atlas th a,.jk-atlas th>bdi{font-weight:600}
.jk-atlas :is(span,small){display:block}
.jk-atlas span{border-left:4px solid #8888;padding-left:.4em;margin-bottom:.2em;white-space:nowrap}
.jk-atlas .refuted,.jk-atlas .wrong{border-color:#d55e00;font-weight:700}
.jk-atlas .supported{border-color:#009e73}
@media(max-width:40rem){
.jk-atlas thead{position:absolute;left:-99rem}
.jk-atlas :is(table,tbody,tr,th,td){display:block;min-width:0;width:auto}
.jk-atlas tr{border-bottom:2px solid #888a;padding:.4em 0}
.jk-atlas :is(th,td){border:0;padding:.25em 0}
.jk-atlas td::before{content:attr(data-stage);font-weight:600}
.jk-atlas td:empty{display:none}}
</style><div class='jk-atlas' style='overflow-x:auto'>"""


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
    >>> known = {"id": "maya", "name": "Today", "kind": "as-is", "claims": {"refuted": 2}}
    >>> "▼ 2 refuted" in atlas_html([("Maya", "", {**known, "anchor": "start-here-map"})])
    True
    """
    told = sorted(journeys, key=_place)
    stages = dict.fromkeys(each["stage"] for *_, row in told for each in row.get("stages") or ())
    heads = "".join(f"<th scope='col'>{escape(stage)}</th>" for stage in ("Journey", *stages))
    rows = "".join(_row(*each, stages) for each in told)
    return f"{_STYLE}<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"


def _place(each: tuple[str, str, Facts]) -> tuple[Any, ...]:
    name, _, row = each
    claims = row.get("claims") or {}
    return row["kind"], *(-claims.get(word, 0) for word in SIGNS), name, row["name"]


def _row(persona: str, report: str, row: Facts, stages: Iterable[str]) -> str:
    name, plan = f"<bdi>{escape(row['name'])}</bdi>", row["kind"] == "to-be"
    if report and row.get("anchor"):
        name = f"<a href='{escape(report)}#{escape(row['anchor'])}'>{name}</a>"
    known = {each["stage"]: _held(each, plan) for each in row.get("stages") or ()}
    cells = (f"<td data-stage='{escape(each)}'>{known.get(each, '')}</td>" for each in stages)
    whole = _held(row, plan) if known else "<small>not measured in this run</small>"
    who = f"<small><bdi>{escape(persona)}</bdi>{' · as it is meant to be' * plan}</small>"
    who += f"<small>{escape(row.get('under', ''))}</small>"
    return f"<tr><th scope='row'>{name}{who}{whole}</th>{''.join(cells)}</tr>"


def _held(part: Facts, plan: bool) -> str:
    """Verdicts, owner and age of a journey or of one of its stages; nothing without cards."""
    if not part.get("cards"):
        return ""
    claims, none = part.get("claims") or {}, "a plan, not held" if plan else "no claim"
    verdicts = "".join(
        f"<span class='{word}'>{sign} {claims[word]} {word}</span>"
        for word, sign in SIGNS.items()
        if claims.get(word)
    )
    age = f"oldest evidence: {part['days']:,.0f} days" if part.get("days") else ""
    said = " · ".join(filter(None, (part.get("owner"), age)))
    late = ", overdue" * bool(part.get("late"))
    return f"{verdicts or f'<small>{none}</small>'}<small>{escape(said + late)}</small>"
