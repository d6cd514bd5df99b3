"""A persona has any number of journeys: each is opened, drawn, tested and told of."""

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from journeykit import open_workshop
from journeykit.charts.poster.atlas import atlas_html
from journeykit.claims import Evidence, verdicts
from journeykit.claims.diff import diff_folders
from journeykit.cli.app import app
from journeykit.errors import WorkshopError
from journeykit.phases import OpenWorkshop, Panel
from journeykit.report import write_index, write_report
from journeykit.run.results import build_result, write_result
from journeykit.store import create, open_folder

RETURNS = """\
id: maya-returns
name: Maya sends it <back>
persona: mobile-maya
owner: Returns desk
reviewed: 2026-01-10
cards:
  - {id: find-a-treat, stage: post-purchase, lane: actions, text: Asks for a label,
     claim: {metric: conversion, is: at least, threshold: 50%, must: true}}
"""
PLANNED = """\
id: a-label-in-the-box
name: A label lies in the box
persona: mobile-maya
kind: to-be
based_on: maya-returns
cards:
  - {id: find-a-treat, stage: post-purchase, lane: actions, text: Takes the label}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The retail sample; Maya has a second journey with a to-be map of its own."""
    root = create(tmp_path_factory.mktemp("two") / "shop", "retail").root
    for text in (RETURNS, PLANNED):
        (root / f"journeys/{text[4:].partition(chr(10))[0]}.yaml").write_text(text)
    return root


@pytest.fixture(scope="module")
def w(place: Path) -> OpenWorkshop:
    return open_workshop(place, "mobile-maya")


def _written(root: Path, w: OpenWorkshop, *asked: Callable[[], Panel]) -> dict[str, Any]:
    """Write result and report as a run would, from what these questions show."""
    shown: list[Panel] = []
    for panel in (question() for question in asked):
        shown += [panel, *panel.more]
    told = [{**panel.data(), "spec": None, "svg": panel.svg} for panel in shown]
    folder = root / w.persona_id
    folder.mkdir(parents=True)
    there = [
        {"id": each.id, "name": each.name, "kind": each.kind, "persona": each.persona}
        for each in map(w.folder.journey, w.folder.journey_ids())
    ]
    head = {
        **{"kind": "persona", "workshop": "Shop", "run_id": root.name, "status": "ok"},
        "persona": w.persona_id,
        "journeys": [each for each in there if each["persona"] == w.persona_id],
        "elsewhere": [each for each in there if each["persona"] == "loyal-lena"],
        "not_run": [each for each in there if each["persona"] == "loyal-lena"],
    }
    outcome = {"name": "00", "status": "ok", "file": "00.ipynb", "seconds": 1.0, "panels": told}
    result = build_result(head, [outcome], {})
    write_result(folder, result)
    write_report(json.loads((folder / "result.json").read_text()), told, folder / "report.html")
    return result


def test_the_main_journey_is_opened_unless_another_is_named(place: Path) -> None:
    assert open_workshop(place, "mobile-maya").journey.id == "mobile-maya"
    assert open_workshop(place, "mobile-maya", journey="").journey.id == "mobile-maya"
    other = open_workshop(place, journey="maya-returns")
    assert (other.persona_id, other.journey.id) == ("mobile-maya", "maya-returns")
    assert [each.id for each in other.journeys] == ["maya-returns", "mobile-maya"]
    assert "maya-returns" in open_workshop(place, "mobile-maya")._repr_html_()


@pytest.mark.parametrize(
    ("persona", "journey", "said"),
    [
        ("mobile-maya", "maya-retuns", "Did you mean 'maya-returns'?"),
        ("", "maya-retuns", "Did you mean 'maya-returns'?"),
        ("loyal-lena", "maya-returns", "the as-is map of 'mobile-maya'"),
        ("mobile-maya", "a-label-in-the-box", "the to-be map of 'mobile-maya'"),
    ],
)
def test_what_is_no_journey_of_hers_is_refused_with_the_right_word(
    place: Path, persona: str, journey: str, said: str
) -> None:
    with pytest.raises(WorkshopError, match="journey") as refused:
        open_workshop(place, persona, journey=journey)
    assert said in str(refused.value)


