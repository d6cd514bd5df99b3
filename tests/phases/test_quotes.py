"""No quote leaves the notebook before a person has released it."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from journeykit.charts import renderer
from journeykit.numbers import themes
from journeykit.phases import OpenWorkshop, Panel
from journeykit.store import open_folder

pytestmark = pytest.mark.xdist_group("missing")

SAID = {
    "the parcel came late and the courier did not ring": 6,
    "late again, the courier left the parcel in the rain": 6,
    "the payment page froze on my phone twice": 6,
    "payment on the phone failed and the page was lost": 6,
}


def told(table: pd.DataFrame) -> pd.DataFrame:
    """Every row says one of a few things, each in its own number of words more."""
    says = list(SAID)
    return table.assign(comment=[says[n % len(says)] for n in range(len(table))])


@pytest.fixture
def root(shop: Callable[..., Path]) -> Path:
    made = shop(surveys=told, support=told)
    shutil.rmtree(made / "records" / "quotes")  # what the sample's own people released
    return made


@pytest.fixture
def panel_of(open_as: Callable[..., OpenWorkshop]) -> Callable[[Path], Panel]:
    return lambda root: open_as(root, "mobile-maya").weak_spots.themes()


def goes_out(panel: Panel) -> str:
    """All that a run keeps of a panel: its words, its table, its picture with the data in it."""
    drawn = renderer.bundle(panel.chart, panel.title, panel.sentence)
    return unescape(json.dumps([panel.data(), drawn], ensure_ascii=False, default=str))


def quotes_in(text: str) -> set[str]:
    return {said for said in SAID if said in text}


def tick(form: Any, words: str, on: bool = True) -> None:
    (box,) = [
        cell.children[1]
        for line in form.widget.children[1].children
        for cell in line.children
        if words in getattr(cell.children[1], "description", "")
    ]
    box.value = on


@pytest.fixture
def asked(open_as: Callable[..., OpenWorkshop], form: Any, root: Path) -> Any:
    return form(open_as(root, "mobile-maya", live=True).weak_spots.ask_quotes())


def test_a_run_has_no_quote_and_says_so_the_team_has_them_all(
    root: Path, ask_all: Callable[..., dict[str, Panel]], open_as: Callable[..., OpenWorkshop]
) -> None:
    panels = ask_all(root, "mobile-maya")
    for name, panel in panels.items():
        assert not quotes_in(json.dumps(panel.data(), ensure_ascii=False)), name
    panel = panels["weak_spots.themes"]
    assert not quotes_in(goes_out(panel))
    assert "Nobody has released a quote of it." in panel.sentence
    assert "courier" in panel.frame["terms"].str.cat()  # type: ignore[index]
    assert any("only where a person has released it" in note for note in panel.notes)
    seen = open_as(root, "mobile-maya", live=True).weak_spots.themes()
    assert len(quotes_in(goes_out(seen))) == len(seen.frame)
    assert "sounds like this: “" in seen.sentence


def test_a_tick_releases_what_was_seen_with_who_and_when(
    root: Path, asked: Any, panel_of: Callable[[Path], Panel]
) -> None:
    asked.put("Who releases", "Nadia")
    tick(asked, "froze on my phone")
    assert asked.saved
    (kept,) = open_folder(root).records("quotes")
    assert (kept.text, kept.author) == ("the payment page froze on my phone twice", "Nadia")
    assert kept.date == dt.date.today()
    assert kept.theme
    text = (root / f"records/quotes/{kept.id}.yaml").read_text("utf-8")
    users = pd.read_csv(root / "data/surveys.csv.gz", dtype=str)["user_id"].dropna()
    support = pd.read_csv(root / "data/support.csv.gz", dtype=str)["user_id"].dropna()
    assert not [user for user in {*users, *support} if user in text]
    panel = panel_of(root)
    assert quotes_in(goes_out(panel)) == {kept.text}


def test_who_wrote_a_quote_can_be_found_by_whoever_knows_the_customer(
    root: Path, asked: Any
) -> None:
    asked.put("Who releases", "Nadia")
    tick(asked, "froze on my phone")
    (kept,) = open_folder(root).records("quotes")
    tables = [pd.read_csv(root / f"data/{t}.csv.gz", dtype=str) for t in ("surveys", "support")]
    rows = pd.concat(tables)
    wrote = set(rows[rows["comment"] == kept.text]["user_id"].dropna())
    found = {user for user in sorted(set(rows["user_id"].dropna())) if kept.is_of(user)}
    assert len(found) == 1
    assert found <= wrote


def test_a_tick_without_a_name_waits_for_it_and_is_not_lost(root: Path, asked: Any) -> None:
    tick(asked, "froze on my phone")
    assert "Not saved" in asked.status
    assert "say first who releases it" in asked.status
    assert not open_folder(root).records("quotes")
    asked.put("Who releases", "Nadia")
    assert asked.saved
    assert [q.author for q in open_folder(root).records("quotes")] == ["Nadia"]


def test_a_tick_can_be_taken_back_also_in_another_kernel(
    root: Path,
    asked: Any,
    form: Any,
    open_as: Callable[..., OpenWorkshop],
    panel_of: Callable[[Path], Panel],
) -> None:
    asked.put("Who releases", "Nadia")
    tick(asked, "froze on my phone")
    again = form(open_as(root, "mobile-maya", live=True).weak_spots.ask_quotes())
    tick(again, "froze on my phone", on=False)
    assert again.saved
    assert not open_folder(root).records("quotes")
    assert not quotes_in(goes_out(panel_of(root)))


@pytest.mark.parametrize("edit", ["comment", "mask"])
def test_another_text_is_not_released(
    root: Path,
    asked: Any,
    panel_of: Callable[[Path], Panel],
    monkeypatch: pytest.MonkeyPatch,
    edit: str,
) -> None:
    asked.put("Who releases", "Nadia")
    tick(asked, "froze on my phone")
    if edit == "comment":
        for kind in ("surveys", "support"):
            file = root / f"data/{kind}.csv.gz"
            table = pd.read_csv(file, dtype=str, keep_default_na=False)
            words = table["comment"].str.replace("twice", "twice, says Zoe")
            table.assign(comment=words).to_csv(file, index=False)
    else:
        module = sys.modules[themes.__module__]
        monkeypatch.setattr(module, "mask", lambda text, _: text.replace("froze", "[name]"))
    out = goes_out(panel_of(root))
    assert "froze on my phone" not in out
    assert "[name] on my phone" not in out


def test_a_table_of_ones_own_shows_released_comments_only(
    root: Path, asked: Any, open_as: Callable[..., OpenWorkshop]
) -> None:
    asked.put("Who releases", "Nadia")
    tick(asked, "froze on my phone")
    w = open_as(root, "mobile-maya")
    panel = w.show(w.table("surveys"), title="What they wrote")
    assert set(panel.frame["comment"]) == {"", "the payment page froze on my phone twice"}


def test_no_word_of_a_customer_names_a_theme_in_a_run(
    shop: Callable[..., Path], panel_of: Callable[[Path], Panel]
) -> None:
    """One customer writes often, of somebody whom nobody else speaks of."""

    def one(table: pd.DataFrame) -> pd.DataFrame:
        who = table["user_id"].replace("", pd.NA).dropna().iloc[0]
        mine = pd.concat([table[table["user_id"] == who]] * 40)
        others = told(table)
        return pd.concat([others, mine.assign(comment="my neighbour Ostrowska took it")])

    panel = panel_of(shop(support=one, surveys=told))
    assert "ostrowska" not in goes_out(panel).lower()
    assert "neighbour" not in goes_out(panel)


def test_a_run_of_the_sample_holds_what_its_people_released_and_nothing_else(
    retail_run: Path, open_as: Callable[..., OpenWorkshop]
) -> None:
    root = retail_run.parents[1]
    released = {quote.text for quote in open_folder(root).records("quotes")}
    files = [p for p in retail_run.rglob("*") if p.suffix in {".html", ".json", ".ipynb", ".svg"}]
    everything = {p.relative_to(retail_run): unescape(p.read_text("utf-8")) for p in files}
    assert {p.suffix for p in files} >= {".html", ".json", ".ipynb"}
    report = everything[Path("mobile-maya/report.html")]
    assert [text for text in released if text in report]
    w = open_as(root, "mobile-maya", live=True)
    offered = {q["text"] for q in w.weak_spots.themes().frame.attrs["quotes"]}
    rows = pd.concat([w.table("surveys", everybody=True), w.table("support", everybody=True)])
    some = {text for text in rows["comment"].dropna().iloc[::25] if len(text) > 30}
    kept = {text for text in (offered | some) - released if not any(text in r for r in released)}
    assert len(kept) > 20
    assert not [(name, text) for name, said in everything.items() for text in kept if text in said]
