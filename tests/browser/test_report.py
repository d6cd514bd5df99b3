"""The report and the index in a real browser with all of the internet switched off."""

from __future__ import annotations

import itertools
import json
import re
import runpy
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from journeykit.report import write_index, write_report
from journeykit.run.panels import panels

hostile = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("hostile.py"))))
looks = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("looks.py"))))

pytestmark = [pytest.mark.all, pytest.mark.browser, pytest.mark.xdist_group("run")]

DRAWN = (
    "document.querySelectorAll('.drawn').length === document.querySelectorAll('[data-spec]').length"
)
MM = 72 / 25.4


def pages(run: Path) -> list[Path]:
    return [run / "index.html", *sorted(run.glob("*/report.html"))]


def report(run: Path) -> Path:
    return next(p for p in pages(run) if p.parent.name == "mobile-maya")


def opened(visit, path: Path, **how):
    """Open a page, and each part of it that is closed at first."""
    seen = visit(path, **how)
    seen.page.evaluate("document.querySelectorAll('.phase').forEach(d => { d.open = true; })")
    return seen


def sheets(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page, in mm."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    return [(round(float(w) / MM), round(float(h) / MM)) for w, h in boxes]


def test_nothing_is_asked_of_the_internet_and_all_charts_are_live(retail_run, visit):
    found = pages(retail_run)
    assert len(found) >= 4  # index, three personas
    for path in found:
        seen = opened(visit, path)
        seen.page.wait_for_function(DRAWN, timeout=30_000)
        charts = seen.page.locator("[data-spec]").count()
        assert charts >= (
            2 if path.name == "index.html" or path.parent.name == "compare" else 20
        ), path
        assert seen.page.locator(".drawn .live svg").count() == charts
        assert seen.page.locator(".drawn .still:visible").count() == 0
        assert seen.outside == []
        assert seen.problems == []
        seen.context.close()


def test_the_page_forbids_scripts_that_are_not_its_own(retail_run, visit):
    for path in pages(retail_run):
        html = path.read_text(encoding="utf-8")
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
        assert policy
        assert "default-src &#39;none&#39;" in policy[1]
        assert "unsafe-eval" not in policy[1]
        assert "unsafe-inline" not in policy[1].split("style-src")[0]
        body = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
        assert not re.search(r"<[^>]+\son\w+\s*=", body)
        assert not re.search(r"(src|href)=[\"']?(https?:)?//", body)


def test_a_tooltip_tells_the_number(retail_run, visit):
    seen = opened(visit, report(retail_run))
    seen.page.wait_for_function(DRAWN, timeout=30_000)
    bar = seen.page.locator("#weak-spots-funnel .live svg .mark-rect path").first
    bar.scroll_into_view_if_needed()
    bar.hover(force=True)
    tip = seen.page.locator("#vg-tooltip-element.visible")
    tip.wait_for(timeout=5_000)
    assert re.search(r"\d", tip.inner_text())


def test_without_scripts_the_still_pictures_show(retail_run, visit):
    seen = opened(visit, report(retail_run), scripts=False)
    stills = seen.page.locator(".still svg")
    assert stills.count() >= 20
    assert all(stills.nth(place).is_visible() for place in range(stills.count()))
    # A picture says in words what it shows.
    assert seen.page.locator(".still svg[role=img]").count() == stills.count()


# The words of live charts that stand outside of their picture.
CUT = """() => [...document.querySelectorAll('.live svg')].flatMap((svg) => {
  const { left, right } = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter((text) => {
    const box = text.getBoundingClientRect();
    return box.width && (box.left < left - 1 || box.right > right + 1);
  }).map((text) => text.textContent);
})"""


def test_it_can_be_read_on_a_phone(retail_run, visit):
    for path in (retail_run / "index.html", report(retail_run)):
        seen = opened(visit, path, width=390)
        seen.page.wait_for_function(DRAWN, timeout=30_000)
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert seen.page.evaluate(looks.SMALL_TEXT, 12) == []
        cut = {words for words in seen.page.evaluate(CUT) if not words.endswith("…")}
        assert cut == set(), "a chart's words run out of it"
        seen.context.close()
    seen = opened(visit, report(retail_run), width=390)
    inner, outer = seen.page.evaluate(
        "[...document.querySelectorAll('.panel .map')].map(m => [m.scrollWidth, m.clientWidth])[0]"
    )
    assert outer < 390 < 1000 < inner  # the map keeps its size and scrolls in its box
    seen.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_stands_out_from_its_paper(retail_run, visit, dark):
    for path in (retail_run / "index.html", report(retail_run)):
        seen = visit(path, dark=dark, scripts=True)
        contrasts = seen.page.evaluate(looks.CONTRASTS, looks.TEXTS)
        assert len(contrasts) > 50
        assert contrasts[0][0] >= 4.5, contrasts[:5]
        paper = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", paper)[:3])) < 200) is dark
        # Pictures are drawn in ink: their paper stays white.
        if path.name == "report.html":
            white = "getComputedStyle(document.querySelector('.picture')).backgroundColor"
            assert seen.page.evaluate(white) == "rgb(255, 255, 255)"
        seen.context.close()


A4, A3 = (210, 297), (420, 297)


def test_it_prints_as_two_pages_and_the_map(retail_run, visit, tmp_path):
    """However much was decided; the rest is printed where somebody has opened it."""
    place = report(retail_run).parent
    result = json.loads((place / "result.json").read_text("utf-8"))
    told = {"text": "Show the price of the delivery " * 6, "owner": "Ada", "due": "2026-12-24"}
    decided = {**told, "state": "open", "persona": "mobile-maya", "result": "", "who": "Maya"}
    notebooks = sorted(place.glob("notebooks/*.ipynb"))
    found = [each for path in notebooks for each in panels(nbformat.read(path, 4), path.stem)]
    full = write_report(result | {"decisions": [decided] * 12}, found, tmp_path / "full.html")
    for path in [*pages(retail_run)[1:], full]:
        seen = visit(path)
        printed = sheets(seen.page.pdf(prefer_css_page_size=True, print_background=True))
        if path.parent.name != "compare":
            assert printed[2:] == [A3] * len(printed[2:]) != [], path
        assert printed[:2] == [A4] * 2, path
        seen.context.close()
    seen = visit(full)
    assert seen.page.locator("#all-decided li").count() == 12
    for name in ("found", "refuted", "unknown"):
        assert seen.page.locator(f"#{name}").is_visible()
    assert seen.page.locator(".findings img").count() == 3
    seen.page.get_by_role("link", name="open it").click()
    seen.page.locator(".panel .map").first.wait_for()  # what a link leads to is opened
    printed = sheets(seen.page.pdf(prefer_css_page_size=True, print_background=True))
    assert printed.count(A4) > 2


def test_a_picture_is_printed_once_and_whole(retail_run, visit):
    seen = opened(visit, report(retail_run))
    seen.page.wait_for_function(DRAWN, timeout=30_000)
    seen.page.emulate_media(media="print")
    seen.page.set_viewport_size({"width": 688, "height": 1017})  # A4 less its margins
    tall = seen.page.evaluate(
        "[...document.querySelectorAll('.picture:not(.map)')].map(p => p.getBoundingClientRect().height)"
    )
    assert max(tall) < 900  # fits on its page, so nothing is cut through
    live = "[...document.querySelectorAll('.drawn .live')].filter(e => e.checkVisibility()).length"
    assert seen.page.evaluate(live) == 0


def test_it_works_from_the_keyboard_and_for_a_screen_reader(retail_run, visit):
    seen = visit(report(retail_run))
    page = seen.page
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("e => e === document.activeElement")
    assert skip.bounding_box()["x"] >= 0  # it shows itself
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    targets = page.locator("nav a")
    assert targets.count() >= 7
    for place in range(targets.count()):
        goal = targets.nth(place).get_attribute("href")
        part = page.locator(f".phase:has([id='{goal.removeprefix('#')}'])")
        assert part.count() == 1
    targets.nth(3).focus()
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == targets.nth(3).get_attribute("href")
    page.locator(f".phase[open] {targets.nth(3).get_attribute('href')}").wait_for()
    for path in (report(retail_run), retail_run / "index.html"):
        page.goto(path.as_uri())
        assert page.locator("h1").count() == 1
        assert page.evaluate(
            "[...document.querySelectorAll('section')].every(s => s.querySelector('h2,h3'))"
        )
        assert page.evaluate("[...document.querySelectorAll('table')].length") > 0
        assert page.evaluate(
            "[...document.querySelectorAll('th')].every(t => t.scope && t.textContent.trim())"
        )
        levels = page.evaluate(
            "[...document.querySelectorAll('h1,h2,h3')].map(h => Number(h.tagName[1]))"
        )
        assert all(later - now <= 1 for now, later in itertools.pairwise(levels))
        ids = page.evaluate(
            "[...document.querySelectorAll('[id]')].map(e => e.id).filter(i => !/clip|gradient/.test(i))"
        )
        assert len(ids) == len(set(ids))


def test_every_link_leads_somewhere(retail_run, visit):
    for path in pages(retail_run):
        seen = visit(path, scripts=False)
        for href in seen.page.eval_on_selector_all(
            "a[href]", "all => all.map(a => a.getAttribute('href'))"
        ):
            file, _, anchor = href.partition("#")
            if file:
                assert (path.parent / file).resolve().is_file(), (path, href)
            else:
                assert seen.page.locator(f"[id='{anchor}']").count() == 1, (path, href)


@pytest.fixture(scope="module")
def hostile_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("hostile") / "run"
    for persona in ("a", "b"):
        folder = run / persona
        said = hostile.result(folder)
        panels = [
            hostile.panel("weak-spots", "funnel"),
            hostile.panel("start-here", "map"),
            hostile.panel("ux-analysis", hostile.ALL, None),
            hostile.panel("ux-analysis", "outside", hostile.OUTSIDE),
        ]
        write_report(said, panels, folder / "report.html")
    write_index(run)
    return run


@pytest.mark.parametrize("page", ["index.html", "a/report.html"])
def test_no_text_of_the_data_becomes_code(hostile_run, visit, page):
    seen = opened(visit, hostile_run / page)
    seen.page.wait_for_function(DRAWN, timeout=30_000)
    seen.page.wait_for_timeout(1_500)  # time for whatever might run
    assert seen.page.locator(".drawn").count() >= 2
    assert seen.page.evaluate(looks.PWNED) is None
    assert seen.outside == []
    assert seen.page.locator("body > script").count() == seen.page.locator("script").count() - (
        seen.page.locator(
            "svg script"
        ).count()  # in a picture of the made-up panels; the policy stops it
    )
    assert not any("example.invalid" in url for url in seen.outside)
    text = seen.page.locator("main").inner_text()
    for words in (hostile.TAG, hostile.CLOSING, hostile.HANDLER, hostile.RIGHT_TO_LEFT):
        assert words in text
    assert seen.page.locator("h1").inner_text().startswith("<script>")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 1280  # long words break
    for chart in seen.page.locator(".drawn .live svg").all()[:1]:
        assert "<script>" in chart.text_content()
