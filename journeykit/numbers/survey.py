"""A table of answers: every measure per stage, channel or device, and the measured emotion."""

from collections.abc import Sequence

from pandas import DataFrame

from journeykit.errors import AnalysisError, UnknownName, did_you_mean

from .catalogue import number
from .frames import Row, folded, need, tidy
from .likert import Scale, numbers, parse_scale
from .means import mean_interval
from .scores import SCALES, Scales, answered, ces, csat, nps, result
from .stats import small
from .sus import sus


@number()
def survey_by(
    surveys: DataFrame,
    column: str | None = None,
    *,
    measure: str | None = None,
    scales: Scales = None,
) -> DataFrame:
    """Every measure of a survey table, per value of a column.

    Parameters
    ----------
    surveys : DataFrame
        Columns score, measure ("nps", "csat", "ces", "sus", "emotion"); for SUS by question
        also response_id and question (1..10), without question a finished score 0..100.
    column : str, optional
        Stage, channel, device, …; rows without a value are left out. None: all together.
    measure : str, optional
        Only this one; and what the scores are, where the table has no column measure.
    scales : mapping of measure to scale, optional
        Where the forms differ from 0-10 (nps), 1-5 (csat, sus), 1-7 (ces), -2..2 (emotion):
        ``"5-1"`` where 1 is the best, ``"1-5 without 0"`` where 0 means "not applicable".

    Returns
    -------
    DataFrame
        [column,] measure, score, low, high (in the unit), n (answers), small_n, scale, unit.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"measure": "csat", "score": [5, 4, 1], "channel": ["a", "a", "b"]})
    >>> survey_by(frame, "channel")[["channel", "measure", "score", "n"]].values.tolist()
    [['a', 'csat', 100.0, 2], ['b', 'csat', 0.0, 1]]
    """
    by = [column] if column else []
    need(surveys, "surveys", "score", *by)
    rows, names = measured(surveys, measure, scales)
    core = "measure score low high n small_n scale unit".split()
    notes: list[str] = []
    parts: list[Row] = []
    for name in names:
        one = rows[rows["measure"] == name]
        for value, piece in one.groupby(column, observed=True) if column else [("", one)]:
            scored = _score(name, piece, (scales or {}).get(name))
            notes += scored.attrs["notes"] if not column else []
            parts.append({**dict.fromkeys(by, value), **scored.loc[0, core]})
    return tidy(parts, "answers", notes, [*by, *core])


@number(
    result=lambda frame: {
        "rows": frame[["measure", "score", "low", "high", "n"]].to_dict("records")
    }
)
def survey_scores(surveys: DataFrame, scales: Scales = None) -> DataFrame:
    """Score NPS, CSAT, CES and SUS, as far as they were asked.

    Parameters
    ----------
    surveys : DataFrame
        Columns measure, score; user_id where answers of one customer are not independent.
    scales : mapping, optional
        As for `survey_by`.

    Returns
    -------
    DataFrame
        As `survey_by`, one row a measure.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"measure": ["nps", "csat", "nps"], "score": [10, 5, 0]})
    >>> survey_scores(frame)[["measure", "score"]].values.tolist()
    [['nps', 0.0], ['csat', 100.0]]
    """
    scored = survey_by(surveys, scales=scales)
    return scored[scored["measure"] != "emotion"].reset_index(drop=True)


@number()
def touchpoints(surveys: DataFrame, by: str = "channel", *, scales: Scales = None) -> DataFrame:
    """Compare how satisfied customers are, channel by channel or by another column.

    Parameters
    ----------
    surveys : DataFrame
        Columns measure, score, and the one that is named.
    by : str
        The column.
    scales : mapping, optional
        As for `survey_by`.

    Returns
    -------
    DataFrame
        As `survey_by`, for CSAT.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"measure": "csat", "score": [5, 1], "channel": ["shop", "web"]})
    >>> touchpoints(answers)[["channel", "score"]].values.tolist()
    [['shop', 100.0], ['web', 0.0]]
    """
    need(surveys, "surveys", by)
    return survey_by(surveys, by, measure="csat", scales=scales)


