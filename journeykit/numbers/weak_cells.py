"""What weak spots count: who stood before each step or could go in circles, cell by cell.

A cell is a place, a value of every column compared by, a week, and whether it is one of ours.
Only cells leave the engine, never users.
"""

from collections.abc import Mapping
from typing import Any

from pandas import DataFrame, Timestamp

from journeykit.engine import quote
from journeykit.tables import Events

from .friction import encounters_sql
from .steps import Condition, Sql, ask, tagged

_PLACES_OF_FRICTION = 8


class CellQuery:
    """The two queries behind the weak spots; keeps the SQL that ran."""

    def __init__(
        self, events: Events, steps: list[Condition], goal: Condition, dims: list[str]
    ) -> None:
        self.events, self.steps, self.goal = events, steps, goal
        self.whole = events.whole or events
        self.columns = {f"d{i}": quote(name) for i, name in enumerate(dims)}
        self.names = [*self.columns]
        self.start = Timestamp(str(self.whole.start)).normalize()
        self.end = Timestamp(str(self.whole.end))
        days = (self.end - self.start).days
        # Weeks where there are eight of them, else days; in a day or two there is no time to
        # compare.
        self.width = 7 if days >= 56 else 1 if days >= 8 else days + 1
        self.longest = max((self.end - self.start).total_seconds() / 8, 1800.0)
        self.sql: list[str] = []

    def _bucket(self, time: str) -> Sql:
        since = self.events.seconds("CAST(? AS TIMESTAMP)", self.events.local(time))
        return f"CAST(floor({since} / {self.width * 86400.0}) AS INTEGER)", [
            self.start.to_pydatetime()
        ]

    def _ask(self, sql: str, params: list[Any]) -> DataFrame:
        frame = ask(self.whole, sql, params, mine=self.events.journey)
        self.sql.append(frame.attrs["sql"])
        return frame

    def steps_taken(self) -> DataFrame:
        """Who stood before each step, who took it in time, ever, and went on to the goal."""
        last, names = len(self.steps), self.names
        sql, params = tagged(self.steps, more=_labels(self.columns))
        taken = "".join(f", arg_min(e.{name}, e.position) AS {name}" for name in names)
        first = "SELECT e.user_number, min(e.position) AS p, min(e.timestamp) AS t"
        chain = [f"step1 AS ({first}{taken} FROM tagged AS e WHERE e.s1 GROUP BY e.user_number)"]
        chain += [
            f"""step{k} AS ({first}{taken} FROM tagged AS e
      JOIN step{k - 1} AS b ON e.user_number = b.user_number
      WHERE e.s{k} AND e.position > b.p GROUP BY e.user_number)"""
            for k in range(2, last + 1)
        ]
        listed, gap = "".join(f", b.{name}" for name in names), self.events.seconds("b.t", "e.t")
        stood = "\n      UNION ALL ".join(
            f"""SELECT {k} AS place, b.user_number, b.t{listed}, {gap} AS gap, e.p AS reached
        FROM step{k - 1} AS b LEFT JOIN step{k} AS e ON e.user_number = b.user_number"""
            for k in range(2, last + 1)
        )
        bucket, since = self._bucket("stood.t")
        names_in = "".join(f", stood.{name}" for name in names)
        groups = ", ".join(["place", *names, "bucket", "mine"])
        left = self.events.seconds("stood.t", "CAST(? AS TIMESTAMP)")
        sql = f"""
    WITH tagged AS ({sql}),
    goal AS (SELECT user_number, max(position) AS position FROM {{journey}} WHERE {self.goal.sql}
      GROUP BY user_number),
    {", ".join(chain)},
    stood AS ({stood}),
    horizon AS (SELECT place,
        greatest(1800.0, least({self.longest!r}, quantile_cont(gap, 0.9))) AS seconds
      FROM stood WHERE gap IS NOT NULL GROUP BY place),
    placed AS (SELECT stood.place{names_in}, {bucket} AS bucket,
        ours.user_number IS NOT NULL AS mine,
        horizon.seconds, CASE WHEN gap <= horizon.seconds THEN 1 ELSE 0 END AS hit, reached,
        CASE WHEN goal.position >= reached THEN 1 ELSE 0 END AS onward
      FROM stood JOIN horizon ON horizon.place = stood.place
      LEFT JOIN (SELECT DISTINCT user_number FROM {{mine}}) AS ours
        ON ours.user_number = stood.user_number
      LEFT JOIN goal ON goal.user_number = stood.user_number
      WHERE {left} >= horizon.seconds)
    SELECT {groups}, min(seconds) AS seconds, count(*) AS n, sum(hit) AS hits,
      count(reached) AS reached, sum(onward) AS onward FROM placed GROUP BY {groups}"""
        return self._ask(sql, [*params, *self.goal.params, *since, self.whole.last])

    def circles(self) -> DataFrame:
        """Who could first meet a loop or backtrack, and how many of them did not."""
        groups = "".join(f", {name}" for name in self.names)
        bucket, since = self._bucket("began")
        labels = _labels({name: f"met.{name}" for name in self.names})
        cells = self._ask(
            f"""{encounters_sql({"began": "timestamp", **self.columns})},
    placed AS (SELECT kind, a, b, met_first{labels}, {bucket} AS bucket,
        ours.user_number IS NOT NULL AS mine
      FROM met LEFT JOIN (SELECT DISTINCT user_number FROM {{mine}}) AS ours
        ON ours.user_number = met.user_number)
    SELECT kind, a, b{groups}, bucket, mine, count(*) AS n, count(*) - sum(met_first) AS hits
    FROM placed GROUP BY kind, a, b{groups}, bucket, mine""",
            since,
        )
        cells["place"] = cells["kind"] + "\t" + cells["a"] + "\t" + cells["b"]
        ours = cells[cells["mine"].astype(bool)]
        met = (ours["n"] - ours["hits"]).groupby(ours["place"]).sum()
        return cells[cells["place"].isin(met[met > 0].nlargest(_PLACES_OF_FRICTION).index)]


def _labels(columns: Mapping[str, str]) -> str:
    label = "coalesce(CAST({} AS VARCHAR), '(none)')"
    return "".join(f", {label.format(source)} AS {name}" for name, source in columns.items())
