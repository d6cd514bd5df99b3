"""Forty secrets in every column and field of a workshop: none is in any byte that a run writes."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

SMALL = {
    "events": "event channel device campaign page age_band region",
    "surveys": "question stage channel device",
    "support": "channel topic",
    "campaigns": "campaign stage channel",
    "orders": "product category",
    "leads": "source age_band region",
}
"""In each of these columns one customer has a value that nobody else has."""
LARGE = {  # table, column, a value of many, and what it is called instead
    ("events", "channel", "affiliate"): "call +49 171 2345678",
    ("events", "campaign", "voucher-portal"): "from karin.k@secret.example",
    ("surveys", "channel", "affiliate"): "mia.m@secret.example",
    ("support", "topic", "product question"): "write to olga.o@secret.example",
    ("campaigns", "campaign", "cart-reminder"): "cart of tom.t@secret.example",
    ("leads", "source", "affiliate"): "uwe.u@secret.example",
    ("orders", "product", "pendant-necklace-moon"): "necklace for eva.e@secret.example",
}
SAID = "I am Zofia Wiśniewska, zofia.z@secret.example, call +49 171 2345678"
OWNER = "Ada Q, ada.q@secret.example"
KINDS = (
    "Quorlix {n} Brown",
    "{n} Quorlix Road",
    "quorlix{n}@home.example",
    "quorlix-{n}-77",
    "+49 30 5550{n}",
)
CELLS = ["w.weak_spots.funnel(by='campaign')", "w.weak_spots.funnel(by='page')", "w.weak_spots.channels()",
         "w.weak_spots.transitions(by='region')", "w.weak_spots.segment_profile()", "w.weak_spots.service(by='topic')",
         "w.show(w.folder.workshop().owner)", "print(w.folder.workshop().owner)"]  # fmt: skip


def planter(kind: str, secrets: list[str]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def plant(frame: pd.DataFrame) -> pd.DataFrame:
        for (table, column, old), new in LARGE.items():
            if table == kind:
                frame[column] = frame[column].replace(old, new)
        for place, column in enumerate(SMALL[kind].split()):
            n = len(secrets) + 11
            secrets.append(KINDS[n % len(KINDS)].format(n=n))
            frame.loc[frame.index[-1 - place], column] = secrets[-1]
        if "comment" in frame:
            frame.loc[frame["comment"] != "", "comment"] += f". {SAID}"
        return frame

    return plant


def texts(data: bytes) -> Iterator[str]:
    """What can be read in a file, however it is wrapped."""
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    text = data.decode("utf-8", "ignore")
    yield text
    yield html.unescape(text)
    if "\\u" in text:
        yield re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
    for found in re.findall(r"base64,([A-Za-z0-9+/=\\n]{40,})", text):
        yield from texts(base64.b64decode(found.replace("\\n", "")))


@pytest.mark.all
def test_forty_secrets_are_in_no_byte_that_goes_out(
    shop: Callable[..., Path], command: Any
) -> None:
    secrets: list[str] = []
    root = shop(**{kind: planter(kind, secrets) for kind in SMALL})
    ids = set(pd.read_csv(root / "data" / "events.csv.gz", dtype=str)["user_id"])
    assert len(secrets) + len(LARGE) + 12 >= 40
    yaml = root / "workshop.yaml"
    told = yaml.read_text("utf-8")
    told = re.sub(r"(?m)^(\s+)owner: .*$", rf"\1owner: {OWNER}", told)
    yaml.write_text(re.sub(r"(?m)^owner: .*\n", "", told) + f"\nowner: {OWNER}\n", "utf-8")
    map = root / "journeys" / "mobile-maya.yaml"  # everybody's from now on
    cards = re.sub(
        r"(?m)^(\s+text: )(\w.*)$", r"\1Ask bo.b@secret.example", map.read_text("utf-8"), count=3
    )
    map.write_text(cards.replace("persona: mobile-maya", "persona: everybody"), "utf-8")
    book = root / "notebooks" / "03_weak_spots.ipynb"
    notebook = nbformat.read(book, 4)
    notebook.cells += map_cells(CELLS)
    nbformat.write(notebook, book)
    ran = command("run", root, "--persona", "everybody")
    assert ran.returncode == 0, ran.stderr
    run = Path(ran.stdout.splitlines()[-1]).parent
    leaks: dict[str, set[str]] = {}
    for file in sorted(each for each in run.rglob("*") if each.is_file()):
        for text in (*texts(file.read_bytes()), file.name):
            found = {secret for secret in secrets if secret in text}
            low = text.casefold()
            for word in ("quorlix", "@secret.example", "@home.example", "wiśniewska"):
                at = low.find(word)
                found |= {text[max(at - 30, 0) : at + 30]} if at >= 0 else set()
            found |= ids & set(re.findall(r"\bu\d{5}\b", text))
            found |= {each for each in ("171 2345678", "30 5550") if each in text}
            if found:
                leaks.setdefault(str(file.relative_to(run)), set()).update(sorted(found)[:6])
    assert leaks == {}
    result = json.loads((run / "everybody" / "result.json").read_text("utf-8"))
    assert "[e-mail]" in json.dumps(result["phases"])


def map_cells(sources: list[str]) -> list[Any]:
    return [nbformat.v4.new_code_cell(source) for source in sources]
