from __future__ import annotations

import json
import re

import pytest
from msgspec.structs import replace

from fraud_assets.documents.formats import write_document
from fraud_assets.documents.report.champion import Champion, NoChampion, UnscorableChampion
from fraud_assets.documents.report.whole import Report, examine_report, read_report
from fraud_assets.report.html import render_report
from tests.report import sample
from tests.report.page import Page, check_numbers, check_rates, check_words

LIMIT = 3_000_000
SECTIONS = (
    *("rules", "cost", "curves", "slices", "calibration", "naive", "importances", "payments"),
    *("data", "search", "lineage", "card"),
)


@pytest.fixture(scope="module", params=list(sample.VARIANTS))
def variant(request: pytest.FixtureRequest) -> tuple[Report, str]:
    """A report of each kind, with its page."""
    report = sample.VARIANTS[request.param]()
    return report, render_report(report)


def test_each_number_equals_the_report(variant: tuple[Report, str]) -> None:
    """Full value and rounded text of each shown number are those of report.json at its path."""
    check_numbers(sample.as_json(variant[0]), variant[1])


def test_no_number_stands_outside_the_report(variant: tuple[Report, str]) -> None:
    """Apart from marked numbers and the report's own texts the page holds no digit."""
    check_words(sample.as_json(variant[0]), variant[1])


def test_each_rate_has_n_and_interval(variant: tuple[Report, str]) -> None:
    """Where a rate stands its two ends and its n stand beside it."""
    check_rates(sample.as_json(variant[0]), variant[1])


@pytest.mark.parametrize("edit", ["value", "text"])
def test_an_altered_number_is_found(edit: str) -> None:
    """The checks above see a page on which one digit was changed."""
    report = sample.promoted()
    html = render_report(report)
    found = re.search(r'<data value="(\S+?)" data-path="threshold.value">(\S+?)</data>', html)
    assert found is not None
    old, value, text = found.group(0), *found.groups()
    near = repr(float(value) * (1 + 1e-12))  # the last digit alone may mean the same number
    shown = f">{text[:-1]}{(int(text[-1]) + 2) % 10}<"
    new = old.replace(value, near) if edit == "value" else old.replace(f">{text}<", shown)
    with pytest.raises(AssertionError):
        check_numbers(sample.as_json(report), html.replace(old, new))


def test_settings_stand_in_the_order_of_their_ranks() -> None:
    """However the search lists them, the best setting is shown first."""
    report = sample.promoted()
    assert report.search is not None
    settings = tuple(sorted(report.search.settings, key=lambda row: -row.rank))
    turned = replace(report, search=replace(report.search, settings=settings))
    ranks = [t for p, _, t in Page(render_report(turned)).shown if p.endswith(".rank")]
    assert ranks == [str(row.rank) for row in reversed(settings)]
    assert len(set(ranks)) > 1


def test_each_share_on_the_page_belongs_to_a_rate() -> None:
    """Every rate's value is shown with its interval; the rules have columns for it instead."""
    page = Page(render_report(sample.promoted()))
    inside = {path for rate in page.rates for path in rate}
    values = [path for path, _, _ in page.shown if path.endswith(".value")]
    loose = [p for p in values if p not in inside and not p.startswith(("verdict.", "threshold."))]
    assert [p for p in loose if not p.startswith(("examples.", "importances."))] == []


def test_the_same_report_gives_the_same_bytes(variant: tuple[Report, str]) -> None:
    """Drawn again, or from report.json read back with its keys in another order: same bytes."""
    report, html = variant
    assert render_report(report) == html
    if examine_report(report).faults:  # numbers that are none cannot be read back
        return
    read_back = read_report(json.dumps(json.loads(write_document(report)), sort_keys=True).encode())
    turned = read_report(dict(reversed(list(sample.as_json(report).items()))))
    assert render_report(read_back) == html
    assert render_report(turned) == html


