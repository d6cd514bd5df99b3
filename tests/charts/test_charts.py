from __future__ import annotations

import inspect
import json
import re
import runpy
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pandas as pd
import pytest

from journeykit import charts, numbers
from journeykit.charts import renderer
from journeykit.charts.drawing import picture, theme
from journeykit.charts.drawing.theme import text_width

FRAMES = runpy.run_path(str(Path(__file__).with_name("chart_frames.py")))["frames"]()
DRAWN = sorted({number.chart for number in numbers.CATALOGUE.values() if number.chart})
# What notebooks that people have copied ask for.
NAMES = """alarm attribution attribution_from_paths basket belief_score beliefs bundle campaign_coverage
campaign_effect ces channels claims compare_personas compare_sheets compare_text competitors coverage csat
differences emotion emotion_by_stage emotions entry_points experiment friction funnel funnel_change
goals javascript journey_compare journey_map journey_sheets journey_text label last_before_loss next_product nps
order_conformance paths promise_hours promises rate_by rates read_ab repeat_purchase retention
sample_size scores segment_profile service sessions spec stage_times step_matrix stickiness
survey_by sus svg themes to_pdf to_png transitions trend warm_up weak_spots what_if""".split()
# Values of the frames, which stand as the data has them.
VALUES = (
    r"paid_search|spring_sale|cart_reminder|scarf_ring|silk_scarf|two_years|phone_call|new_page"
)
SAYS = {
    "funnel": "Customers who reached the step",
    "funnel|by": "Share that went on from the step before",
    "transitions": "per cent of those who were there",
    "transitions|few": "who were at the first of the two",
    "step_matrix": "Step of the journey",
    "paths": "Share of all sessions",
    "sessions": "Time from first to last event",
    "last_before_loss": "never reached the goal",
    "stage_times": "Time (each mark",
    "order_conformance": "in the designed order",
    "friction": "Share of customers",
    "entry_points": "Customers who began here",
    "channels": "Share of customers who reached the goal",
    "differences": "Share of customers who did it",
    "attribution": "Share of all conversions",
    "coverage": "Share of all customers",
    "segment_profile": "customers of this segment",
    "rates": "Share of all leads",
    "campaign_effect": "(percentage points)",
    "compare_personas": "Share of customers who get to the end",
    "retention": "Months after the first",
    "repeat_purchase": "Share of customers who bought again",
    "basket": "times as often together as by chance",
    "nps": "Promoters 38.1%",
    "csat": "everybody 100%",
    "ces": "very easy 7",
    "sus": "best 100",
    "survey_by": "CSAT: satisfied",
    "emotion": "Feeling",
    "emotion_by_stage": "Customers say",
    "themes": "Share of comments",
    "service": "Minutes to the first answer",
    "promise_hours": "Cases then",
    "promises": "in which the promise was kept",
    "weak_spots": "Lost more than in the comparison",
    "what_if": "share that reaches the end",
    "sample_size": "Customers needed in each group",
    "experiment": "Share of customers who reached the goal",
    "next_product": "whose next order has it",
    "stickiness": "active on a day of it",
    "funnel_change": "▲ better",
    "rate_by": "Share of rows with a yes",
    "campaign_coverage": "○ no campaign",
    "trend": "Customers who reach the goal",
    "competitors": "Grade, 1 (poor) to 5",
    "goals": "Opportunity (2 to 20)",
    "alarm": "a 100th",
    "beliefs": "Lost before",
    "belief_score": "Share of ranges that held the truth",
}


def draw(name: str, frame: pd.DataFrame) -> ET.Element:
    chart = getattr(charts, name.split("|")[0])(frame)
    return ET.fromstring(charts.svg(chart, f"Title of {name}", "What was found"))


def words(svg: ET.Element) -> list[str]:
    return ["".join(node.itertext()) for node in svg.iter("{http://www.w3.org/2000/svg}text")]


def rows_of(chart: object) -> list[dict]:
    """The rows that a chart embeds."""
    return max(renderer.spec(chart)["datasets"].values(), key=len)


@pytest.mark.parametrize("name", sorted({*DRAWN, *NAMES}))
def test_every_number_finds_its_chart_and_every_name_of_old_is_there(name: str) -> None:
    assert callable(getattr(charts, name))
    assert name in charts.__all__


def test_the_list_of_charts_is_that_of_the_functions_in_the_files() -> None:
    assert set(charts.__all__) - set(NAMES) == {"use"}
    assert all(inspect.isfunction(getattr(charts, name)) for name in charts.__all__)
    assert charts.read_ab is charts.experiment
    assert dir(charts) == charts.__all__


