"""The forms as a person uses them: what is typed is in the folder, and nothing else is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from journeykit.phases import OpenWorkshop
from journeykit.widgets import Board

pytestmark = pytest.mark.xdist_group("forms")

TODAY = dt.date.today().isoformat()
Form = Any
Read = Callable[[str], Any]


def cards(read: Read, **wanted: Any) -> list[dict[str, Any]]:
    found = read("journeys/mobile-maya.yaml")["cards"]
    return [card for card in found if all(card.get(key) == value for key, value in wanted.items())]


# --- every question that asks, and what a person does with it -----------------------------------


def objectives(read: Read, form: Form) -> None:
    form.add()
    form.put("What do we want", "Fewer parcels come back")
    form.choose("Measured by", "CSAT")
    form.put("Target", "82,5")
    form.put("By when", dt.date(2026, 12, 31))
    form.put("Owner", "Nadia")
    made = next(
        o for o in read("workshop.yaml")["objectives"] if o["goal"] == "Fewer parcels come back"
    )
    assert (made["measure"], float(made["target"]), made["owner"]) == ("csat", 82.5, "Nadia")
    assert str(made["by"]) == "2026-12-31"
    assert len(read("workshop.yaml")["objectives"]) == 5


def goals(read: Read, form: Form) -> None:
    form.add()
    form.put("Goal", "Find a present in ten minutes")
    form.choose("Stage", "Consideration")
    form.put("How important", 9)
    form.put("How well served", 2)
    (made,) = cards(read, lane="goals", text="Find a present in ten minutes")
    assert (made["stage"], made["importance"], made["satisfaction"]) == ("consideration", 9, 2)


def content(read: Read, form: Form) -> None:
    form.add()
    form.put("Content", "How to return a ring")
    form.choose("Stage", "After the purchase")
    form.choose("Answers", str(form.fields("Answers")[-1].options[1][0]))
    form.put("Form", "page")
    made = read("records/content/content-*.yaml")
    assert (made["title"], made["stage"], made["form"]) == (
        "How to return a ring",
        "post-purchase",
        "page",
    )
    assert made["answers"] in {card["id"] for card in cards(read, lane="needs")}


def competitors(read: Read, form: Form) -> None:
    form.add()
    form.put("Who", "The kiosk")
    form.put("Choice of pieces", 1)
    form.put("Delivery on the day", 5)
    made = read("records/competitors/the-kiosk.yaml")
    assert (made["name"], made["grades"]["Choice of pieces"]) == ("The kiosk", 1)
    assert made["grades"]["Delivery on the day named"] == 5


def blind(read: Read, form: Form) -> None:
    form.add()
    form.put("Who grades", "Aunt Ida")
    form.put("Purchase", 2)
    made = read("records/blind-reviews/blindreview-*.yaml")
    assert (made["author"], made["grades"]["purchase"], made["persona"]) == (
        "Aunt Ida",
        2,
        "mobile-maya",
    )
    assert str(made["date"]) == TODAY


def heuristics(read: Read, form: Form) -> None:
    form.add()
    form.put("Who grades", "Ben")
    form.put("There is a way back", 1)
    assert read("records/heuristics/blindreview-*.yaml")["grades"]["control"] == 1


def experiments(read: Read, form: Form) -> None:
    form.add()
    form.put("What do we try", "Pay with the phone's wallet")
    form.choose("Which step", "purchase")
    form.put("By how much", "0.03")
    form.put("What would change", "No more buyers after four weeks")
    made = read("records/experiments/experiment-*.yaml")
    assert (made["step"], float(made["lift"])) == ("purchase", 0.03)
    assert made["changes_our_mind"] == "No more buyers after four weeks"


def ideas(read: Read, form: Form) -> None:
    form.add()
    form.put("Idea", "Show the whole price in the basket")
    form.choose("Serves the goal", "Pay before")
    made = read("records/ideas/idea-*.yaml")
    assert made["serves"] == "done-before-stop"


def claims(read: Read, form: Form) -> None:
    form.add()
    form.choose("Which note claims it", "Checkout on the phone, four pages")
    form.choose("What is claimed", "Customers who reach the goal")
    form.choose("Is", "at least")
    form.put("Threshold", "20%")
    form.put("Why we claim it", "The owner says so")
    (made,) = cards(read, text="Checkout on the phone, four pages")
    assert made["claim"]["metric"] == "conversion"
    assert (made["claim"]["is"], made["claim"]["threshold"]) == ("at least", ["20%"])
    assert made["claim"]["because"] == "The owner says so"


def promises(read: Read, form: Form) -> None:
    form.add()
    form.put("What do we promise", "A reply on the same day")
    assert "role='alert'" in form.status
    form.choose("Stage", "Purchase")
    form.choose("Measured by", "First answer minutes")
    form.put("Kept up to", "480")
    form.put("For how many", "0.9")
    made = read("workshop.yaml")["promises"][-1]
    assert (made["text"], made["stage"]) == ("A reply on the same day", "purchase")
    assert (float(made["limit"]), float(made["share"])) == (480, 0.9)


USED: dict[str, Callable[[Read, Form], None]] = {
    "objectives.ask_objectives": objectives,
    "buyer_goals.ask_goals": goals,
    "buyer_goals.ask_content": content,
    "weak_spots.ask_competitors": competitors,
    "ux.ask_promises": promises,
    "ux.ask_blind": blind,
    "ux.ask_heuristics": heuristics,
    "test.ask_experiments": experiments,
    "test.ask_ideas": ideas,
    "test.ask_claims": claims,
}
BOARDS = {"weak_spots.ask_pains", "ux.ask_emotions", "test.ask_to_be"}


WIDGETS = {"objectives.ask_persona", "test.ask_walk"}
"""Questions that are widgets: see test_live_widgets.py."""
ELSEWHERE = {"weak_spots.ask_quotes", "start.ask_workshop", "test.ask_changes"}
"""What needs the data of the sample, or a step before it: see test_quotes.py and below."""


@pytest.mark.parametrize("name", USED)
def test_what_is_typed_is_in_the_folder(
    live: OpenWorkshop,
    questions: Callable[..., Any],
    contents: Callable[..., Any],
    form: Form,
    read: Read,
    name: str,
) -> None:
    ask, before = questions(live)[name], contents(live.folder.root)
    asked = form(ask())
    assert contents(live.folder.root) == before, "to look at a form changes nothing"
    assert "Everything you type is saved by itself" in asked.status
    USED[name](read, asked)
    assert asked.saved, asked.status
    assert not live.folder.problems(), "the folder is still one that can be read"
    shown = form(ask()).texts
    for typed in asked.texts:
        lines = "\n".join(line.strip() for line in typed.splitlines() if line.strip())
        assert {lines, lines.replace(",", "."), f"{lines}0"} & set(shown), (
            f"{typed!r} is gone when opened again"
        )


def test_no_question_is_left_out(live: OpenWorkshop, questions: Callable[..., Any]) -> None:
    asks = {name for name in questions(live) if ".ask_" in name}
    assert asks == set(USED) | BOARDS | WIDGETS | ELSEWHERE
    assert set(questions(live)) >= {f"{phase}.decide" for phase in ("objectives", "test", "after")}


@pytest.mark.parametrize("name", sorted({*BOARDS, "start.board"}))
def test_to_look_at_a_board_changes_nothing(
    live: OpenWorkshop, questions: Callable[..., Any], contents: Callable[..., Any], name: str
) -> None:
    before = contents(live.folder.root)
    assert isinstance(questions(live)[name](), Board)
    assert contents(live.folder.root) == before


def test_names_stages_and_a_second_persona_need_no_yaml(
    live: OpenWorkshop, form: Form, read: Read
) -> None:
    names, stages, personas = map(form, live.start.ask_workshop().children)
    names.put("What is it called", "The corner shop")
    names.put("By what do customers compare", "Price\n\n  Speed, always  \n")
    told = read("workshop.yaml")
    assert told["name"] == "The corner shop"
    assert told["criteria"] == ["Price", "Speed, always"]
    before = [stage["id"] for stage in told["stages"]]
    stages.put("Stage", "We meet", row=0)
    stages.add()
    stages.put("Stage", "They come back")
    assert [(s["id"], s["name"]) for s in read("workshop.yaml")["stages"]][:: len(before)] == [
        (before[0], "We meet"),
        ("they-come-back", "They come back"),
    ]
    personas.add()
    personas.put("Name", "Mobile Maya")
    personas.put("In one line", "The other one")
    assert read("personas/mobile-maya-2.yaml") == {
        "id": "mobile-maya-2",
        "name": "Mobile Maya",
        "tagline": "The other one",
    }
    assert not live.folder.problems()
    names.put("What is it called", "")
    assert "role='alert'" in names.status
    assert read("workshop.yaml")["name"] == "The corner shop"


def test_a_change_of_the_map_to_be_is_said_in_a_form(
    live: OpenWorkshop, form: Form, read: Read
) -> None:
    before = [each.plain() for each in live.to_be.changes]
    file = f"journeys/{live.to_be.id}.yaml"
    asked = form(live.test.ask_changes())
    asked.add()
    asked.choose("What changes", "drop-off")
    assert "role='alert'" in asked.status
    asked.choose("Which step", "purchase")
    asked.put("By how much", "30%")
    assert asked.saved, asked.status
    made = read(file)["changes"]
    assert len(made) == len(before) + 1
    assert {key: made[-1][key] for key in ("what", "step", "by")} == {
        "what": "drop-off",
        "step": "purchase",
        "by": "30%",
    }
    again = form(live.test.ask_changes())
    again.put("By how much", "40%")
    assert read(file)["changes"][-1]["by"] == "40%"
    assert len(read(file)["changes"]) == len(made)
    assert not live.folder.problems()


def test_what_an_experiment_brought_is_written_as_people_say_it(
    live: OpenWorkshop, form: Form
) -> None:
    asked = form(live.test.ask_experiments())
    asked.add()
    asked.put("What do we try", "A wallet")
    asked.put("What came out", "control 120")
    assert "control: 120 of 1000" in asked.status
    assert "role='alert'" in asked.status
    asked.put("What came out", "control: 120 of 1000; with the wallet: 150 of 1010")
    (made,) = (each for each in live.folder.records("experiments") if each.title == "A wallet")
    assert made.counts == {"control": (1000, 120), "with the wallet": (1010, 150)}
    assert "with the wallet: 150 of 1010" in str(form(live.test.ask_experiments()).texts)
