"""03 Weak spots: where customers are lost, what hurts, and what to mend first."""

import datetime as dt
from itertools import pairwise
from typing import Any

from pandas import DataFrame

from journeykit import charts
from journeykit.errors import JourneykitError, Refused
from journeykit.model import Quote
from journeykit.numbers.catalogue import CATALOGUE
from journeykit.numbers.funnel import funnel
from journeykit.widgets import Field, Question, rows_form

from .asking import Row
from .board import board
from .panel import Found, asks
from .phase import Phase
from .rounds import Measured


class WeakSpots(Phase):
    """The third phase."""

    id = "weak-spots"
    topic = "What hurts?"
    numbers = (
        "funnel funnel_by funnel_change last_before_loss instead friction "
        "themes=comment_themes ranking=weak_spots"
    )

    @asks
    def guess(self) -> Any:
        """Guess how many are lost at each step, before the numbers are shown."""
        events: Any = self.w.events
        steps = self.w.steps
        names = list(steps) if events else []
        questions = [
            Question(f"lost-{n}", f"Of 100 who “{before}”: how many do not go on to “{name}”?")
            for n, (before, name) in enumerate(pairwise(names), 1)
        ]

        def measure() -> dict[str, Measured]:
            lost = 100 * (1 - funnel(events, steps)[["of_previous", "high", "low"]].astype(float))
            return {f"lost-{n}": (at, low, high) for n, at, low, high in lost[1:].itertuples()}

        return self._guess("steps", questions, measure)

    @asks
    def ask_quotes(self) -> Any:
        """Ask which quotes may go out; kept in ``records/quotes`` with who released them and when.

        Without a tick a run holds counts and words that many used, and no quote.
        """
        folder = self.w.folder
        try:
            frame = CATALOGUE["comment_themes"].answer(self.w)
        except JourneykitError:
            return "There are no comments to quote, or too few for groups."
        if not self.w.live:
            return f"{(frame['quote'] != '').sum()} of {len(frame)} groups have a released quote."
        known = {quote.id: quote for quote in folder.records("quotes")}
        offered = [Quote.model_validate(quote) for quote in frame.attrs["quotes"]]
        every = sorted([*known.values(), *offered], key=lambda quote: quote.theme)
        quotes = {quote.id: quote for quote in every}
        themes = ["", *(quote.theme for quote in quotes.values())]
        fields = [
            Field("author", "Who releases them? Kept with each tick", help="Your name"),
            *(
                Field(id, q.theme * (q.theme != before), "check", help=f"“{q.text}”")
                for (id, q), before in zip(quotes.items(), themes)
            ),
        ]
        who = {"author": ""}

        def save(told: list[Row]) -> None:
            answers = dict(told[0])
            who["author"] = answers.pop("author", who["author"]).strip()
            if any(answers.values()) and not who["author"]:
                raise Refused("say first who releases it, in the first field of this form")
            for id, ticked in answers.items():
                released = quotes[id].with_(**who, date=dt.date.today()) if ticked else None
                folder.put(f"records/quotes/{id}", folder.record("quotes", id), released)

        ticks = {id: known.get(id, q).text == q.text for id, q in quotes.items() if id in known}
        title = "Which quotes may leave this notebook?"
        return rows_form(title, fields, [ticks], save, add=None)

    def ask_pains(self) -> Any:
        """Ask for pains and remedies; each becomes a card on the map."""
        return board(
            self,
            "pains-asked",
            "Pains and remedies on the map",
            lanes=["pain-points", "opportunities"],
        )

    def ask_competitors(self) -> Any:
        """Ask for grades of ourselves and competitors, criterion by criterion."""
        criteria = self.w.workshop.criteria
        return self.ask_grades("competitors", dict(zip(criteria, criteria)))

    @asks
    def competitors(self) -> Found | str:
        """Put ourselves beside the competitors."""
        records = self.w.folder.records("competitors")
        if not records:
            return "Nobody has been graded yet."
        if not self.w.workshop.criteria:
            return (
                "Not shown: competitors are graded, and workshop.yaml names no criteria. "
                "Notebook 00 has a form for them."
            )
        frame = DataFrame(
            {"criterion": c, **{r.name: r.grades.get(c) for r in records}}
            for c in self.w.workshop.criteria
        )
        ours = next((r.name for r in records if r.ours), records[0].name)
        gap = frame.drop(columns=["criterion", ours]).max(axis=1) - frame[ours]
        drawn = charts.competitors(frame, ours=ours)
        return {"ours": ours, "gap": gap, "frame": frame, "chart": drawn}