@pytest.mark.parametrize("name", FRAMES)
def test_says_what_is_counted_in_words(name: str) -> None:
    svg = draw(name, FRAMES[name])
    shown = words(svg)
    assert any(SAYS[name] in text for text in shown), shown
    said = [re.sub(VALUES, "", text) for text in shown]
    wrong = [t for t in said if re.search(r"_|\b(NaN|null|None|undefined|nan)\b|\de\+\d", t)]
    assert not wrong
    assert svg.get("role") == "img"
    children = [node.tag.split("}")[1] for node in list(svg)[:2]]
    assert children == ["title", "desc"]
    assert svg[0].text == f"Title of {name}"
    assert svg[1].text == "What was found"


def test_each_chart_is_looked_at() -> None:
    drawn = {name.split("|")[0] for name in FRAMES}
    same = {"read_ab": "experiment", "scores": "nps"}
    assert {same.get(name, name) for name in DRAWN} <= drawn


@pytest.mark.parametrize("name", sorted({name.split("|")[0] for name in FRAMES}))
def test_no_rows_say_so(name: str) -> None:
    frame = FRAMES[name].iloc[:0]
    shown = words(draw(name, frame))
    assert any(re.search(r"\b(No|Nobody|Nothing|Everybody)\b", text) for text in shown), shown


def test_hostile_words_stay_words() -> None:
    hostile = '<script>alert("1")</script>'
    frames_ = {
        "last_before_loss": FRAMES["last_before_loss"].assign(event=[hostile, "a&b"]),
        "promises": FRAMES["promises"].assign(text=[hostile, "a&b"]),
        "retention": FRAMES["retention"].assign(cohort=hostile),
        "emotion": FRAMES["emotion"].assign(stage=[hostile, "a&b"]),
    }
    for name, frame in frames_.items():
        chart = getattr(charts, name)(frame)
        text = charts.svg(chart, hostile, hostile)
        assert "<script" not in text
        svg = ET.fromstring(text)
        assert svg[0].text == svg[1].text == hostile
    assert any(hostile in text for text in words(draw("promises", frames_["promises"])))


def test_few_observations_are_hollow_and_starred() -> None:
    frame = FRAMES["channels"]
    svg = draw("channels", frame)
    assert any(text.endswith("*") for text in words(svg))
    assert any("fewer than 30 customers" in text for text in words(svg))
    data = rows_of(charts.channels(frame))
    assert [row["fill"] for row in data] == [theme.PAPER, theme.BLUE]
    plenty = words(draw("channels", frame.assign(small_n=False)))
    assert not any("*" in text for text in plenty)


def test_the_interval_is_drawn_where_it_is() -> None:
    frame = FRAMES["last_before_loss"]
    rows = rows_of(charts.last_before_loss(frame))
    assert [row["low"] for row in rows] == pytest.approx(list(frame["low"]), abs=1e-4)
    assert [row["high"] for row in rows] == pytest.approx(list(frame["high"]), abs=1e-4)


def test_a_change_is_told_step_by_step_with_both_periods() -> None:
    shown = words(draw("funnel_change", FRAMES["funnel_change"]))
    assert {"+6.0", "−4.0 *", "38.0%", "44.0%", "▲ better", "◊ undecided"} <= set(shown)
    assert any("800 before, 900 now" in text for text in shown)
    assert "Visit" not in shown  # nobody can be lost before the first step


def test_the_six_largest_groups_of_leads_are_drawn_and_no_one_alone() -> None:
    sources = ["alone", "b", "c", "d", "e", "f", "largest"]
    people = [1, 40, 50, 60, 70, 80, 90]
    rows = [shares_of(source, n) for source, n in zip(sources, people, strict=True)]
    groups = {row["group"] for row in rows_of(charts.rates(pd.concat(rows, ignore_index=True)))}
    assert groups == {"b", "c", "d", "e", "f", "largest"}, "a value stands as the data has it"


