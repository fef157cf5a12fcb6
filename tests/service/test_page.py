"""The analyst's page in a real browser: form, reasons, accessibility, phone and desktop width."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.service.stores import PAYMENT, new_store, promote, serving

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
    opened.on("request", lambda r: opened.problems.append(r.url) if counts(r.url) else None)
    opened.goto(f"http://127.0.0.1:{server.port}/")
    opened.wait_for_selector("#result .bar")
    yield opened
    context.close()


def pasted(**changed) -> str:
    """A payment as JSON, in which some values are changed."""
    return json.dumps(PAYMENT | changed)


def counts(url: str) -> bool:
    """Whether a look at the page would count among scores and flags."""
    return "/predict" in url and "preview=true" not in url


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
    page.wait_for_selector("#standing .flagged")

    page.wait_for_selector("text=The amount of 90,000 is higher")
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
    page.fill("#paste", pasted(amount=77.5, age=None, count=3, chain="BTC"))
    page.click("#take")

    page.wait_for_function("() => document.getElementById('f-amount').value === '77.5'")
    page.wait_for_selector("#standing .scale")

    assert page.input_value("#f-age") == ""
    assert page.input_value("#f-chain") == "BTC"


def test_a_mistyped_number_is_told_and_never_scored_as_missing(page):
    """The browser gives such a field's value as empty."""
    page.fill("#f-amount", "")
    page.wait_for_selector("#standing .scale")
    page.locator("#f-amount").press_sequentially("1e")

    page.wait_for_selector("#result .fault")

    assert "amount: This is no number" in page.inner_text("#result")
    assert page.get_attribute("#f-amount", "aria-invalid") == "true"
    page.locator("#f-amount").press_sequentially("3")
    page.wait_for_selector("#standing .scale")
    assert page.get_attribute("#f-amount", "aria-invalid") is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "a JSON object is needed"),
        ("null", "a JSON object is needed"),
        ("{", "This is no JSON"),
        ("{}", "age: Field required"),
        (pasted(amount="12", chain=5), "amount: Input should be a valid number"),
        (pasted(amount="12", chain=5), "chain: Input should be a valid string"),
        (pasted(amount=True), "amount: Input should be a valid number"),
        (pasted(amount=-5), "amount: Input should be greater than or equal to 0"),
        (pasted(amount=3).replace("3", "1e999"), "amount: "),
        (pasted(chain="x" * 10_000), "chain: "),
        (
            pasted().replace("amount", "amout"),
            "amout: there is no such field; did you mean amount?",
        ),
        (pasted().replace("amount", "amout"), "amount: Field required"),
    ],
)
def test_a_pasted_payment_is_held_to_the_apis_own_rules(page, text, told):
    """The API itself judges the very text; what it refuses is neither scored nor taken over."""
    before = page.input_value("#f-amount")
    page.click("text=Paste a payment as JSON")
    page.fill("#paste", text)
    page.click("#take")

    page.wait_for_selector("text=Not scored")

    assert told in page.inner_text("#result")
    assert page.input_value("#f-amount") == before
    assert page.locator("#standing .scale").count() == 0


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
    """Phone and desktop, dark and light: a flag, a fault, and the API's documentation."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.click("text=The rules it passed")
    page.click("text=Paste a payment as JSON")
    flag(page)
    assert problems(page, axe) == []
    page.fill("#f-amount", "-5")
    page.wait_for_selector("text=Not scored")
    assert problems(page, axe) == []
    page.goto(page.url + "docs")
    assert problems(page, axe) == []


def problems(page, axe) -> list[str]:
    """What is wrong with the page as it stands, in either colour scheme."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        violations = axe.run(page).response["violations"]
        found += [f"{v['id']}: {v['nodes'][0]['html']}" for v in violations]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append("scrolls sideways")
    return found


def flag(page) -> None:
    """A payment that is flagged, with all that the page says of it."""
    page.fill("#f-age", "1")
    page.fill("#f-chain", "SOL")
    page.fill("#f-amount", "90000")
    page.wait_for_function(
        "() => { const text = document.getElementById('result').innerText;"
        " return text.includes('90,000') && text.includes('would'); }"
    )