def test_each_journey_has_its_own_to_be_map(place: Path, w: OpenWorkshop) -> None:
    other = open_workshop(place, journey="maya-returns")
    assert (w.to_be and w.to_be.id) == "mobile-maya-to-be"
    assert (other.to_be and other.to_be.id) == "a-label-in-the-box"
    shown = w.test.to_be()
    assert [shown.id, *(panel.id for panel in shown.more)] == ["to-be", "to-be-a-label-in-the-box"]
    assert shown.more[0].numbers == {"changed": 1}


def test_the_claims_of_all_journeys_are_held(w: OpenWorkshop) -> None:
    found = verdicts(Evidence.of(w))
    assert {each.journey for each in found} == {"mobile-maya", "maya-returns"}
    rows = w.test.claims().numbers["rows"]
    assert [each["verdict"] for each in rows if each["id"] == "maya-returns/find-a-treat"] == [
        "refuted"
    ]
    tests = w.test.journey_tests().numbers
    assert {each["journey"] for each in tests["rows"]} == {"mobile-maya", "maya-returns"}
    assert sum(each["colour"] == "red" for each in tests["rows"]) == tests["red"]


def test_a_claim_marks_only_the_card_of_its_own_journey(w: OpenWorkshop) -> None:
    shown = w.start.map()
    assert "claim refuted: 13.5%" in str(shown.more[0].svg)
    assert "claim refuted: 13.5%" not in str(shown.svg)


def test_report_index_and_result_have_both(w: OpenWorkshop, tmp_path: Path) -> None:
    result = _written(tmp_path / "1", w, w.start.map, w.test.claims, w.test.to_be)
    told = {each["id"]: each for each in result["journeys"]}
    assert [*told] == ["mobile-maya", "maya-returns", "mobile-maya-to-be", "a-label-in-the-box"]
    assert told["maya-returns"]["claims"] == {"refuted": 1}
    stage = next(each for each in told["maya-returns"]["stages"] if each["id"] == "post-purchase")
    assert (stage["cards"], stage["claims"], stage["owner"]) == (1, {"refuted": 1}, "Support lead")
    assert stage["days"] == (dt.date.today() - dt.date(2026, 1, 10)).days
    assert stage["late"]
    assert "journeys" not in result["phases"]["start-here"]["map"]

    report = (tmp_path / "1/mobile-maya/report.html").read_text()
    index = write_index(tmp_path / "1").read_text()
    for each in told.values():
        assert f'id="{each["anchor"]}"' in report
        assert f"'mobile-maya/report.html#{each['anchor']}'" in index
    for said in ("Maya sends it &lt;back&gt;", "▼ 1 refuted", "Not in this run:", "(loyal-lena)"):
        assert said in index


def test_a_journey_whose_persona_failed_is_named(w: OpenWorkshop, tmp_path: Path) -> None:
    result = _written(tmp_path / "1", w)
    assert [each["id"] for each in result["journeys"]] == sorted(
        each["id"] for each in result["journeys"]
    )
    index = write_index(tmp_path / "1").read_text()
    assert index.count("not measured in this run") == 4


def test_the_atlas_has_all_journeys_the_reds_first(w: OpenWorkshop, tmp_path: Path) -> None:
    _written(tmp_path / "1", w, w.start.map)
    again = open_workshop(w.folder.root, "mobile-maya", results=str(tmp_path / "1"))
    shown = again.compare.atlas()
    order = [
        str(shown.html).index(each) for each in ("in the tram, as it is", "sends it", "A label")
    ]
    assert order == sorted(order)
    assert shown.numbers == {"journeys": 4, "refuted": 2}
    assert "href='../mobile-maya/report.html#start-here-map-maya-returns'" in str(shown.html)
    assert "Returns desk" in str(shown.html)
    assert shown.notes == ["Not in this run: Lena comes back, as it is today."]


