from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, expect

from fraud_assets.documents.report.whole import Report
from fraud_assets.report.html import render_report
from tests.report import sample
from tests.report.browser import Watched, chromium, needs_chromium
from tests.report.looks import UNFOLD, faults, printed

pytestmark = needs_chromium

PHONE, DESKTOP = 360, 1280
PICTURES = ("precision-recall", "roc", "weekly-recall", "score-distribution", "reliability")
DECIDED = {
    "published": lambda: decided(
        sample.promoted(), "the gate, in a run by a test", "fraud_detector_20260601_060000"
    ),
    "turned_down": lambda: decided(sample.refused(), "nobody: the gate refused it", "none"),
}


def decided(report: Report, approved_by: str, version: str) -> Report:
    """The report as publication completes it."""
    assert report.lineage is not None
    told = {"version": version, "decided_at": "2026-06-01T06:00:00+00:00"}
    return replace(report, lineage=replace(report.lineage, **told, approved_by=approved_by))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the module."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Addresses of the report of each kind, as files."""
    folder: Path = tmp_path_factory.mktemp("reports")
    for name, report in {**sample.VARIANTS, **DECIDED}.items():
        (folder / f"{name}.html").write_text(render_report(report()), encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in (*sample.VARIANTS, *DECIDED)}


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


BACKGROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["refused", "awkward", "hostile"])
def test_nothing_is_wrong_with_how_it_looks(
    browser: Browser, pages: dict[str, str], variant: str
) -> None:
    """Phone, desktop and paper, light and dark: nothing clipped, broken, tiny, covered or long."""
    assert faults(browser, pages[variant]) == []


@pytest.mark.slow
def test_every_width_between_fits_too(browser: Browser, pages: dict[str, str]) -> None:
    """With everything unfolded nothing scrolls sideways."""
    page = opened(browser, pages["promoted"], DESKTOP, "light", scripts=True).page
    page.evaluate(UNFOLD)
    for width in (320, 600, 768, 1000, 1060):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
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


def test_each_printed_page_says_what_it_is_and_nothing_stays_folded(
    browser: Browser, pages: dict[str, str], tmp_path: Path
) -> None:
    """Version, time, run, owner and who approved at the foot of each; folds are open."""
    texts = printed(browser, pages["published"], tmp_path / "report.pdf")

    assert 3 <= len(texts) <= 40
    for number, text in enumerate(texts, start=1):
        for words in ("version fraud_detector_20260601_060000", "decided 2026-06-01 06:00"):
            assert words in text, number
        for words in ("run second", "owner team:payments-risk", "approved by the gate"):
            assert words in text, number
        assert f"{number} of {len(texts)}" in text
    whole = " ".join(texts)
    for folded in ("Class n", "Payments by predicted probability", "Mean loss", "false alarms"):
        assert folded.lower() in whole.lower()


def test_a_refusal_says_on_paper_that_nobody_approved_it(
    browser: Browser, pages: dict[str, str], tmp_path: Path
) -> None:
    """Its version is none."""
    texts = printed(browser, pages["turned_down"], tmp_path / "report.pdf")
    assert all("approved by nobody: the gate refused it" in text for text in texts)
    assert all("version none" in text for text in texts)


def test_it_prints_on_white_without_navigation(browser: Browser, pages: dict[str, str]) -> None:
    """From a dark screen too."""
    page = opened(browser, pages["promoted"], DESKTOP, "dark", scripts=True).page
    page.emulate_media(media="print")
    assert page.evaluate(BACKGROUND) == "rgb(255, 255, 255)"
    expect(page.locator("nav")).to_be_hidden()
    page.context.close()


def test_on_a_phone_the_contents_stay_in_sight(browser: Browser, pages: dict[str, str]) -> None:
    """However far one scrolls; sections are folded until they are asked for."""
    page = opened(browser, pages["promoted"], PHONE, "light", scripts=False).page
    expect(page.locator("table[data-table=slices]").first).to_be_hidden()
    page.locator("#card").scroll_into_view_if_needed()
    expect(page.locator("nav").get_by_role("link", name="Rules")).to_be_in_viewport()
    page.context.close()
