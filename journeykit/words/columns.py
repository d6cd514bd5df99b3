"""Labels and units of the columns of tables: nobody should have to read a column's name."""

from typing import NamedTuple

from journeykit.words.write import label as words


class Column(NamedTuple):
    """A column as it is shown: its key in the frame, what people read, and its unit."""

    key: str
    label: str
    unit: str = ""


_UNITS = {
    "name": {
        "step": "Step",
        "from_event": "From",
        "to_event": "To",
        "event": "Event",
        "stage": "Stage",
        "from_stage": "From",
        "to_stage": "To",
        "measure": "Measure",
        "level": "Level",
    },
    "int": {
        "step_number": "Number",
        "users": "Customers",
        "users_before": "Customers before",
        "sessions": "Sessions",
        "of_users": "Of customers who ordered again",
        "days": "Days",
        "lost": "Customers lost",
        "censored": "Still within the time limit",
        "converted": "Customers who reach it",
        "n": "Count",
        "not_yet": "Not yet",
        "kept": "Kept",
        "opportunity": "Opportunity (2 to 20)",
        "importance": "Importance (1 to 10)",
        "satisfaction": "Satisfaction (1 to 10)",
        "n_per_arm": "Customers per group",
    },
    "share": {
        "of_start": "Of all who began",
        "of_previous": "Of the step before",
        "of_previous_before": "The same before",
        "base_share": "Of all repeat orders",
        "stickiness": "Of the month's customers",
        "drop_off": "Lost since the step before",
        "low": "Interval from",
        "high": "to (95%)",
        "share": "Share",
        "share_all": "Share of all customers",
        "conversion": "Reach the goal",
        "support": "Share of orders with both",
        "confidence": "Also buy the second",
        "solved_share": "Solved",
        "rate_sent": "Who received it",
        "rate_holdout": "Held back",
        "overlap_share": "Shared audience",
        "share_of_leads": "Of all leads",
    },
    "points": {"difference": "Difference", "effect": "Effect"},
    "money": {"revenue_at_risk": "Revenue at risk"},
    "seconds": {"median_seconds": "Median time"},
    "minutes": {
        "minutes": "Time",
        "median_first_answer_minutes": "Median first answer",
        "q3_first_answer_minutes": "Three quarters answered within",
        "median_hold_minutes": "Median hold",
    },
    "hours": {
        "median_hours": "Median time",
        "q1_hours": "A quarter within",
        "q3_hours": "Three quarters within",
        "median_resolution_hours": "Median resolution",
    },
    "p": {"p": "p", "q": "q (many looks)"},
    "flag": {"small_n": "Few (under 30)"},
    "": {
        "daily_users": "Customers on a day",
        "active_days": "Days here",
        "score": "Score",
        "emotion": "Feeling (−2 to 2)",
        "team": "The team feels (−2 to 2)",
        "measured": "Surveys say (−2 to 2)",
        "text": "What",
    },
}
_KNOWN = {key: (label, unit) for unit, labels in _UNITS.items() for key, label in labels.items()}


def column_of(declared: str) -> Column:
    """Tell how a column is shown, from its name or ``name:unit``, where the unit differs.

    Examples
    --------
    >>> column_of("users"), column_of("low:points").unit, column_of("age_band").label
    (Column(key='users', label='Customers', unit='int'), 'points', 'Age band')
    """
    key, _, unit = declared.partition(":")
    label, known = _KNOWN.get(key, (words(key), ""))
    return Column(key, label, unit or known)
