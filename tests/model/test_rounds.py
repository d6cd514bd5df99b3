"""Rounds of a team: what is revealed, how dots are counted, what a guess may be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from journeykit.errors import Refused
from journeykit.model import Guess, Journey, Note, Operation, Round, Vote, apply, ranking, ties


def asked(kind, doc="records/notes/a", **data):
    return Operation(id="1", kind=kind, doc=doc, data=data)


def why(kind, data):
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(data)
    return caught.value.errors()[0]["msg"]


def test_files_from_before_rounds_are_still_read():
    note = Note.model_validate({"id": "a", "text": "slow", "stage": "buy", "author": "Ann"})
    assert not note.revealed
    assert note.plain() == {"id": "a", "text": "slow", "stage": "buy", "author": "Ann"}
    assert (
        Guess.model_validate(
            {"id": "g", "what": "lost", "guess": "40", "low": "30", "high": "50"}
        ).number
        == 1
    )
    assert Vote.model_validate({"id": "v", "topic": "t", "dots": {"a": "3"}}).budget is None


def test_a_revealed_note_is_everybodys():
    note = Note(id="a", text="slow", author="Ann", topic="t")
    shown = apply(note, asked("reveal"))
    assert shown.revealed
    assert "author" not in shown.plain()
    assert (
        apply(shown.with_(author="later"), asked("reveal")).author == "later"
    )  # the first reveal counts


def test_a_guess_keeps_its_name_only_where_it_is_signed_and_learns_the_truth_once():
    guess = Guess(id="g", what="lost", guess=40, author="Ann")
    shown = apply(guess, asked("reveal", truth=31.0, truth_low=28.0))
    assert (shown.author, shown.truth, shown.truth_low) == ("", 31.0, 28.0)
    assert apply(shown, asked("reveal", truth=99.0)).truth == 31.0
    assert apply(guess.with_(signed=True), asked("reveal")).author == "Ann"


def test_only_notes_and_guesses_are_revealed():
    for word in (Vote(id="v", topic="t"), Journey(id="j", name="J", persona="p")):
        with pytest.raises(Refused, match=r"cannot be asked of a (vote|journey)"):
            apply(word, asked("reveal"))


def test_groups_are_named_one_by_one():
    round_ = Round(id="r", topic="What hurts?")
    for group, name in (("g1", "Speed"), ("g2", " Price "), ("g1", "Slowness"), ("g2", "")):
        round_ = apply(round_, asked("group.name", "records/rounds/r", group=group, name=name))
    assert round_.groups == {"g1": "Slowness"}
    with pytest.raises(Refused, match="a note has no 'groups'"):
        apply(Note(id="a", text="x"), asked("group.name", group="g1", name="x"))


def test_what_cannot_be_says_so_with_the_rule():
    assert "write something" in why(Note, {"id": "a", "text": "  "})
    assert why(Vote, {"id": "v", "topic": "t", "budget": 5, "dots": {"a": 4, "b": 2}}) == (
        "6 dots are more than the 5 that each person has: take one back first"
    )
    assert "greater than or equal to 0" in why(Vote, {"id": "v", "topic": "t", "dots": {"a": -1}})
    said = why(Guess, {"id": "g", "what": "lost", "guess": 40, "low": 50, "high": 60})
    assert said == "the range from 50.0 to 60.0 does not hold the guess 40.0: widen it"
    assert "Did you mean" in why(Round, {"id": "r", "topic": "t", "step": "votes"})


NAMES = st.sampled_from(["n1", "n2", "n3", "n4", "n5"])
VOTES = st.lists(
    st.dictionaries(st.one_of(NAMES, st.sampled_from(["g1", "gone"])), st.integers(0, 5)),
    max_size=6,
)


@settings(max_examples=settings().max_examples * 2)
@given(VOTES, st.dictionaries(NAMES, st.sampled_from(["g1", "g2"])))
def test_no_dot_is_lost_or_counted_twice(cast, groups):
    notes = [Note(id=f"n{i}", text=f"t{i}", group=groups.get(f"n{i}")) for i in range(1, 6)]
    votes = [Vote(id=f"v{i}", topic="t", dots=dots) for i, dots in enumerate(cast)]
    rows = ranking(notes, votes, {"g1": "One"})
    there = {row["key"] for row in rows} | {note.id for note in notes}
    assert sum(row["dots"] for row in rows) == sum(
        n for d in cast for key, n in d.items() if key in there
    )
    assert sorted(note.id for row in rows for note in row["notes"]) == [note.id for note in notes]
    assert [row["dots"] for row in rows] == sorted((row["dots"] for row in rows), reverse=True)
    for row in rows:
        assert row["rank"] == 1 + sum(other["dots"] > row["dots"] for other in rows)
        assert row["voters"] <= len(votes)
    assert rows == ranking(reversed(notes), reversed(votes), {"g1": "One"})


def test_ties_are_told_for_the_first_places_only():
    rows = [
        {"rank": 1, "name": "A", "dots": 3},
        {"rank": 2, "name": "B", "dots": 1},
        {"rank": 2, "name": "C", "dots": 1},
        {"rank": 4, "name": "D", "dots": 0},
        {"rank": 4, "name": "E", "dots": 0},
    ]
    assert ties(rows) == ["A tie at 1 dot: “B” and “C”."]
