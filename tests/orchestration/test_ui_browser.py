"""The Dagster UI as an engineer sees it: materialize by clicking, then look at what it shows."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.orchestration.runs import BIN
from tests.report.browser import chromium, needs_chromium
from tests.weeks import Week

pytestmark = [needs_chromium, pytest.mark.slow, pytest.mark.timeout(900)]

START, RUN, SHOW = 240, 480, 60
"""Longest waits in seconds: for the server, for the run, for one thing on the page."""

ASSETS = (
    *("raw_transactions", "cleaned_features", "candidate_models"),
    *("tuned_pipeline", "evaluation_report", "published_artifact"),
)
RUNS = "{ runsOrError { ... on Runs { results { runId status } } } }"


@pytest.fixture
def address(week: Week) -> Iterator[str]:
    """`dagster dev` on the week's contract and store, stopped with all that it started."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = week.folder / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    words = ["dev", "-m", "fraud_assets.definitions", "-h", "127.0.0.1", "-p", str(port)]
    environment = os.environ | week.environment
    environment |= {"DAGSTER_HOME": str(home), "DAGSTER_DISABLE_TELEMETRY": "true"}
    with (week.folder / "dev.log").open("w") as log:
        server = subprocess.Popen(
            [str(BIN / "dagster"), *words],
            cwd=week.folder,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield started(f"http://127.0.0.1:{port}", week.folder / "dev.log", server)
        finally:
            os.killpg(server.pid, signal.SIGINT)
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait(30)


def started(address: str, log: Path, server: subprocess.Popen[bytes]) -> str:
    """The address, once something answers there."""
    end = time.monotonic() + START
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/server_info", timeout=5):
                return address
        except OSError:
            time.sleep(1)
    raise AssertionError(log.read_text()[-2000:])


def finished(address: str) -> str:
    """The status in which the one run ended."""
    end, status = time.monotonic() + RUN, "no run"
    while time.monotonic() < end:
        body = json.dumps({"query": RUNS}).encode()
        ask = urllib.request.Request(
            f"{address}/graphql", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(ask, timeout=60) as answer:
            runs = json.load(answer)["data"]["runsOrError"]["results"]
        status = runs[0]["status"] if runs else "no run"
        if status in {"SUCCESS", "FAILURE", "CANCELED"}:
            return status
        time.sleep(2)
    return status


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
        see_evidence(page, address)
    expect.set_options(timeout=5000)
    assert (week.folder / "models" / "latest.json").exists()


def materialize(page: Page, address: str) -> None:
    """Open the graph, see the six assets, click the button."""
    page.goto(f"{address}/asset-groups")
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
    expect(page.get_by_text(re.compile(r"Expected recall of at least 90.*found"))).to_be_visible()
    expect(page.get_by_text("Passed", exact=True).first).to_be_visible()
    page.get_by_text("verdict", exact=True).first.click()
    expect(page.get_by_text(re.compile("^Promote: all")).first).to_be_visible()


def see_evidence(page: Page, address: str) -> None:
    """The verdict's table, numbers of the report, and each picture drawn."""
    page.goto(f"{address}/assets/evaluation_report?view=overview")
    expect(page.get_by_role("cell", name="judged_frauds", exact=True).first).to_be_visible()
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
