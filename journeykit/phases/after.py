"""06 After the purchase: do they come back, what else, who tells others, who does what."""

from itertools import zip_longest
from typing import Any

import pandas as pd

from journeykit import numbers
from journeykit.words import between, label, people, percent, score

from .measures import measured
from .panel import Found, asks, says
from .phase import texts
from .since import Since


class AfterThePurchase(Since):
    """What comes after the five phases."""

    id = "after-the-purchase"
    numbers = (
        "retention stickiness triggers repeat=repeat_purchase basket next_product "
        "campaigns=campaign_effect"
    )

    @asks("Where do we say nothing?")
    def gaps(self) -> Found:
        """Show the stages in which no campaign and no touchpoint speaks to the customer."""
        sends, journey = self.w.table("campaigns"), self.w.journey
        sent = set() if sends is None or "stage" not in sends else set(sends["stage"])
        silent = [name for id, name in self.w.stage_names.items() if id not in sent]
        return says(
            "There is no table of campaigns, so only the map can be read here."
            if sends is None
            else f"No campaign reached anybody in: {', '.join(silent)}."
            if silent
            else "Every stage has a campaign that reached somebody.",
            frame=[
                {
                    "stage": name,
                    "touchpoints": len(journey.at(id, "touchpoints")),
                    "planned": len(journey.at(id, "campaigns")),
                    "sent": "○ none" if name in silent else "● yes",
                }
                for id, name in self.w.stage_names.items()
            ],
            numbers={"silent": silent},
        )

    @asks("Do they tell others?")
    def advocacy(self) -> Found:
        """Show promoters, and how many customers recommend or review."""
        nps, stage, rows = measured(self.w, "nps"), self.w.workshop.stages[-1], []
        events: Any = self.w.events
        for match in stage.events if events else ():
            reached, of = numbers.reached(events, [match]), events.users
            share = reached / of if of else None
            rows.append((str(match), reached, share, *numbers.wilson(reached, of), of < 30))
        frame = pd.DataFrame(rows, columns="event users share low high small_n".split())
        said = "No answers to the recommendation question"
        if nps["value"] is not None:
            said = (
                f"NPS {score(nps['value'])} ({between(nps['low'], nps['high'], score)}, "
                f"{people(nps['n'], 'answers')})"
            )
        said += "".join(f"; {label(r.event)}: {percent(r.share)}" for r in frame.itertuples())
        return says(
            f"{said}.",
            counts=f"Shares are of all customers of this persona; events of the stage {stage.name}",
            frame=frame,
            numbers={"nps": nps["value"], **{r.event: r.share for r in frame.itertuples()}},
        )

    @asks("Who does what: the playbook to take away")
    def playbook(self) -> Found:
        """Put together who acts in each stage, what they do and what they hand over."""
        journey, stages, rows = self.w.journey, self.w.workshop.stages, []
        for stage, after in zip_longest(stages, stages[1:]):
            acts = sorted({c.owner or c.department for c in journey.at(stage.id)} - {None, ""})
            hands = after and after.owner and after.owner != stage.owner
            rows.append(
                {
                    "stage": stage.name,
                    "who": stage.owner or ", ".join(acts) or "○ nobody",
                    "also": ", ".join(a for a in acts if a != stage.owner),
                    "does": texts(journey, stage.id, "key-actions"),
                    "shared goal": stage.goal,
                    "hands over": f"to {after.owner} ({after.name})" if hands else "–",
                }
            )
        open_ = sum(row["who"] == "○ nobody" for row in rows)
        return says(
            f"{len(rows)} stages, {open_} without anybody in charge.",
            frame=rows,
            numbers={"without_owner": open_},
        )
