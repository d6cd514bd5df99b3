"""Times in every spelling."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from journeykit.errors import DataError
from journeykit.tables import read_events


def read(values, **options):
    log = pd.DataFrame(
        {"user_id": [f"u{i}" for i in range(len(values))], "event": "x", "timestamp": values}
    )
    return read_events(log, **options)


def times(values, **options):
    return (
        read(values, **options)
        .frame()["timestamp"]
        .dt.strftime("%Y-%m-%dT%H:%M:%S.%f")
        .str.rstrip("0")
        .tolist()
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-13 10:21:14", "2026-03-13T10:21:14."),
        ("2026-03-13T10:21:14.5", "2026-03-13T10:21:14.5"),
        ("2026-03-13 10:21:14,25", "2026-03-13T10:21:14.25"),
        ("2026/03/13 10:21", "2026-03-13T10:21:00."),
        (" 2026-03-13 10:21 ", "2026-03-13T10:21:00."),
        ("2026-03-13T10:21:14Z", "2026-03-13T10:21:14."),
        ("2026-03-13 10:21:14 UTC", "2026-03-13T10:21:14."),
        ("2026-03-13T10:21:14+02:00", "2026-03-13T08:21:14."),
        ("2026-03-13T10:21:14-0530", "2026-03-13T15:51:14."),
        ("2026-03-13 10:21:14 Europe/Berlin", "2026-03-13T09:21:14."),
        ("1773397274", "2026-03-13T10:21:14."),
        ("1773397274.5", "2026-03-13T10:21:14.5"),
        ("1773397274123", "2026-03-13T10:21:14.123"),
        ("1773397274123456", "2026-03-13T10:21:14.123456"),
        ("20260313", "2026-03-13T00:00:00."),
        ("20260313102114", "2026-03-13T10:21:14."),
        ("13 Mar 2026 10:21", "2026-03-13T10:21:00."),
        ("Mar 13, 2026", "2026-03-13T00:00:00."),
        ("13.03.2026 10:21", "2026-03-13T10:21:00."),
        ("3/13/2026 10:21:14 PM", "2026-03-13T22:21:14."),
        ("13/03/26 10:21", "2026-03-13T10:21:00."),
        (1773397274, "2026-03-13T10:21:14."),
        (1773397274123, "2026-03-13T10:21:14.123"),
        (1773397274.25, "2026-03-13T10:21:14.25"),
        (dt.date(2026, 3, 13), "2026-03-13T00:00:00."),
        (pd.Timestamp("2026-03-13 10:21", tz="Asia/Tokyo"), "2026-03-13T01:21:00."),
        (pd.Timestamp("2026-03-13 10:21"), "2026-03-13T10:21:00."),
    ],
)
def test_spellings(value, expected):
    assert times([value]) == [expected]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (1773397274, "as seconds since 1970"),
        (1773397274123, "as milliseconds since 1970"),
        (1773397274123456, "as microseconds since 1970"),
        ("2026-03-13T10:21:14+02:00", "turned 'timestamp' to UTC"),
        ("13/03/2026", "with the day first"),
        ("03/13/2026", "with the month first"),
        ("20260313", "dates spelled in digits"),
    ],
)
def test_what_was_assumed_is_told(value, told):
    assert any(told in words for words in read([value]).contract.assumptions)


def test_zones_and_none_do_not_mix():
    values = ["2026-03-13T10:00:00Z", "2026-03-13T11:00:00+01:00", "2026-03-13T10:00:00"]
    with pytest.raises(DataError) as problem:
        read(values)
    assert "with a zone (2, such as '2026-03-13T10:00:00Z')" in str(problem.value)
    assert "without (1, such as '2026-03-13T10:00:00')" in str(problem.value)
    events = read(values[:2])
    assert events.frame()["timestamp"].nunique() == 1
    assert "mixed-zones" in {finding.code for finding in events.contract.findings}


def test_units_do_not_mix():
    with pytest.raises(DataError, match="1 like seconds and 1 like milliseconds"):
        read([1773397274, 1773397274123])


def test_day_or_month_first_is_asked_for_where_it_cannot_be_told():
    with pytest.raises(DataError, match="day_first=True or day_first=False"):
        read(["03/04/2026"])
    assert times(["03/04/2026"], day_first=True) == ["2026-04-03T00:00:00."]
    assert times(["03/04/2026"], day_first=False) == ["2026-03-04T00:00:00."]
    assert times(["03/04/2026", "13/04/2026"])[0] == "2026-04-03T00:00:00."
    with pytest.raises(DataError, match="mixes dates with the day first and with the month first"):
        read(["13/04/2026", "04/13/2026"])


def test_cells_that_are_no_time_are_set_aside():
    contract = read(["2026-03-13 10:00", "soon", None, "2026-02-30 10:00"]).contract
    assert (contract.usable, contract.set_aside) == (1, 3)
    assert sorted(contract.set_aside_rows["reason"]) == [
        "no timestamp",
        "timestamp is not a time",
        "timestamp is not a time",
    ]


def test_days_without_a_time_of_day_are_told():
    codes = {finding.code for finding in read(["2026-03-13", "2026-03-14"]).contract.findings}
    assert "days-only" in codes


@pytest.mark.parametrize(
    "written",
    [
        ["3. März 2024", "5. Mai 2024", "7. Dezember 2024"],
        ["Mo, 3. Mrz. 2024", "Di, 5. Mai 2024", "Samstag, 7. Dez. 2024"],
        ["3 mars 2024", "dim. 5 mai 2024", "7 déc. 2024"],
        ["3 de marzo de 2024", "5 de mayo de 2024", "7 de diciembre de 2024"],
        ["3 de março de 2024", "5 de maio de 2024", "7 de dezembro de 2024"],
        ["3 marzo 2024", "5 maggio 2024", "7 dicembre 2024"],
        ["3 maart 2024", "5 mei 2024", "7 december 2024"],
        ["03-mar-2024", "05-may-2024", "07-dic-2024"],
        ["March 3, 2024", "May 5, 2024", "Dec. 7, 2024"],
    ],
)
def test_months_of_other_languages(written):
    assert times(written) == [
        "2024-03-03T00:00:00.",
        "2024-05-05T00:00:00.",
        "2024-12-07T00:00:00.",
    ]


def test_every_month_of_other_languages_with_a_time_of_day():
    months = {
        "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "fr.": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
        "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "es.": "ene feb mar abr may jun jul ago sep oct nov dic",
        "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "pt.": "jan fev mar abr mai jun jul ago set out nov dez",
        "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "it.": "gen feb mar apr mag giu lug ago set ott nov dic",
        "nl": "januari februari maart april mei juni juli augustus september oktober november december",
        "nl.": "jan feb mrt apr mei jun jul aug sep okt nov dec",
    }
    joined = {"de": " um ", "fr": " à ", "it": " alle ", "nl": " om "}
    for language, names in months.items():
        at = joined.get(language[:2], " ")
        written = [f"17 {name} 2024{at}21:05:09" for name in names.split()]
        found = read(written).frame().set_index("user_id")["timestamp"]
        expected = {f"u{n}": pd.Timestamp(2024, n + 1, 17, 21, 5, 9) for n in range(12)}
        assert found.to_dict() == expected, language


def test_a_month_that_is_not_known_is_no_other_one():
    known = [f"{day} Mai 2024" for day in range(1, 20)]
    events = read([*known, "20 květen 2024"])
    assert (events.count, events.contract.set_aside) == (19, 1)
    with pytest.raises(DataError, match="timestamp is not a time"):
        read(["3 maja 2024", "4 maja 2024"])
