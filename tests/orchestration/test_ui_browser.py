"""The Dagster UI as an engineer sees it: materialize by clicking, then look at what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.orchestration.server import dagster_dev, finished
from tests.report.browser import chromium, needs_chromium
from tests.weeks import Week

pytestmark = [needs_chromium, pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(1800)]

SHOW = 60
"""Longest wait in seconds for one thing on the page."""

ASSETS = (
    *("raw_transactions", "cleaned_features", "candidate_models"),
    *("tuned_pipeline", "evaluation_report", "published_artifact"),
)


WIDER_THAN_THEIR_PLACE = """() => [...document.querySelectorAll("table")]
    .filter(table => table.offsetWidth > table.parentElement.clientWidth + 1)
    .map(table => `${table.offsetWidth} > ${table.parentElement.clientWidth}: `
        + table.innerText.slice(0, 80))"""

CHAIN = "locations/__repository__@fraud_assets.definitions/asset-groups/weekly_model"
"""The page of the chain's group; what happens to published versions is a group of its own."""


@pytest.fixture
def address(week: Week) -> Iterator[str]:
    """`dagster dev` on the week's contract and store."""
    with dagster_dev(week) as served:
        yield served


def skip_greeting(page: Page) -> None:
    """Close what the UI asks newcomers, where it asks."""
    page.add_locator_handler(
        page.get_by_role("button", name="Skip", exact=True), lambda button: button.click()
    )


def test_the_chain_is_materialized_by_clicking_and_shows_its_evidence(
    address: str, week: Week
) -> None:
    """Click "Materialize all"; then checks in sentences, tables, pictures and numbers are there."""
    expect.set_options(timeout=SHOW * 1000)
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1500, "height": 1200})
        page.route(lambda url: not url.startswith(address), lambda route: route.abort())
        page.set_default_timeout(SHOW * 1000)
        skip_greeting(page)
        materialize(page, address)
        assert finished(address) == "SUCCESS", (week.folder / "dev.log").read_text()[-3000:]
        see_assets(page, address)
        see_checks(page, address)
        see_that_all_fits(page, address)
        see_evidence(page, address)
    expect.set_options(timeout=5000)
    assert (week.folder / "models" / "latest.json").exists()


def materialize(page: Page, address: str) -> None:
    """Open the chain's graph, see the six assets, click the button."""
    page.goto(f"{address}/{CHAIN}")
    for name in ASSETS:
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
    page.get_by_role("button", name="Materialize all").click()
    expect(page.get_by_text(re.compile("Launched run"))).to_be_visible()


def see_assets(page: Page, address: str) -> None:
    """Description, owner, group, kind, columns and row count of the first table."""
    page.goto(f"{address}/assets/cleaned_features?view=overview")
    for words in ("Point-in-time features", "weekly_model", "tx_count_24h"):
        expect(page.get_by_text(re.compile(words)).first).to_be_visible()


def see_checks(page: Page, address: str) -> None:
    """Each check says what was expected and what was found."""
    page.goto(f"{address}/assets/evaluation_report?view=checks")
    expect(page.get_by_text(re.compile(r"The recall must be at least 0\.9, got"))).to_be_visible()
    expect(page.get_by_text("Passed", exact=True).first).to_be_visible()
    page.get_by_text("verdict", exact=True).first.click()
    expect(page.get_by_text(re.compile("^Promote: all")).first).to_be_visible()


def see_that_all_fits(page: Page, address: str) -> None:
    """No table of metadata is wider than its place on a page of 1,400 pixels."""
    page.set_viewport_size({"width": 1400, "height": 1200})
    for name in ASSETS:
        page.goto(f"{address}/assets/{name}?view=overview")
        expect(page.get_by_role("cell", name="summary", exact=True).first).to_be_visible()
        wide = page.evaluate(WIDER_THAN_THEIR_PLACE)
        assert wide == [], (name, wide)
    page.set_viewport_size({"width": 1500, "height": 1200})


def see_evidence(page: Page, address: str) -> None:
    """The verdict's table, numbers of the report, and each picture drawn."""
    page.goto(f"{address}/assets/evaluation_report?view=overview")
    expect(page.get_by_role("cell", name=re.compile("judged_\u200b?frauds")).first).to_be_visible()
    expect(page.get_by_text("average_precision", exact=True).first).to_be_visible()
    titles = {
        "picture_precision_recall": "Precision against recall",
        "picture_reliability": "Reliability of the probabilities",
        "picture_scores": "Distribution of scores",
        "picture_importances": "Permutation importances",
        "picture_weekly": "Recall per week",
    }
    for key, title in titles.items():
        row = page.get_by_role("row").filter(has=page.get_by_text(key, exact=True))
        row.get_by_text("[Show Markdown]").click()
        picture = page.get_by_role("img", name=title)
        expect(picture).to_be_visible()
        assert picture.evaluate("image => image.complete && image.naturalWidth") > 300
        page.get_by_role("button", name="Close").click()
        expect(picture).to_be_hidden()


def test_a_refusal_explains_itself_where_it_happened(week: Week) -> None:
    """Sentence and report on the run's page, verdicts in the list of runs, `as_of` to launch."""
    week.edit("max_alert_rate = 0.75", "max_alert_rate = 0.05")
    expect.set_options(timeout=SHOW * 1000)
    with dagster_dev(week) as address, chromium() as browser:
        page = browser.new_page(viewport={"width": 1500, "height": 1200})
        page.route(lambda url: not url.startswith(address), lambda route: route.abort())
        page.set_default_timeout(SHOW * 1000)
        materialize(page, address)
        assert finished(address) == "FAILURE", (week.folder / "dev.log").read_text()[-3000:]

        page.goto(f"{address}/runs")
        for tag in ("as_of: 2025-06-29", "verdict: refuse"):
            expect(page.get_by_text(tag)).to_be_visible()
        page.locator("a[href^='/runs/']").first.click()
        page.get_by_placeholder("Filter…").fill("type:STEP_FAILURE")
        expect(page.get_by_text(re.compile("^Refused by rule alert_rate")).first).to_be_visible()
        expect(page.get_by_text("Stack Trace:")).to_have_count(0)
        page.get_by_placeholder("Filter…").fill("type:RUN_FAILURE")
        expect(page.get_by_text(re.compile("^Refused by rule alert_rate")).first).to_be_visible()
        expect(page.get_by_text("Stack Trace:")).to_have_count(0)
        page.get_by_placeholder("Filter…").fill("type:STEP_FAILURE")
        expect(page.get_by_text(re.compile(r"refused/.*report\.html")).first).to_be_visible()
        expect(page.get_by_role("link", name="evaluation_report").first).to_be_visible()

        page.goto(f"{address}/locations/fraud_assets.definitions/jobs/weekly_retrain/playground")
        expect(page.get_by_text("as_of").first).to_be_visible()
        expect(page.get_by_text("newest").first).to_be_visible()
    expect.set_options(timeout=5000)
