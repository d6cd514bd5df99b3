"""Markdown and Mermaid: every card, once, as text, whatever it says."""

from __future__ import annotations

import re
from collections import Counter

from journeykit.export import text

from .conftest import cards


def plain(made: str) -> str:
    return re.sub(r"\\([^\w\s]|_)", r"\1", re.sub(r"&#(\d+);", lambda s: chr(int(s[1])), made))


def drawn(made: str) -> str:
    return re.sub(r"#(\d+);", lambda sign: chr(int(sign[1])), made)


def test_every_card_is_in_the_markdown(told) -> None:
    found = Counter(re.findall(r"(?m)^  - (.*?)(?: ★)? \([^()]*\)$", plain(text.md(told))))
    assert found == Counter(cards(told))


def test_every_card_is_in_the_chart(told) -> None:
    nodes = re.findall(
        r'(?m)^      s\d+l\d+c\d+\["(?:★ )?(.*?)(?: \(\w+\))?"\]$', text.mermaid(told)
    )
    assert Counter(map(drawn, nodes)) == Counter(cards(told))


LINES = [
    r"```mermaid|```|journey|flowchart LR|#+ .*|",
    r"  title [^#:\n;]+|  section [^#:\n;]+",  # the patterns of Mermaid's own grammar
    r"    (?!title\s|section\s|accTitle|accDescr|journey)[^#:\n;]+: [1-5]: [^#:\n;,]+",
    r'  subgraph s\d+\["[^"]*"\]|    subgraph s\d+l\d+\["[^"]*"\]|    direction TB|    end|  end',
    r'      s\d+l\d+c\d+\["[^"`<]*"\]|    s\d+l0\[" "\]|  s\d+ --> s\d+',
]


def test_each_line_is_one_that_mermaid_reads(told) -> None:
    made = re.sub(r"#\d+;", "x", text.mermaid(told))  # which it takes out before it reads
    known = re.compile("|".join(LINES))
    inside = re.findall(r"(?s)^```mermaid\n.*?^```$", made, re.M)
    assert len(inside) >= len(told.journeys)
    for line in "\n".join(inside).splitlines():
        assert known.fullmatch(line), line


def test_words_do_not_become_markup(workshops) -> None:
    from journeykit.cli.gather import gather

    made = text.md(gather(workshops["hostile"], [], []))
    assert r"\<script\>" in made
    assert not re.search(r"(?<!\\)[<>]", made)
    assert "[e-mail]" in plain(made)
    assert "ann@mail" not in made
    assert "@Bob · by 1 Feb 2026 · open, late" in plain(made)


def test_what_the_run_found_is_said_with_the_run(ran) -> None:
    made = plain(text.md(ran))
    run = ran.results["mobile-maya"]
    assert f"Numbers: run {run['run_id']}, data events.csv.gz until 28 Jun 2026." in made
    for panels in ran.panels.values():
        for panel in panels:
            assert panel["map"] or not panel["sentence"] or panel["title"] in made
    funnel = next(p for p in ran.panels["mobile-maya"] if p["id"] == "funnel")
    assert funnel["sentence"] in made
    assert "| Step | Customers | Of all who began |" in made
    assert "130 more rows are in the workbook" in made


def test_without_a_run_it_says_what_is_missing(told) -> None:
    assert "There is no run yet" in text.md(told)
    assert "The data and its gate" not in text.md(told)
