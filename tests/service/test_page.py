"""The analyst's page in a real browser: form, reasons, accessibility, phone and desktop width."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.service.stores import new_store, promote, serving

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(params=[(390, 844, "dark"), (1280, 900, "light")], ids=["phone", "desktop"])
def page(request, browser, server) -> Iterator[Any]:
    width, height, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    opened = context.new_page()
    opened.problems = []
    opened.on("console", lambda m: opened.problems.append(m.text) if m.type == "error" else None)
    opened.on("pageerror", lambda error: opened.problems.append(str(error)))
    opened.on("request", lambda r: opened.problems.append(r.url) if outside(r.url) else None)
    opened.goto(f"http://127.0.0.1:{server.port}/")
    opened.wait_for_selector("#result .bar")
    yield opened
    context.close()


def outside(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1", "data:"))


def test_the_page_scores_and_a_changed_value_changes_reasons_and_bars(page):
    """Score, decision, sentences and a bar for each feature, from the same API."""
    page.fill("#f-amount", "1")
    page.fill("#f-age", "900")
    page.wait_for_selector("text=Not flagged")
    quiet = page.inner_text("#result")
    page.fill("#f-age", "1")
    page.fill("#f-chain", "SOL")
    page.fill("#f-amount", "90000")
    page.wait_for_selector("#result .flagged")

    assert "The amount of 90,000 is higher" in page.inner_text("#result .reasons")
    assert page.inner_text("#result") != quiet
    assert page.locator("#result .bar").count() == 5
    assert page.problems == []


def test_a_faulty_field_is_named_and_marked(page):
    """The API's 422 stands beside the form."""
    page.fill("#f-amount", "-5")

    page.wait_for_selector("#result .fault")

    assert "amount: Input should be greater than or equal to 0" in page.inner_text("#result")
    assert page.get_attribute("#f-amount", "aria-invalid") == "true"


def test_a_pasted_payment_fills_the_form(page):
    """As JSON; null means missing."""
    page.click("text=Paste a payment as JSON")
    page.fill("#paste", '{"amount": 77.5, "age": null, "count": 3, "chain": "BTC"}')
    page.click("#take")

    page.wait_for_selector("#result .score")

    assert page.input_value("#f-amount") == "77.5"
    assert page.input_value("#f-age") == ""
    assert page.input_value("#f-chain") == "BTC"


def test_a_mistyped_number_is_told_and_never_scored_as_missing(page):
    """The browser gives such a field's value as empty."""
    page.fill("#f-amount", "")
    page.wait_for_selector("#result .score")
    page.locator("#f-amount").press_sequentially("1e")

    page.wait_for_selector("#result .fault")

    assert "amount: This is no number" in page.inner_text("#result")
    assert page.get_attribute("#f-amount", "aria-invalid") == "true"
    page.locator("#f-amount").press_sequentially("3")
    page.wait_for_selector("#result .score")
    assert page.get_attribute("#f-amount", "aria-invalid") is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "a JSON object is needed"),
        ("null", "a JSON object is needed"),
        ('{"amount": "12", "chain": 5}', 'amount: number or null is needed, got "12"'),
        ('{"amount": true}', "amount: number or null is needed, got true"),
        ('{"chain": 5}', "chain: text or null is needed, got 5"),
        ('{"amout": 5}', "amout: there is no such field; did you mean amount?"),
    ],
)
def test_a_pasted_payment_of_wrong_types_is_told_and_not_taken_over(page, text, told):
    """As the API would refuse it."""
    before = page.input_value("#f-amount")
    page.click("text=Paste a payment as JSON")
    page.fill("#paste", text)
    page.click("#take")

    page.wait_for_selector("#result .fault")

    assert told in page.inner_text("#result")
    assert page.input_value("#f-amount") == before


def test_after_a_swap_the_page_says_that_its_evidence_is_the_former_ones(browser, tmp_path):
    """Instead of the new name over the old evidence."""
    store = new_store(tmp_path)
    first = promote(store, "gradient_boosting")
    with serving(store) as server:
        opened = browser.new_page()
        opened.goto(f"http://127.0.0.1:{server.port}/")
        opened.wait_for_selector("#result .bar")
        assert opened.is_hidden("#stale")
        second = promote(store, "logistic_regression")
        server.wait_for(second)
        opened.fill("#f-amount", "77")
        opened.wait_for_selector("#stale")

        assert opened.inner_text("#version") == first
        assert f"A new version serves: {second}" in opened.inner_text("#stale")
        opened.click("#stale a")
        opened.wait_for_selector("#result .bar")
        assert (opened.inner_text("#version"), opened.is_hidden("#stale")) == (second, True)
        opened.close()


def test_with_keys_the_report_opens_from_the_page(browser, store, tmp_path):
    """A link alone could not carry the key."""
    file = tmp_path / "keys.txt"
    file.write_text(f"one:{hashlib.sha256(b'k3y').hexdigest()}\n")
    with serving(store, "--api-keys", str(file)) as server:
        opened = browser.new_page()
        opened.goto(f"http://127.0.0.1:{server.port}/")
        opened.fill("#api-key", "k3y")
        opened.click("#unlock")
        with opened.context.expect_page() as shown:
            opened.click("text=The whole report")
        report = shown.value

        report.wait_for_selector("p", state="attached")
        assert report.url.startswith("blob:")
        opened.close()


def test_nothing_scrolls_sideways_and_axe_finds_no_serious_violation(page):
    """At phone and desktop width, dark and light, with the details open."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page.click("text=The rules it passed")

    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    found = axe.Axe().run(page).response["violations"]

    assert width <= 0
    assert [v["id"] for v in found if v["impact"] in {"serious", "critical"}] == []


def test_a_flag_says_what_raises_it_and_what_would_have_to_differ(page):
    """The threshold stands beside the score, on a scale; one other value that passes is named."""
    page.fill("#f-age", "1")
    page.fill("#f-chain", "SOL")
    page.fill("#f-amount", "90000")
    page.wait_for_function(
        "() => { const text = document.getElementById('result').innerText;"
        " return text.includes('90000') && text.includes('would'); }"
    )

    text = page.inner_text("#result")
    assert "flagged from" in text
    assert "raises the score" in text
    assert "it would pass" in text or "would let it pass" in text
    assert "above the threshold" in page.get_attribute("#result .scale", "aria-label")
    assert page.problems == []


def test_a_level_that_training_never_saw_is_warned_of(page):
    """The score is an extrapolation there."""
    page.fill("#f-chain", "NEVERSEEN")

    page.wait_for_selector("#result .warning")

    assert "was never seen in training" in page.inner_text("#result")


def test_the_api_is_documented_without_network(page):
    """Each path with its fields and answers, from the same OpenAPI document."""
    page.click("text=How to ask the API")
    page.wait_for_selector("h1")

    text = page.inner_text("body")
    assert "POST /predict" in text
    assert "amount" in text
    assert page.problems == []


def test_without_scripts_the_evidence_is_there(browser, server):
    """And a sentence says that the form needs scripts."""
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(f"http://127.0.0.1:{server.port}/")

    text = opened.inner_text("body")

    assert "94.0 % (91.5 % to 95.9 %, n = 500)" in text
    assert "needs scripts" in text
    context.close()
