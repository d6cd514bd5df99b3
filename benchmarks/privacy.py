"""How many secrets do the masks take out of comments, and what do they take by mistake?

    python benchmarks/privacy.py [--missed]

Reads the invented comments of `benchmarks/privacy/`, masks them, prints the tables by locale and by kind of secret
and writes them to `benchmarks/PRIVACY.md`. With `--missed` it lists what slipped through and what was taken by
mistake instead.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from journeykit.numbers.mask import mask

FOLDER = Path(__file__).resolve().parent
PARTS = ("first", "second", "third", "fourth")
SECRET = re.compile(r"\{(\w+):([^{}]+)\}")
PART = re.compile(r"[^\W_]+")
MARK = re.compile(r"\[[a-z-]+\]")


class Comment(NamedTuple):
    """What a customer wrote, with the secrets in it; none where the comment names nobody."""

    locale: str
    text: str
    secrets: tuple[tuple[str, str], ...]  # kind, words


def comments(part: str) -> Iterator[Comment]:
    """Read one part of the corpus."""
    locale = ""
    for line in (FOLDER / "privacy" / f"{part}.txt").read_text("utf-8").splitlines():
        if line.startswith("## "):
            locale = line[3:]
        elif line and not line.startswith("#"):
            text = SECRET.sub(r"\2", line).replace(r"\n", "\n")
            yield Comment(locale, text, tuple(SECRET.findall(line)))


def gone(secret: str, masked: str, text: str) -> bool:
    """Tell whether nothing of a secret is left: none of its words of three letters or digits.

    Of scripts without spaces two signs in a row count; words that the comment has twice do not.
    """
    left = MARK.sub(" ", masked)
    if secret in left:
        return False
    parts = [part for part in PART.findall(secret) if len(part) > 2 or not part.isascii()]
    return not any(part in left for part in parts if text.count(part) == 1 and len(part) > 1)


def measure(found: Iterable[Comment]) -> tuple[Counter, list[str], Counter, list[str]]:
    """Count secrets (``(locale, kind, gone)``), list the missed, count and list the harmless changed."""
    secrets: Counter = Counter()
    harmless: Counter = Counter()
    missed, changed = [], []
    for each in found:
        masked = mask(each.text)
        for kind, secret in each.secrets:
            here = gone(secret, masked, each.text)
            secrets[each.locale, kind, here] += 1
            if not here:
                missed.append(f"{each.locale} {kind} {secret!r}: {masked!r}")
        if not each.secrets:
            harmless[masked != each.text] += 1
            if masked != each.text:
                changed.append(f"{each.text!r}: {masked!r}")
    return secrets, missed, harmless, changed


def table(secrets: Counter, place: int, name: str) -> Iterator[str]:
    """Write one table: by locale (0) or by kind (1)."""
    yield f"| {name} | secrets | gone | share |\n|---|--:|--:|--:|"
    for each in [*dict.fromkeys(key[place] for key in secrets), "all"]:
        mine = {key: n for key, n in secrets.items() if each in (key[place], "all")}
        n, out = sum(mine.values()), sum(n for key, n in mine.items() if key[2])
        yield f"| {each} | {n} | {out} | {out / n:.1%} |"


def page() -> str:
    """Write the page."""
    words = (FOLDER / "privacy" / "words.md").read_text("utf-8")
    lines = []
    every = [*map(comments, PARTS)]
    parts = [list(part) for part in every]
    for part, found in zip(PARTS, parts):
        secrets, _, harmless, _ = measure(found)
        n, out = secrets.total(), sum(n for key, n in secrets.items() if key[2])
        lines.append(
            f"| {part} | {sum(bool(each.secrets) for each in found)} | {n} | {out / n:.1%} | "
            f"{harmless.total()} | {harmless[True] / harmless.total():.1%} |"
        )
    secrets, missed, _, changed = measure(each for part in parts for each in part)
    tables = {
        "PARTS": lines,
        "LOCALES": table(secrets, 0, "locale"),
        "KINDS": table(secrets, 1, "kind"),
        "MISSED": (f"- {line}" for line in [*missed, *changed]),
        "SPEED": [speed([each.text for part in parts for each in part])],
    }
    for name, rows in tables.items():
        words = words.replace(f"<{name}>", "\n".join(rows))
    return words


def speed(texts: list[str]) -> str:
    """Mask 20,000 comments, each another."""
    many = [f"{texts[i % len(texts)]} {i // len(texts)}" for i in range(20_000)]
    start = time.process_time()
    for text in many:
        mask(text)
    return f"20,000 comments take {time.process_time() - start:.1f} processor seconds."


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--missed", action="store_true", help="List what slipped through.")
    asked.add_argument("--part", choices=PARTS, help="With --missed: of one part alone.")
    given = asked.parse_args()
    if given.missed:
        parts = [given.part] if given.part else PARTS
        secrets, missed, harmless, changed = measure(c for h in parts for c in comments(h))
        print(*missed, *changed, sep="\n")
        print(f"{len(missed)} of {secrets.total()} secrets, {len(changed)} of {harmless.total()}")
        return
    (FOLDER / "PRIVACY.md").write_text(page(), "utf-8")
    print(page())


if __name__ == "__main__":
    main()
