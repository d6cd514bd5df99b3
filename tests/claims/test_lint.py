"""The lint: every rule finds what it is for, at its line, and can be silenced with a reason only."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from journeykit.claims import lint
from journeykit.claims.findings import CODES, Finding
from journeykit.cli import main
from journeykit.phases import OpenWorkshop
from journeykit.store import create, open_folder, write_atomic

WORKSHOP = """\
schema: 2
name: Shop
stages:
  - id: see
    name: See
    goal: They find us
    owner: Ada
    events: [visit]
  - id: buy
    name: Buy
    goal: They pay
    owner: Ada
    events: [pay]
goal: pay
"""
CARDS = {
    "goal": "{stage: see, lane: goals, text: Find it}",
    "way-in": "{stage: see, lane: channels, text: Search, evidence: heard}",
    "act": "{stage: see, lane: actions, text: Looks, serves: goal}",
    "page": "{stage: see, lane: touchpoints, text: Home page, events: visit}",
    "mail": "{stage: see, lane: campaigns, text: Letter}",
    "bill": "{stage: buy, lane: campaigns, text: Reminder}",
}
TODAY = dt.date(2026, 6, 30)


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Any]:
    """Make a folder that is clean, with some lines or cards changed."""

    def make(
        *edits: tuple[str, str], cards: dict[str, str | None] | None = None, head: str = ""
    ) -> Any:
        text = WORKSHOP
        for old, new in edits:
            assert old in text
            text = text.replace(old, new, 1)
        write_atomic(tmp_path / "workshop.yaml", text)
        write_atomic(tmp_path / "personas/maya.yaml", "name: Maya\n")
        held = {**CARDS, **(cards or {})}
        lines = [f"  - {{id: {name}, {card[1:]}" for name, card in held.items() if card]
        journey = f"name: Map\npersona: maya\n{head}cards:\n" + "\n".join(lines) + "\n"
        write_atomic(tmp_path / "journeys/maya.yaml", journey)
        return open_folder(tmp_path)

    return make


def codes(found: list[Finding]) -> list[str]:
    return [finding.code for finding in found if not finding.because]


def test_a_map_with_nothing_missing_has_no_finding(made: Callable[..., Any]) -> None:
    assert codes(lint(made(), today=TODAY)) == []


def test_what_a_merge_left_is_told_of_a_card_without_words(made: Callable[..., Any]) -> None:
    empty = "{stage: see, lane: actions, text: '', x-conflict-text: Stares}"
    (told,) = [f for f in lint(made(cards={"act": empty}), today=TODAY) if f.code == "JK103"]
    assert told.sentence.startswith("Two people changed “act”")


GOAL, OWNER = ("    goal: They pay\n", ""), ("    owner: Ada\n", "")
PROMISE = "promises: [{id: p, text: Quick, stage: buy%s}]\n"
PAIN = "{stage: buy, lane: pain-points, text: Too slow}"
SURE = "{stage: buy, lane: metrics, text: Half of them, evidence: measured"
PAYS = "{stage: buy, lane: actions, text: Pays, serves: goal}"
NEAR = {
    "JK103": [((), {"act": CARDS["act"][:-1] + ", x-other: Stares}"}, "")],
    "JK101": [
        ((), {"act": "{stage: see, lane: actions, text: Looks}"}, "silence: {JK121: he likes it}\n")
    ],
    "JK102": [
        ((), {"act": "{stage: see, lane: actions, text: Looks}"}, "silence: {JK121: he likes it}\n")
    ],
    "JK112": [
        ((), {"page": None, "act": None}, ""),
        ((), {"way-in": None}, ""),
        ((), {"page": None, "way-in": None, "act": None}, "parent: {journey: maya, stage: see}\n"),
    ],
    "JK113": [((), {"page": "{stage: see, lane: touchpoints, text: Home page, source: Ada}"}, "")],
    "JK114": [([("goal: pay\n", PROMISE % ", measure: hold_minutes, limit: 2")], {}, "")],
    "JK115": [
        (
            (),
            {"act-2": PAYS, "till": "{stage: buy, lane: touchpoints, text: Till, source: Ada}"},
            "",
        )
    ],
    "JK116": [((), {"pain": PAIN, "way": "{stage: buy, lane: opportunities, text: Be quick}"}, "")],
    "JK117": [((), {"act": CARDS["act"][:-1] + ", reviewed: 2026-06-01}"}, "")],
    "JK118": [((), {"sure": SURE + ", source: Log of May}"}, "")],
    "JK120": [((), {"page-2": CARDS["page"].replace("Home page", "Help page")}, "")],
    "JK121": [
        ((), {"act": None}, ""),
        ((), {"act": "{stage: see, lane: thoughts, text: Looks}"}, ""),
    ],
    "JK122": [((), {"bill": None, "mail": None}, "")],
    "JK123": [((), {"act": CARDS["act"][:-1] + ", link: page.png}"}, "")],
    "JK125": [((), {"act": CARDS["act"][:-1] + ", link: 'https://a.example/@b'}"}, "")],
    "JK110": [((), {}, "")],
    "JK111": [([("name: Buy", "name: Purchase")], {}, "")],
}
"""What looks like the finding of a code, and is none: edits, cards, head of the map."""
SEEN: list[tuple[str, list[tuple[str, str]], dict[str, str | None]]] = [
    ("JK110", [GOAL], {}),
    ("JK111", [OWNER], {}),
    ("JK112", [], {"page": None, "way-in": None, "act": None}),
    ("JK113", [], {"page": "{stage: see, lane: touchpoints, text: Home page}"}),
    ("JK114", [("goal: pay\n", PROMISE % "")], {}),
    ("JK115", [], {"act-2": PAYS}),
    ("JK116", [], {"pain": PAIN}),
    ("JK117", [], {"act": CARDS["act"][:-1] + ", reviewed: 2026-01-01}"}),
    ("JK118", [], {"sure": SURE + "}"}),
    ("JK120", [], {"page-2": CARDS["page"].replace("Home page", "home  PAGE")}),
    ("JK120", [("name: Buy", "name: see")], {}),
    ("JK121", [], {"act": "{stage: see, lane: actions, text: Looks}"}),
    ("JK122", [], {"bill": None}),
    ("JK123", [], {"act": CARDS["act"][:-1] + ", image: page.png}"}),
    ("JK125", [], {"act": CARDS["act"][:-1] + ", link: page.png}"}),
    ("JK125", [], {"act": CARDS["act"][:-1] + ", link: 'mailto:ann@mail.example'}"}),
    ("JK103", [], {"act": CARDS["act"][:-1] + ", x-conflict-text: Stares}"}),
    ("JK103", [("    owner: Ada\n", "    owner: Ada\n    x-conflict-owner: Bo\n")], {}),
]
ELSEWHERE = {
    "JK101": "test_a_silence_without_a_reason_is_a_finding_and_silences_nothing",
    "JK102": "test_a_wrong_code_gets_a_hint_and_an_idle_silence_is_told",
    "JK119": "test_what_is_planned_serves_a_goal",
    "JK201": "test_an_orphan_event_and_an_orphan_stage",
    "JK202": "test_an_orphan_event_and_an_orphan_stage",
    "JK203": "test_a_campaign_beside_one_that_works_is_redundant",
    "JK204": "test_ways_that_are_mostly_too_long_are_told",
}
"""Codes that need more than a map: the test that has a map with and one without the finding."""


def test_every_code_has_a_map_with_it_and_one_without() -> None:
    assert {code for code, *_ in SEEN} | set(ELSEWHERE) == set(CODES)
    assert set(NEAR) | {code for code in ELSEWHERE if code > "JK102"} == set(CODES)
    assert all(name in globals() for name in ELSEWHERE.values())


@pytest.mark.parametrize(("code", "edits", "cards"), SEEN)
def test_each_rule_finds_what_it_is_for(
    made: Callable[..., Any], code: str, edits: list[tuple[str, str]], cards: dict[str, str | None]
) -> None:
    (finding,) = lint(made(*edits, cards=cards), today=TODAY)
    assert finding.code == code
    assert finding.line
    assert finding.sentence.endswith((".", "?"))
    assert finding.fix


@pytest.mark.parametrize(
    ("code", "edits", "cards", "head"),
    [(code, *case) for code, cases in NEAR.items() for case in cases],
)
def test_what_only_looks_like_it_is_not_found(
    made: Callable[..., Any],
    code: str,
    edits: list[tuple[str, str]],
    cards: dict[str, str | None],
    head: str,
) -> None:
    assert code not in codes(lint(made(*edits, cards=cards, head=head), today=TODAY))


def test_a_finding_names_the_line_of_its_card(made: Callable[..., Any]) -> None:
    folder = made(cards={"pain": "{stage: buy, lane: pain-points, text: Too slow}"})
    (finding,) = lint(folder, today=TODAY)
    line = (folder.root / "journeys/maya.yaml").read_text().splitlines()[finding.line - 1]
    assert "id: pain" in line
    assert finding.where == f"journeys/maya.yaml:{finding.line} (pain)"


def test_an_idea_is_a_remedy_and_a_reviewed_card_is_not_stale(made: Callable[..., Any]) -> None:
    folder = made(
        cards={"pain": "{stage: buy, lane: pain-points, text: Slow, reviewed: 2026-06-01}"}
    )
    write_atomic(
        folder.root / "records/ideas/quick.yaml", "text: Be quick\nstage: buy\nserves: goal\n"
    )
    assert codes(lint(folder, today=TODAY)) == []


PLAN = "{stage: buy, lane: touchpoints, text: One page}"


@pytest.mark.parametrize(
    ("new", "changes", "found"),
    [
        (PLAN, "", ["JK119"]),
        (PLAN[:-1] + ", serves: goal}", "", []),
        ("", "changes: [{what: drop-off, step: Buy, by: 50%}]\n", ["JK119"]),
        ("", "changes: [{what: drop-off, step: Buy, by: 50%, serves: goal}]\n", []),
        ("", "changes: [{what: drop-off, step: Buy, by: 50%, idea: quick}]\n", []),
        ("", "changes: [{what: drop-off, step: Buy, by: 50%, idea: shiny}]\n", ["JK119"]),
    ],
)
def test_what_is_planned_serves_a_goal(
    made: Callable[..., Any], new: str, changes: str, found: list[str]
) -> None:
    folder = made()
    plan = [
        f"  - {{id: {name}, {card[1:]}\n" for name, card in {**CARDS, "new": new}.items() if card
    ]
    text = f"name: Plan\npersona: maya\nkind: to-be\n{changes}cards:\n{''.join(plan)}"
    write_atomic(folder.root / "journeys/maya-to-be.yaml", text)
    write_atomic(folder.root / "records/ideas/quick.yaml", "text: Be quick\nserves: goal\n")
    write_atomic(folder.root / "records/ideas/shiny.yaml", "text: Shine\n")
    assert not folder.problems()
    told = lint(folder, today=TODAY)
    assert codes([f for f in told if f.place.file.startswith("journeys/")]) == found


@pytest.mark.parametrize(
    ("idea", "found"),
    [
        ("serves: goal", []),
        ("serves: goal\npersona: maya", []),
        ("", ["JK119"]),
        ("serves: page", ["JK119"]),  # a card, and no goal
        ("serves: nothing", ["JK119"]),
        ("serves: goal\npersona: bo", ["JK119"]),  # a goal of somebody else
        ("silence: {JK119: it is for ourselves}", []),
        ("silence: {JK119: }", ["JK101", "JK119"]),
    ],
)
def test_each_idea_serves_a_goal_or_is_flagged(
    made: Callable[..., Any], idea: str, found: list[str]
) -> None:
    folder = made()
    write_atomic(folder.root / "personas/bo.yaml", "name: Bo\n")
    write_atomic(folder.root / "records/ideas/shiny.yaml", f"text: Shine\n{idea}\n")
    assert not folder.problems()
    told = lint(folder, today=TODAY)
    assert sorted(codes(told)) == found
    assert {f.place.file for f in told} <= {"records/ideas/shiny.yaml"}
    assert codes(lint(folder, personas=["maya"], today=TODAY)) == (
        [] if "bo" in idea else codes(told)
    )


# --- silence -------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["card", "journey", "workshop"])
def test_a_reason_silences(made: Callable[..., Any], where: str) -> None:
    silence = "silence: {JK121: he looks because he likes it}"
    looks = "{stage: see, lane: actions, text: Looks"
    found = lint(
        made(
            *([("goal: pay", f"goal: pay\n{silence}")] if where == "workshop" else []),
            cards={"act": f"{looks}{f', {silence}' if where == 'card' else ''}}}"},
            head=f"{silence}\n" if where == "journey" else "",
        ),
        today=TODAY,
    )
    assert [(f.code, f.because) for f in found] == [("JK121", "he looks because he likes it")]


@pytest.mark.parametrize(
    "silence",
    ["silence: JK121", "silence: [JK121]", "silence: {JK121: }", "silence: {JK121: '  '}"],
)
def test_a_silence_without_a_reason_is_a_finding_and_silences_nothing(
    made: Callable[..., Any], silence: str
) -> None:
    folder = made(cards={"act": "{stage: see, lane: actions, text: Looks}"}, head=f"{silence}\n")
    found = lint(folder, today=TODAY)
    assert sorted(codes(found)) == ["JK101", "JK121"]


def test_a_wrong_code_gets_a_hint_and_an_idle_silence_is_told(made: Callable[..., Any]) -> None:
    folder = made(head="silence: {JK1177: old, JK116: no pain here, JK201: needs data}\n")
    found = {f.code: f for f in lint(folder, today=TODAY)}
    assert set(found) == {"JK101", "JK102"}  # JK201 was not run: nothing can be said of it
    assert "Did you mean 'JK117'?" in found["JK101"].sentence
    assert found["JK102"].line == 3


def test_a_silence_of_one_card_leaves_the_others(made: Callable[..., Any]) -> None:
    looks = "{stage: see, lane: actions, text: %s%s}"
    cards = {
        "act": looks % ("Looks", ", silence: {JK121: why not}"),
        "act-2": looks % ("Waits", ""),
    }
    assert [f.place.card for f in lint(made(cards=cards), today=TODAY) if not f.because] == [
        "act-2"
    ]


# --- with data -----------------------------------------------------------------------------------


def with_log(
    folder: Any,
    events: list[str] | None = None,
    rows: list[tuple[str, str]] | None = None,
    more: str = "",
) -> OpenWorkshop:
    rows = rows or [(f"u{user}", event) for user in range(40) for event in events or ()]
    stamps = [
        *pd.date_range("2026-01-01", periods=len(rows) - 1, freq="min"),
        pd.Timestamp("2026-03-01"),
    ]
    frame = pd.DataFrame(rows, columns=["user_id", "event"]).assign(timestamp=stamps)
    (folder.root / "data").mkdir(exist_ok=True)
    frame.to_csv(folder.root / "data/events.csv", index=False)
    text = (folder.root / "workshop.yaml").read_text()
    write_atomic(
        folder.root / "workshop.yaml",
        f"{text}data: {{events: {{source: data/events.csv}}{more}}}\n",
    )
    return OpenWorkshop(folder, "maya")


def test_an_orphan_event_and_an_orphan_stage(made: Callable[..., Any]) -> None:
    folder = made(("events: [visit]", "events: [visit, vist]"))
    found = lint(folder, with_log(folder, ["visit", "help", "pay"]), today=TODAY)
    assert [(f.code, f.place.path) for f in found] == [
        ("JK201", ("stages",)),
        ("JK202", ("stages", 0)),
    ]
    assert "40 of 40 customers did 'help'" in found[0].sentence
    assert "no event in the data is vist." in found[1].sentence


def test_a_stage_without_events_is_an_orphan(made: Callable[..., Any]) -> None:
    folder = made(("    events: [pay]\n", ""))
    found = lint(folder, with_log(folder, ["visit", "pay"]), today=TODAY)
    assert codes(found) == ["JK202"]


def test_an_event_that_only_a_card_names_is_no_orphan(made: Callable[..., Any]) -> None:
    folder = made(cards={"page": "{stage: see, lane: touchpoints, text: Help, events: help}"})
    assert codes(lint(folder, with_log(folder, ["visit", "help", "pay"]), today=TODAY)) == []


def long_way(share: float) -> list[tuple[str, str]]:
    """Forty who pay: so many of them look for help again and again before they do."""
    far = ["visit", "help", "visit", "help", "visit", "help", "pay"]
    return [
        (f"u{n}", event)
        for n in range(40)
        for event in (far if n < 40 * share else ["visit", "pay"])
    ]


@pytest.mark.parametrize(("share", "found"), [(0.9, ["JK204"]), (0.3, [])])
def test_ways_that_are_mostly_too_long_are_told(
    made: Callable[..., Any], share: float, found: list[str]
) -> None:
    folder = made(("events: [visit]", "events: [visit, help]"))
    session = with_log(folder, rows=long_way(share))
    assert codes(lint(folder, session, today=TODAY)) == found


@pytest.mark.parametrize(("same_people", "found"), [(True, ["JK203"]), (False, [])])
def test_a_campaign_beside_one_that_works_is_redundant(
    made: Callable[..., Any], same_people: bool, found: list[str]
) -> None:
    """The letter brings buyers (half against a tenth); the card goes to the same people, or to others."""
    folder = made()
    pays = {n for n in range(1200) if (n % 2 == 0 if n < 400 else n % 10 == 0)}
    rows = [(f"u{n}", event) for n in range(1200) for event in ["visit", "pay"][: 1 + (n in pays)]]
    card = range(400) if same_people else range(800, 1200)
    sends = [("letter", n, "sent" if n < 400 else "holdout") for n in range(800)]
    sends += [("card", n, "holdout" if n % 3 == 0 else "sent") for n in card]
    frame = pd.DataFrame(sends, columns=["campaign", "user_id", "treatment"])
    frame["user_id"] = [f"u{n}" for n in frame["user_id"]]
    (folder.root / "data").mkdir()
    frame.assign(timestamp="2025-12-31", stage="buy").to_csv(
        folder.root / "data/campaigns.csv", index=False
    )
    session = with_log(folder, rows=rows, more=", campaigns: {source: data/campaigns.csv}")
    assert codes(lint(folder, session, today=TODAY)) == found


def test_the_planted_redundant_campaign_is_found(tmp_path: Path) -> None:
    folder = create(tmp_path / "shop", "retail")
    found = lint(folder, OpenWorkshop(folder, "mobile-maya"))
    redundant = [f for f in found if f.code == "JK203"]
    assert {f.place.persona for f in redundant} == {"mobile-maya", "loyal-lena"}
    assert all(
        "'last-chance-basket'" in f.sentence and "'cart-reminder'" in f.sentence for f in redundant
    )


@pytest.mark.parametrize("template", ["retail", "saas", "healthcare", "lead-generation"])
def test_the_samples_are_nearly_clean_and_no_silence_is_idle(tmp_path: Path, template: str) -> None:
    folder = create(tmp_path / "w", template)
    session = OpenWorkshop(folder) if folder.workshop().data else None
    open_ = codes(lint(folder, session))
    assert len(open_) <= 10
    assert not {"JK101", "JK102", "JK103"} & set(open_)


# --- the command ---------------------------------------------------------------------------------


@pytest.fixture
def check(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Any]:
    def called(*words: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["journeykit", "check", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0), capsys.readouterr().out

    return called


def test_findings_are_warnings_and_strict_fails_on_them(
    made: Callable[..., Any], check: Callable[..., Any]
) -> None:
    folder = made(("    owner: Ada\n", ""))
    code, said = check(folder.root, "--no-data")
    assert code == 0
    assert (
        "workshop.yaml\n     4  JK111  Nobody is in charge of the stage “See”.\n        → name one"
        in said
    )
    assert "1 finding in" in said
    assert check(folder.root, "--no-data", "--strict")[0] == 1
    write_atomic(folder.root / "workshop.yaml", WORKSHOP)
    assert check(folder.root, "--no-data", "--strict")[0] == 0


def test_json_holds_everything(made: Callable[..., Any], check: Callable[..., Any]) -> None:
    folder = made(
        ("    owner: Ada\n", ""),
        cards={
            f"card-{n}": "{stage: see, lane: metrics, "
            f"text: {'abcdefghij'[n] * 9}, evidence: measured}}"
            for n in range(9)
        },
    )
    code, said = check(folder.root, "--no-data", "--json")
    told = json.loads(said)
    assert code == 0
    assert [f["code"] for f in told["findings"]] == ["JK111", *["JK118"] * 9]
    assert set(told["findings"][0]) >= {
        "code",
        "sentence",
        "file",
        "line",
        "card",
        "fix",
        "silenced",
    }
    assert "and 4 more JK118" in check(folder.root, "--no-data")[1]


def test_a_broken_file_is_an_error_and_is_not_linted(
    made: Callable[..., Any], check: Callable[..., Any]
) -> None:
    folder = made(("goal: pay", "gaol: pay"))
    code, said = check(folder.root, "--json")
    told = json.loads(said)
    assert (code, told["findings"]) == (1, [])
    assert told["errors"][0]["file"] == "workshop.yaml"
    assert told["errors"][0]["line"] == 14


def test_every_code_has_a_name_and_a_fix() -> None:
    assert all(code.name and code.fix for code in CODES.values())
