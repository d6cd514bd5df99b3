"""What leaves a workshop: its maps, what was decided, and the numbers of its last run.

How to reach somebody is masked, as in reports; the numbers are those of a run, which is named.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from journeykit.model import Card, Data, Journey, Persona, Workshop
from journeykit.model.base import Model
from journeykit.numbers.few import masked

_IDS = set("id stage lane persona serves promise image kind based_on".split())


class Told(NamedTuple):
    """A workshop as it is exported.

    ``results`` and ``panels`` of the run are by persona, those of the comparison under "";
    ``fronts`` is what stands on the first two pages of a report, by persona;
    ``said`` is what a reader has to know: of which run and data the numbers are, or that there
    are none and how to get them; ``changed`` tells that the folder is no more what the run saw.
    """

    workshop: Workshop
    personas: dict[str, Persona]
    journeys: list[Journey]
    decisions: list[Data]
    parked: list[Data]
    results: dict[str, Data]
    panels: dict[str, list[Data]]
    fronts: dict[str, Data]
    said: list[str]
    changed: bool
    root: Any

    @property
    def gate(self) -> Data | None:
        """What the gate of the run said of the data; None without a run, or without data."""
        found = (result["data"].get("gate") for result in self.results.values())
        return next(filter(None, found), None)

    def maps(self, persona: str) -> list[Journey]:
        """Give the maps of a persona, the main one first."""
        return [journey for journey in self.journeys if journey.persona == persona]

    def shown(self, persona: str) -> list[Data]:
        """Give the panels that stand in the run for a persona, then those of the comparison."""
        return [*self.panels.get(persona, ()), *self.panels.get("", ())]

    def cells(self, journey: Journey) -> Iterator[tuple[str, list[tuple[str, list[Card]]]]]:
        """Go through a map: each stage with its lanes, each of these with its cards; what stands
        on a stage or lane that is not there comes last, under its id.
        """
        stages, lanes = self.workshop.stage_names(), self.workshop.lane_names()
        cards = self.workshop.in_order(journey)
        for stage in dict.fromkeys([*stages, *(card.stage for card in cards)]):
            mine = [card for card in cards if card.stage == stage]
            named = dict.fromkeys(card.lane for card in mine)
            yield (
                stages.get(stage, stage),
                [(lanes.get(id, id), [c for c in mine if c.lane == id]) for id in named],
            )


def outgoing(value: Any) -> Any:
    """Mask how to reach somebody in a document, but for its ids.

    Examples
    --------
    >>> shop = Workshop(name="Ask ann@mail.example", stages=[{"id": "buy", "name": "Buy"}])
    >>> outgoing(shop).name
    'Ask [e-mail]'
    """
    if isinstance(value, Model):
        return value.model_copy(
            update={key: outgoing(part) for key, part in value if key not in _IDS}
        )
    if isinstance(value, tuple):
        return tuple(map(outgoing, value))
    return masked(value, prose=True) if isinstance(value, str) else value
