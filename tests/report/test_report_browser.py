from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from fraud_assets.report.html import render_report
from tests.report import sample
from tests.report.browser import Watched, chromium, needs_chromium

pytestmark = needs_chromium

PHONE, DESKTOP = 360, 1280
PICTURES = ("precision-recall", "roc", "weekly-recall", "score-distribution", "reliability")
GRAVE = {"serious", "critical"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the module."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Addresses of the report of each kind, as files."""
    folder: Path = tmp_path_factory.mktemp("reports")
    for name, report in sample.VARIANTS.items():
        (folder / f"{name}.html").write_text(render_report(report()), encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in sample.VARIANTS}


def opened(browser: Browser, address: str, width: int, scheme: str, *, scripts: bool) -> Watched:
    """The page in a fresh context of this width and colour scheme."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        java_script_enabled=scripts,
    )
    watched = Watched(context.new_page())
    watched.page.goto(address)
    return watched


CLIPPED = """width => [...document.querySelectorAll('main *, header *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width > 1 && (box.right > width + 1 || box.left < -1);
}).map(e => e.outerHTML.slice(0, 80))"""
UNFOLD = "document.querySelectorAll('details').forEach(d => d.open = true)"
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize("variant", sample.VARIANTS)
def test_no_sideways_scroll_no_console_no_network(
    browser: Browser, pages: dict[str, str], variant: str
) -> None:
    """With everything unfolded the page fits any width, says nothing, and loads only itself."""
    watched = opened(browser, pages[variant], DESKTOP, "light", scripts=True)
    page = watched.page
    page.evaluate(UNFOLD)
    for width in (320, PHONE, 600, 768, 1000, 1060, DESKTOP):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CLIPPED, width) == [], width
    assert watched.said == []
    assert watched.asked == [pages[variant]]
    page.context.close()


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_page_is_whole_without_scripts(
    browser: Browser, pages: dict[str, str], width: int
) -> None:
    """Scripts off: verdict, sections, tables, pictures and payments are all there to see."""
    page = opened(browser, pages["promoted"], width, "light", scripts=False).page
    expect(page.get_by_role("heading", level=1)).to_have_text("✓Promoted")
    expect(page.locator("#verdict-sentence")).to_be_visible()
    for fold in page.locator("details.phone > summary").all():
        if fold.is_visible():
            fold.click()
    for name in PICTURES:
        picture = page.locator(f"svg[aria-labelledby^='{name}-title']")
        expect(picture).to_be_visible()
        assert (picture.bounding_box() or {"height": 0})["height"] > 150
    for table in ("rules", "metrics", "slices", "naive", "windows", "leaderboard"):
        expect(page.locator(f"table[data-table='{table}']").first).to_be_visible()
    examples = sample.promoted().examples
    assert examples is not None
    kinds = (examples.flagged, examples.missed, examples.nearest, examples.false_alarms)
    assert page.locator(".payment").count() == sum(map(len, kinds)) > 10
    expect(page.locator(".payment summary").first).to_be_visible()
    page.context.close()


def test_details_unfold_without_scripts(browser: Browser, pages: dict[str, str]) -> None:
    """A click on "The weeks as a table" shows the weeks, with scripts off too."""
    page = opened(browser, pages["promoted"], DESKTOP, "light", scripts=False).page
    curves = sample.promoted().curves
    assert curves is not None
    week = page.get_by_role("rowheader", name=curves.weekly[0].week, exact=True)
    expect(week).to_be_hidden()
    page.get_by_text("The weeks as a table").click()
    expect(week).to_be_visible()
    page.context.close()


def test_a_refusal_is_seen_before_anything_is_scrolled(
    browser: Browser, pages: dict[str, str]
) -> None:
    """On a phone and on a desktop the first failed rule stands on the first screen."""
    for width in (PHONE, DESKTOP):
        page = opened(browser, pages["refused"], width, "light", scripts=False).page
        failed = page.locator(".failed").first
        expect(failed).to_contain_text("Failed: Recall")
        expect(failed).to_contain_text("89.98")
        expect(failed).to_contain_text("What to look at next")
        box = failed.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 900
        failed.get_by_role("link").click()
        expect(page.locator("#slices")).to_be_in_viewport()
        page.context.close()


def test_dark_and_light_differ_and_follow_the_system(
    browser: Browser, pages: dict[str, str]
) -> None:
    """The page takes the system's scheme: dark paper with light ink, and the other way round."""
    page = opened(browser, pages["promoted"], DESKTOP, "light", scripts=True).page
    assert page.evaluate(BACKGROUND) == "rgb(255, 255, 255)"
    light = page.evaluate("getComputedStyle(document.body).color")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(BACKGROUND) == "rgb(25, 29, 36)"
    assert page.evaluate("getComputedStyle(document.body).color") != light
    page.context.close()


def test_it_prints_on_white_to_a_few_pages(browser: Browser, pages: dict[str, str]) -> None:
    """Printed from a dark screen the page is white, without navigation, and a whole PDF."""
    page = opened(browser, pages["promoted"], DESKTOP, "dark", scripts=True).page
    page.emulate_media(media="print")
    assert page.evaluate(BACKGROUND) == "rgb(255, 255, 255)"
    expect(page.locator("nav")).to_be_hidden()
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
    assert 3 <= pdf.count(b"/Type /Page\n") <= 40
    page.context.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variant", "width", "scheme"),
    [("promoted", DESKTOP, "light"), ("refused", PHONE, "dark")],
)
def test_axe_finds_no_serious_violation(
    browser: Browser, pages: dict[str, str], variant: str, width: int, scheme: str
) -> None:
    """axe-core, with all details unfolded, finds nothing serious or critical."""
    page = opened(browser, pages[variant], width, scheme, scripts=True).page
    page.evaluate(UNFOLD)
    found = Axe().run(page).response["violations"]
    grave = [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in GRAVE]
    assert grave == []
    page.context.close()
