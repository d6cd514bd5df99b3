"""Damaged tables: events, and the five beside them. They are read, or refused in a sentence."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

import journeykit as jk

from .mutants import VALUES, damaged_bytes, hold


def table(head: str, *rows: str, n: int = 24) -> bytes:
    lines = [rows[i % len(rows)].format(i=i, u=i % 7, d=1 + i % 28, h=i % 24) for i in range(n)]
    return "\n".join([head, *lines, ""]).encode()


SAMPLES = {
    "events": table(
        "user_id,event,timestamp,session_id,channel,device,page,value,product,event_id,plan",
        "u{u},visit,2026-03-{d:02d} {h:02d}:00:00,s{i},ads,phone,/a,,tea,e{i},a",
        'u{u},look,2026-03-{d:02d} {h:02d}:01:00,s{i},mail,pc,"/b, c",1.5,,e{i},b',
        "u{u},pay,2026-03-{d:02d} {h:02d}:02:00,s{i},ads,phone,/c,19.90,cup,e{i},",
    ),
    "surveys": table(
        "response_id,user_id,score,measure,timestamp,stage,comment",
        "r{i},u{u},9,nps,2026-03-{d:02d},buy,quick and friendly",
        'r{i},u{u},3,nps,2026-03-{d:02d},see,"late, and ""cold"""',
    ),
    "support": table(
        "contact_id,user_id,timestamp,channel,topic,first_answer_minutes,resolution_hours,solved",
        "c{i},u{u},2026-03-{d:02d} {h:02d}:00,phone,returns,30,2.5,yes",
        "c{i},u{u},2026-03-{d:02d} {h:02d}:30,mail,payment,600,40,no",
    ),
    "campaigns": table(
        "campaign,user_id,timestamp,channel,opened,clicked,cost,treatment",
        "spring,u{u},2026-03-{d:02d},mail,true,false,0.1,sent",
        "spring,u{u},2026-03-{d:02d},mail,,,,holdout",
    ),
    "orders": table(
        "order_id,user_id,timestamp,product,quantity,unit_price,promised_days,delivered_days",
        "o{i},u{u},2026-03-{d:02d},tea,2,4.50,3,2",
        "o{i},u{u},2026-03-{d:02d},cup,-1,12,3,5",
    ),
    "leads": table(
        "user_id,timestamp,source,status,industry,value",
        "l{i},2026-03-{d:02d},ads,lead,shops,100",
        "l{i},2026-03-{d:02d},event,customer,banks,2000",
    ),
}


def mutant(sample: bytes) -> Callable[[Random], bytes]:
    """Half are damaged as bytes, half in some of their cells."""

    def make(rng: Random) -> bytes:
        if rng.random() < 0.5:
            return damaged_bytes(sample, rng)
        rows = list(csv.reader(io.StringIO(sample.decode())))
        column = rng.randrange(len(rows[0]))
        for _ in range(rng.choice((1, 2, 10))):
            row = rng.choice(rows)
            if rng.random() < 0.5:
                column = rng.randrange(len(row))
            row[column] = str(rng.choice(VALUES))
        out = io.StringIO()
        csv.writer(out, delimiter=rng.choice(",,,;\t|")).writerows(rows)
        return out.getvalue().encode("utf-8", "surrogatepass")

    return make


def ask_events(file: Path) -> None:
    events = jk.read_events(file)
    names = events.names[:3]
    if len(names) > 1:
        jk.funnel(events, names)
        jk.funnel(events, names, within="7 days")
    jk.transitions(events)
    jk.sessions(events)
    jk.retention(events)
    events.describe()


ASKED: dict[str, Callable[[Path], object]] = {
    "events": ask_events,
    "surveys": lambda file: jk.nps(jk.read_table("surveys", file)["score"]),
    "orders": lambda file: jk.basket(jk.read_table("orders", file)),
}


def tried(kind: str, root: Path, numbers: range) -> None:
    file = root / f"{kind}.csv"

    def try_one(content: bytes) -> None:
        file.write_bytes(content)
        if kind in ASKED:
            ASKED[kind](file)
        else:
            jk.read_table(kind, file).attrs["contract"].describe()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        hold(kind, mutant(SAMPLES[kind]), try_one, numbers)


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_few_damaged_tables_end_in_a_sentence(kind: str, tmp_path: Path) -> None:
    tried(kind, tmp_path, range(8))


@pytest.mark.nightly
@pytest.mark.parametrize("end", [50, 2_000])
@pytest.mark.parametrize("kind", SAMPLES)
def test_many_damaged_tables_end_in_a_sentence(kind: str, end: int, tmp_path: Path) -> None:
    tried(kind, tmp_path, range(8, end))


def test_the_samples_are_read_whole(tmp_path: Path) -> None:
    for kind, sample in SAMPLES.items():
        file: Any = tmp_path / f"{kind}.csv"
        file.write_bytes(sample)
        ASKED.get(kind, lambda file, kind=kind: jk.read_table(kind, file))(file)
