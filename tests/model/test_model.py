import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from journeykit.errors import UnknownName
from journeykit.model import LANES, Card, EventMatch, Journey, Persona, Workshop, join, new_id, slug


def first(kind, data):
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(data)
    return caught.value.errors()[0]["msg"]


CARD = {"id": "a", "stage": "buy", "lane": "goals", "text": "Find a gift"}


def test_unknown_key_names_the_right_word():
    assert "Did you mean 'evidence'?" in first(Card, {**CARD, "evidnce": "heard"})


def test_own_keys_are_kept():
    assert Card.model_validate({**CARD, "x-colour": "red"}).plain()["x-colour"] == "red"


def test_a_word_that_is_not_allowed_is_named_with_its_fix():
    assert (
        first(Card, {**CARD, "evidence": "herd"})
        == "'herd' is not allowed here. Did you mean 'heard'?"
    )


def test_bad_id_says_how_to_write_it():
    assert "'find-a-gift'" in first(Card, {**CARD, "id": "Find a gift"})


@pytest.mark.parametrize("emotion", [-2.1, 3, "x"])
def test_emotions_go_from_minus_two_to_two(emotion):
    assert first(Card, {**CARD, "emotion": emotion})


def test_opportunity_is_ulwicks_score():
    card = Card.model_validate({**CARD, "importance": 9, "satisfaction": 4})
    assert card.opportunity == 14
    assert Card.model_validate({**CARD, "importance": 3, "satisfaction": 8}).opportunity == 3
    assert Card.model_validate(CARD).opportunity is None


def test_operations_return_copies():
    empty = Journey(id="j", name="J", persona="p")
    one = empty.add("Find a gift", stage="buy", lane="goals")
    two = one.change("find-a-gift", text="Find it")
    assert [len(j.cards) for j in (empty, one, two, two.remove("find-a-gift"))] == [0, 1, 1, 0]
    assert (one.cards[0].text, two.cards[0].text) == ("Find a gift", "Find it")


def test_adding_twice_never_reuses_an_id():
    journey = Journey(id="j", name="J", persona="p")
    for _ in range(3):
        journey = journey.add("Same words", stage="buy", lane="goals")
    assert [c.id for c in journey.cards] == ["same-words", "same-words-2", "same-words-3"]


def test_unknown_card_says_which_is_near():
    journey = Journey(id="j", name="J", persona="p").add("Pay", stage="buy", lane="actions")
    with pytest.raises(UnknownName, match="Did you mean 'pay'"):
        journey.card("pai")


def test_two_cards_with_one_id_are_refused():
    assert "two cards have the id 'a'" in first(
        Journey, {"id": "j", "name": "J", "persona": "p", "cards": [CARD, CARD]}
    )


@given(st.permutations(range(6)))
def test_sorting_does_not_depend_on_the_order_of_entry(order):
    cards = [
        Card(
            id=f"c{n}", stage=("see", "buy")[n % 2], lane=("needs", "goals", "own")[n % 3], text="t"
        )
        for n in range(6)
    ]
    journey = Journey(id="j", name="J", persona="p", cards=tuple(cards[n] for n in order))
    ids = [card.id for card in journey.sorted(["see", "buy"], LANES).cards]
    assert ids == ["c4", "c0", "c2", "c1", "c3", "c5"]


def journeys():
    base = Journey(id="j", name="J", persona="p")
    for text in ("One", "Two", "Three"):
        base = base.add(text, stage="buy", lane="goals")
    return base


def test_names_are_numbered_only_as_far_as_they_are_looked_at():
    class Few(set):
        asked = 0

        def __contains__(self, name):
            self.asked += 1
            return super().__contains__(name)

    taken = Few({"needs-time", "needs-time-2"})
    assert new_id("Needs time", taken) == "needs-time-3"
    assert taken.asked == 3
    assert new_id("日本", {"card"}, "card") == "card-2"


