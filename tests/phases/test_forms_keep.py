"""What a form must not do: write what is wrong, lose what others wrote, answer for the team."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import ipywidgets as ipw
import pytest
from traitlets import TraitError

from journeykit.phases import OpenWorkshop
from journeykit.widgets import Live

pytestmark = pytest.mark.xdist_group("forms")

MOMENT = r"\d{6}-\d{6}-\d{6}"
HOSTILE = "<script>alert('x')</script> & “so”: #1 {{ 7*7 }}"
Form = Any
Read = Callable[[str], Any]


@pytest.mark.parametrize(
    ("name", "label", "typed", "says"),
    [
        ("objectives.ask_objectives", "Target", "abc", "Target: "),
        ("test.ask_experiments", "By how much", "three points", "By how much: "),
    ],
)
def test_what_is_wrong_stays_in_the_form_and_out_of_the_file(
    live: OpenWorkshop,
    questions: Callable[..., Any],
    contents: Callable[..., Any],
    form: Form,
    name: str,
    label: str,
    typed: str,
    says: str,
) -> None:
    before = contents(live.folder.root)
    asked = form(questions(live)[name]())
    field = asked.put(label, typed, row=0)
    assert field.value == typed
    assert "role='alert'" in asked.status
    assert "Not saved" in asked.status
    assert says in asked.status
    assert contents(live.folder.root) == before
    asked.put(label, "0.0712", row=0)
    assert asked.saved
    assert contents(live.folder.root) != before


def test_a_new_objective_is_saved_when_it_is_whole(
    live: OpenWorkshop, form: Form, read: Read
) -> None:
    asked = form(live.objectives.ask_objectives())
    asked.add()
    asked.put("What do we want", "Answer sooner")
    assert "role='alert'" in asked.status
    assert len(read("workshop.yaml")["objectives"]) == 4
    asked.choose("Measured by", "NPS")
    asked.put("Target", "30")
    assert asked.saved
    assert read("workshop.yaml")["objectives"][-1]["goal"] == "Answer sooner"


def test_a_share_is_said_back_as_it_was_understood(
    live: OpenWorkshop, form: Form, read: Read
) -> None:
    asked = form(live.objectives.ask_objectives())
    asked.add()
    asked.put("What do we want", "More who buy")
    asked.choose("Measured by", "Conversion")
    for written, said in (("16%", "16.0%"), ("16", "16.0%"), ("16,5 %", "16.5%")):
        asked.put("Target", written)
        assert asked.saved
        assert f"Conversion: {said}." in asked.status
    assert float(read("workshop.yaml")["objectives"][-1]["target"]) == 0.165


def test_a_scale_offers_its_marks_and_nothing_beyond(
    live: OpenWorkshop, form: Form, read: Read
) -> None:
    asked = form(live.buyer_goals.ask_goals())
    scale = asked.fields("How important")[0]
    assert [words for words, _ in scale.options] == ["–", *map(str, range(1, 11))]
    with pytest.raises(TraitError):
        scale.value = 99
    asked.put("How important", 10, row=0)
    kept = [c for c in read("journeys/mobile-maya.yaml")["cards"] if c["lane"] == "goals"]
    assert kept[0]["importance"] == 10


def test_two_open_forms_do_not_undo_each_other(live: OpenWorkshop, form: Form, read: Read) -> None:
    one, other = form(live.buyer_goals.ask_goals()), form(live.buyer_goals.ask_goals())
    one.put("How important", 3, row=0)
    other.put("How important", 4, row=1)
    other.put("How well served", 2, row=0)
    kept = [c for c in read("journeys/mobile-maya.yaml")["cards"] if c["lane"] == "goals"]
    assert (kept[0]["importance"], kept[0]["satisfaction"], kept[1]["importance"]) == (3, 2, 4)


@pytest.mark.parametrize(
    ("name", "label", "folder"),
    [
        ("weak_spots.ask_competitors", "Who", "competitors"),
        ("ux.ask_blind", "Who grades", "blind-reviews"),
        ("ux.ask_heuristics", "Who grades", "heuristics"),
        ("test.ask_ideas", "Idea", "ideas"),
        ("test.ask_experiments", "What do we try", "experiments"),
        ("buyer_goals.ask_content", "Content", "content"),
    ],
)
def test_two_rows_of_one_name_are_two_records(
    live: OpenWorkshop,
    questions: Callable[..., Any],
    form: Form,
    read: Read,
    name: str,
    label: str,
    folder: str,
) -> None:
    before = {record.id for record in live.folder.records(folder)}
    asked = form(questions(live)[name]())
    for _ in range(2):
        asked.add()
        asked.put(label, "The same words")
    assert asked.saved, asked.status
    new = {record.id for record in live.folder.records(folder)} - before
    assert len(new) == 2
    asked.put(label, "Other words")  # a changed name stays the same record
    assert {record.id for record in live.folder.records(folder)} - before == new
    if label == "Who":
        assert new == {"the-same-words", "the-same-words-2"}


@pytest.mark.parametrize(
    ("name", "part", "label", "kind"),
    [
        ("weak_spots.decide", 0, "What do we decide", "records/decisions/decision"),
        ("weak_spots.decide", 1, "What do we park", "records/parked/parked"),
        ("weak_spots.ask_competitors", None, "Who", "records/competitors/competitor"),
        ("ux.ask_blind", None, "Who grades", "records/blind-reviews/blindreview"),
        ("test.ask_ideas", None, "Idea", "records/ideas/idea"),
        ("test.ask_experiments", None, "What do we try", "records/experiments/experiment"),
        ("buyer_goals.ask_content", None, "Content", "records/content/content"),
        ("start.ask_workshop", 2, "Name", "personas/persona"),
    ],
)
def test_no_id_is_made_of_the_letter_that_was_typed_when_the_first_save_came(
    live: OpenWorkshop,
    questions: Callable[..., Any],
    contents: Callable[..., Any],
    form: Form,
    name: str,
    part: int | None,
    label: str,
    kind: str,
) -> None:
    before, asked = {*contents(live.folder.root)}, questions(live)[name]()
    one = form(asked if part is None else asked.children[part])
    one.add()
    for typed in ("S", "Show", "Show the delivery price"):
        one.put(label, typed)
    if label == "Content":  # it is kept when it says where
        one.choose("Stage", "Purchase")
    assert one.saved, one.status
    (made,) = {*contents(live.folder.root)} - before
    assert re.fullmatch(f"{kind}-{MOMENT}.yaml", made)
    assert "Show the delivery price" in (live.folder.root / made).read_text("utf-8")


def test_stages_and_promises_get_no_id_of_one_letter(
    live: OpenWorkshop, form: Form, read: Read
) -> None:
    stages = form(live.start.ask_workshop().children[1])
    stages.add()
    stages.put("Stage", "U")
    stages.put("Stage", "Use")
    promises = form(live.ux.ask_promises())
    promises.add()
    promises.put("What do we promise", "A")
    promises.choose("Stage", "Purchase")
    promises.choose("Measured by", "First answer minutes")
    promises.put("Kept up to", "480")
    told = read("workshop.yaml")
    assert re.fullmatch(f"stage-{MOMENT}", told["stages"][-1]["id"])
    assert told["stages"][-1]["name"] == "Use"
    assert re.fullmatch(f"promise-{MOMENT}", told["promises"][-1]["id"])
    assert not live.folder.problems()


def test_an_edit_of_a_removed_record_is_not_dropped_unsaid(live: OpenWorkshop, form: Form) -> None:
    asked = form(live.test.ask_ideas())
    asked.add()
    asked.put("Idea", "Short lived")
    assert asked.saved, asked.status
    (made,) = (idea for idea in live.folder.records("ideas") if idea.text == "Short lived")
    (live.folder.root / "records" / "ideas" / f"{made.id}.yaml").unlink()
    asked.put("Idea", "Other words")
    assert "Not saved" in asked.status
    assert f"somebody has removed {made.id}" in asked.status
    assert not live.folder.record("ideas", made.id)


def test_two_goals_of_one_name_are_two_cards(live: OpenWorkshop, form: Form) -> None:
    before = {card.id for card in live.journey.cards}
    asked = form(live.buyer_goals.ask_goals())
    for _ in range(2):
        asked.add()
        asked.put("Goal", "The same words")
    new = [card for card in live.journey.cards if card.id not in before]
    assert sorted(card.lane for card in new) == ["goals", "goals"]
    assert len({card.id for card in new}) == 2


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("objectives.ask_objectives", "What do we want"),
        ("buyer_goals.ask_goals", "Goal"),
        ("weak_spots.ask_competitors", "Who"),
        ("test.ask_ideas", "Idea"),
        ("objectives.decide", "What do we decide"),
    ],
)
def test_markup_is_shown_as_text_and_kept_as_typed(
    live: OpenWorkshop, questions: Callable[..., Any], form: Form, name: str, label: str
) -> None:
    asked = form(part(questions(live)[name]()))
    asked.put(label, HOSTILE, row=0)
    assert asked.saved, asked.status
    assert not live.folder.problems()
    files = [path.read_text(encoding="utf-8") for path in live.folder.root.rglob("*.yaml")]
    assert any("<script>alert(" in text and "{{ 7*7 }}" in text for text in files)
    asked_again = [ask() for question, ask in questions(live).items() if ".ask_" in question]
    for again in [form(widget) for widget in asked_again if not isinstance(widget, Live)]:
        assert not any("<script" in html for html in again.html), (
            "a title or label is drawn as markup"
        )
    assert HOSTILE in form(part(questions(live)[name]())).texts


def part(widget: Any) -> Any:
    """Of two forms, one below the other, the first."""
    return widget if isinstance(widget.children[0], ipw.HTML) else widget.children[0]


def test_hostile_text_is_escaped_in_panels_too(live: OpenWorkshop, form: Form) -> None:
    form(live.buyer_goals.ask_goals()).put("Goal", HOSTILE, row=0)
    panel = live.buyer_goals.ranking()
    assert HOSTILE in str(panel.data())
    assert "<script" not in panel._head() + panel._foot()
    assert "<script" not in (live.start.map().svg or "")


def decisions(live: OpenWorkshop, form: Form, phase: str = "weak_spots") -> Form:
    """The form of the decisions, which stands above the parking lot."""
    return form(getattr(live, phase).decide().children[0])


def test_a_second_decision_of_a_phase_stands_beside_the_first(
    live: OpenWorkshop, form: Form, read: Read
) -> None:
    asked = decisions(live, form)
    asked.put("What do we decide", "Mend the payment page first.")
    asked.put("Who sees to it", "Tom")
    asked.put("By when", dt.date(2026, 9, 1))
    asked = decisions(live, form)
    asked.add()
    asked.put("What do we decide", "Ask five who left.")
    (made,) = (each for each in live.folder.records("decisions") if each.owner == "Tom")
    kept = read(f"records/decisions/{made.id}.yaml")
    assert {key: str(value) for key, value in kept.items()} == {
        "id": made.id,
        "date": str(dt.date.today()),
        "persona": "mobile-maya",
        "text": "Mend the payment page first.",
        "phase": "weak-spots",
        "owner": "Tom",
        "due": "2026-09-01",
        "journey": "mobile-maya",
        "state": "open",
    }
    found = live.folder.records("decisions")
    assert [each.text for each in found] == ["Mend the payment page first.", "Ask five who left."]
    shown = live.start.progress()
    assert shown.numbers["states"]["Weak spots"] == "● done"
    assert shown.numbers["done"] == 1
    assert [f.value for f in decisions(live, form).fields("What do we decide")] == [
        "Mend the payment page first.",
        "Ask five who left.",
    ]


def test_a_decision_is_done_or_dropped_and_opened_again(live: OpenWorkshop, form: Form) -> None:
    asked = decisions(live, form)
    asked.put("What do we decide", "Mend it")
    asked.choose("How far", "done")
    asked.put("What came of it", "Two of five come back")
    (kept,) = live.folder.records("decisions")
    assert (kept.state, kept.closed, kept.result) == (
        "done",
        dt.date.today(),
        "Two of five come back",
    )
    decisions(live, form).choose("How far", "open")
    (kept,) = live.folder.records("decisions")
    assert (kept.state, kept.closed) == ("open", None)
    decisions(live, form).choose("How far", "dropped")
    assert live.folder.records("decisions")[0].state == "dropped"
    assert live.start.progress().numbers["done"] == 0


def test_a_row_without_words_waits_and_says_so(live: OpenWorkshop, form: Form) -> None:
    asked = decisions(live, form)
    asked.put("Who sees to it", "Tom")
    assert "What do we decide?" in asked.status
    assert not live.folder.records("decisions")
    asked.put("What do we decide", "Mend it")
    assert live.folder.records("decisions")[0].owner == "Tom"


def test_each_phase_shows_its_own_and_the_last_notebook_all(live: OpenWorkshop, form: Form) -> None:
    decisions(live, form).put("What do we decide", "Mend it")
    form(live.weak_spots.decide().children[1]).put("What do we park", "A shop in Spain")
    decisions(live, form, "ux").put("What do we decide", "Fewer words")
    assert [f.value for f in decisions(live, form, "ux").fields("What do we decide")] == [
        "Fewer words"
    ]
    last, lot = live.compare.decide().children
    assert [f.value for f in form(last).fields("What do we decide")] == ["Mend it", "Fewer words"]
    assert [f.value for f in form(lot).fields("What do we park")] == ["A shop in Spain"]
    form(lot).choose("How far", "dropped", row=0)
    (parked,) = live.folder.records("parked")
    assert (parked.state, parked.phase, parked.persona) == ("dropped", "weak-spots", "mobile-maya")


@pytest.mark.parametrize(
    ("name", "label", "value", "folder"),
    [
        ("ux.ask_blind", "Purchase", 5, "blind-reviews"),
        ("weak_spots.ask_competitors", "Choice", 1, "competitors"),
        ("test.ask_ideas", "Idea", "Another wording", "ideas"),
        ("test.ask_experiments", "By how much", "0.07", "experiments"),
        ("buyer_goals.ask_content", "Form", "a song", "content"),
    ],
)
def test_a_form_changes_its_own_fields_only(
    live: OpenWorkshop,
    questions: Callable[..., Any],
    form: Form,
    name: str,
    label: str,
    value: Any,
    folder: str,
) -> None:
    before = {record.id: record.plain() for record in live.folder.records(folder)}
    asked = form(questions(live)[name]())
    asked.put(label, value, row=0)
    assert asked.saved, asked.status
    after = {record.id: record.plain() for record in live.folder.records(folder)}
    changed = [record for record in before if after[record] != before[record]]
    assert len(changed) == 1, f"one row was touched, {len(changed)} files changed"
    (one,) = changed
    lost = {key for key in before[one] if key not in after[one]}
    assert not lost, f"the form lost {lost}"
    assert after[one]["author"] == before[one]["author"]


def test_a_scale_that_nobody_touched_is_no_answer(
    live: OpenWorkshop, form: Form, read: Read
) -> None:
    asked = form(live.buyer_goals.ask_goals())
    asked.add()
    asked.put("Goal", "Not graded yet")
    (made,) = [
        c for c in read("journeys/mobile-maya.yaml")["cards"] if c["text"] == "Not graded yet"
    ]
    assert made.get("importance") is None
    assert made.get("satisfaction") is None
    asked = form(live.ux.ask_heuristics())
    asked.add()
    asked.put("Who grades", "Ben")
    asked.put("There is a way back", 1)
    assert read("records/heuristics/blindreview-*.yaml")["grades"] == {"control": 1}


@pytest.mark.parametrize(
    ("name", "label", "kind", "field"),
    [
        ("test.ask_experiments", "What would change", "experiments", "changes_our_mind"),
        ("test.ask_experiments", "By how much", "experiments", "lift"),
        ("buyer_goals.ask_content", "Form", "content", "form"),
    ],
)
def test_what_is_cleared_in_a_row_is_cleared_in_its_file(
    live: OpenWorkshop,
    questions: Callable[..., Any],
    form: Form,
    name: str,
    label: str,
    kind: str,
    field: str,
) -> None:
    first = live.folder.records(kind)[0]
    assert getattr(first, field), "the sample has it"
    asked = form(questions(live)[name]())
    asked.put(label, "", row=0)
    assert asked.saved, asked.status
    assert not getattr(live.folder.record(kind, first.id), field)


def test_a_grade_that_is_taken_back_is_gone_and_the_others_stay(
    live: OpenWorkshop, form: Form
) -> None:
    first = live.folder.records("competitors")[0]
    asked = form(live.weak_spots.ask_competitors())
    gone = next(iter(first.grades))
    asked.put(f"{gone} (1 to 5)", "", row=0)
    assert asked.saved, asked.status
    kept = live.folder.record("competitors", first.id).grades
    assert kept == {key: grade for key, grade in first.grades.items() if key != gone}