def test_the_page_is_one_small_file_that_loads_nothing(variant: tuple[Report, str]) -> None:
    """Under 3 MB; no script, no frame, no address but in text, every link within the page."""
    _, html = variant
    assert len(html.encode()) < LIMIT
    for tag, attributes in Page(html).elements:
        assert tag not in {"script", "iframe", "object", "embed", "form", "base", "image", "use"}
        assert not any(name.startswith("on") for name in attributes)
        assert "src" not in attributes
        if "href" in attributes:
            assert str(attributes["href"]).startswith("#") or attributes["href"] == "data:,"
    style = html.split("<style>")[1].split("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


def test_ids_are_unique_and_links_arrive(variant: tuple[Report, str]) -> None:
    """Every link and label leads to exactly one element."""
    elements = Page(variant[1]).elements
    ids = [str(a["id"]) for _, a in elements if "id" in a]
    targets = [str(a["href"])[1:] for t, a in elements if t == "a"]
    targets += [i for _, a in elements for i in str(a.get("aria-labelledby") or "").split()]
    assert len(ids) == len(set(ids))
    assert set(targets) <= set(ids)
    assert set(SECTIONS) <= set(ids)


def test_a_refused_run_shows_first_what_failed_by_how_much_and_what_next() -> None:
    """Failed rule, value, bound and advice stand before any other number, in the gate's order."""
    html = render_report(sample.refused())
    start = html[html.index("<h1>") : html.index('class="tiles"')]
    text = re.sub(r"<[^>]+>", "", start).replace("\u00a0", " ")
    assert re.findall(r'data-rule="([a-z_]+)"', start) == ["recall", "alert_rate"]
    assert "Refused" in text
    assert "Found 89.98 %; the bound is 90.00 %" in text
    assert text.count("What to look at next.") == 2
    assert Page(html).shown[0][0] == "verdict.rules.5.value"


def test_the_rule_that_the_verdict_names_first_stands_first() -> None:
    """Whatever the order of the rules, sentence and list begin alike."""
    report = sample.refused()
    assert report.verdict is not None
    sentence = "Refused by rule alert_rate: Too many. Also failed: recall."

    html = render_report(replace(report, verdict=replace(report.verdict, sentence=sentence)))

    start = html[: html.index('class="tiles"')]
    assert re.findall(r'data-rule="([a-z_]+)"', start) == ["alert_rate", "recall"]


def test_no_rate_of_a_class_is_shown_without_an_interval() -> None:
    """scikit-learn's report gives counts here; its rates stand above, with intervals."""
    shown = [path for path, *_ in Page(render_report(sample.promoted())).shown]

    told = [path for path in shown if path.startswith("metrics.classification_report")]
    assert told == [
        "metrics.classification_report.fraud.support",
        "metrics.classification_report.legitimate.support",
    ]


def test_a_rule_not_yet_proved_has_not_failed() -> None:
    """`passed` None is told as "at publication", not as a failure."""
    html = render_report(sample.promoted())
    assert "data-rule" not in html
    assert "at publication" in html


def test_insufficient_evidence_says_so_first() -> None:
    """The heading, and how many frauds were there of how many asked."""
    html = render_report(sample.insufficient())
    assert "Insufficient evidence</h1>" in html
    assert "Matured frauds among the judged rows must be at least 100, got 41" in html


def test_what_nobody_measured_is_not_invented() -> None:
    """Sections without numbers are there and say that nothing was measured."""
    html = render_report(sample.unmeasured())
    assert "Not judged</h1>" in html
    assert html.count("not measured") > 20


def test_without_time_the_page_says_that_time_was_not_respected() -> None:
    """A random split is told in words where windows would have had dates."""
    assert "Time could not be respected" in render_report(sample.without_time())
    assert "Time could not be respected" not in render_report(sample.promoted())


@pytest.mark.parametrize(
    ("champion", "words"),
    [
        (NoChampion(), "Nothing was in production"),
        (UnscorableChampion("v7", "file x is missing"), "file x is missing"),
        (None, "not measured"),
    ],
)
def test_champion_outcomes_are_named(champion: Champion | None, words: str) -> None:
    """None, unscorable and not measured are three different sentences."""
    html = render_report(replace(sample.promoted(), champion=champion))
    section = html.split("Against the model in production")[1].split('id="slices"')[0]
    assert words in section


def test_a_reason_whose_importance_is_nought_says_so() -> None:
    """Where the interval of a feature's importance holds 0, its reasons carry the words."""
    report = sample.promoted()
    assert report.importances is not None
    assert report.examples is not None
    cited = report.examples.flagged[0].reasons[0].feature
    words = "changes the ranking by nothing measurable"

    def drawn(low: float) -> str:
        rows = tuple(
            replace(row, mean=0.001, low=low if row.feature == cited else 0.0005, high=0.002)
            for row in report.importances.permutation  # type: ignore[union-attr]
        )
        return render_report(
            replace(report, importances=replace(report.importances, permutation=rows))
        )

    assert words in drawn(low=-0.001)
    assert words not in drawn(low=0.0005)


def test_a_list_longer_than_the_days_alerts_is_marked_and_has_its_ceiling() -> None:
    """At 25 alerts a day a list of 100 looks at payments that nobody would flag."""
    report = sample.promoted()
    assert report.cost is not None
    row = replace(report.precision_at_k[0], k=100, value=0.145, ceiling=0.155)
    lists = (replace(row, k=25), row)
    html = render_report(
        replace(report, precision_at_k=lists, cost=replace(report.cost, alerts_per_day=25.4))
    )
    place = r'data-path="precision_at_k.(\d).k">[^<]+</data>'
    marked = re.findall(place + ' <span class="ci">more', html)
    assert marked == ["1"]
    assert html.count('.ceiling">15.5') == 2


@pytest.mark.parametrize("measured", [True, False])
def test_inputs_are_the_contracts_fields(measured: bool) -> None:
    """Never the columns that their levels were encoded into, measured or not."""
    report = sample.promoted()
    html = render_report(report if measured else replace(report, importances=None))
    inputs = re.sub("<[^>]+>", "", html.split("<dt>Inputs</dt>")[1].split("</dd>")[0])
    assert "chain" in inputs.split(", ")
    assert report.data.drift is not None
    assert set(inputs.split(", ")) == {row.feature for row in report.data.drift}


def test_what_changed_since_the_champion_stands_in_one_table() -> None:
    """Part, what, before and now."""
    html = render_report(sample.promoted())
    table = html.split('data-table="changes"')[1].split("</table>")[0]
    assert "a feature that was not there before" in table
    assert [part for part in ("features", "numbers") if f">{part}</td>" in table] != []


def test_the_foot_of_a_printed_page_is_text_whatever_the_owner_is_called() -> None:
    """A quote, a brace or a tag in it ends neither the string nor the style."""
    report = sample.promoted()
    odd = 'x"}</style><script>*{display:none}\\'
    html = render_report(replace(report, contract=replace(report.contract, owner=odd)))
    style = html.split("<style>")[1].split("</style>")[0]
    assert "@media print" in style
    assert "script" not in style.replace("\\00003c script", "")


def test_hostile_text_stays_text() -> None:
    """Markup in names and levels is shown as it stands and becomes no element or attribute."""
    html = render_report(sample.hostile())
    assert "<script" not in html
    assert "onerror=alert(1)&gt;" in html
    assert not [a for t, a in Page(html).elements if t == "img"]


def test_infinite_numbers_are_named_not_shown() -> None:
    """NaN reads as "not a finite number"; neither nan nor inf stands on the page."""
    html = render_report(sample.hostile())
    words = " ".join(Page(html).words)
    assert "not a finite number" in words
    assert not re.search(r"\b(nan|inf)\b", words, re.IGNORECASE)


def test_what_json_cannot_hold_is_an_error() -> None:
    """A report that could not have come from report.json is refused with a TypeError."""
    with pytest.raises(TypeError):
        render_report(replace(sample.promoted(), as_of=object()))


def test_no_compliance_is_claimed_and_the_card_is_complete() -> None:
    """Intended use, limits, owner and review triggers are there; legal compliance is not."""
    html = render_report(sample.promoted())
    assert "claims no compliance" in html
    for words in (
        "Intended use",
        "Not intended",
        "Limits",
        "Review triggers",
        sample.promoted().contract.owner,
    ):
        assert words in html
    assert not re.search(r"compliant|GDPR|AI Act|certif", html)
