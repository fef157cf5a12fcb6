"""Reasons: at most four, strongest first, in sentences that are true."""

from __future__ import annotations

import numpy as np
import pytest

from fraud_assets.scoring.places import LevelPlaces, NumberPlaces
from fraud_assets.scoring.reasons import format_number, format_share, sentence
from fraud_assets.scoring.scorer import load_scorer
from fraud_assets.scoring.spec import Numeric
from tests.scoring.worlds import NAMES, contract, files, legitimate, payments


@pytest.mark.parametrize("family", NAMES)
def test_flagged_payments_get_at_most_four_reasons_towards_fraud_strongest_first(family):
    """Each has a code of the catalogue, and none counts against fraud."""
    scorer = load_scorer(files(family))
    rows = [scorer.encoder.row(row) for row in payments(300, 4).features.to_dict("records")]
    flagged = [row for row in rows if scorer.probability(row) >= scorer.threshold]
    assert flagged

    for row in flagged:
        reasons = scorer.row_reasons(row, flagged=True)
        strength = [reason.contribution for reason in reasons]

        assert 1 <= len(reasons) <= 4
        assert strength == sorted(strength, reverse=True)
        assert min(strength) > 0
        assert len({reason.code for reason in reasons}) == len(reasons)


def test_a_percentile_is_the_share_of_legitimate_payments_below():
    """Counted over the legitimate payments themselves, ties by half."""
    scorer = load_scorer(files("gradient_boosting"))
    amounts = legitimate().features["amount"].dropna().to_numpy()
    row = {"amount": 900.0, "age": 1.0, "count": 9.0, "chain": "SOL", "country": "US"}

    (found,) = [r for r in scorer.reasons(row, flagged=False) if r.feature == "amount"]

    share = ((amounts < 900.0).mean() + (amounts <= 900.0).mean()) / 2
    assert found.percentile == pytest.approx(100 * share, abs=0.05)
    assert found.text == (
        f"The amount of 900 is higher than that of {format_share(share)} of legitimate payments."
    )


def test_a_low_value_is_told_as_low():
    """A new address is younger than others, not "higher than 1 % of" them."""
    feature = number("amount")
    place = NumberPlaces([1.0, 5.0, 6.0, 7.0], 0.0).place(2.0)

    text = sentence(feature, 2.0, place)

    assert text == "The amount of 2 is lower than that of 75 % of legitimate payments."


def test_a_level_of_the_catalogue_has_its_own_sentence_and_a_missing_value_says_so():
    """`levels` of the contract come first; missing is told as missing."""
    scorer = load_scorer(files("gradient_boosting"))
    chain = next(f for f in scorer.spec.features if f.name == "chain")
    places = LevelPlaces({"ETH": 0.5, "BTC": 0.4}, 0.1)

    assert sentence(chain, "ETH", places.place("ETH")) == "Ether."
    assert sentence(chain, "BTC", places.place("BTC")) == (
        "The payment came over BTC, as 40 % of legitimate payments do."
    )
    assert sentence(chain, None, places.place(None)) == (
        "Chain is missing, as in 10 % of legitimate payments."
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{percentile}", "{percentile}"),
        ("{value}{value}", "{value}{value}"),
        ("a\x00b\x1b[31m\u202ec\n", "ab[31mc"),
    ],
)
def test_a_callers_text_cannot_rewrite_the_sentence(text, said):
    """Placeholders in it are text, and what prints nothing is left out."""
    scorer = load_scorer(files("gradient_boosting"))
    chain = next(f for f in scorer.spec.features if f.name == "chain")

    assert sentence(chain, text, LevelPlaces({}, 0.0).place(text)) == (
        f"The payment came over {said}, as 0 % of legitimate payments do."
    )


def test_features_without_words_in_the_contract_get_plain_ones():
    """Every feature has a code and a sentence."""
    scorer = load_scorer(files("gradient_boosting"))
    codes = {feature.name: feature.wording.code for feature in scorer.spec.features}

    assert codes == {
        "amount": "AMOUNT", "age": "AGE", "count": "COUNT", "chain": "CHAIN", "country": "COUNTRY",
    }  # fmt: skip
    assert (
        "payments of the same who"
        in next(f for f in scorer.spec.features if f.name == "count").description
    )
    assert contract().reasons.keys() == {"amount", "chain"}


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.0, "3"), (1234567.0, "1,234,567"), (0.123456, "0.1235"), (8473.13, "8,473"),
     (1e-7, "1.000e-07"), (-2.5, "-2.5"), (1e300, "1.000e+300")],
)  # fmt: skip
def test_numbers_read_well(value, text):
    """Thousands apart, about four figures."""
    assert format_number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.0001, "under 0.1 %"), (0.5, "50 %"), (0.9921, "99.2 %"),
     (0.99999, "over 99.9 %"), (1.0, "100 %")],
)  # fmt: skip
def test_shares_are_never_rounded_to_all_or_none(share, text):
    """100 % is said of all, 0 % of none."""
    assert format_share(share) == text


def test_places_of_many_values_are_right_to_a_fortieth_of_a_percent():
    """Kept order statistics against the full sample."""
    from fraud_assets.scoring.making.describe import _points

    values = np.random.default_rng(0).lognormal(0, 2, 50_000)
    places = NumberPlaces(_points(values).tolist(), 0.0)

    for quantile in (0.001, 0.1, 0.5, 0.9, 0.999):
        at = float(np.quantile(values, quantile))
        assert places.place(at).below == pytest.approx(quantile, abs=1 / 4000)


def number(name: str) -> Numeric:
    scorer = load_scorer(files("gradient_boosting"))
    return next(f for f in scorer.spec.features if isinstance(f, Numeric) and f.name == name)
