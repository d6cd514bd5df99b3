"""Guesses: the numbers reach a browser when the team has guessed, and not before."""

from __future__ import annotations

import datetime as dt
import json
import math
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeykit import numbers
from journeykit.errors import AnalysisError, Refused
from journeykit.model import RECORD_KINDS
from journeykit.phases import open_workshop
from journeykit.store import create
from journeykit.widgets import Beliefs, Question
from journeykit.widgets.beliefs import calibration

pytestmark = pytest.mark.xdist_group("rounds")

DOC = "records/rounds/weak-spots-mobile-maya-how-many-do-we-lose"
TRUTH = 61.8034
NAME = "Xq7Person"


def guess(question, value, low=None, high=None, who="p1", number=1, **more):
    data = {"question": question, "number": number, "guess": value, "author": f"{NAME}{who}"}
    data |= {key: end for key, end in (("low", low), ("high", high)) if end is not None}
    return ("set", f"records/guesses/t-{number}-{question}-{who}", {**data, **more})


def reveal(number=1, doc="records/rounds/t"):
    return ("reveal", doc, {"number": number})


@pytest.fixture
def looked():
    """How often the data was looked into."""
    return []


@pytest.fixture
def room(live, browser, looked):
    def measure():
        looked.append(1)
        return {"a": (TRUTH, 58.25, 65.125), "b": (math.nan, None, None), "other": (1.0, 0.0, 2.0)}

    head = {"id": "t", "topic": "How many?", "persona": "mobile-maya"}
    questions = [Question("a", "Lost at A"), Question("b", "Feeling at B", "", -2, 2, 0.1)]
    return browser(Beliefs(live.desk, head, questions, measure, ["sales", "support"]))


def test_the_number_is_nowhere_before_the_reveal(room, looked):
    assert room.ask(guess("a", 40, 30, 50), guess("b", 1.0, who="p2")) == []
    assert looked == [], "not even computed"
    assert room.widget.state["given"] == [[f"{NAME}p1", 1], [f"{NAME}p2", 1]]
    told = room.heard()
    assert "61.8" not in told
    assert '"guess"' not in told
    assert room.ask(reveal()) == []
    assert looked == [1]
    assert room.widget.state["results"][0]["truth"] == [TRUTH, 58.25, 65.125]


def test_the_real_funnel_is_not_in_what_the_page_is_given(live, browser):
    room = browser(live.weak_spots.guess())
    room.ask(guess("lost-2", 50, 40, 60))
    rows = numbers.funnel(live.events, live.steps).iloc[1:]
    told = room.heard()
    known = room.widget._measure()
    assert len(known) == len(rows) == 5
    for value, low, high in known.values():
        for number in (value, low, high):
            assert f"{number:.1f}" not in told
    assert known["lost-2"][0] == pytest.approx(100 * (1 - rows.iloc[1]["of_previous"]))
    assert known["lost-2"][1] <= known["lost-2"][0] <= known["lost-2"][2]
    assert room.ask(reveal(doc=DOC)) == []
    assert f"{known['lost-2'][0]:.1f}" in room.heard()


def test_feelings_and_recommendation_are_guessed_where_somebody_was_asked(live, browser):
    room = browser(live.ux.guess())
    assert [q["id"] for q in room.widget.facts["questions"]][-1] == "nps"
    known = room.widget._measure()
    assert set(known) == {q["id"] for q in room.widget.facts["questions"]}
    assert all(-2 <= value <= 2 for key, (value, *_) in known.items() if key != "nps")


def test_records_learn_the_truth_the_day_and_lose_their_name(room, live):
    room.ask(
        guess("a", 40, 30, 50, department="sales"),
        guess("a", 60, 55, 70, who="p2", signed=True),
        reveal(),
    )
    one, two = live.desk.records("guesses")
    assert (one.truth, one.truth_low, one.truth_high) == (TRUTH, 58.25, 65.125)
    assert one.run_date == dt.date.today()
    assert (one.author, one.department, two.author) == ("", "sales", f"{NAME}p2")
    assert (one.topic, one.persona, one.what, one.unit) == ("t", "mobile-maya", "Lost at A", "%")
    state = room.widget.state
    assert [g["who"] for g in state["results"][0]["guesses"]] == ["", f"{NAME}p2"]
    assert state["said"] == [
        "1 of 2 ranges held the truth; at 80% sure it would be about 2. "
        "Guesses were 11.8 points too low on average."
    ]
    assert [(s["department"], s["held"], s["ranges"]) for s in state["scores"]] == [
        ("(not said)", 1, 1),
        ("sales", 0, 1),
    ]
    json.dumps(state, allow_nan=False)


def test_a_number_that_the_data_cannot_give_stays_open(room, live):
    room.ask(guess("b", 1.0, 0.5, 1.5), reveal())
    assert room.widget.state["results"][1]["truth"] is None
    assert live.desk.records("guesses")[0].truth is None
    assert room.widget.state["said"] == []
    assert set(room.widget.round.truths) == {"a"}


def test_after_the_reveal_the_round_is_closed_and_a_new_one_can_begin(room, live):
    room.ask(guess("a", 40, 30, 50), reveal())
    closed = "the numbers have been shown: this round takes no more guesses."
    assert room.ask(guess("a", 61.8)) == [closed]
    assert room.ask(("remove", "records/guesses/t-1-a-p1", {})) == [closed]
    assert room.ask(("undo", "records/guesses/t-1-a-p1", {})) == [closed]
    assert room.ask(guess("a", 61.8, number=3, who="p9")) == [closed]
    assert room.ask(("set", "records/rounds/t", {"step": "write"})) == []
    assert "results" not in room.widget.state
    assert room.ask(guess("a", 70, 60, 80, number=2)) == []
    assert "61.8" not in json.dumps(room.widget.state)
    room.ask(reveal(2))
    assert [g["guess"] for g in room.widget.state["results"][0]["guesses"]] == [70.0]
    assert [g.guess for g in live.desk.records("guesses")] == [40.0, 70.0]


