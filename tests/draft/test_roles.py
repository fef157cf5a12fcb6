"""Roles and features: what names things is no quantity, what tells the label is no feature."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fraud_assets.data.transactions import read_transactions
from tests.draft.drafts import FRAUDS, ROWS, asked, contract_of, frauds, looked, payments

FRAUD = frauds()
R = np.random.default_rng(3)
DIGITS = np.array(list("0123456789"))


def digits(length: int, different: int = 400) -> list[str]:
    """ROWS texts of digits out of `different` ones, some opening with zeros."""
    made = ["".join(R.choice(DIGITS, length)) for _ in range(different)]
    made[:20] = ["0" + word[1:] for word in made[:20]]
    return list(R.choice(made, ROWS))


def numeric_of(found) -> set[str]:
    return set(found.roles.numeric)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("zip", digits(5)),
        ("PLZ", [int(v) for v in digits(5)]),
        ("codigo_postal", digits(5)),
        ("mcc", R.choice([5411, 5812, 5999, 4829], ROWS)),
        ("merchant_category_code", R.choice([5411, 5812, 5999], ROWS)),
        ("card_bin", R.choice([411111, 545454, 400000], ROWS)),
        ("account_number", [int("9" + v) for v in digits(9)]),
        ("Kontonummer", digits(10)),
        ("merchant_id", R.integers(1, 300, ROWS)),
        ("terminal", R.integers(100, 900, ROWS).astype(float)),
        ("phone", R.integers(4915100000000, 4917999999999, ROWS)),
        ("mobile", [f"+49 151 {v}" for v in digits(7, ROWS)]),
        ("device_id", R.integers(10**14, 10**15, ROWS)),
        ("store_nr", R.integers(1, 40, ROWS)),
        ("secret", digits(6)),
    ],
)
def test_what_names_things_in_digits_is_no_number(tmp_path, name, values):
    """A category, an entity or left out; never a quantity."""
    found = looked(payments(**{name: values}), tmp_path)

    assert name not in numeric_of(found)
    assert name in {*found.roles.categorical, *found.roles.left_out}


@pytest.mark.parametrize("name", ["card1", "cat_3", "opaque"])
def test_numbers_that_may_be_names_are_asked_about(tmp_path, name):
    """As in IEEE-CIS: nothing but the owner knows what card1 is."""
    found = looked(payments(**{name: R.integers(10_000, 99_999, ROWS)}), tmp_path)

    assert name not in numeric_of(found)
    assert name in asked(found, "features.numeric")


@pytest.mark.parametrize(
    "name",
    ["account_age", "card_count_24h", "zip_count_4w", "merchant_avg_amount", "customer_age",
     "credit_limit", "V17", "distance_from_home", "merchant_score", "oldbalanceOrg"],
)  # fmt: skip
def test_quantities_stay_numbers_whatever_they_are_about(tmp_path, name):
    """A count over cards and the age of an account measure something."""
    found = looked(payments(**{name: R.integers(0, 5_000, ROWS) / 4}), tmp_path)

    assert name in numeric_of(found)


@pytest.mark.parametrize(
    ("name", "values"),
    [("index", np.arange(ROWS)), ("Unnamed: 0", np.arange(ROWS)), ("n7", 100 + np.arange(ROWS)),
     ("row_number", np.arange(1, ROWS + 1) * 1.0)],
)  # fmt: skip
def test_a_row_number_is_no_feature(tmp_path, name, values):
    """It would tell when a row was written."""
    frame = payments()
    frame.insert(0, name, values)

    found = looked(frame, tmp_path)

    assert "row number" in found.roles.left_out[name]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("risk_flag", FRAUD.astype(int)),
        ("status", np.where(FRAUD, "CHARGED_BACK", "SETTLED")),
        ("anything", np.where(FRAUD, "x", np.where(np.arange(ROWS) % 2, "y", "z"))),
        ("score_2", np.where(FRAUD, 900.0, R.uniform(0, 800, ROWS))),
        ("reason_code", np.where(FRAUD, "10.4", None)),
        ("refund_amount", np.where(FRAUD, 12.5, np.nan)),
        ("analyst", np.where(FRAUD, R.choice(["ann", "bob"], ROWS), None)),
        ("approved_by", np.where(FRAUD, None, R.choice(["ann", "bob"], ROWS))),
    ],
)
def test_a_column_that_tells_the_label_by_its_values_is_left_out(tmp_path, name, values):
    """A copy, levels that go with one answer, a cut between numbers, presence, absence."""
    found = looked(payments(**{name: values}), tmp_path)

    assert name in found.roles.left_out
    assert "may tell the label" in found.roles.left_out[name]


@pytest.mark.parametrize(
    "name",
    ["fraud_score", "chargeback_count", "dispute_opened", "refunded", "decline_reason",
     "Betrugsgrund", "resolution", "isFlaggedFraud", "newbalanceOrig", "estado"],
)  # fmt: skip
def test_a_column_that_tells_the_label_by_its_name_is_left_out_and_asked_about(tmp_path, name):
    """Measured it tells little; only its owner knows when it was filled in."""
    found = looked(payments(**{name: R.choice([0, 1, 2, 3], ROWS)}), tmp_path)

    assert name in found.roles.left_out
    assert name in asked(found, "features")


def test_honest_columns_are_features_without_a_question(tmp_path):
    """The shapes that honest data have raise no doubt: strong numbers, rare levels, gaps."""
    honest = {
        "account_age": R.exponential(np.where(FRAUD, 30, 200)),
        "device": np.where(
            FRAUD,
            R.choice(["ios", "web"], ROWS),
            R.choice(["ios", "android", "web"], ROWS, p=[0.5, 0.4, 0.1]),
        ),
        "voucher": np.where(R.random(ROWS) < 0.1, "X", None),
    }

    found = looked(payments(**honest), tmp_path)

    assert {*found.roles.numeric, *found.roles.categorical} >= set(honest)
    assert asked(found, "features") == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [("sender_address", True), ("nameOrig", True), ("Kundennummer", True), ("cc_num", True),
     ("user_id", True), ("IBAN", True), ("cliente", True), ("wallet", True),
     ("sender_country", False), ("customer_age", False), ("card_class", False),
     ("merchant_id", False), ("nameDest", False), ("account_balance", False)],
)  # fmt: skip
def test_who_pays_is_found_by_name_and_by_coming_again(tmp_path, name, expected):
    """Describing a sender, or receiving, is not sending."""
    found = looked(payments(drop=("customer_id",), **{name: R.integers(1, 200, ROWS)}), tmp_path)

    assert (found.roles.sender is not None and found.roles.sender.value == name) is expected


def test_two_that_may_pay_are_asked_about(tmp_path):
    """Both are called so; the owner knows which comes again."""
    frame = payments(drop=("customer_id",), client_id=R.integers(1, 90, ROWS),
                     customer_no=R.integers(1, 99, ROWS))  # fmt: skip

    found = looked(frame, tmp_path)

    assert found.roles.sender.value == "client_id"
    assert "customer_no" in asked(found, "columns.sender")


def test_a_payments_id_may_repeat_where_it_came_again(tmp_path):
    """It stays the id, with the count."""
    frame = pd.concat([payments(), payments().head(30)])

    found = looked(frame, tmp_path)

    assert found.roles.id.value == "payment_id"
    assert "30 rows repeat" in found.roles.id.why


@pytest.mark.parametrize(
    ("name", "code"),
    [("amount_eur", "EUR"), ("amountGBP", "GBP"), ("Betrag (CHF)", "CHF"), ("usd_amount", "USD"),
     ("importe_mxn", "MXN")],
)  # fmt: skip
def test_the_currency_in_the_amounts_name(tmp_path, name, code):
    """Whatever the order of its words."""
    frame = payments().rename(columns={"amount": name})

    found = looked(frame, tmp_path)

    assert (found.roles.amount.value, found.roles.currency.value) == (name, code)
    assert asked(found, "columns.currency") == ""


def test_the_currency_in_a_column_of_its_own(tmp_path):
    """One currency is taken; several are asked about."""
    one = looked(payments(currency="EUR"), tmp_path)
    several = looked(payments(currency=R.choice(["EUR", "USD"], ROWS, p=[0.7, 0.3])), tmp_path)

    assert one.roles.currency.value == "EUR"
    assert asked(one, "columns.currency") == ""
    assert "several currencies" in asked(several, "columns.currency")


def test_a_currency_that_nothing_names_is_asked_for(tmp_path):
    """USD is a guess like any other."""
    assert "USD is drafted" in asked(looked(payments(), tmp_path), "columns.currency")


@pytest.mark.parametrize("name", ["amount_cents", "amount"])
def test_amounts_in_cents_are_asked_about(tmp_path, name):
    """By the name, or by whole numbers that are no round ones."""
    frame = payments(drop=("amount",), **{name: R.integers(150, 90_000, ROWS)})

    assert "cents" in asked(looked(frame, tmp_path), "columns.amount")


@pytest.mark.parametrize(
    "amount", ["transactionAmount", "Betrag", "importe", "TX_AMOUNT", "amt", "value"]
)
def test_the_amount_of_many_names(tmp_path, amount):
    """Averages and balances beside it are not taken for it."""
    frame = payments(drop=("amount",), avg_amount_30d=R.lognormal(3, 1, ROWS),
                     balance=R.lognormal(3, 1, ROWS))  # fmt: skip
    frame[amount] = R.lognormal(3, 1, ROWS).round(2)

    found = looked(frame, tmp_path)

    assert found.roles.amount.value == amount
    assert {"avg_amount_30d", "balance"} <= numeric_of(found)


def test_words_in_two_cases_are_put_into_one(tmp_path):
    """As crypto exports write "eth" and "ETH"."""
    found = looked(payments(chain=R.choice(["eth", "ETH", "btc"], ROWS)), tmp_path)

    assert found.roles.case.value == "upper"
    assert contract_of(found, tmp_path).features.case == "upper"


def test_what_tells_persons_apart_is_left_out(tmp_path):
    """Names and mail addresses generalise to nobody else."""
    who = [f"n{at % 100}@mail.test" for at in range(ROWS)]

    found = looked(payments(email=who, cardholder_name=who), tmp_path)

    assert {"email", "cardholder_name"} <= set(found.roles.left_out)


@pytest.mark.parametrize("name", ["merchant", "device", "mail_domain", "opaque"])
def test_a_text_of_many_levels_that_recur_is_a_category(tmp_path, name):
    """It is encoded by its shares of frauds; the same levels once or twice each are left out."""
    often = [f"L{at}x" for at in R.integers(0, 200, ROWS)]
    seldom = [f"L{at}x" for at in R.integers(0, 800, ROWS)]

    found, rare = (looked(payments(**{name: of}), tmp_path) for of in (often, seldom))

    assert "shares of frauds" in found.roles.categorical[name]
    assert name in rare.roles.left_out


def test_the_drafted_contract_reads_its_file(tmp_path):
    """With all of it at once, and the same frauds."""
    frame = payments(
        zip=digits(5), status=np.where(FRAUD, "CB", "OK"), phone=digits(9), index=range(ROWS)
    )

    contract = contract_of(looked(frame, tmp_path), tmp_path)
    raw = read_transactions(contract)

    assert len(raw.rows) == ROWS
    assert raw.rows["_label"].sum() == FRAUDS


@pytest.mark.parametrize("name", ["amount_minor", "total_amount", "val", "AmountEUR"])
def test_further_names_of_the_amount(tmp_path, name):
    """A word inside another, such as min in minor, changes nothing."""
    frame = payments(drop=("amount",), **{name: R.integers(150, 90_000, ROWS)})

    assert looked(frame, tmp_path).roles.amount.value == name


def test_without_an_amount_somebody_is_asked(tmp_path):
    """The broken numbers that could be it are named."""
    frame = payments(drop=("amount",), turnover_x=R.lognormal(3, 1, ROWS).round(2))

    found = looked(frame, tmp_path)

    assert found.roles.amount is None
    assert "turnover_x" in asked(found, "columns.amount")


def test_what_is_strong_and_may_be_honest_is_taken_and_asked_about(tmp_path):
    """An age that ranks frauds with an area of .97 alone."""
    score = R.normal(size=ROWS) + 2.8 * frauds()

    found = looked(payments(score_of_age=score), tmp_path)

    assert "score_of_age" in numeric_of(found)
    assert "score_of_age alone ranks frauds" in asked(found, "features")


def test_what_was_numbered_when_the_label_came_is_left_out(tmp_path):
    """The payments' times show it; the gate would refuse it."""
    at = payments()["paid_at"]
    changed = at + pd.to_timedelta(np.where(frauds(), 10, 0), unit="D")

    found = looked(payments(seq=changed.rank(method="first") * 3), tmp_path)

    assert "given when the label came" in found.roles.left_out["seq"]