def test_merge_joins_changes_of_different_cards():
    base = journeys()
    mine = base.change("one", text="Mine").remove("three").add("New", stage="buy", lane="needs")
    theirs = base.change("two", text="Theirs").with_(name="Renamed")
    merged, lost = join(base, mine, theirs, Journey)
    assert lost == {}
    assert {c.id: c.text for c in merged.cards} == {"one": "Mine", "two": "Theirs", "new": "New"}
    assert merged.name == "Renamed"


def test_merge_tells_what_two_changed_in_one_card():
    base = journeys()
    mine, theirs = base.change("one", text="A"), base.change("one", text="B")
    assert join(base, mine, theirs, Journey) == (mine, {"cards/one/text": "B"})
    gone = base.remove("one")
    assert join(base, gone, theirs, Journey) == (gone, {"cards/one": theirs.card("one").plain()})


@given(
    st.lists(st.sampled_from(["one", "two", "three"]), max_size=3, unique=True),
    st.lists(st.sampled_from(["one", "two", "three"]), max_size=3, unique=True),
)
def test_merge_loses_no_change(mine_changes, theirs_changes):
    base = mine = theirs = journeys()
    for card in mine_changes:
        mine = mine.change(card, text="mine")
    for card in theirs_changes:
        theirs = theirs.change(card, owner="theirs")
    # Where both changed one card, they changed different fields of it.
    merged = {c.id: c for c in join(base, mine, theirs, Journey)[0].cards}
    assert all(merged[card].text == "mine" for card in mine_changes)
    assert all(merged[card].owner == "theirs" for card in theirs_changes)


def test_event_match_forms():
    row = {"event": "page_view", "page": "/checkout/pay"}
    assert EventMatch.model_validate({"event": "page_view", "page": "/checkout*"}).matches(row)
    assert not EventMatch.model_validate({"event": "page_view", "page": "/home*"}).matches(row)
    assert not EventMatch.model_validate("Page_view").matches(row)
    assert EventMatch.model_validate("page_*").names(["page_view", "purchase"]) == ["page_view"]
    assert EventMatch.model_validate("purchase").model_dump() == "purchase"
    assert "names no event" in first(EventMatch, [])


def test_segments_are_columns_and_values_never_expressions():
    persona = Persona.model_validate({"id": "p", "name": "P", "segment": {"device": "007"}})
    assert persona.segment == {"device": ("007",)}
    assert "mapping of column to value" in first(
        Persona, {"id": "p", "name": "P", "segment": "device == 'mobile'"}
    )


def test_workshop_refuses_what_names_no_stage():
    stages = [{"id": "buy", "name": "Buy"}]
    promise = {"id": "quick", "text": "Quick", "stage": "by", "measure": "hold_minutes"}
    assert "Did you mean 'buy'?" in first(
        Workshop, {"name": "W", "stages": stages, "promises": [promise]}
    )


def test_funnel_falls_back_to_the_stages():
    workshop = Workshop.model_validate(
        {
            "name": "W",
            "stages": [{"id": "see", "name": "See", "events": "home"}, {"id": "x", "name": "X"}],
        }
    )
    assert list(workshop.steps()) == ["See"]


@given(st.text(max_size=80))
def test_a_slug_is_always_an_id(text):
    Card(id=slug(text), stage="s", lane="l", text="t")


@pytest.mark.parametrize(
    ("told", "said"),
    [(0, "greater than or equal to 1"), (4.5, "valid integer"), ("few", "valid integer"),
     ("true", "valid integer"), (-1, "greater than or equal to 1")],
)  # fmt: skip
def test_the_smallest_group_is_a_whole_number_of_one_or_more(told, said):
    data = {"name": "Shop", "stages": [{"id": "buy", "name": "Buy"}]}
    assert Workshop.model_validate(data).privacy.smallest_group == 5
    one = {**data, "privacy": {"smallest_group": 1}}
    assert Workshop.model_validate(one).privacy.smallest_group == 1
    with pytest.raises(ValidationError, match=said):
        Workshop.model_validate({**data, "privacy": {"smallest_group": told}})
    with pytest.raises(ValidationError, match="smallest_group"):
        Workshop.model_validate({**data, "privacy": {"smalest_group": 5}})
