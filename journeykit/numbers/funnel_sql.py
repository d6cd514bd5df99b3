"""The SQL of a funnel: from the events of its steps to one counted attempt per unit.

Three forms, chosen by what was asked. Without a time limit the first occurrence of step 1 is
the best opening, so a chain of joins on plain minima serves. With a limit (or what else makes
openings differ) every opening is tried: one window pass over the funnel's events says for each
where the next event of each step is, and joins by position follow an attempt along. For `any`
one window pass counts from each event on how many of the steps are done.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from journeykit.engine import quote
from journeykit.errors import AnalysisError, did_you_mean
from journeykit.tables import Events

from .steps import UNITS, Condition, Sql, numbered, tagged


def may_skip(names: list[str], optional: Iterable[str], order: str) -> frozenset[int]:
    """Number the steps that may be left out; refuse any but those between the ends."""
    inner, chosen = names[1:-1] if order == "ordered" else [], list(optional)
    for name in chosen:
        if name not in inner:
            raise AnalysisError(
                f"The step {name!r} cannot be optional: only a step between the first and the last "
                f"of an ordered funnel can. {did_you_mean(name, inner)}"
            )
    return frozenset(names.index(name) + 1 for name in chosen)


class FunnelQuery(NamedTuple):
    """One funnel. `skip` has the numbers of optional steps, `span` seconds, `out` what ends it."""

    events: Events
    steps: list[Condition]
    order: str = "ordered"
    unit: str = "user"
    by: str | None = None
    span: float | None = None
    out: Condition | None = None
    skip: frozenset[int] = frozenset()

    @property
    def numbers(self) -> range:
        """1 to the number of steps."""
        return range(1, len(self.steps) + 1)

    def before(self, k: int) -> int:
        """The step that step k is counted from: the last one that is not optional."""
        return next((j for j in range(k - 1, 0, -1) if j not in self.skip), 1)

    def after(self, k: int) -> int:
        """The next step that is not optional."""
        return next(j for j in self.numbers if j > k and j not in self.skip)

    def name(self, k: int) -> str:
        """What step k is called."""
        any_of = f"at least {k} of {len(self.steps)}"
        return any_of if self.order == "any" else self.steps[k - 1].name

    def _each(self, text: str, joiner: str = ", ", first: int = 1) -> str:
        """The text for every step, `#` being its number."""
        return numbered(text, self.numbers[first - 1 :], joiner)

    def picked(self) -> Sql:
        """CTEs up to `picked`: per unit user_number, by_value, waits, r1.. (reached), t1..
        (when).
        """
        value = f"coalesce(CAST({quote(self.by)} AS VARCHAR), '(none)')" if self.by else "''"
        key = UNITS[self.unit][0]
        if self.order == "ordered" and not (self.span or self.out or self.skip):
            return f"WITH {self._chain(key, value)}", [
                p for step in self.steps for p in step.params
            ]
        sql, params = tagged(
            [*self.steps, self.out] if self.out else self.steps,
            more=f", {key} AS unit, {value} AS by_value",
        )
        part = "0 AS part"
        if self.out:
            ends = f"CASE WHEN s{len(self.steps) + 1} THEN 1 ELSE 0 END"
            part = f"sum({ends}) OVER (PARTITION BY unit ORDER BY position) AS part"
        rest = self._any() if self.order == "any" else self._attempts()
        sql = f"WITH tagged AS (SELECT *, {part} FROM ({sql}) AS found),\n{rest}"
        return sql, params + self._open("")[1]

    def _chain(self, key: str, value: str) -> str:
        # Each step reads its own events only: cheaper than one pass that keeps those of all steps.
        first = f"arg_min({value}, position)" if self.by else value
        columns = self._each("step#.t IS NOT NULL AS r#, step#.t AS t#")
        joins = self._each("LEFT JOIN step# ON step#.unit = step1.unit", " ", first=2)
        parts = [
            f"""step1 AS (SELECT {key} AS unit, min(user_number) AS user_number, min(position) AS p,
      min(timestamp) AS t, {first} AS by_value FROM {{journey}}
      WHERE {self.steps[0].sql} GROUP BY {key})""",
            *(
                f"""step{k} AS (SELECT b.unit, min(e.position) AS p, min(e.timestamp) AS t
      FROM (SELECT {key} AS unit, position, timestamp FROM {{journey}} WHERE {step.sql}) AS e
      JOIN step{k - 1} AS b ON e.unit = b.unit WHERE e.position > b.p GROUP BY b.unit)"""
                for k, step in enumerate(self.steps[1:], 2)
            ),
            f"""picked AS (SELECT step1.user_number, step1.by_value, FALSE AS waits, {columns}
      FROM step1 {joins})""",
        ]
        return ",\n".join(parts)

    def _attempts(self) -> str:
        source, nexts = "tagged", ""
        if self.order == "ordered":
            ahead = self._each("min(CASE WHEN s# THEN position END) OVER later AS n#", first=2)
            source = "nexts"
            nexts = f"""nexts AS (SELECT *, {ahead} FROM tagged WINDOW later AS
      (PARTITION BY unit, part ORDER BY position ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)),
"""
        joins = " ".join(self._lookup(source, k) for k in self.numbers[1:])
        times = ", ".join(f"{self._time(k)} AS t{k}" for k in self.numbers)
        needed = [k for k in self.numbers if k not in self.skip]
        reach = " + ".join(f"CASE WHEN t{k} IS NULL THEN 0 ELSE 1 END" for k in needed)
        return f"""{nexts}attempts AS (SELECT e1.unit, e1.user_number, e1.by_value, e1.position,
      {times} FROM {source} AS e1 {joins} WHERE e1.s1),
