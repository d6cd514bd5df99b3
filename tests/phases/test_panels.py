"""Every question of every phase, asked of three samples: what a person reads, sees and keeps."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import IPython.display
import pytest

from journeykit.charts import renderer
from journeykit.engine import cache_folder
from journeykit.errors import WorkshopError
from journeykit.model import PHASES, RECORD_KINDS
from journeykit.phases import PANEL_MIME, OpenWorkshop, Panel
from journeykit.words import write as show

ASKED = {"retail": "mobile-maya", "saas": "it-manager-ivan", "healthcare": "senior-walter"}
RAW = re.compile(r"\b[a-zA-Z0-9]+(?:_[a-zA-Z0-9]+)+\b")
CAUSE = re.compile(
    r"\b(caused?( by)?|causes|because|due to|leads to|led to|results in|drives|thanks to|owing to|therefore)\b",
    re.I,
)
QUOTED = re.compile(r"“[^”]*”")
# A denial may name what it denies.
DENIED = ("need not be the cause", "not a cause", "does not say what causes what")
TEAM = ("detail", "what", "card", "text", "finding", "step", "does", "answered by")
MAIN = (  # what each phase has to show, as the issue lists it
    "start.data",
    "start.map",
    "objectives.audience",
    "objectives.leads",
    "buyer_goals.channels",
    "buyer_goals.attribution",
    "weak_spots.funnel",
    "weak_spots.last_before_loss",
    "weak_spots.friction",
    "weak_spots.themes",
    "weak_spots.ranking",
    "ux.transitions",
    "ux.stage_times",
    "ux.promises",
    "ux.emotions",
    "ux.surveys",
    "ux.service",
    "test.what_if",
    "after.retention",
    "after.repeat",
    "after.basket",
    "after.campaigns",
    "after.gaps",
    "weak_spots.funnel_change",
    "buyer_goals.leads",
    "after.stickiness",
)


class Answers:
    """The panels of one sample, asked once, with the folder before and after."""

    def __init__(self, w: OpenWorkshop, asked: dict[str, Callable[..., Any]]) -> None:
        self.w = w
        self.panels: dict[str, Panel] = {name: ask() for name, ask in asked.items()}

    @cached_property
    def values(self) -> set[str]:
        """The values of the columns of the log: they stand as the data has them."""
        log = self.w.all_events
        assert log is not None
        frame = log.frame()
        return {str(value) for name in log.columns for value in frame[name].dropna().unique()}

    def tables(self) -> Iterator[tuple[str, Panel, dict[str, Any]]]:
        for name, panel in self.panels.items():
            table = panel.table()
            if table and table["rows"]:
                yield name, panel, table


@pytest.fixture(
    scope="module",
    params=[pytest.param(t, marks=pytest.mark.xdist_group(f"panels-{t}")) for t in ASKED],
)
def answers(
    request: pytest.FixtureRequest,
    sample_folder: Callable[[str], Path],
    open_as: Callable[..., OpenWorkshop],
    questions: Callable[..., dict[str, Callable[..., Any]]],
    contents: Callable[[Path], dict[str, str]],
) -> Answers:
    root = sample_folder(request.param)
    w = open_as(root, ASKED[request.param])
    before = contents(root)
    made = Answers(w, questions(w))
    made.before, made.after = before, contents(root)  # type: ignore[attr-defined]
    return made


def test_every_question_is_answered_with_a_panel(answers: Answers) -> None:
    assert len(answers.panels) >= 60
    ids = {(p.phase, p.id) for p in answers.panels.values()}
    assert len(ids) == len(answers.panels), "two questions would overwrite each other in a report"
    for name, panel in answers.panels.items():
        assert isinstance(panel, Panel), name
        assert panel.phase in PHASES, name
        assert panel.phase == type(getattr(answers.w, name.split(".")[0])).id, name
        assert panel.title.strip(), name
        assert len(panel.sentence.split()) >= 3, f"{name} says nothing: {panel.sentence!r}"
        assert not re.search(r"\b(nan|None|NaT|inf)\b", panel.sentence), f"{name}: {panel.sentence}"


def test_a_panel_is_plain_data(answers: Answers) -> None:
    for name, panel in answers.panels.items():
        data = panel.data()
        assert json.loads(json.dumps(data, allow_nan=False)) == data, name
        table = data["table"]
        if table:
            assert all(len(row) == len(table["columns"]) for row in table["rows"]), name
            assert table["total"] >= len(table["rows"]), name
            assert len({column["label"] for column in table["columns"]}) == len(table["columns"]), (
                name
            )


@pytest.mark.parametrize("name", MAIN)
def test_each_phase_has_its_main_number_and_picture(answers: Answers, name: str) -> None:
    panel = answers.panels[name]
    assert "Not measured" not in panel.sentence
    assert re.search(r"\d", panel.sentence) or name == "after.gaps"
    if name != "start.data":  # its table lists what is odd, and nothing is
        assert panel.frame is not None
        assert len(panel.frame) > 0
    assert panel.chart is not None or panel.svg or name in ("start.data", "after.gaps")


def test_nobody_has_to_read_the_name_of_a_column(answers: Answers) -> None:
    found = {}
    for name, panel in answers.panels.items():
        read = [panel.title, panel.sentence, panel.counts, *panel.notes]
        table = panel.table()
        if table:
            read += [column["label"] for column in table["columns"]]
        raw = {word for text in read for word in RAW.findall(str(text))} - answers.values
        if raw:
            found[name] = raw
    assert not found


def test_cells_are_written_as_a_person_reads_them(answers: Answers) -> None:
    found = set()
    for name, _, table in answers.tables():
        for row in table["rows"]:
            for value, column in zip(row, table["columns"], strict=True):
                if column["key"] in TEAM:
                    continue
                if str(value) in answers.values and column["unit"] != "name":
                    continue
                said = show(value, column["unit"])
                if RAW.search(said) or said in ("nan", "None", "NaT", "True", "False"):
                    found.add((name, column["key"], said))
    assert not found


def test_no_panel_claims_a_cause(answers: Answers) -> None:
    found = {}
    for name, panel in answers.panels.items():
        said = " ".join([panel.title, panel.sentence, panel.counts, *panel.notes])
        said = QUOTED.sub("", said)  # customers and the team may say what they like
        for denial in DENIED:
            said = said.replace(denial, "")
        if name != "weak_spots.themes" and (claim := CAUSE.search(said)):
            found[name] = claim[0]
    assert not found


def test_numbers_say_what_they_count(answers: Answers) -> None:
    silent = [
        name
        for name, panel, table in answers.tables()
        if not panel.counts.strip()
        and {"users", "n", "low", "share"} & {c["key"] for c in table["columns"]}
    ]
    assert silent == []


def test_intervals_hold_their_value(answers: Answers) -> None:
    looked_at = 0
    for name, _panel, table in answers.tables():
        keys = [column["key"] for column in table["columns"]]
        if not {"low", "high"} <= set(keys):
            continue
        main = "stickiness" if "diff_low" in keys or "stickiness" in keys else "difference"
        of = next(
            k
            for k in (
                main,
                "of_previous",
                "conversion",
                "share_of_leads",
                "solved_share",
                "share",
                "effect",
                "score",
                "measured",
                "lift",
            )
            if k in keys
        )
        for row in table["rows"]:
            value, low, high = (row[keys.index(key)] for key in (of, "low", "high"))
            if None in (value, low, high):
                continue
            looked_at += 1
            assert low <= value + 1e-9, (name, row)
            assert value <= high + 1e-9, (name, row)
            if of not in ("difference", "effect", "score", "measured", "lift"):
                assert low >= 0, (name, row)
                assert high <= 1, (name, row)
    assert looked_at > 60


def test_every_picture_draws(answers: Answers) -> None:
    drawn = 0
    for name, panel in answers.panels.items():
        if panel.chart is not None:
            bundle = renderer.bundle(panel.chart, panel.title, panel.sentence)
            assert bundle["application/vnd.vegalite.v6+json"]["$schema"].endswith(".json")
            svg = bundle["image/svg+xml"]
        elif panel.svg:
            svg = panel.svg
        else:
            continue
        drawn += 1
        root = ElementTree.fromstring(svg)
        words = [text.strip() for text in root.itertext() if text.strip()]
        assert len(words) > 4, f"{name} draws nothing"
        assert not {"NaN", "undefined", "null", "None", "nan"} & set(words), name
        assert "http" not in svg.replace("http://www.w3.org", ""), f"{name} asks the internet"
    assert drawn >= 25


def test_a_panel_shows_itself_with_its_data_beside_the_picture(
    answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(IPython.display, "display", lambda bundle, raw: shown.append(bundle))
    for name in ("weak_spots.funnel", "start.map", "start.agenda", "objectives.unknowns"):
        shown.clear()
        panel = answers.panels[name]
        panel._ipython_display_()
        (kept,) = [bundle for bundle in shown if PANEL_MIME in bundle]
        assert kept[PANEL_MIME] == panel.data()
        assert ("image/svg+xml" in kept) == (panel.chart is not None or panel.svg is not None)
        assert panel.title in shown[0]["text/plain"]
        html = "".join(bundle.get("text/html", "") for bundle in shown)
        assert "<table>" in html


def test_a_batch_run_writes_nothing_but_its_cache(answers: Answers) -> None:
    assert answers.after == answers.before  # type: ignore[attr-defined]
    assert list(cache_folder().glob("events-*.duckdb"))


@pytest.mark.parametrize(
    ("persona", "words"),
    [("mobile-mya", "Did you mean 'mobile-maya'"), ("nobody", "no persona 'nobody'")],
)
def test_an_unknown_persona_is_told_the_right_word(
    sample_folder: Callable[[str], Path],
    open_as: Callable[..., OpenWorkshop],
    persona: str,
    words: str,
) -> None:
    with pytest.raises(WorkshopError, match=words):
        open_as(sample_folder("retail"), persona)


def test_how_well_the_team_knew_by_department_number_and_session(
    shop: Callable[..., Path], open_as: Any
) -> None:
    root = shop(("events",))
    w = open_as(root, "mobile-maya")
    assert w.test.beliefs().sentence.startswith("Nobody has guessed yet")
    at = [("sales", 40, 30, 50), ("sales", 60, 55, 65), ("support", 30, 20, 40), ("", 10, 5, 15)]
    for session, truth in (("2026-03-02", 33), ("2026-06-02", 38)):
        for n, (who, guess, low, high) in enumerate(at):
            what, real = ("Lost at the basket", truth) if n < 3 else ("Lost at the payment", 20)
            guessed = {
                "id": f"g{n}-{session}",
                "what": what,
                "guess": guess,
                "low": low,
                "high": high,
                "unit": "%",
                "department": who,
                "revealed": True,
                "truth": real,
                "run_date": session,
            }
            w.folder.save(RECORD_KINDS["guesses"].model_validate(guessed))
    panel = w.test.beliefs()
    assert panel.sentence.startswith(
        "4 of 8 ranges held the truth; at 80% sure it would be about 6."
    )
    assert "Most overestimated: “Lost at the basket” (7.8 points too high)." in panel.sentence
    rows = {(row["by"], row["which"]): row for row in panel.numbers["rows"]}
    assert rows["Department", "sales"]["ranges that held the truth"] == "2 of 4 (15% to 85%)"
    assert rows["Department", "sales"]["guesses on average"] == "14.5 points too high"
    assert rows["Number", "Lost at the payment"]["guesses on average"] == "10.0 points too low"
    assert [which for of, which in rows if of == "Session"] == ["2026-03-02", "2026-06-02"]
    assert rows["Session", "2026-06-02"]["guesses on average"] == "1.5 points too high"
    assert panel.chart is not None


def test_what_was_written_stands_by_question_over_all_sessions(
    shop: Callable[..., Path], open_as: Any
) -> None:
    w = open_as(shop(("events",)), "mobile-maya")
    assert w.test.notes().sentence == "Nobody has revealed a note yet."
    for topic, day, persona in (
        ("What hurts?", "2026-03-02", "mobile-maya"),
        ("What hurts?", "2026-06-02", "mobile-maya"),
        ("Of another", "2026-06-02", "loyal-lena"),
    ):
        head = {"topic": (round := f"r-{day}-{persona}"), "persona": persona}
        told = {
            "rounds": [{"id": round, **head, "topic": topic, "date": day}],
            "notes": [
                {"id": f"a-{round}", **head, "text": f"Slow, {day}", "revealed": True},
                {"id": f"b-{round}", **head, "text": f"Dear, {persona}", "revealed": True},
                {"id": f"c-{round}", **head, "text": "never shown"},
            ],
            "votes": [{"id": f"v-{round}", **head, "dots": {f"a-{round}": 2}}],
        }
        for kind, rows in told.items():
            for row in rows:
                w.folder.save(RECORD_KINDS[kind].model_validate(row))
    panel = w.test.notes()
    assert panel.sentence == "4 notes on 2 questions."
    assert panel.numbers["rows"] == [
        {
            "question": "What hurts?",
            "day": day,
            "most dots": f"Slow, {day} (2)",
            "notes": f"Slow, {day}; Dear, mobile-maya",
        }
        for day in ("2026-03-02", "2026-06-02")
    ]
