"""The sample data: small, repeatable, and with every story of STORIES.md in it."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from planted_stories import GOALS, HOME, MEASURED, SAMPLES, load, stated

CONTRACT = {
    "events": "user_id event timestamp channel device value",
    "surveys": "response_id user_id timestamp measure question score stage channel device comment",
    "support": "contact_id user_id timestamp channel topic first_answer_minutes hold_minutes "
    "resolution_hours handovers solved satisfaction comment",
    "campaigns": "campaign user_id timestamp stage channel opened clicked cost treatment",
    "orders": "order_id user_id timestamp product quantity amount category promised_days delivered_days",
    "leads": "user_id timestamp source status value",
}
OWN = {
    "retail": "campaign page age_band region",
    "saas": "campaign role company_size plan",
    "healthcare": "age_group department",
}


THEMES = {
    "retail": ["payment|checkout", "size|sizing", "deliver|parcel", "chat", "sold out"],
    "saas": ["verif", "import", "connector", "ticket", "price|pricing", "report"],
    "healthcare": ["hold|phone", "portal", "results", "remind", "doctor|nurse"],
}
CONTACT = r"[\w.]+@example\.(?:com|org|net)|\+44 7700 900\d{3}|07700 900 \d{3}|\(202\) 555-01\d\d"


def comments(sample: str) -> pd.Series:
    tables = [load(sample, "surveys")["comment"], load(sample, "support")["comment"]]
    return pd.concat(tables).dropna()


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("table", CONTRACT)
def test_tables_keep_their_contract(sample: str, table: str) -> None:
    frame = load(sample, table)
    wanted = (CONTRACT[table] + (" " + OWN[sample] if table == "events" else "")).split()
    assert set(wanted) <= set(frame.columns)
    assert frame["timestamp"].between("2026-01-05", "2026-06-28 23:59:59").all()
    assert frame["timestamp"].is_monotonic_increasing or table == "events"
    ids = frame["user_id"].dropna()
    assert ids.str.fullmatch("p[0-9]{5}" if sample == "healthcare" else "u[0-9]{5}").all()
    assert table == "support" or len(ids) == len(frame)
    assert set(ids) <= set(load(sample, "events")["user_id"])


def test_all_samples_are_small() -> None:
    files = list((HOME / "sample_data").glob("*/*.csv.gz"))
    assert len(files) == len(SAMPLES) * len(CONTRACT)
    assert sum(file.stat().st_size for file in files) < 6_000_000


@pytest.mark.all
def test_the_generator_gives_the_same_bytes(tmp_path: Path) -> None:
    tool = HOME / "tools" / "make_sample_data.py"
    subprocess.run([sys.executable, str(tool), "saas", "--out", str(tmp_path)], check=True)
    for made in sorted((tmp_path / "saas").iterdir()):
        kept = (HOME / "sample_data" / "saas" / made.name).read_bytes()
        assert gzip.decompress(made.read_bytes()) == gzip.decompress(kept), made.name
        if "ng" not in zlib.ZLIB_RUNTIME_VERSION:  # zlib-ng packs the same rows differently
            assert made.read_bytes() == kept, made.name


@pytest.mark.parametrize("sample", SAMPLES)
def test_stories_state_what_the_files_hold(sample: str) -> None:
    found, told = MEASURED[sample](), stated(sample)
    assert set(found) == set(told)
    wrong = {}
    for key, value in found.items():
        exact = key in ("events", "users", "pair-orders")
        slack = 0 if exact else 0.006 if key.startswith(("feeling", "pair-lift")) else 0.06
        if abs(value - told[key]) > slack:
            wrong[key] = (round(value, 2), told[key])
    assert not wrong, f"STORIES.md differs from the files (found, told): {wrong}"


@pytest.mark.parametrize("sample", SAMPLES)
def test_stories_are_clear_enough_to_be_found(sample: str) -> None:
    found = MEASURED[sample]()
    worse = found["fault-inside"] - found["fault-outside"]
    assert abs(worse) >= 25
    assert abs(found["fault-inside"] - found["fault-others"]) >= 25
    assert found["promise"] < 70 < 80 < found["promise-else"]
    assert found["promise-slow"] < 30
    assert found["campaign-overlap"] > 85
    assert found["campaign-first"] > 8
    assert abs(found["campaign-second"]) < 3
    assert abs(found["dead-end"] - found["dead-end-else"]) > 20
    assert found["pair-lift"] > 2.5
    assert found["pair-orders"] >= 30
    assert found["touch-loud-last"] > 1.8 * found["touch-loud-first"]
    assert found["touch-quiet-first"] > 1.8 * found["touch-quiet-last"]
    assert found["touch-loud-first"] < found["touch-loud-markov"] < found["touch-loud-last"]
    assert found["feeling-low"] < 2.8
    assert found["feeling-good"] > 4.0
    assert found["nobody"] > 5


def test_conversions_are_those_of_real_businesses() -> None:
    wanted = {"retail": (12, 18), "saas": (6, 9), "healthcare": (36, 44)}
    for sample, (low, high) in wanted.items():
        assert low < MEASURED[sample]()["conversion"] < high


@pytest.mark.parametrize("sample", SAMPLES)
def test_people_differ_and_come_back(sample: str) -> None:
    events = load(sample, "events")
    sessions = events.groupby("user_id")["session"].nunique()
    assert sessions.mean() > 2
    assert (sessions == 1).any()
    assert events.groupby("user_id")["device"].nunique().gt(1).mean() > 0.02
    per_day = events["timestamp"].dt.date.nunique()
    assert per_day >= 170
    assert events["event"].value_counts(normalize=True).max() < 0.5
    assert GOALS[sample] in set(events["event"])


@pytest.mark.parametrize("sample", SAMPLES)
def test_comments_have_themes_languages_and_something_to_mask(sample: str) -> None:
    texts = comments(sample)
    assert len(texts) > 600
    assert texts.nunique() > 0.5 * len(texts)
    for words in THEMES[sample]:
        assert texts.str.contains(words, case=False).sum() >= 20, words
    assert texts.str.contains(CONTACT).sum() >= 8
    assert texts.str.contains("[äöüßéèãçõñó]").sum() >= 8


@pytest.mark.parametrize("sample", SAMPLES)
def test_surveys_cover_every_measure_on_its_scale(sample: str) -> None:
    answers = load(sample, "surveys")
    scales = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "sus": (1, 5)}
    assert set(answers["measure"]) == set(scales)
    for measure, (low, high) in scales.items():
        rows = answers[answers["measure"] == measure]
        assert rows["score"].between(low, high).all()
        assert rows["question"].notna().all() == (measure == "sus")
    sus = answers[answers["measure"] == "sus"].groupby("response_id")["question"].agg(sorted)
    assert (sus.map(tuple) == tuple(range(1, 11))).all()
    assert len(sus) >= 100
    assert set(load(sample, "leads")["status"]) == {"lead", "qualified", "customer", "loyal"}
