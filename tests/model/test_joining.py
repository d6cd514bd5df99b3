"""Two changes of one document made one: nobody's words vanish, and order of joining does not matter."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeykit.errors import Refused
from journeykit.model import History, Journey, Operation, apply, difference, join, settle

IDS, STAGES, OWNERS = ("a", "b", "c", "d"), ("see", "buy"), ("", "Ada", "Bo")


def map_of(**owners: str) -> Journey:
    made = Journey(id="m", name="Map", persona="maya")
    for name, owner in owners.items():
        made = made.add(
            f"card {name}",
            stage="see",
            lane="actions",
            id=name,
            **({"owner": owner} if owner else {}),
        )
    return made


BASE = map_of(a="", b="", c="")


def asking(kind: str, **fields: object) -> st.SearchStrategy[dict]:
    some = {key: st.sampled_from(value) for key, value in fields.items()}
    return st.fixed_dictionaries({"kind": st.just(kind), "id": st.sampled_from(IDS), **some})


changes = st.one_of(
    asking("card.change", owner=OWNERS),
    asking("card.change", text=["x", "y"]),
    asking("card.move", stage=STAGES),
    asking("card.remove"),
    asking("card.add", stage=STAGES, lane=["actions"], text=["new", "newer"]),
)


def after(word: Journey, asked: list[dict]) -> Journey:
    for number, change in enumerate(asked):
        data = {key: value for key, value in change.items() if key != "kind"}
        try:
            word = apply(
                word, Operation(id=str(number), kind=change["kind"], doc="journeys/m", data=data)
            )
        except Refused:
            continue
    return word


@settings(max_examples=settings().max_examples * 4)
@given(mine=st.lists(changes, max_size=5), theirs=st.lists(changes, max_size=5))
def test_everything_of_mine_stands_and_everything_else_of_theirs(mine, theirs):
    my_word, their_word = after(BASE, mine), after(BASE, theirs)
    joined, lost = join(BASE, my_word, their_word, Journey)
    now = {card.id: card.plain() for card in joined.cards}
    for part, (was, wish) in difference(BASE, my_word).items():
        name = part.removeprefix("cards/")
        for field in {*(was or {}), *(wish or {})}:
            if (was or {}).get(field) != (wish or {}).get(field):
                assert now.get(name, {}).get(field) == (wish or {}).get(field)
    for part, (was, wish) in difference(BASE, their_word).items():
        name = part.removeprefix("cards/")
        for field in {*(was or {}), *(wish or {})}:
            said = (wish or {}).get(field)
            if (was or {}).get(field) != said:
                told = any(place in (part, f"{part}/{field}") for place in lost)
                assert told or now.get(name, {}).get(field) == said
    again, nothing = join(joined, joined, joined, Journey)
    assert again == joined
    assert not nothing


@settings(max_examples=settings().max_examples * 2)
@given(mine=st.lists(changes, max_size=6))
def test_alone_it_changes_nothing(mine):
    word = after(BASE, mine)
    joined, lost = join(BASE, word, BASE, Journey)
    assert (difference(joined, word), lost) == ({}, {})
    joined, lost = join(BASE, BASE, word, Journey)
    assert (difference(joined, word), lost) == ({}, {})


def test_comments_of_two_people_are_both_there():
    def said(*names: str) -> Journey:
        return BASE.change("a", comments=[{"id": name, "text": name} for name in names])

    joined, lost = join(said("one"), said("one", "mine"), said("one", "theirs"), Journey)
    assert sorted(comment.id for comment in joined.card("a").comments) == ["mine", "one", "theirs"]
    assert lost == {}


def test_a_new_order_of_a_list_stands_beside_a_new_word_in_it():
    from journeykit.model import Workshop

    def shop(*stages: tuple[str, str]) -> Workshop:
        return Workshop.model_validate(
            {"name": "S", "stages": [{"id": i, "name": n} for i, n in stages]}
        )

    base = shop(("see", "See"), ("buy", "Buy"), ("use", "Use"))
    turned, named = (
        shop(("buy", "Buy"), ("see", "See"), ("use", "Use")),
        shop(("see", "See"), ("buy", "Pay"), ("use", "Use"), ("tell", "Tell")),
    )
    for mine, theirs in ((turned, named), (named, turned)):
        joined, lost = join(base, mine, theirs, Workshop)
        assert [(s.id, s.name) for s in joined.stages] == [
            ("buy", "Pay"),
            ("see", "See"),
            ("use", "Use"),
            ("tell", "Tell"),
        ]
        assert lost == {}


@pytest.mark.parametrize("win", [True, False])
def test_of_a_field_that_both_changed_one_stands_and_the_other_is_told(win):
    now = BASE.change("a", owner="Theirs", text="theirs too")
    was, wish = BASE.card("a").plain(), BASE.card("a").with_(owner="Mine").plain()
    word, lost = settle(now, {"cards/a": [was, wish]}, Journey, win=win)
    assert word.card("a").owner == ("Mine" if win else "Theirs")
    assert word.card("a").text == "theirs too"
    assert lost == {"cards/a/owner": "Theirs" if win else "Mine"}


def test_each_takes_back_their_own_and_leaves_what_others_did_to_the_same_card():
    history, word = History(), BASE
    for by, change in (
        ("ada", {"text": "Ada's"}),
        ("bo", {"owner": "Bo"}),
        ("ada", {"moment": True}),
    ):
        new = word.change("a", **change)
        history.note(by, "journeys/m", difference(word, new))
        word = new
    word = history.step("undo", "ada", "journeys/m", word, Journey)
    word = history.step("undo", "ada", "journeys/m", word, Journey)
    card = word.card("a")
    assert (card.text, card.owner, card.moment) == ("card a", "Bo", False)
    with pytest.raises(Refused, match="nothing of yours"):
        history.step("undo", "ada", "journeys/m", word, Journey)
    word = history.step("redo", "ada", "journeys/m", word, Journey)
    assert word.card("a").text == "Ada's"


def test_what_somebody_else_changed_since_is_not_taken_back():
    history, new = History(), BASE.change("a", text="Ada's")
    history.note("ada", "journeys/m", difference(BASE, new))
    with pytest.raises(Refused, match="since"):
        history.step("undo", "ada", "journeys/m", new.change("a", text="Bo's"), Journey)


def test_a_move_is_taken_back_though_others_moved_their_own_in_the_same_row():
    history = History()

    def asked(word: Journey, by: str, **data: str) -> Journey:
        new = apply(word, Operation(id="1", kind="card.move", doc="journeys/m", data=data))
        history.note(by, "journeys/m", difference(word, new))
        return new

    word = asked(BASE, "ada", id="a", stage="buy")
    word = asked(word, "bo", id="b", stage="buy", before="a")
    word = history.step("undo", "ada", "journeys/m", word, Journey)
    assert [word.card(name).stage for name in ("a", "b")] == ["see", "buy"]