def test_a_flag_says_what_raises_it_and_what_would_have_to_differ(page):
    """The threshold stands beside the score, on a scale; the other value named does pass."""
    flag(page)

    assert "flagged from" in page.inner_text("#standing")
    assert "Raises the score: The amount" in page.inner_text("#result")
    assert "at or above the threshold" in page.get_attribute("#standing .scale", "aria-label")
    mark, here = (
        page.locator(f"#standing .{name}").bounding_box()["x"] for name in ("mark", "here")
    )
    assert mark < here
    told = page.inner_text("#result li[data-feature=amount] .differ")
    other = re.fullmatch(r"With amount = (\S+) it would pass, at (.+)\.", told)
    assert other is not None
    page.fill("#f-amount", other[1].replace(",", ""))
    page.wait_for_selector("text=Not flagged")
    assert other[2] in page.inner_text("#standing")
    assert page.problems == []


def test_the_score_stays_in_sight_on_a_phone(page):
    """Beside the first field, at the reasons and at the end; a fault takes its place."""
    score = page.locator("#standing strong").first
    for place in ("#f-amount", "#result", "#evidence"):
        page.locator(place).scroll_into_view_if_needed()
        page.wait_for_timeout(50)
        box, view = score.bounding_box(), page.viewport_size
        if view["width"] < 600:
            assert 0 <= box["y"] <= view["height"] - box["height"], place
    page.fill("#f-amount", "-5")
    page.wait_for_selector("text=Not scored")
    assert page.locator("#standing .scale").count() == 0
    assert "greater than" in page.inner_text("#f-amount-fault")
    assert "f-amount-fault" in page.get_attribute("#f-amount", "aria-describedby")


def test_no_score_under_one_reads_as_one_hundred_percent(page):
    """Nor does one look like the threshold that it misses; tiny ones stay readable."""
    shares = [[0.99999, 0.9], [0.94996, 0.95], [1, 0.9], [0, 0.9], [1.2e-9, 0.9], [0.5, 0.9]]
    told = page.evaluate(
        "async (pairs) => { const { percent } = await import('./assets/words.js');"
        " return pairs.map(([share, other]) => percent(share, other)); }",
        shares,
    )
    assert told == ["99.999 %", "94.996 %", "100 %", "0 %", "0.00000012 %", "50 %"]


def test_a_pasted_payment_with_more_than_the_model_needs_is_taken_over(page):
    """As the API takes it; what was left aside is named."""
    page.click("text=Paste a payment as JSON")
    page.fill("#paste", pasted(amount=77.5, tx_id="a"))
    page.click("#take")
    page.wait_for_selector("#result .warning")
    assert "left aside, as the API does: tx_id" in page.inner_text("#result")
    assert page.input_value("#f-amount") == "77.5"


def test_a_number_beyond_all_of_training_is_warned_of(page):
    """Whether or not it is among the reasons."""
    page.fill("#f-count", "4000")
    page.wait_for_selector("#result .warning")
    assert "count: 4,000 lies above every legitimate payment" in page.inner_text("#result")


def test_a_level_that_training_never_saw_is_warned_of(page):
    """The score is an extrapolation there."""
    page.fill("#f-chain", "NEVERSEEN")

    page.wait_for_selector("#result .warning")

    assert "was never seen in training" in page.inner_text("#result")


def test_the_api_is_documented_without_network(page):
    """Each path with its fields and answers, from the same OpenAPI document."""
    page.click("text=How to ask the API")
    page.wait_for_selector("h1")

    page.click("nav >> text=POST /predict/batch")
    page.click("section:has(h2:has-text('POST /predict/batch')) >> text=Batch")
    page.click("#shape-Batch ~ div >> text=Payment")

    shape = page.locator("#shape-Payment ~ div").first.inner_text()
    assert "amount" in shape
    assert "The payment's amount" in shape
    assert "curl" in page.inner_text("body")
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
