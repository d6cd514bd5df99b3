"""Does the kit find what is there, leave alone what is not, and know how much it does not know?

    python benchmarks/truth.py [--seeds 200] [--intervals 4000] [--workers 2] [--more] [--resume]

Tells stories (`stories.py`) and asks `weak_spots` about them, draws cases and asks for their intervals
(`cover.py`), prints the tables and writes them to `benchmarks/TRUTH.md`. Every run has its own seed, so that
the same call gives the same table. What is done is kept in `build/truth.jsonl`, from which `--resume` goes on;
only for the same code, since nothing is measured again.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import alarms
import bisecting
import numpy as np
import pandas as pd
from cover import KINDS
from stories import BOOKING, CLINIC, SHOP, Journey, Plant, story

from journeykit.numbers.frames import two_proportions
from journeykit.numbers.stats import wilson
from journeykit.numbers.weak_spots import weak_spots
from journeykit.tables import read_events

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build" / "truth.jsonl"
JOURNEYS = {journey.name: journey for journey in (BOOKING, CLINIC, SHOP)}
CHUNK = 250  # intervals of one piece of work
FEW, MOST = 93.5, 96.5

Job = tuple[str, str, int, int]  # what, of which, case, seed or runs


def cases(name: str, more: bool) -> list[Plant | None]:
    """List the plants of a journey: none, and each step; on phones, with more also by channel and in time."""
    steps = range(len(JOURNEYS[name].onward))
    found: list[Plant | None] = [None, *(Plant(step) for step in steps)]
    if more:
        found += [Plant(step, "channel", "social") for step in steps]
        found += [Plant(step, "time", "the last 12 of 24 weeks", weeks=(12, 24)) for step in steps]
    return found


def found_at(frame: pd.DataFrame, journey: Journey, plant: Plant, top: int = 3) -> bool:
    """Tell whether the planted group (not only its step) is among the first rows."""
    rows = frame.head(top)
    place = f"{journey.steps[plant.step]} → {journey.steps[plant.step + 1]}"
    group = " from " if plant.weeks else f"with {plant.column} {plant.value}"
    right = (rows["kind"] == "loss") & (rows["place"] == place)
    return bool((right & rows["what"].str.contains(group, regex=False)).any())


def ideal(stood: pd.DataFrame, plant: Plant) -> dict[str, Any]:
    """Compare exactly the planted group with all others, at each person's first time at the planted step."""
    here = stood[stood["step"] == plant.step].drop_duplicates("user")
    held = plant.holds(here)
    k, n = (
        [float(here["went"][side].sum()) for side in (held, ~held)],
        [int(held.sum()), int((~held).sum())],
    )
    p = float(two_proportions(k[0], n[0], k[1], n[1]))
    return {
        "n": n,
        "lost": [1 - k[0] / n[0], 1 - k[1] / n[1]],
        "p": p if k[0] / n[0] < k[1] / n[1] else 1.0,
    }


def tell(name: str, plant: Plant | None, seed: int) -> dict[str, Any]:
    """Tell one story and say what came of it."""
    journey = JOURNEYS[name]
    log, stood = story(seed, journey, plant)
    frame = weak_spots(read_events(log), list(journey.steps))
    looked_at = frame.attrs["looked_at"]
    if plant is None:
        return {"looked_at": looked_at, "flagged": bool(frame["significant"].any())}
    return {
        "looked_at": looked_at,
        "top3": found_at(frame, journey, plant),
        **ideal(stood, plant),
        "top1": found_at(frame, journey, plant, 1),
    }


def work(task: tuple[Job, bool]) -> tuple[Job, Any]:
    """Do one piece of work, in a process of its own."""
    (what, name, case, number), more = task
    if what == "story":
        return task[0], tell(name, cases(name, more)[case], number)
    held = KINDS[name](np.random.default_rng([case, len(name)]), number)
    return task[0], [int(held.sum()), len(held)]