def shares_of(source: str, n: int) -> pd.DataFrame:
    level = {"level": ["lead", "customer"], "people": [n, n // 2], "share_of_leads": [1.0, 0.5]}
    return pd.DataFrame({"source": source, **level, "low": 0.3, "high": 0.7, "small_n": n < 30})


def test_funnel_tells_loss_between_steps() -> None:
    shown = words(draw("funnel", FRAMES["funnel"]))
    assert "▼ 82.9% lost here (580)" in shown
    rows = rows_of(charts.funnel(FRAMES["funnel"]))
    # the ticks are those of the share that went on, in users
    low = FRAMES["funnel"]["low"][2] * 700
    assert rows[2]["low"] == pytest.approx(low, abs=1e-3)
    assert rows[0]["low"] is None


def test_names_of_rows_have_room_in_the_widest_font_and_read_as_words() -> None:
    frame = FRAMES["funnel"].assign(step=["landing_page or home", *FRAMES["funnel"]["step"][1:]])
    chart = charts.funnel(frame)
    assert "Landing page or home" in words(draw("funnel", frame))
    room = set(re.findall(r'"minExtent": (\d+)', json.dumps(renderer.spec(chart))))
    assert len(room) == 1
    assert int(room.pop()) > text_width("Landing page or home", 12)


def test_weeks_stand_in_their_order_beside_the_share_of_all() -> None:
    weeks = [f"2026-0{1 + n // 28}-{1 + n % 28:02}" for n in range(0, 140, 7)]
    rows = pd.DataFrame([{"week": weeks[n % 20], "yes": n % 3 == 0} for n in range(300)])
    shown = numbers.rate_by(rows.sample(frac=1, random_state=1), "yes", "week")
    assert [row["x"] for row in rows_of(charts.rate_by(shown))] == weeks, (
        "all of them, not the largest 15"
    )
    assert '"value": 0.333' in json.dumps(renderer.spec(charts.rate_by(shown)))


def test_transitions_run_forward_and_tell_what_is_left_out() -> None:
    y = [
        layer["encoding"]["y"] for layer in renderer.spec(charts.transitions(moves_many()))["layer"]
    ]
    assert y[0]["sort"][:4] == ["E2", "E3", "E4", "E5"]
    assert len(y[0]["sort"]) == 15
    assert any(
        "4 rarer events not shown" in text for text in words(draw("transitions", moves_many()))
    )


def moves_many() -> pd.DataFrame:
    way = [(f"e{i}", f"e{i + 1}", 1000 - i) for i in range(19)]
    back = [(f"e{i + 2}", f"e{i}", 40) for i in range(17)]
    frame = pd.DataFrame(way + back, columns=["from_event", "to_event", "transitions"])
    return frame.assign(users=frame["transitions"], share=0.5, low=0.4, high=0.6, small_n=False)


def test_ranked_lists_are_cut_and_say_so() -> None:
    many = pd.DataFrame({"event": [f"event_{i}" for i in range(60)], "users": 40, "share": 0.01})
    chart = charts.last_before_loss(many)
    assert len(rows_of(chart)) == 15
    assert any(
        "45 rarer events not shown" in text for text in words(draw("last_before_loss", many))
    )
    assert picture.top(many, 500)[1] == 60 - picture.MOST


def test_only_what_is_drawn_is_embedded() -> None:
    assert "secret" not in json.dumps(renderer.spec(charts.sessions(FRAMES["sessions"])))
    frame = FRAMES["themes"].assign(email="person@example.org")
    assert "person@" not in json.dumps(renderer.spec(charts.themes(frame)))


def test_long_names_over_a_heat_map_stay_over_their_columns() -> None:
    long = "Velvet Harbour (invented chain)"
    grades = pd.DataFrame({"criterion": ["Price"], **{f"{long} {i}": i for i in range(1, 5)}})
    svg = draw("competitors", grades)
    lines = [node.text or "" for node in svg.iter("{http://www.w3.org/2000/svg}tspan")]
    assert " ".join(lines).count(long) == 4
    assert max(text_width(line, 12) for line in lines) <= theme.WIDTH / 4 - 20


def test_competitors_whose_names_are_cut_alike_keep_a_column_each() -> None:
    grades = pd.DataFrame(
        {"criterion": ["Price"], **{f"Competitor number {i}": i for i in range(1, 11)}}
    )
    assert sum(text.startswith("Com") for text in words(draw("competitors", grades))) >= 10


def test_verdicts_have_a_word_and_a_symbol() -> None:
    shown = words(draw("promises", FRAMES["promises"]))
    assert "▼ broken" in shown
    assert "○ not measured" in shown


def test_an_alarm_says_when_it_turned_by_sign_and_words() -> None:
    shown = words(draw("alarm", FRAMES["alarm"]))
    turned = [text for text in shown if ": " in text and text[0] in "▲▼"]
    assert [text.partition(":")[0] for text in turned] == ["▲ green", "▼ red", "▲ green again"]
    frame = FRAMES["alarm"]
    nights = frame.index[frame["state"] != frame["state"].shift(fill_value=0)]
    assert [text.partition(": ")[2] for text in turned] == [f"{n.day} {n:%b}" for n in nights]
    assert {"- - -  claimed: at least 85%", "85.0%", "enough"} <= set(shown)
    assert "▼ bet that the claim is wrong" in shown


@pytest.mark.parametrize(
    ("kind", "said"), [("share", "diamond"), ("hours", "took longer"), ("score", "of their scale")]
)
def test_an_alarm_says_what_its_nights_count(kind: str, said: str) -> None:
    frame = FRAMES["alarm"].copy()
    frame.attrs = {**FRAMES["alarm"].attrs, "kind": kind}
    shown = words(draw("alarm", frame))
    assert said in " ".join(shown)
    assert ("85.0%" in shown) == (kind == "share"), "another unit has no place on this axis"


def test_an_alarm_draws_no_week_of_fewer_than_may_be_told() -> None:
    """And of no night how many came or paid."""
    frame = FRAMES["alarm"].copy()
    frame.attrs = {**FRAMES["alarm"].attrs, "least": 801}
    rows = rows_of(charts.alarm(frame))
    assert [row["mean"] is None for row in rows[:5]] == [True] * 4 + [False]
    assert rows[-1]["mean"] == pytest.approx(0.95)
    assert not {"n", "sum"} & set(rows[0])


def test_rows_of_one_name_stay_apart() -> None:
    frame = FRAMES["last_before_loss"].assign(event=["same", "same"])
    names = [row["name"] for row in rows_of(charts.last_before_loss(frame))]
    assert len(set(names)) == 2
    ids = FRAMES["last_before_loss"].assign(event=["add_to_cart", "add-to-cart"])
    rows = rows_of(charts.last_before_loss(ids))
    assert [row["name"] for row in rows] == ["add_to_cart", "add-to-cart"]


def test_a_chart_alone_in_a_cell_works_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    import altair as alt

    chart = charts.channels(FRAMES["channels"])
    assert alt.renderers.active == "journeykit"
    made = chart._repr_mimebundle_()
    made = made[0] if isinstance(made, tuple) else made
    assert set(made) == {renderer.MIME, "image/svg+xml", "text/plain"}
    assert "Who reaches the goal" in made["text/plain"]
    assert made[renderer.MIME]["config"]["background"] == theme.PAPER
    with alt.renderers.enable("json"):
        charts.channels(FRAMES["channels"])
        assert alt.renderers.active == "json"  # what somebody chose stays


def test_nothing_is_fetched_while_drawing() -> None:
    remote = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "mark": "bar",
        "data": {"url": "https://example.org/data.csv"},
    }
    with pytest.raises(ValueError, match=r"(?i)denied|allowed|external"):
        charts.svg(remote, "no")


def test_width_of_a_phone() -> None:
    chart = charts.weak_spots(FRAMES["weak_spots"])
    svg = ET.fromstring(charts.svg(chart.properties(width=344), "t", "d"))
    assert float(svg.get("width", 0)) == 344
    assert "max-width:100%" in svg.get("style", "")
    assert renderer.spec(chart)["width"] == theme.WIDTH  # the chart itself is as it was


def test_charts_fill_the_width_they_say() -> None:
    for name in ("funnel", "promises", "emotion", "transitions"):
        assert float(draw(name, FRAMES[name]).get("width", 0)) == theme.WIDTH


def test_importing_the_room_is_free() -> None:
    code = (
        "import sys, journeykit.charts as c; assert 'altair' not in sys.modules; "
        "import journeykit.charts.drawing.theme; assert 'altair' not in sys.modules; "
        "assert callable(c.journey_map); "
        "c.funnel; assert 'altair' in sys.modules and 'vl_convert' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_no_module_hides_a_chart() -> None:
    modules = {path.stem for path in Path(charts.__file__).parent.glob("*.py")}
    assert not modules & set(charts.__all__)


def test_unknown_chart() -> None:
    with pytest.raises(AttributeError, match="funel"):
        _ = charts.funel


def test_text_can_be_read_on_paper() -> None:
    def light(colour: str) -> float:
        parts_ = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts_)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    for colour in (theme.INK, theme.GREY, theme.BLUE, theme.PURPLE):
        assert (1.05) / (light(colour) + 0.05) >= 4.5
    for colour in (theme.VERMILLION, theme.GREEN):  # bold words and large signs
        assert (1.05) / (light(colour) + 0.05) >= 3
    assert len(set(theme.SERIES)) == len(theme.SERIES) == len(set(theme.SHAPES))


def test_a_long_label_of_emoji_is_cut_and_not_the_picture() -> None:
    names = ["🛒" * 60, "half \ud83d", "\ue000 private", "👩‍👩‍👧 short"]
    rows, y = [{"y": name} for name in names], {"field": "y", "type": "nominal"}
    drawn = renderer.svg({"data": {"values": rows}, "mark": "bar", "encoding": {"y": y}}, "T")
    label = next(text for text in re.findall(r"<text[^>]*>([^<]*)", drawn) if "🛒" in text)
    assert 10 < label.count("🛒") < 30
    assert label.endswith("…")
    assert all(told in drawn for told in ("half \ufffd", "\ue000 private", "👩‍👩‍👧 short"))
