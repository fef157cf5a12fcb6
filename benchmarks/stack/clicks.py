"""Launches weeks in Dagster's UI as a person does: by clicks in Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from stack.place import LOCATION
from tests.report.browser import chromium

_PATIENCE_MS = 120_000
_GROUP = f"locations/__repository__@{LOCATION}/asset-groups/weekly_model"
_LAUNCHPAD = f"locations/{LOCATION}/jobs/weekly_retrain/playground"


@contextmanager
def opened(address: str) -> Iterator[Page]:
    """A page for the webserver at an address, which asks nobody else."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1500, "height": 1200})
        page.route(lambda url: not url.startswith(address), lambda route: route.abort())
        page.set_default_timeout(_PATIENCE_MS)
        page.add_locator_handler(
            page.get_by_role("button", name="Skip", exact=True), lambda button: button.click()
        )
        yield page


def materialize_all(address: str) -> None:
    """Press "Materialize all" on the chain's graph."""
    with opened(address) as page:
        page.goto(f"{address}/{_GROUP}")
        page.get_by_role("button", name="Materialize all").click()
        expect(page.get_by_text(re.compile("Launched run"))).to_be_visible(timeout=_PATIENCE_MS)


def launch(address: str, as_of: str) -> str:
    """Write the date into the Launchpad of `weekly_retrain` and launch; the run's id."""
    config = f'{{ops: {{raw_transactions: {{config: {{as_of: "{as_of}"}}}}}}}}'
    with opened(address) as page:
        page.goto(f"{address}/{_LAUNCHPAD}")
        page.locator(".CodeMirror").first.click()
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(config)
        page.get_by_role("button", name="Launch run").click()
        page.wait_for_url(re.compile("/runs/[0-9a-f-]{36}"))
        return page.url.rpartition("/runs/")[2][:36]