rated AS (SELECT *, {reach} AS reach, {self._open("t1")[0]} AS waits FROM attempts),
{self._best("t# IS NOT NULL")}"""

    def _lookup(self, source: str, k: int) -> str:
        """The join that finds step k of an attempt."""
        before, limit = f"e{self.before(k)}", ""
        place = f"= {before}.n{k}"
        if self.order == "strict":
            place = f"= {before}.position + 1 AND e{k}.s{k}"
        if self.span is not None:
            limit = (
                f" AND {self.events.seconds('e1.timestamp', f'e{k}.timestamp')} <= {self.span!r}"
            )
        return f"""LEFT JOIN {source} AS e{k} ON e{k}.unit = {before}.unit
        AND e{k}.part = {before}.part AND e{k}.position {place}{limit}"""

    def _time(self, k: int) -> str:
        if k not in self.skip:
            return f"e{k}.timestamp"
        later = f"e{self.after(k)}.position"
        return f"CASE WHEN {later} IS NULL OR e{k}.position < {later} THEN e{k}.timestamp END"

    def _open(self, start: str) -> Sql:
        """Whether the window of what began at `start` is still open when the data ends.

        Nothing else may decide who counts: those who finished, or can no more, are not known sooner
        for all alike.
        """
        end = (self.events.whole or self.events).last
        if self.span is None or end is None:
            return "FALSE", []
        return f"{start} > CAST(? AS TIMESTAMP)", [end - timedelta(seconds=self.span)]

    def _best(self, reached: str) -> str:
        """The furthest attempt of each unit whose window is over, the earliest of equals."""
        return f"""ranked AS (SELECT *,
      row_number() OVER (PARTITION BY unit ORDER BY waits, reach DESC, position) AS nth FROM rated),
picked AS (SELECT user_number, by_value, waits, {self._each(f"{reached} AS r#")},
      {self._each("CASE WHEN NOT waits THEN t# END AS t#")} FROM ranked WHERE nth = 1)"""

    def _any(self) -> str:
        ahead = "ORDER BY position ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING"
        if self.span is not None:
            until = f"INTERVAL '{self.span:.6f} seconds' FOLLOWING"
            ahead = f"ORDER BY timestamp RANGE BETWEEN CURRENT ROW AND {until}"
        done = " + ".join(
            f"CASE WHEN sum(CASE WHEN s{k} THEN 1 ELSE 0 END) OVER ahead >= {self._copies(k)} "
            "THEN 1 ELSE 0 END"
            for k in self.numbers
        )
        return f"""counted AS (SELECT *, {done} AS reach FROM tagged
      WINDOW ahead AS (PARTITION BY unit, part {ahead})),
rated AS (SELECT *, {self._each("CAST(NULL AS TIMESTAMP) AS t#")},
      {self._open("timestamp")[0]} AS waits
      FROM counted WHERE {self._each("s#", " OR ")}),
{self._best("reach >= #")}"""

    def _copies(self, k: int) -> int:
        """A step that is there twice asks for two events."""
        same = [(step.sql, step.params) for step in self.steps[:k]]
        return same.count(same[-1])

    def _arrived(self, k: int) -> dict[str, str]:
        """Who did step k, who could have: from the step before (m), from the start (b)."""
        over = {"n": f"r{k}", "m": f"r{self.before(k)}", "b": "r1"}
        counted = {name: f"NOT waits AND {reached}" for name, reached in over.items()}
        return {**counted, "censored": f"waits AND r{k}"}

    def counts(self) -> str:
        """The last part: one row per group; what `_arrived` counts, and seconds, per step."""
        parts, by_account = [], self.unit == "account"
        members = """JOIN (SELECT user_number, count(DISTINCT jk_person) AS people FROM {journey}
      GROUP BY user_number) AS members USING (user_number)"""
        for k in self.numbers:
            who = self._arrived(k).items()
            gap, whole = (
                self.events.seconds(f"t{self.before(k)}", f"t{k}"),
                self.events.seconds("t1", f"t{k}"),
            )
            parts += [f"count(*) FILTER (WHERE {sql}) AS {name}{k}" for name, sql in who]
            parts += [f"sum(people) FILTER (WHERE NOT waits AND r{k}) AS people{k}"] * by_account
            parts += [
                f"""median({span}) AS {prefix or "median_"}seconds{k},
      quantile_cont({span}, 0.25) AS {prefix}q1_seconds{k},
      quantile_cont({span}, 0.75) AS {prefix}q3_seconds{k}"""
                for span, prefix in ((gap, ""), (whole, "from_start_"))
            ]
        return f"""
SELECT by_value, {", ".join(parts)} FROM picked {members * by_account}
      GROUP BY by_value ORDER BY n1 DESC, by_value"""

    def clusters(self) -> str:
        """The last part for sessions: sums over users, against the step before (m), the start
        (b).
        """
        inner = ", ".join(
            f"count(*) FILTER (WHERE {sql}) AS {name}{k}"
            for k in self.numbers
            for name, sql in self._arrived(k).items()
        )
        sums = """sum(n#) AS $_y#, sum($#) AS $_m#, sum(n# * n#) AS $_yy#, sum(n# * $#) AS $_ym#,
      sum($# * $#) AS $_mm#, count(*) FILTER (WHERE $# > 0) AS $_g#"""
        outer = ", ".join(self._each(sums.replace("$", side)) for side in "mb")
        return f"""
SELECT by_value, {outer} FROM (SELECT by_value, user_number, {inner}
      FROM picked GROUP BY by_value, user_number) AS per_user GROUP BY by_value"""
