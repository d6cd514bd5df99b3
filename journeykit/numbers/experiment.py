"""Planning an A/B test, and reading one."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from pandas import DataFrame, Series, concat

from journeykit.errors import AnalysisError, UnknownName, did_you_mean
from journeykit.words import percent

from .catalogue import number
from .claimed import Found, Of, from_row
from .frames import add_q, tidy, two_proportions
from .stats import newcombe, small, wilson

SUSPICIOUS = 0.001  # of a sound split, one in a thousand looks this uneven
UNEVEN = 0.05  # one in twenty: worth a word, short of refusing


def sample_size(
    base: float,
    lift: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    per_day: float | None = None,
    arms: int = 2,
) -> DataFrame:
    """How many users an A/B test needs, and how long it takes to have them.

    With p and p' = p + lift, m their mean, z the normal quantile (J. L. Fleiss, Statistical
    Methods for Rates and Proportions, 1981, without continuity correction; α is shared out among
    the comparisons with the control, after Bonferroni):
    ``n = (z(1-α/2)·sqrt(2m(1-m)) + z(power)·sqrt(p(1-p) + p'(1-p')))² / lift²`` per arm.

    Parameters
    ----------
    base : float
        Conversion today, 0..1.
    lift : float
        Smallest difference worth finding, added to `base`: 0.02 is two percentage points.
    power : float
        Chance of finding it if it is there.
    alpha : float
        Chance of finding one that is not there.
    per_day : float, optional
        Users who enter the test per day, all arms together.
    arms : int
        Arms with the control.

    Returns
    -------
    DataFrame
        One row: base, target, lift, arms, n_per_arm, users (all arms), days (NaN without
        per_day), weeks (whole ones, so that every weekday counts alike), power, alpha.

    Examples
    --------
    >>> plan = sample_size(0.10, 0.02, per_day=500)
    >>> plan[["arms", "n_per_arm", "days", "weeks"]].values.tolist()
    [[2, 3841, 16, 3]]
    """
    from scipy.special import ndtri

    target = base + lift
    given = {"base": base, "base + lift": target, "power": power, "alpha": alpha}
    for name, value in given.items():
        if not 0 < value < 1:
            raise AnalysisError(
                f"{name} is {value:g}: it must lie between 0 and 1. Rates are shares (0.1 for "
                "10 %), and lift is what is added to the base, not a factor."
            )
    if lift == 0 or arms < 2 or (per_day is not None and per_day <= 0):
        raise AnalysisError(
            f"lift={lift:g}, arms={arms}, per_day={per_day} is no test: it needs a difference to "
            "find, two arms or more, and users who come."
        )
    mean, z_alpha = (base + target) / 2, float(ndtri(1 - alpha / (arms - 1) / 2))
    both = base * (1 - base) + target * (1 - target)
    root = z_alpha * math.sqrt(2 * mean * (1 - mean)) + float(ndtri(power)) * math.sqrt(both)
    n = math.ceil(root**2 / lift**2)
    days = math.ceil(n * arms / per_day) if per_day else math.nan
    notes = [
        "Fix the number before the start; looking every day and stopping at a success finds "
        "effects that are not there.",
        "More than three months: look for a larger effect or an earlier step." * (days > 90),
    ]
    row = {
        "base": base,
        "target": target,
        "lift": lift,
        "arms": arms,
        "n_per_arm": n,
        "users": n * arms,
        "days": days,
        "weeks": math.ceil(days / 7) if per_day else days,
        "power": power,
        "alpha": alpha,
    }
    return tidy([row], "users", notes)


def read_ab(
    users: Mapping[str, int],
    converted: Mapping[str, int],
    *,
    control: str | None = None,
    split: Mapping[str, float] | None = None,
) -> DataFrame:
    """Read the result of an A/B test.

    Difference from the control with Newcombe's interval (1998), p of the two-proportion test,
    adjusted where there are several variants (Benjamini & Hochberg, 1995). First of all the
    split: when the numbers of users are too uneven for chance (chi-square, p < 0.001; A. Fabijan
    et al., KDD 2019), something is wrong with who got into which arm, and no
    verdict is given; from 0.001 to 0.05 a note says so.

    Parameters
    ----------
    users : mapping of arm to int
        Users assigned to each arm, not only those who were seen in it.
    converted : mapping of arm to int
        Those of them who did it.
    control : str, optional
        The arm to compare with; the first, unless said.
    split : mapping of arm to float, optional
        Planned shares, in any unit; equal, unless said.

    Returns
    -------
    DataFrame
        arm, users, converted, conversion, low, high (Wilson 1927), difference (from control),
        diff_low, diff_high, p, q, verdict ("better", "worse", "undecided", "control",
        "do not read"), small_n. ``attrs["srm_p"]``, ``attrs["suspicious"]``.

    Examples
    --------
    >>> result = read_ab({"old": 5000, "new": 5050}, {"old": 500, "new": 600})
    >>> result[["arm", "verdict"]].values.tolist(), result.attrs["suspicious"]
    ([['old', 'control'], ['new', 'better']], False)
    >>> read_ab({"old": 5000, "new": 4500}, {"old": 500, "new": 600}).attrs["suspicious"]
    True
    """
    # Series of a group-by, too
    n, k, planned = (Series(dict(each), dtype=float) for each in (users, converted, split or {}))
    arms = list(n.index)
    control = next(iter(arms), None) if control is None else control
    for name in (control, *k.index, *planned.index):
        if name not in arms and name is not None:
            raise UnknownName(f"{name!r} is no arm of the test. {did_you_mean(name, arms)}")
    if len(arms) < 2 or {len(k), len(planned) or len(k)} != {len(arms)}:
        raise AnalysisError("a test has two arms or more, each with its users and its converted.")
    k = k[arms]
    srm = _split_p(n, planned[arms] if len(planned) else n * 0 + 1)
    low, high = wilson(k, n)
    shown = {"users": n.astype(int), "converted": k.astype(int), "conversion": k / n}
    frame = DataFrame({"arm": arms, **shown, "low": low, "high": high})
    sides = k, n, k[control], n[control]
    frame["difference"], frame["diff_low"], frame["diff_high"] = newcombe(*sides)
    frame["p"], is_control = two_proportions(*sides), frame["arm"] == control
    frame.loc[is_control, ["difference", "diff_low", "diff_high", "p"]] = math.nan
    add_q(frame)
    frame["verdict"] = (
        (frame["difference"] > 0)
        .map({True: "better", False: "worse"})
        .where(frame["q"] < 0.05, "undecided")
    )
    notes, suspicious = [], srm < SUSPICIOUS
    if suspicious:
        frame["verdict"] = "do not read"
        notes.append(
            f"The split is suspicious (p = {srm:.2g}): chance alone does not make arms so uneven. "
            "Find out who was lost before reading anything from this test."
        )
    elif srm < UNEVEN:
        notes.append(
            f"The split is uneven (p = {srm:.2g}): of sound splits {percent(srm)} are so. It can "
            "be chance, and it can be that some were lost in one arm: look before you act on it."
        )
    frame.loc[is_control, "verdict"] = "control"
    frame["small_n"] = small(n)
    return tidy(frame, "users", notes, srm_p=srm, suspicious=suspicious)


def _split_p(n: Series, planned: Series) -> float:
    from scipy.special import chdtrc

    if not (planned > 0).all() or not n.sum() > 0:
        raise AnalysisError("each arm needs a planned share above 0, and the test some users.")
    expected = n.sum() * planned / planned.sum()
    return float(chdtrc(len(n) - 1, ((n - expected) ** 2 / expected).sum()))


def _made(frame: DataFrame, of: Of) -> Found:
    both = frame[frame["id"] == of[0]]
    if both.empty:
        raise AnalysisError(
            f"the experiment {of[0]!r} has no counts of two groups yet; write them into the form "
            "of the experiments"
        )
    row = both[both["verdict"] != "control"].iloc[0]
    return from_row(row, "difference diff_low diff_high", both["users"].min())


@number(
    result=lambda frame: {
        f"{row.experiment}: {row.arm}": row.verdict
        for row in frame[frame["verdict"] != "control"].itertuples()
    },
    claims={"experiment-effect": _made},
)
def experiment_results(experiments: Iterable[Any]) -> DataFrame:
    """Read the experiments whose counts have been written down.

    Parameters
    ----------
    experiments : iterable of Experiment
        Records with ``id``, ``title`` and ``counts`` (group to how many were in it and how many
        did it).

    Returns
    -------
    DataFrame
        As `read_ab`, with id and experiment (the title) in front.

    Examples
    --------
    >>> from types import SimpleNamespace as Experiment
    >>> counts = {"before": (1000, 100), "after": (1000, 160)}
    >>> tried = Experiment(id="shorter", title="A shorter form", counts=counts)
    >>> experiment_results([tried])["verdict"].tolist()
    ['control', 'better']
    """
    columns = (
        "id experiment arm users converted conversion low high difference diff_low diff_high "
        "verdict small_n"
    )
    found = [DataFrame(columns=columns.split())]
    for record in experiments:
        if len(record.counts) > 1:
            users, hits = ({arm: n[at] for arm, n in record.counts.items()} for at in (0, 1))
            found.append(read_ab(users, hits).assign(id=record.id, experiment=record.title))
    notes = dict.fromkeys(note for answer in found[1:] for note in answer.attrs["notes"])
    return tidy(concat(found[1:] or found), "users", notes)