def test_what_cannot_be_is_refused_with_the_rule(room):
    assert room.ask(reveal()) == ["there is nothing to reveal yet."]
    assert room.ask(guess("a", 140)) == ["140 is not on the scale: from 0 to 100%."]
    assert "does not hold the guess" in room.ask(guess("a", 40, 50, 60))[0]
    assert room.ask(guess("nonsense", 40))
    room.ask(guess("a", 40, truth=40, run_date="2020-01-01", revealed=True))
    assert "results" not in room.widget.state
    assert room.widget.state["given"] == [[f"{NAME}p1", 1]]


def test_data_that_cannot_be_read_is_said_and_nothing_is_revealed(live, browser):
    def broken():
        raise AnalysisError("the events are gone.")

    room = browser(Beliefs(live.desk, {"id": "t", "topic": "T"}, [Question("a", "A")], broken))
    room.ask(guess("a", 40))
    assert room.ask(reveal()) == ["the events are gone."]
    assert room.widget.state["given"]


def test_a_batch_run_shows_revealed_rounds_and_counts_the_rest(live, browser, batch):
    room = browser(live.weak_spots.guess())
    room.ask(
        guess("lost-2", 50, 40, 60, department="sales"),
        guess("lost-2", 70, 60, 80, who="p2"),
        reveal(doc=DOC),
    )
    room.ask(("set", DOC, {"step": "write"}), guess("lost-2", 13.37, number=2))
    assert "not revealed yet" in room.widget.still()
    opened = batch(live)
    panel = opened.weak_spots.guess()
    assert panel.sentence.startswith("1 of 2 ranges held the truth")
    assert panel.chart is not None
    assert "1 guess not revealed yet." in panel.notes
    assert "sales: 0 of 1 ranges held the truth." in panel.notes
    said = json.dumps(panel.data(), ensure_ascii=False)
    assert "13.37" not in said
    assert NAME not in said
    assert opened.ux.guess().sentence.startswith("Nobody has guessed yet")


def test_without_events_there_is_nothing_to_guess(live, batch):
    folder = live.folder
    folder.save(folder.workshop().with_(data={}))
    w = batch(live)
    assert "nothing to guess" in w.weak_spots.guess().sentence
    assert "nothing to guess" in w.ux.guess().sentence


ASKED = st.lists(
    st.tuples(
        st.sampled_from(["guess", "sign", "remove", "undo", "reveal", "step", "forge"]),
        st.integers(0, 1),
        st.integers(0, 99),
    ),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ASKED)
def test_no_order_of_operations_tells_a_number_too_early(
    tmp_path_factory, monkeypatch, browser, asked
):
    """Whatever is asked: no number of the data before the first reveal, no guess before its own."""
    monkeypatch.setenv("JOURNEYKIT_LIVE", "1")
    w = open_workshop(create(tmp_path_factory.mktemp("fuzz") / "shop", "blank").root)
    truths = {"a": (TRUTH, 58.25, 65.125)}
    room = browser(w.weak_spots._guess("steps", [Question("a", "A")], lambda: truths))
    desk = w.desk
    room.sent.clear()
    for kind, who, value in asked:
        number = room.widget.round.reveals + 1
        doc = f"records/guesses/t-{number}-a-p{who}"
        change = {
            "guess": guess("a", value + 0.0625, who=f"p{who}", number=number),
            "sign": guess("a", value + 0.0625, who=f"p{who}", number=number, signed=True),
            "remove": ("remove", doc, {}),
            "undo": ("undo", doc, {}),
            "reveal": reveal(number, room.widget.doc),
            "step": ("set", room.widget.doc, {"step": ["write", "result"][who], "reveals": 7}),
            "forge": (
                "set",
                doc,
                {"question": "a", "number": number, "guess": 1, "revealed": True},
            ),
        }[kind]
        room.ask(change, by=f"p{who}")
        told = room.heard()
        if not room.widget.round.reveals:
            assert "61.8" not in told
        private = {g.guess for g in room.widget.hidden()} - {
            g.guess for g in room.widget.records() if g.revealed
        }
        assert not [g for g in private if g != 1 and re.search(rf"(?<![\d.]){g}(?!\d)", told)]
        unsigned = [g for g in desk.records("guesses") if g.revealed and not g.signed]
        assert not any(g.author for g in unsigned)
    desk.close()


def test_the_ends_of_a_scale_are_on_it():
    asked = Question("a", "How many?", least=1, most=5)
    asked.check(1)
    asked.check(5)
    asked.check(None)
    for value in (0.9, 5.1):
        with pytest.raises(Refused, match=rf"{value} is not on the scale: from 1 to 5%"):
            asked.check(value)


def test_a_team_is_off_by_the_mean_of_its_guesses():
    asked = {"what": "Lost", "unit": "%", "revealed": True, "truth": 30}
    told = calibration(
        [RECORD_KINDS["guesses"](id=f"g{at}", guess=at, **asked) for at in (30, 31, 47)]
    )
    assert told == ["Guesses were 6.0 points too high on average."]