@pytest.mark.parametrize("row", [{}, {"claims": {"refuted": 1}}, {"stages": [{"stage": "<b>"}]}])
def test_the_atlas_draws_what_little_is_known(row: dict[str, Any]) -> None:
    known = {"id": "a", "name": "<i>", "kind": "as-is", **row}
    drawn = atlas_html([("<u>", "", known)])
    for tag in ("<i>", "<u>", "<b>"):
        assert tag not in drawn
    assert "&lt;i&gt;" in drawn


def _below(root: Path, parent: str, of: str = "maya-returns") -> None:
    file = root / f"journeys/{of}.yaml"
    text = file.read_text() if file.exists() else f"id: {of}\nname: {of}\npersona: loyal-lena\n"
    file.write_text(f"{text}parent: {parent}\n")


def test_a_journey_stands_under_a_stage_of_another(place: Path, tmp_path: Path) -> None:
    root = tmp_path / "shop"
    shutil.copytree(place, root)
    _below(root, "{journey: mobile-maya, stage: post-purchase}")
    assert open_folder(root).problems() == []
    w = open_workshop(root, "mobile-maya")
    where = "under “After the purchase” of “Maya buys in the tram, as it is today”"
    shown = w.start.map()
    assert (
        shown.more[0].sentence
        == f"1 note: 1 assumed, 0 heard, 0 measured. This journey stands {where}."
    )
    assert f"“Maya sends it <back>” stands {where}." in shown.notes
    assert "After the purchase of mobile-maya" in str(shown.more[0].svg)
    result = _written(tmp_path / "1", w, w.start.map)
    assert [each["under"] for each in result["journeys"]] == ["", where, "", ""]
    assert where in (write_index(tmp_path / "1")).read_text()


@pytest.mark.parametrize(
    ("parents", "said"),
    [
        ({"maya-returns": "{journey: mobile-may, stage: purchase}"}, "Did you mean 'mobile-maya'?"),
        ({"maya-returns": "{journey: mobile-maya, stage: purchse}"}, "Did you mean 'purchase'?"),
        ({"maya-returns": "{journey: maya-returns, stage: purchase}"}, "it stands under itself"),
        (
            {
                "maya-returns": "{journey: other, stage: purchase}",
                "other": "{journey: maya-returns, stage: purchase}",
            },
            "other under maya-returns under other",
        ),
    ],
)
def test_what_a_journey_stands_under_is_there_and_no_circle(
    place: Path, tmp_path: Path, parents: dict[str, str], said: str
) -> None:
    root = tmp_path / "shop"
    shutil.copytree(place, root)
    for journey, parent in parents.items():
        _below(root, parent, journey)
    found = open_folder(root).problems()
    assert len(found) == len(parents)
    assert said in " ".join(map(str, found))
    assert all(each.line and (each.key or "").startswith("parent") for each in found)


def test_diff_tells_of_a_journey_that_was_put_under_another(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place, tmp_path / "new")
    _below(tmp_path / "new", "{journey: mobile-maya, stage: purchase}")
    told = diff_folders(open_folder(place), open_folder(tmp_path / "new"))
    assert any("parent" in each.said for each in told)


def test_a_journey_without_a_test_is_named(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place, tmp_path / "shop")
    (tmp_path / "shop/journeys/idle.yaml").write_text("name: Idle\npersona: loyal-lena\n")
    said = CliRunner().invoke(app, ["test", str(tmp_path / "shop")]).output
    assert "journeys/idle.yaml has no test" in said
    assert said.count("has no test") == 1
    assert "Maya sends it <back>" in said