def jobs(seeds: int, intervals: int, more: bool) -> Iterator[Job]:
    """List all the work: stories by seed, intervals in chunks."""
    for seed in range(seeds):
        yield from (
            ("story", name, case, seed)
            for name in JOURNEYS
            for case in range(len(cases(name, more)))
        )
    for kind in KINDS:
        yield from (("cover", kind, chunk, CHUNK) for chunk in range(-(-intervals // CHUNK)))


def run(todo: list[Job], more: bool, workers: int, resume: bool) -> dict[Job, Any]:
    """Do the work in processes; what is done is kept line by line."""
    KEPT.parent.mkdir(exist_ok=True)
    lines = KEPT.read_text("utf-8").splitlines() if resume and KEPT.exists() else []
    done: dict[Job, Any] = {tuple(job): result for job, result in map(json.loads, lines)}
    left = [(job, more) for job in todo if job not in done]
    with (
        KEPT.open("a" if resume else "w", encoding="utf-8") as kept,
        get_context("spawn").Pool(workers) as pool,
    ):
        for number, (job, result) in enumerate(pool.imap_unordered(work, left, chunksize=4), 1):
            done[job] = result
            kept.write(json.dumps([job, result]) + "\n")
            if number % 100 == 0 or number == len(left):
                kept.flush()
                print(f"{number:,} of {len(left):,}", flush=True)
    return {job: done[job] for job in todo}


def stories_table(done: dict[Job, Any], more: bool) -> list[str]:
    """Write what was found, beside what the ideal test finds."""
    lines = [
        "| journey | 8 points more lost at | by | people there, with + without | lost, with / without | in the "
        "top three | first | ideal test, 5 % | ideal test, among all looked at | |",
        "|---|---|---|--:|--:|--:|--:|--:|--:|---|",
    ]
    for name, journey in JOURNEYS.items():
        for case, plant in enumerate(cases(name, more)):
            told = [r for job, r in done.items() if job[:3] == ("story", name, case)]
            if plant is None or not told:
                continue
            mean = np.mean([[*r["n"], *r["lost"]] for r in told], axis=0)
            top3, n = sum(r["top3"] for r in told), len(told)
            sure = [
                sum(r["p"] < 0.05 / m for r, m in zip(told, of))
                for of in ([1] * n, [r["looked_at"] for r in told])
            ]
            lines.append(
                f"| {name} | {plant.step + 1}: {journey.steps[plant.step]} → {journey.steps[plant.step + 1]} "
                f"| {plant.column} {plant.value} | {mean[0]:.0f} + {mean[1]:.0f} | {mean[2]:.1%} / {mean[3]:.1%} "
                f"| {top3} of {n} | {sum(r['top1'] for r in told)} | {sure[0]} | {sure[1]} "
                f"| {'' if top3 >= 0.95 * n else 'short'} |"
            )
    return lines


def nulls_table(done: dict[Job, Any]) -> list[str]:
    """Write how often something was found where nothing is."""
    lines = [
        "| journey | runs with a significant weak spot | of | comparisons looked at | |",
        "|---|--:|--:|--:|---|",
    ]
    for name in JOURNEYS:
        told = [r for job, r in done.items() if job[:3] == ("story", name, 0)]
        flagged, looked = sum(r["flagged"] for r in told), np.mean([r["looked_at"] for r in told])
        word = "" if flagged <= 0.08 * len(told) else "too many"
        lines.append(f"| {name} | {flagged} | {len(told)} | {looked:.0f} | {word} |")
    return lines


def cover_table(done: dict[Job, Any]) -> list[str]:
    """Write how often the intervals held the truth."""
    lines = [
        "| interval | of | held the truth, % | 95 % of this figure | |",
        "|---|--:|--:|--:|---|",
    ]
    for kind in KINDS:
        held, of = np.sum([r for job, r in done.items() if job[:2] == ("cover", kind)], axis=0)
        low, high = wilson(held, of)
        word = "" if FEW <= 100 * held / of <= MOST else "outside"
        lines.append(
            f"| {kind} | {of:,} | {100 * held / of:.1f} | {100 * low:.1f} to {100 * high:.1f} | {word} |"
        )
    return lines


def page(
    done: dict[Job, Any],
    seeds: int,
    intervals: int,
    more: bool,
    years: int = 300,
    replayed: int = 36,
    logs: int = 100,
    whole: int = 10,
) -> str:
    """Write TRUTH.md."""
    call = f"python benchmarks/truth.py --seeds {seeds} --intervals {intervals}{' --more' if more else ''}"
    told = (Path(__file__).with_name("truth_words.md")).read_text("utf-8")
    tables = {
        "CALL": call,
        "SEEDS": f"{seeds}",
        "STORIES": "\n".join(stories_table(done, more)),
        "NULLS": "\n".join(nulls_table(done)),
        "COVER": "\n".join(cover_table(done)),
        "YEARS": f"{years}",
        "REPLAYED": f"{replayed}",
        "LOGS": f"{logs}",
        "WHOLE": f"{whole}",
        "BISECT": alarms.table(bisecting.measured(logs, whole)),
        "ALARMS": alarms.table(alarms.measured(years, replayed)),
    }
    for word, text in tables.items():
        told = told.replace(f"{{{word}}}", text)
    return told


def main() -> None:
    """Measure, print and write."""
    asked = argparse.ArgumentParser(
        description="Planted truth: what is found, what is not, what intervals hold."
    )
    asked.add_argument("--seeds", type=int, default=200)
    asked.add_argument("--intervals", type=int, default=4000)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--more", action="store_true", help="also plants by channel and in time")
    asked.add_argument("--resume", action="store_true", help="go on from what the last call kept")
    options = asked.parse_args()
    todo = list(jobs(options.seeds, options.intervals, options.more))
    done = run(todo, options.more, options.workers, options.resume)
    text = page(done, options.seeds, options.intervals, options.more)
    Path(__file__).with_name("TRUTH.md").write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
