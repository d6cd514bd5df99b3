"""02 Buyer goals: what they want, how those who bought came, and what we have to say to them."""

from __future__ import annotations

from typing import Any, ClassVar

import pandas as pd

from journeykit import charts, numbers
from journeykit.phases.panel import Panel
from journeykit.phases.phase import Phase
from journeykit.widgets import Field
from journeykit.words import label, people, percent

__all__ = ["BuyerGoals"]

MODELS = ("first", "last", "linear", "position", "time-decay", "markov")


class BuyerGoals(Phase):
    """The second phase."""

    id = "buyer-goals"
    numbers: ClassVar = {"leads": "leads_by_source"}

    def ask_goals(self) -> Any:
        """Ask how important each goal is, and how well it is served today; saved to the map."""
        cards = self.w.journey.at(lane="goals")
        fields = [
            Field("text", "Goal", "long"),
            Field("stage", "Stage", "choice", [(n, i) for i, n in self.w.stage_names.items()]),
            Field("importance", "How important to them (1 to 10)", "scale", (1, 10)),
            Field("satisfaction", "How well served today (1 to 10)", "scale", (1, 10)),
        ]
        keys = ("id", "text", "stage", "importance", "satisfaction")
        rows = [{key: getattr(card, key) for key in keys} for card in cards]
        return self.ask_rows(
            "goals-asked",
            "Goals and how well they are served",
            fields,
            rows,
            self._save,
            add="Add a goal",
            fixed=["id"],
        )

    def _save(self, rows: list[dict[str, Any]]) -> None:
        self.save_cards(rows, {"lane": "goals", "stage": next(iter(self.w.stage_names))})

    def ranking(self) -> Panel:
        """Rank the goals by Ulwick's opportunity score."""
        names = self.w.stage_names
        rows = [
            {
                "goal": card.text,
                "stage": names.get(card.stage, card.stage),
                "importance": card.importance,
                "satisfaction": card.satisfaction,
                "opportunity": card.opportunity,
                "steps": sum(other.serves == card.id for other in self.w.journey.cards),
            }
            for card in self.w.journey.at(lane="goals")
        ]
        if not rows:
            return self.panel("goals", "Which goals are served worst?", "No goals on the map yet.")
        frame = pd.DataFrame(rows).sort_values("opportunity", ascending=False, ignore_index=True)
        rated = frame[frame["opportunity"].notna()]
        loose = sum(
            card.serves is None
            for lane in ("actions", "touchpoints")
            for card in self.w.journey.at(lane=lane)
        )
        said = "Nobody has rated the goals yet."
        if len(rated):
            top = rated.iloc[0]
            said = (
                f"The widest gap: “{top['goal']}” ({top['stage']}), {top['opportunity']:.0f} of 20."
            )
        return self.panel(
            "goals",
            "Which goals are served worst?",
            f"{said} {loose} steps on the map serve no goal.",
            counts="Opportunity is importance plus what is missing to it in satisfaction (Ulwick)",
            frame=frame,
            chart=charts.goals(rated) if len(rated) else None,
            numbers={"goals": len(frame), "rated": len(rated), "steps_without_goal": loose},
        )

    def how_they_came(self) -> Panel:
        """Show where the customers that reached the goal had entered."""
        if self.w.events is None:
            return self.needs("entry", "How did our customers come?", "events", "channel")
        frame = numbers.entry_points(self.w.events, self.w.goal)
        best = frame[~frame["small_n"]].sort_values("conversion", ascending=False).head(1)
        said = f"{len(frame)} ways in. " + "".join(
            f"Of those with 30 customers or more, {label(r.event)}"
            f"{f' by {label(r.channel)}' if getattr(r, 'channel', None) else ''} is followed by the "
            f"goal most often: {percent(r.conversion)} of {people(r.users)}."
            for r in best.itertuples()
        )
        return self.panel(
            "entry",
            "How did our customers come?",
            said,
            counts="Customers, by the first event we have of them",
            frame=frame.assign(low=frame["conversion_low"], high=frame["conversion_high"]),
            columns=[
                "event",
                "channel",
                "users",
                "share",
                "converted",
                "conversion",
                "low",
                "high",
                "small_n",
            ],
            formats={"channel": "name"},
            chart=charts.entry_points(frame),
        )

    def typical_path(self) -> Panel:
        """Draft a journey for future buyers from what existing buyers did."""
        if self.w.events is None:
            return self.needs("draft", "A draft from existing customers", "events", "event")
        frame = numbers.differences(self.w.events, self.w.goal)
        names = self.w.stage_names
        stage_of = {
            event: stage
            for stage, matches in self.w.stages.items()
            for match in matches
            for event in match.names(self.w.events.names)
        }
        frame = frame.assign(
            stage=[names.get(stage_of.get(e, ""), "on no stage") for e in frame["event"]]
        )
        told = frame[frame["stage"] != "on no stage"]
        draft = told.sort_values("converted", ascending=False).groupby("stage", sort=False).head(2)
        order = {name: place for place, name in enumerate(names.values())}
        draft = draft.sort_values("stage", key=lambda column: column.map(order), kind="stable")
        apart = numbers.differences(self.w.events, self.w.goal, without=self.w.steps)
        apart = apart[apart["converted"] < 0.98]  # what all who finish did is only the way to it
        top = apart[(apart["q"] < 0.05) & (apart["effect"] > 0)].head(1)
        said = "What most of those who reached the goal did, stage by stage."
        for row in top.itertuples():
            said += (
                f" They differ most in “{label(row.event)}”: {percent(row.converted)} of them did it, "
                f"{percent(row.lost)} of the others. That goes together; it need not be the cause."
            )
        return self.panel(
            "draft",
            "A draft journey from existing customers",
            said,
            counts="Customers, by what they did before they reached the goal (or at all)",
            frame=draft,
            columns=["stage", "event", "converted", "lost", "effect", "low", "high", "q"],
            formats={
                "stage": "text",
                "converted": "share",
                "lost": "share",
                "low": "points",
                "high": "points",
            },
            chart=charts.differences(apart),
        )

    def channels(self) -> Panel:
        """Show where leads discover us, and how many of each channel reach the goal."""
        if self.w.events is None or "channel" not in self.w.events.columns:
            return self.needs(
                "channels", "Where do leads discover us?", "events", "a channel column"
            )
        frame = numbers.channels(self.w.events, self.w.goal)
        ranked = frame[~frame["small_n"]].sort_values("conversion", ascending=False)
        said = "All channels have fewer than 30 customers."
        if len(ranked):
            best, worst = ranked.iloc[0], ranked.iloc[-1]
            said = (
                f"{label(best['channel'])} customers reach the goal most often "
                f"({percent(best['conversion'])} of {best['users']:,.0f}), {label(worst['channel'])} "
                f"customers least ({percent(worst['conversion'])} of {worst['users']:,.0f})."
            )
        return self.panel(
            "channels",
            "Where do leads discover us?",
            said,
            counts="Customers, by the channel of their first event",
            frame=frame,
            columns=[
                "channel",
                "users",
                "sessions",
                "converted",
                "conversion",
                "low",
                "high",
                "small_n",
            ],
            formats={"channel": "name"},
            chart=charts.channels(frame),
            numbers={r.channel: r.conversion for r in frame.itertuples()},
        )

    def attribution(self) -> Panel:
        """Compare what the attribution models credit to each channel."""
        if self.w.events is None or "channel" not in self.w.events.columns:
            return self.needs(
                "attribution", "Which channel earns it?", "events", "a channel column"
            )
        found = [numbers.attribution(self.w.events, self.w.goal, model=m) for m in MODELS]
        frame = pd.concat(found, ignore_index=True)
        frame.attrs = dict(found[0].attrs)
        wide = frame.pivot_table(index="channel", columns="model", values="share", aggfunc="sum")
        gap = (wide["last"] - wide["markov"]).fillna(0)
        flattered, overlooked = gap.idxmax(), gap.idxmin()
        table = wide.reset_index()
        total = found[0]["conversions"].sum()
        return self.panel(
            "attribution",
            "Which channel earns it?",
            f"Last touch flatters {label(flattered)} ({percent(wide.loc[flattered, 'last'])} against "
            f"{percent(wide.loc[flattered, 'markov'])} by removal effect) and overlooks "
            f"{label(overlooked)} ({percent(wide.loc[overlooked, 'last'])} against "
            f"{percent(wide.loc[overlooked, 'markov'])}).",
            counts=f"{total:,.0f} conversions; a touch is the channel of a session",
            frame=table,
            columns=["channel", *(m for m in MODELS if m in table)],
            formats={"channel": "name", **dict.fromkeys(MODELS, "share")},
            chart=charts.attribution(frame),
            notes=[
                "Credit is a convention, not a cause: only an experiment shows what a channel adds."
            ],
            sql=str(frame.attrs.get("sql", "")),
        )

    def ask_content(self) -> Any:
        """Ask which content there is, and which need it answers."""
        needs = [(card.text, card.id) for card in self.w.journey.at(lane="needs")]
        fields = [
            Field("title", "Content"),
            self._stage_field(),
            Field("answers", "Answers", "choice", needs),
            Field("form", "Form", help="page, video, mail, talk"),
        ]
        title = "The content that we have"
        first = next(iter(self.w.stage_names))
        return self.ask_records("content", title, fields, "title", "Add content", stage=first)

    def content_gaps(self) -> Panel:
        """Hold the needs of each stage against the content there is."""
        content = self.w.folder.records("content")
        names = self.w.stage_names
        rows = []
        for card in self.w.journey.at(lane="needs"):
            answered = [piece.title for piece in content if piece.answers == card.id]
            rows.append(
                {
                    "stage": names.get(card.stage, card.stage),
                    "need": card.text,
                    "state": "● answered" if answered else "○ gap",
                    "answered by": ", ".join(answered),
                }
            )
        gaps = sum(row["state"] == "○ gap" for row in rows)
        frame = pd.DataFrame(rows)
        return self.panel(
            "content-gaps",
            "Which questions do we leave open?",
            f"{gaps} of {len(rows)} needs on the map have no content that answers them.",
            frame=frame,
            numbers={"needs": len(rows), "gaps": gaps},
        )

    def messages(self) -> Panel:
        """Put together what we say to this persona in each stage."""
        journey, canvas = self.w.journey, self.w.persona.canvas
        rows = [
            {
                "stage": name,
                "they need": "; ".join(c.text for c in journey.at(stage, "needs")),
                "we want them to": "; ".join(c.text for c in journey.at(stage, "key-actions")),
                "we send": "; ".join(c.text for c in journey.at(stage, "campaigns")) or "○ nothing",
            }
            for stage, name in self.w.stage_names.items()
        ]
        silent = sum(row["we send"] == "○ nothing" for row in rows)
        frame = pd.DataFrame(rows)
        form = ", ".join(canvas.preferred_form)
        return self.panel(
            "messages",
            f"What we say to {self.w.persona.name}",
            f"In {silent} of {len(rows)} stages we send nothing."
            + (f" They like it as: {form}." if form else ""),
            frame=frame,
            numbers={"silent_stages": silent},
        )