def test_where_only_the_further_journey_has_a_plan_its_link_leads_there(
    place: Path, tmp_path: Path
) -> None:
    shutil.copytree(place, tmp_path / "shop")
    (tmp_path / "shop/journeys/mobile-maya-to-be.yaml").unlink()
    w = open_workshop(tmp_path / "shop", "mobile-maya")
    assert w.to_be is None
    shown = w.test.to_be()
    assert shown.sentence == "There is no to-be map of this journey yet."
    result = _written(tmp_path / "1", w, w.start.map, w.test.to_be)
    report = (tmp_path / "1/mobile-maya/report.html").read_text()
    for each in result["journeys"]:
        assert f'id="{each["anchor"]}"' in report


def test_report_leads_from_a_map_to_those_below_and_above_it(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place, tmp_path / "shop")
    _below(tmp_path / "shop", "{journey: mobile-maya, stage: post-purchase}")
    w = open_workshop(tmp_path / "shop", "mobile-maya")
    _written(tmp_path / "1", w, w.start.map)
    report = (tmp_path / "1/mobile-maya/report.html").read_text()
    up = '<a href="#start-here-map">Maya buys in the tram, as it is today</a>'
    down = '<a href="#start-here-map-maya-returns">Maya sends it &lt;back&gt;</a>'
    assert f"This journey stands under “After the purchase” of “{up}”." in report
    assert (
        f"<li>“{down}” stands under “After the purchase” of “Maya buys in the tram, as it is today”.</li>"
        in report
    )


def test_report_leads_to_the_report_of_another_persona(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place, tmp_path / "shop")
    root = tmp_path / "shop"
    _below(root, "{journey: loyal-lena, stage: post-purchase}")
    _below(root, "{journey: mobile-maya, stage: awareness}", of="gift-lena")
    w = open_workshop(root, "mobile-maya")
    _written(tmp_path / "1", w, w.start.map)
    report = (tmp_path / "1/mobile-maya/report.html").read_text()
    up = '<a href="../loyal-lena/report.html">Lena comes back, as it is today</a>'
    down = '<a href="../loyal-lena/report.html#start-here-map-gift-lena">gift-lena</a>'
    assert f"This journey stands under “After the purchase” of “{up}”." in report
    assert f"<li>“{down}” stands under “" in report


NEEDS = """\
name: A {return} & what it needs
persona: mobile-maya
cards:
  - {id: label, stage: post-purchase, lane: goals, text: Have it collected, importance: 9, satisfaction: 2}
  - {id: how, stage: post-purchase, lane: needs, text: How do I send it back?}
  - {id: feel, stage: post-purchase, lane: emotions, text: Annoyed, emotion: -2}
  - {id: pack, stage: post-purchase, lane: actions, text: Packs it}
"""


@pytest.fixture(scope="module")
def three(place: Path, tmp_path_factory: pytest.TempPathFactory) -> OpenWorkshop:
    root = tmp_path_factory.mktemp("three") / "shop"
    shutil.copytree(place, root)
    (root / "journeys/needs.yaml").write_text(NEEDS)
    return open_workshop(root, "mobile-maya")


@pytest.mark.parametrize(
    ("phase", "ask", "id", "numbers"),
    [
        ("buyer_goals", "ranking", "goals", {"goals": 1, "rated": 1, "steps_without_goal": 1}),
        ("buyer_goals", "content_gaps", "content-gaps", {"needs": 1, "gaps": 1}),
        ("buyer_goals", "messages", "messages", {"silent_stages": 5}),
        ("ux", "completeness", "completeness", None),
        ("test", "_walk_sheet", "walk-asked", {}),
        ("after", "playbook", "playbook", None),
    ],
)
def test_what_is_asked_of_the_map_is_asked_of_each(
    three: OpenWorkshop, w: OpenWorkshop, phase: str, ask: str, id: str, numbers: Any
) -> None:
    shown = getattr(getattr(three, phase), ask)()
    assert [shown.id, *(each.id for each in shown.more)] == [
        id,
        f"{id}-maya-returns",
        f"{id}-needs",
    ]
    assert shown.more[1].title.endswith(" (A {return} & what it needs)")
    if numbers is not None:
        assert shown.more[1].numbers == numbers
    alone = open_workshop(create(three.folder.root.parent / f"one-{ask}", "retail").root)
    alone.persona_id = "mobile-maya"
    only = getattr(getattr(alone, phase), ask)()
    assert not only.more
    assert only.title in shown.title
    assert (only.sentence, only.numbers) == (shown.sentence, shown.numbers)