@number()
def emotion_by_stage(
    surveys: DataFrame, *, stages: Sequence[str] | None = None, scales: Scales = None
) -> DataFrame:
    """Measured emotion per stage, from -2 (very bad) to 2 (very good).

    Per stage the nearest thing to an emotion that was asked there is used, in the order
    emotion, csat, ces, nps; its mean is stretched in a straight line onto -2..2 (1-5 becomes
    -2..2, 0-10 has its middle, 5, at 0). Measures are never mixed within a stage.
    Interval: `means.mean_interval`.

    Parameters
    ----------
    surveys : DataFrame
        Columns score, measure, stage.
    stages : sequence of str, optional
        Order of the stages; stages without an answer are kept with n = 0.
    scales : mapping, optional
        As for `survey_by`.

    Returns
    -------
    DataFrame
        stage, emotion (-2..2), low, high, n (answers), small_n, measure.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"measure": "csat", "score": [5, 4, 1, 2], "stage": list("aabb")})
    >>> emotion_by_stage(frame)[["stage", "emotion"]].values.tolist()
    [['a', 1.5], ['b', -1.5]]
    """
    need(surveys, "surveys", "score", "measure", "stage")
    rows, _ = measured(surveys, None, scales)
    found = []
    for stage in stages or rows["stage"].dropna().unique():
        one, name = nearest(rows, stage)
        scale = (scales or {}).get(name, SCALES.get(name, "0-1"))
        low, high = parse_scale(scale)
        x, who, _ = answered(numbers(one["score"], scale, name), one.get("user_id"))
        placed = mean_interval((x - low) / (high - low) * 4 - 2, -2, 2, who)
        found.append((stage, *placed, len(x), small(len(x)), name or None))
    used = sorted({name for *_, name in found if name} - {"emotion"})
    note = f"Where nobody asked for an emotion, it is read from {', '.join(used)}." if used else ""
    return tidy(
        DataFrame(found, columns="stage emotion low high n small_n measure".split()),
        "answers",
        [note],
    )


def nearest(rows: DataFrame, stage: str) -> tuple[DataFrame, str]:
    """The answers given in a stage that are nearest to an emotion, and their measure."""
    here = rows[rows["stage"] == stage]
    there = set(here["measure"])
    name = next((name for name in ("emotion", "csat", "ces", "nps") if name in there), "")
    return here[here["measure"] == name], name


def _score(name: str, piece: DataFrame, scale: Scale | None) -> DataFrame:
    """Score one measure of one group."""
    if name == "sus":
        if "question" in piece.columns and piece["question"].notna().any():
            return sus(piece, scale=scale or SCALES["sus"])
        return sus(piece["score"], scale="0-100")
    if name == "emotion":
        ends = parse_scale(scale := scale or SCALES["emotion"])
        given = numbers(piece["score"], scale, name)
        known, who, notes = answered(given, piece.get("user_id"), scale=scale)
        return result(name, mean_interval(known, *ends, who), len(known), ends, "points", notes)
    scored = {"nps": nps, "csat": csat, "ces": ces}[name]
    return scored(piece["score"], scale=scale or SCALES[name], users=piece.get("user_id"))


def measured(
    surveys: DataFrame, measure: str | None, scales: Scales
) -> tuple[DataFrame, list[str]]:
    """Give the rows with their measure in plain words, and the measures there are, in order."""
    if "measure" not in surveys.columns:
        if measure is None:
            raise AnalysisError(
                "the surveys have no column 'measure': say what the scores are, measure='nps', "
                "'csat', 'ces', 'sus' or 'emotion'."
            )
        rows = surveys.assign(measure=measure)
    else:
        rows = surveys.assign(measure=folded(surveys["measure"]))
    rows = rows[rows["measure"].notna()]
    present = list(dict.fromkeys(rows["measure"]))
    for name in [*present, *([measure] if measure else []), *(scales or {})]:
        if name not in SCALES:
            raise UnknownName(f"{name!r} is no measure. {did_you_mean(name, SCALES)}", name)
    return rows, [name for name in SCALES if name in present and measure in (None, name)]
