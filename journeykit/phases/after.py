"""06 After the purchase: do they come back, what else, who tells others, who does what."""

from __future__ import annotations

from typing import ClassVar

import pandas as pd

from journeykit import charts, numbers
from journeykit.phases.measures import measured
from journeykit.phases.panel import Panel
from journeykit.phases.since import Since
from journeykit.words import label, people, percent

__all__ = ["AfterThePurchase"]


class AfterThePurchase(Since):
    """What comes after the five phases."""

    id = "after-the-purchase"
    numbers: ClassVar = {
        "repeat": "repeat_purchase",
        "basket": "basket",
        "next_product": "next_product",
        "campaigns": "campaign_effect",
    }

    def retention(self) -> Panel:
        """Show how many come back, month by month after their first one."""
        if self.w.events is None:
            return self.needs("retention", "Do they come back?", "events", "user_id and timestamp")
        frame = numbers.retention(self.w.events)
        first = frame[frame["period"] == 1]
        began, back = first["users"].sum(), first["active"].sum()
        return self.panel(
            "retention",
            "Do they come back?",
            f"{percent(back / began if began else None)} of {people(began)} were back in the month after "
            "their first one.",
            counts="Customers by the month of their first event; back means any event in that month",
            frame=frame,
            columns=["cohort", "period", "users", "active", "share", "low", "high", "small_n"],
            chart=charts.retention(frame),
            numbers={"back_after_a_month": back / began if began else None},
        )

    def stickiness(self) -> Panel:
        """Show how regularly the active customers come."""
        if self.w.events is None:
            return self.needs(
                "stickiness", "How often are they here?", "events", "user_id and timestamp"
            )
        frame = numbers.stickiness(self.w.events)
        last, months = frame.iloc[-1], pd.to_datetime(frame["month"]).dt.strftime("%B %Y")
        return self.panel(
            "stickiness",
            "How often are they here?",
            f"In the last month a customer was here on {last['active_days']:.1f} of {last['days']:.0f} days.",
            counts="Customers with any event in the month; on average over its days",
            frame=frame.assign(month=months),
            chart=charts.stickiness(frame),
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
            said = f"NPS {nps['value']:.1f} ({nps['low']:.1f} to {nps['high']:.1f}, {nps['n']:,.0f} answers)"
        said += "".join(f"; {label(r.event)}: {percent(r.share)}" for r in frame.itertuples())
        return self.panel(
            "advocacy",
            "Do they tell others?",
            f"{said}.",
            counts=f"Shares are of all customers of this persona; events of the stage {stage.name}",
            frame=frame,
            numbers={"nps": nps["value"], **{r.event: r.share for r in frame.itertuples()}},
        )

    def triggers(self) -> Panel:
        """Show which automatic messages the data says would have fired, and how often."""
        if self.w.events is None:
            return self.needs(
                "triggers", "What could run by itself?", "events", "event and timestamp"
            )
        funnel = numbers.funnel(self.w.events, self.w.steps)
        weeks = max(self.w.days / 7, 1)
        rows = []
        for before, after in zip(
            funnel.iloc[:-1].itertuples(), funnel.iloc[1:].itertuples(), strict=True
        ):
            rows.append(
                {
                    "trigger": f"Reached “{before.step}” and never “{after.step}”",
                    "message": "A reminder with the one thing that is missing",
                    "fired": int(before.users - after.users),
                }
            )
        last = funnel.iloc[-1]
        rows.append(
            {
                "trigger": f"Reached “{last['step']}”",
                "message": "Thank-you, then a short survey",
                "fired": int(last["users"]),
            }
        )
        frame = pd.DataFrame(rows)
        frame["per_week"] = frame["fired"] / weeks
        top = frame.iloc[:-1].sort_values("fired", ascending=False).iloc[0]
        return self.panel(
            "triggers",
            "What could run by itself?",
            f"Most often: {top['trigger']}, {top['fired']:,.0f} times ({top['per_week']:.0f} a week).",
            counts="Customers of this persona for whom it would have fired, over the whole period",
            frame=frame,
            numbers={r.trigger: r.fired for r in frame.itertuples()},
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
