"""The page takes a raw payment: its features, score and reasons, and nothing is kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.decisions.test_described import example, server  # noqa: F401 - a fixture
from tests.service.stores import Server
from tests.service.test_page import browser, pytestmark  # noqa: F401 - a fixture, and its marks


@pytest.fixture(params=[(390, 844), (1280, 900)], ids=["phone", "desktop"])
def page(request: pytest.FixtureRequest, browser: Any, server: Server) -> Any:  # noqa: F811
    """The page of a service that decides, at both widths."""
    context = browser.new_context(
        viewport=dict(zip(("width", "height"), request.param, strict=True))
    )
    opened = context.new_page()
    opened.problems = []
    opened.on("pageerror", lambda error: opened.problems.append(str(error)))
    opened.goto(f"http://127.0.0.1:{server.port}/")
    opened.wait_for_selector("#result .bar")
    yield opened
    context.close()


def test_a_raw_payment_shows_its_features_and_is_scored(page: Any, server: Server) -> None:  # noqa: F811
    """Derived from the payments before it; score and reasons as of any payment."""
    known = example(server) | {"id": "before", "who": "walker", "hour": "09:00:00"}
    assert server.ask("/decisions", known)[0] == 200
    recorded = server.ask("/health")[1]["record"]["recorded"]
    page.get_by_label("who", exact=True).fill("walker")
    page.locator("#raw").get_by_label("amount", exact=True).fill("90000,5")

    page.get_by_role("button", name="Derive and score").click()

    page.wait_for_selector("#derived table")
    shown = dict(row.inner_text().split("\t") for row in page.locator("#derived tbody tr").all())
    assert (shown["count"], shown["amount"], shown["chain"]) == ("2", "90,000.5", "ETH")
    page.wait_for_selector("#result .reasons")
    assert page.input_value("#f-count") == "2"
    assert "%" in page.inner_text("#standing")
    assert server.ask("/health")[1]["record"]["recorded"] == recorded
    assert page.problems == []


def test_what_breaks_a_rule_stands_beside_its_field(page: Any) -> None:
    """Every fault, by the API's own words; nothing is scored."""
    page.locator("#raw").get_by_label("amount", exact=True).fill("-5")
    page.locator("#raw").get_by_label("country", exact=True).fill("")

    page.get_by_role("button", name="Derive and score").click()

    page.wait_for_selector("#derived .fault")
    told = page.inner_text("#derived")
    assert "amount_not_negative" in told
    assert "country_there" in told
    assert page.locator("#raw [aria-invalid=true]").count() == 2
    assert "Not scored" in page.inner_text("#standing")
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0


def test_the_preview_is_the_decision(server: Server) -> None:  # noqa: F811
    """What the page shows is what POST /decisions then answers."""
    payment = example(server) | {"id": "previewed", "who": "previewer"}

    before = server.ask("/decisions/preview", payment)[1]
    decided = server.ask("/decisions?reasons=always", payment)[1]

    same = ("features", "fraud_probability", "is_flagged", "model_version", "reasons")
    assert {name: before[name] for name in same} == {name: decided[name] for name in same}
    assert server.ask("/decisions/preview")[0] == 405
