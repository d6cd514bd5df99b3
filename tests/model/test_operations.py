"""Operations on the map, in whatever order two people ask for them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeykit.errors import Refused
from journeykit.model import Journey, Operation, Workshop, apply, difference
from journeykit.model.merging import put

SOME = settings(max_examples=settings().max_examples * 2)
STAGES, LANES = ("see", "buy", "keep"), ("actions", "emotions", "goals")
IDS = [f"c{n}" for n in range(6)]

places = st.fixed_dictionaries({"stage": st.sampled_from(STAGES), "lane": st.sampled_from(LANES)})
ids = st.sampled_from(IDS)
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(
    str.strip
)
feelings = st.integers(-20, 20).map(lambda tenths: tenths / 10)
asked = st.one_of(
    st.tuples(
        st.just("card.add"),
        st.builds(
            lambda i, p, t, f, g: {"id": i, **p, "text": t, **f, **g},
            ids,
            places,
            texts,
            st.one_of(st.just({}), st.builds(lambda e: {"emotion": e}, feelings)),
            st.one_of(st.just({}), st.builds(lambda c: {"serves": c}, ids)),
        ),
    ),
    st.tuples(
        st.just("card.change"),
        st.builds(
            lambda i, t, o: {"id": i, "text": t, "owner": o},
            ids,
            texts,
            st.sampled_from(["", "Nadia", None]),
        ),
    ),
    st.tuples(
        st.just("card.move"),
        st.builds(lambda i, p, b: {"id": i, **p, "before": b}, ids, places, ids),
    ),
    st.tuples(st.just("card.remove"), st.builds(lambda i: {"id": i}, ids)),
    st.tuples(
        st.just("card.comment"),
        st.builds(lambda i, c, t: {"id": i, "comment": {"id": c, "text": t}}, ids, ids, texts),
    ),
    st.tuples(
        st.just("emotion.set"),
        st.builds(lambda s, v: {"stage": s, "value": v}, st.sampled_from(STAGES), feelings),
    ),
)
people = st.lists(st.tuples(st.sampled_from(["ada", "ben"]), asked), max_size=25)


def operation(
    kind: str, data: dict[str, Any], by: str = "", doc: str = "journeys/maya"
) -> Operation:
    return Operation(id="x", kind=kind, doc=doc, by=by, data=data)


def begun() -> Journey:
    made = Journey(id="maya", name="Maya", persona="maya")
    return made.add("looks", stage="see", lane="actions", id="c0").add(
        "pays", stage="buy", lane="actions", id="c1", order=1
    )


def after(journey: Journey, by: str, kind: str, data: dict[str, Any]) -> Journey:
    """What the map is then; as it was, where it is refused."""
    try:
        found = apply(journey, operation(kind, data, by), Journey)
    except Refused:
        return journey
    assert isinstance(found, Journey)
    return found


@SOME
@given(people)
def test_in_any_order_a_card_is_there_once_and_only_what_was_asked_changes(story: Any) -> None:
    journey = begun()
    for by, (kind, data) in story:
        before = {card.id: card for card in journey.cards}
        journey = after(journey, by, kind, data)
        now = Counter(card.id for card in journey.cards)
        assert set(now.values()) <= {1}
        if kind in ("card.move", "card.change", "card.comment"):
            assert set(now) == set(before), "nothing comes and nothing goes"
        if kind == "card.move" and data["id"] in before:
            moved = journey.card(data["id"])
            assert (moved.stage, moved.lane) == (data["stage"], data["lane"])
            for card in journey.cards:
                assert {**card.plain(), "order": 0} == {
                    **before[card.id].plain(),
                    "order": 0,
                } or card is moved
            cell = sorted(journey.at(moved.stage, moved.lane), key=lambda c: (c.order, c.id))
            assert len({card.order for card in cell}) == len(cell), "each has a place of its own"
        if kind == "emotion.set":
            assert round(journey.emotions()[data["stage"]], 1) == data["value"]
            assert all(-2 <= c.emotion <= 2 for c in journey.cards if c.emotion is not None)
        assert Journey.model_validate(journey.plain()) == journey


@SOME
@given(people)
def test_what_is_sent_again_changes_nothing(story: Any) -> None:
    journey = begun()
    for by, (kind, data) in story:
        journey = after(journey, by, kind, data)
        again = after(journey, by, kind, data)
        assert difference(journey, again) == {}


@SOME
@given(people)
def test_each_change_can_be_taken_back_and_done_again(story: Any) -> None:
    journey = begun()
    for by, (kind, data) in story:
        now = after(journey, by, kind, data)
        change = difference(journey, now)
        back = put(now, {part: was for part, (was, _) in change.items()}, Journey)
        assert difference(journey, back) == {}
        assert (
            difference(now, put(back, {part: is_ for part, (_, is_) in change.items()}, Journey))
            == {}
        )
        journey = now


@SOME
@given(asked, asked)
def test_two_who_change_different_cards_may_come_in_any_order(one: Any, two: Any) -> None:
    kinds = {one[0], two[0]}
    if one[1].get("id") == two[1].get("id") or kinds & {
        "emotion.set",
        "card.move",
        "card.add",
        "card.remove",
    }:
        return  # these touch their neighbours' order or each other's card
    first = after(after(begun(), "ada", *one), "ben", *two)
    second = after(after(begun(), "ben", *two), "ada", *one)
    assert difference(first, second) == {}


def test_a_removed_goal_is_served_by_nobody() -> None:
    journey = begun().add("be quick", stage="buy", lane="goals", id="g").change("c1", serves="g")
    assert after(journey, "", "card.remove", {"id": "g"}).card("c1").serves is None


def test_the_scale_ends_before_the_mean_is_reached_and_the_others_go_on() -> None:
    journey = begun()
    for card_id, emotion in (("a", 2.0), ("b", 0.0), ("c", -2.0)):
        journey = journey.add("f", stage="buy", lane="emotions", id=card_id, emotion=emotion)
    assert after(journey, "", "emotion.set", {"stage": "buy", "value": 1.5}).emotions()[
        "buy"
    ] == pytest.approx(1.5, abs=0.01)


def test_a_map_is_begun_once() -> None:
    data = {
        "name": "To be",
        "persona": "maya",
        "kind": "to-be",
        "cards": [c.plain() for c in begun().cards],
    }
    made = apply(None, operation("begin", data, doc="journeys/then"), Journey)
    assert isinstance(made, Journey)
    assert (made.id, len(made.cards)) == ("then", 2)
    changed = made.remove("c0")
    assert apply(changed, operation("begin", data, doc="journeys/then"), Journey) == changed


# --- stages -----------------------------------------------------------------------------------


def workshop() -> Workshop:
    return Workshop.model_validate(
        {
            "name": "Shop",
            "stages": [{"id": s, "name": s.title()} for s in STAGES],
            "promises": [{"id": "p", "text": "soon", "stage": "buy"}],
        }
    )


def staged(word: Workshop, kind: str, **data: Any) -> Workshop:
    found = apply(word, operation(kind, data, doc="workshop"), Workshop)
    assert isinstance(found, Workshop)
    return found


def test_stages_are_named_added_moved_and_removed() -> None:
    shop = staged(workshop(), "stage.put", id="see", name="Notice", goal="be seen")
    assert [s.name for s in shop.stages] == ["Notice", "Buy", "Keep"]
    assert shop.stage("see").goal == "be seen"
    assert not staged(shop, "stage.put", id="see", goal="").stage("see").goal
    shop = staged(shop, "stage.put", id="tell", name="Tell", before="keep")
    assert [s.id for s in shop.stages] == ["see", "buy", "tell", "keep"]
    shop = staged(shop, "stage.put", id="see", before="")
    assert [s.id for s in shop.stages] == ["buy", "tell", "keep", "see"]
    assert [s.id for s in staged(shop, "stage.remove", id="tell").stages] == ["buy", "keep", "see"]


@SOME
@given(
    st.lists(
        st.tuples(st.sampled_from([*STAGES, "tell"]), st.sampled_from([*STAGES, "tell", ""])),
        max_size=8,
    )
)
def test_stages_that_are_moved_stay_each_once(moves: list[tuple[str, str]]) -> None:
    shop = staged(workshop(), "stage.put", id="tell", name="Tell")
    for stage, before in moves:
        shop = staged(shop, "stage.put", id=stage, before=before)
        assert sorted(s.id for s in shop.stages) == sorted([*STAGES, "tell"])
        assert staged(shop, "stage.put", id=stage, before=before) == shop


@pytest.mark.parametrize(
    ("kind", "data", "says"),
    [
        ("stage.put", {"id": "see", "name": " "}, "needs a name"),
        ("stage.put", {"id": "No Id", "name": "New"}, "no-id"),
        ("stage.remove", {"id": "buy"}, "promise 'p' names the stage 'buy'"),
        ("stage.put", {"id": "see", "colour": "red"}, "not known here"),
    ],
)
def test_what_a_stage_cannot_be_is_refused_with_the_reason(
    kind: str, data: dict[str, Any], says: str
) -> None:
    with pytest.raises(Refused, match=says):
        staged(workshop(), kind, **data)


def test_the_last_stage_stays() -> None:
    one = Workshop.model_validate({"name": "Shop", "stages": [{"id": "buy", "name": "Buy"}]})
    with pytest.raises(Refused, match="last stage"):
        staged(one, "stage.remove", id="buy")


# --- at a path --------------------------------------------------------------------------------


def test_whatever_has_a_path_is_set_inserted_moved_and_removed_alike() -> None:
    def asked(word: Workshop, kind: str, at: str, **data: Any) -> Any:
        return apply(word, Operation(id="1", kind=kind, doc="workshop", at=at, data=data))

    shop = asked(workshop(), "insert", "objectives/more", id="more", goal="More", **MORE)
    shop = asked(shop, "set", "objectives/more", owner="Ada")
    assert (shop.objectives[0].goal, shop.objectives[0].owner) == ("More", "Ada")
    assert asked(shop, "insert", "objectives/more", id="more", goal="Less", **MORE) == shop
    shop = asked(shop, "move", "stages/keep", before="see")
    assert [stage.id for stage in shop.stages] == ["keep", "see", "buy"]
    shop = asked(shop, "set", "criteria", value=["quick", " quick ", "", "kind"])
    assert shop.criteria == ("quick", "kind")
    assert asked(shop, "remove", "objectives/more").objectives == ()


MORE = {"measure": "conversion", "target": 0.2}


@pytest.mark.parametrize(
    ("kind", "at", "says"),
    [
        ("insert", "", "lacks `at`"),
        ("set", "stage/see", "Did you mean 'stages'"),
        ("set", "stages/sea", "this stage is gone"),
        ("move", "stages/sea", "this stage is gone"),
        ("set", "stages/sea/name", "this stage is gone"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(kind: str, at: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        apply(workshop(), Operation(id="1", kind=kind, doc="workshop", at=at, data={"value": "x"}))


@pytest.mark.parametrize("kind", ["insert", "put", "move"])
def test_a_path_that_names_no_item_is_refused(kind: str) -> None:
    with pytest.raises(Refused, match="lacks `at`"):
        apply(begun(), Operation(id="x", kind=kind, doc="journeys/maya", at="cards"))