def test_feelings_and_walks_are_told_of_each_journey(three: OpenWorkshop) -> None:
    felt = three.ux.emotions().more[1]
    assert felt.id == "emotions-needs"
    assert felt.numbers["After the purchase"]["team"] == -2
    assert "After the purchase" in felt.sentence
    walked = three.test.walk().more[1]
    assert (walked.id, walked.numbers["steps"], walked.numbers["seen"]) == ("walk-needs", 1, 0)
    sheet = three.test.ask_walk().more[1]
    assert "Packs it" in sheet.html


def test_an_idea_may_serve_a_goal_of_any_journey(three: OpenWorkshop) -> None:
    kind = three.folder.root / "records/ideas"
    kind.mkdir(parents=True, exist_ok=True)
    (kind / "pickup.yaml").write_text("text: A pick-up\nserves: label\npersona: mobile-maya\n")
    frame = open_workshop(three.folder.root, "mobile-maya").test.ideas().frame
    assert frame.set_index("idea").loc["A pick-up", "serves"] == "Have it collected"


def test_the_chosen_journey_comes_first_and_what_is_asked_of_it_alone_is_said(
    three: OpenWorkshop,
) -> None:
    other = open_workshop(three.folder.root, journey="needs")
    shown = other.buyer_goals.ranking()
    assert (shown.id, shown.numbers["goals"]) == ("goals", 1)
    assert [each.id for each in shown.more] == ["goals-mobile-maya", "goals-maya-returns"]
    assert any("`journey` chooses" in note for note in other.start.map().notes)


def test_a_run_with_journey_tests_can_be_read_again(place: Path, w: OpenWorkshop) -> None:
    """Each test stands in the result with its alarm, also the walk, which has none."""
    found = _written(place.parent / "read-again", w, w.test.journey_tests)
    rows = found["phases"]["test-the-journey"]["journey-tests"]["rows"]
    assert {each["id"] for each in rows if not each["alarm"]} >= {"mobile-maya/walk"}
    assert any(each["alarm"].get("colour") for each in rows)
    assert "mobile-maya" in write_index(place.parent / "read-again").read_text("utf-8")


def test_a_red_alarm_stands_on_the_index_in_the_atlas_and_beside_its_map(
    w: OpenWorkshop, tmp_path: Path
) -> None:
    """From the one result of the journey tests; the map of another journey says nothing."""
    result = _written(tmp_path / "1", w, w.start.map, w.test.journey_tests)
    rows = result["phases"]["test-the-journey"]["journey-tests"]["rows"]
    test = next(each for each in rows if each["journey"] == "mobile-maya" and each["alarm"])
    test["name"] = "Paying <works>"
    test["alarm"] = {"state": -1, "colour": "red", "turned": "2026-05-04", "n": 12}
    where, said = (
        tmp_path / "1/mobile-maya",
        "Paying &lt;works&gt;: red since the night of 2026-05-04",
    )
    (where / "result.json").write_text(json.dumps(result))
    panels = [w.start.map(), *w.start.map().more]
    shown = [
        {**panel.data(), "svg": str(panel.svg), "spec": None, "phase": "start-here"}
        for panel in panels
    ]
    write_report(result, shown, where / "report.html")
    report, index = (where / "report.html").read_text(), write_index(tmp_path / "1").read_text()
    assert (index.count(said), index.count("▼ alarm since 2026-05-04")) == (1, 1)
    assert report.count(said) == 1
    assert report.index('id="start-here-map"') < report.index(said)
    assert report.index(said) < report.index('id="start-here-map-maya-returns"')
    again = open_workshop(w.folder.root, "mobile-maya", results=str(tmp_path / "1"))
    assert "▼ alarm since 2026-05-04" in str(again.compare.atlas().html)
