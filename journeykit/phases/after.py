"""06 After the purchase: do they come back, what else, who tells others, who does what."""

from __future__ import annotations

import pandas as pd

from journeykit import numbers
from journeykit.phases.measures import measured
from journeykit.phases.panel import Panel
from journeykit.phases.since import Since
from journeykit.words import label, percent


class AfterThePurchase(Since):
    """What comes after the five phases."""

    id = "after-the-purchase"
    numbers = (
        "retention stickiness triggers repeat=repeat_purchase basket next_product "
        "campaigns=campaign_effect"
    )

    def gaps(self) -> Panel:
        """Show the stages in which no campaign and no touchpoint speaks to the customer."""
        sends, journey = self.w.table("campaigns"), self.w.journey
        sent = set() if sends is None or "stage" not in sends else set(sends["stage"].dropna())
        rows = [
            {
                "stage": name,
                "touchpoints": len(journey.at(id, "touchpoints")),
                "planned": len(journey.at(id, "campaigns")),
                "sent": "● yes" if id in sent else "○ none",
            }
            for id, name in self.w.stage_names.items()
        ]
        frame = pd.DataFrame(rows)
        silent = frame.loc[(frame["sent"] == "○ none"), "stage"].tolist()
        return self.panel(
            "gaps",
            "Where do we say nothing?",
            "There is no table of campaigns, so only the map can be read here."
            if sends is None
            else f"No campaign reached anybody in: {', '.join(silent)}."
            if silent
            else "Every stage has a campaign that reached somebody.",
            frame=frame,
            numbers={"silent": silent},
        )

    def advocacy(self) -> Panel:
        """Show promoters, and how many customers recommend or review."""
        nps = measured(self.w, "nps")
        stage = self.w.workshop.stages[-1]
        rows = []
        if self.w.events is not None and stage.events:
            for match in stage.events:
                reached = numbers.reached(self.w.events, [match])
                low, high = numbers.wilson(reached, self.w.events.users)
                share = reached / self.w.events.users if self.w.events.users else None
                rows.append(
                    {
                        "event": str(match),
                        "users": reached,
                        "share": share,
                        "low": low,
                        "high": high,
                        "small_n": self.w.events.users < 30,
                    }
                )
        frame = pd.DataFrame(rows, columns=["event", "users", "share", "low", "high", "small_n"])
        said = "No answers to the recommendation question"
        if nps["value"] is not None:
            said = (
                f"NPS {nps['value']:.1f} ({nps['low']:.1f} to {nps['high']:.1f}, "
                f"{nps['n']:,.0f} answers)"
            )
        said += "".join(f"; {label(r.event)}: {percent(r.share)}" for r in frame.itertuples())
        return self.panel(
            "advocacy",
            "Do they tell others?",
            f"{said}.",
            counts=f"Shares are of all customers of this persona; events of the stage {stage.name}",
            frame=frame,
            numbers={"nps": nps["value"], **{r.event: r.share for r in frame.itertuples()}},
        )

    def playbook(self) -> Panel:
        """Put together who acts in each stage, what they do and what they hand over."""
        journey, stages = self.w.journey, self.w.workshop.stages
        rows = []
        for place, stage in enumerate(stages):
            after = stages[place + 1] if place + 1 < len(stages) else None
            acts = sorted(
                {c.owner or c.department for c in journey.at(stage.id) if c.owner or c.department}
            )
            handed = "–"
            if after and after.owner and after.owner != stage.owner:
                handed = f"to {after.owner} ({after.name})"
            rows.append(
                {
                    "stage": stage.name,
                    "who": stage.owner or ", ".join(acts) or "○ nobody",
                    "also": ", ".join(a for a in acts if a != stage.owner),
                    "does": "; ".join(c.text for c in journey.at(stage.id, "key-actions")),
                    "shared goal": stage.goal,
                    "hands over": handed,
                }
            )
        frame = pd.DataFrame(rows)
        open_ = int(frame["who"].str.startswith("○").sum())
        return self.panel(
            "playbook",
            "Who does what: the playbook to take away",
            f"{len(rows)} stages, {open_} without anybody in charge.",
            frame=frame,
            numbers={"without_owner": open_},
        )
