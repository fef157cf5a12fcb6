"""Every kind of leak is named and refused or warned of; honest data is neither."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fraud_assets.contract import Contract, load_contract
from fraud_assets.data.cleaning import CleanedFeatures, clean
from fraud_assets.data.simulator import simulate
from fraud_assets.data.transactions import read_transactions
from fraud_assets.documents.report.leaks import Leak
from fraud_assets.errors import DataError
from fraud_assets.modelling.leaks import find_leaks, leak_notes, leak_refusal, refused, unchecked
from fraud_assets.modelling.leaks.look import all_looks
from fraud_assets.modelling.leaks.names import is_suspect
from tests.exports import export, payments, read, shared_case

NUMERIC, CATEGORICAL = '"amount", "account_age", "{}"', '"country", "{}"'


def found_in(contract: Contract) -> dict[str, Leak]:
    cleaned = clean(read(contract), contract)
    return {leak.features[0]: leak for leak in find_leaks(cleaned, contract).found}


def with_column(folder: Path, name: str, values: object, made: pd.DataFrame) -> dict[str, Leak]:
    """Findings on honest payments and one more feature."""
    numeric = pd.api.types.is_numeric_dtype(pd.Series(values).dtype)
    said = (
        {"numeric": NUMERIC.format(name)} if numeric else {"categorical": CATEGORICAL.format(name)}
    )
    return found_in(export(folder, {"p": made.assign(**{name: values})}, **said))


def dates(at: pd.Series, form: str = "%Y-%m-%d %H:%M:%S") -> pd.Series:
    return at.dt.strftime(form)


def kinds() -> dict[str, tuple[str, object]]:
    """Columns that only the future knows: a name and values, made of the label."""
    made, rng = payments(), np.random.default_rng(3)
    fraud, n = made["is_fraud"] == 1, len(made)
    some, few = fraud & (rng.random(n) < 0.6), fraud & (rng.random(n) < 0.15)
    changed = made["reported_at"].fillna(made["paid_at"])
    customer = made.groupby("customer_id")["is_fraud"]
    later = made["paid_at"] + pd.to_timedelta(rng.uniform(1, 30, n), unit="D")
    seconds, paid = (at.astype("datetime64[s]").astype("int64") for at in (later, made["paid_at"]))
    words = np.where(fraud, "CHARGED_BACK", rng.choice(["SETTLED", "PAID"], n))
    return {
        "copy": ("risk_flag", made["is_fraud"]),
        "opposite": ("x1", 1 - made["is_fraud"]),
        "code": ("x2", np.where(fraud, 7, rng.integers(1, 7, n))),
        "many codes": (
            "x3",
            np.where(fraud, rng.integers(0, 9, n) * 2, rng.integers(0, 9, n) * 2 + 1),
        ),
        "sum with noise": ("x4", made["is_fraud"] * 10 + rng.normal(size=n)),
        "word": ("x5", words),
        "status of some": ("paymentStatus", np.where(some, "CHARGED_BACK", "SETTLED")),
        "reason of some": ("dispute_reason", np.where(some, rng.choice(["a", "b"], n), "")),
        "number of a dispute": ("x6", np.where(some, [f"D-{i}" for i in range(n)], "")),
        "refund date": ("x7", dates(later).where(some, "")),
        "refund date in other words": ("x8", dates(later, "%d.%m.%Y").where(some, "")),
        "refund in seconds": ("x9", seconds.where(some)),
        "amount refunded": ("x10", made["amount"].where(some, 0)),
        "missing where fraud": ("x11", made["amount"].where(~fraud)),
        "one magic number": ("x12", np.where(fraud, -1, made["amount"] * 1.7)),
        "closed sooner": ("x13", seconds.where(~fraud, paid + 60)),
        "minus the label times the amount": ("x14", (1 - made["is_fraud"]) * made["amount"]),
        "word of a hash": ("x15", np.where(fraud, "c4ca4238", "cfcd2084")),
        "hash of label and country": (
            "x16", [hashlib.sha256(f"{y}{c}".encode()).hexdigest()[:8]
                    for y, c in zip(made["is_fraud"], made["country"], strict=True)],
        ),
        "flag with 1 % wrong": ("x17", np.where(rng.random(n) < 0.01, ~fraud, fraud).astype(int)),
        "updated when the report came": ("x18", dates(changed)),
        "updated, in another form": ("x19", dates(changed, "%d %b %Y %H:%M")),
        "updated, day first": ("x20", dates(changed, "%d/%m/%Y %H:%M")),
        "updated, days alone": ("x21", dates(changed, "%Y%m%d").astype(int)),
        "updated, days of a spreadsheet": (
            "x22", (changed - pd.Timestamp("1899-12-30")) / pd.Timedelta("1D")),
        "numbered when the label came": ("x23", changed.rank(method="first") * 7 + 1000),
        "chargeback of some": ("chargeback_id", np.where(few, [f"C{i}" for i in range(n)], "")),
        "status of a few others too": (
            "state_of_payment_status", np.where(some | (rng.random(n) < 0.005), "REVERSED", "OK")),
        "frauds of the customer": ("x24", customer.transform("sum")),
        "share of frauds of the customer": ("x25", 100 * customer.transform("mean")),
        "whether the customer was a fraud": (
            "x26", np.where(customer.transform("max") == 1, "watched", "clean")),
        "frauds of the customer so far": ("x27", customer.cumsum()),
        "copy in the last weeks": (
            "x28", np.where(made.index > 0.6 * n, made["is_fraud"], rng.integers(0, 2, n))),
        "reason in the last weeks": (
            "x29", np.where(fraud & (made.index > 0.6 * n), "stolen card", "")),
    }  # fmt: skip


KINDS = kinds()


@pytest.mark.parametrize("kind", KINDS)
def test_what_only_the_future_knows_is_refused_by_name(tmp_path, kind):
    """The feature is named, no other is, and the sentence says how many frauds speak."""
    name, values = KINDS[kind]

    found = with_column(tmp_path, name, values, payments())

    assert set(found) == {name}
    assert found[name].severity == "refuse"
    assert name in found[name].text
    assert "frauds among" in found[name].text
    assert found[name].code in {look.code for look in all_looks()}


def mild() -> dict[str, tuple[str, object]]:
    made, rng = payments(6000, seed=5), np.random.default_rng(4)
    fraud, n = made["is_fraud"] == 1, len(made)
    flipped = np.where(rng.random(n) < 0.05, 1 - made["is_fraud"], made["is_fraud"])
    later = made["paid_at"] + pd.to_timedelta(rng.uniform(1, 30, n), unit="D")
    return {
        "an area of .97": ("score", rng.normal(size=n) + 2.66 * made["is_fraud"]),
        "a flag, 5 % of it flipped": ("x1", flipped),
        "a value of half of the frauds": ("x2", np.where(fraud & (rng.random(n) < 0.5), "Q", "R")),
        "a word, 5 % of it flipped": ("x3", np.where(flipped == 1, "Y", "N")),
        "settled later": ("settled_at", dates(later)),
        "reviewer of some others too": (
            "reviewer", np.where(fraud | (rng.random(n) < 0.15), made["country"], "")),
        "refund of some others too": (
            "refund_amount",
            np.where((fraud & (rng.random(n) < 0.6)) | (rng.random(n) < 0.05), made["amount"], 0)),
        "a word of one fraud in five": ("x4", np.where(fraud & (rng.random(n) < 0.2), "q", "")),
    }  # fmt: skip


MILD = mild()


@pytest.mark.parametrize("kind", [kind for kind in MILD if kind != "a value of half of the frauds"])
def test_a_mild_leak_is_a_warning(tmp_path, kind):
    """Named, not refused: an honest feature may be that strong."""
    name, values = MILD[kind]

    found = with_column(tmp_path, name, values, payments(6000, seed=5))

    assert {key: leak.severity for key, leak in found.items()} == {name: "warn"}


def test_a_value_where_only_frauds_have_another_than_the_usual_is_refused(tmp_path):
    """Half of the frauds, and nobody else, bear another word than all the rest."""
    name, values = MILD["a value of half of the frauds"]

    found = with_column(tmp_path, name, values, payments(6000, seed=5))

    assert found[name].code == "filled_only_for_frauds"
    assert found[name].severity == "refuse"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_honest_payments_are_neither_refused_nor_warned_of(tmp_path, seed):
    """A country that is rare among others, a shifted amount, a younger account: no finding."""
    assert found_in(export(tmp_path, {"p": payments(seed=seed)})) == {}


def test_the_amount_is_a_fact_of_the_payment(tmp_path):
    """Frauds of another order of size are no leak, however well the amount tells them."""
    made = payments()
    made["amount"] = made["amount"].where(made["is_fraud"] == 0, made["amount"] * 1000)

    found = found_in(export(tmp_path, {"p": made}))

    assert found["amount"].severity == "warn"


@pytest.mark.parametrize("left", [0.0, np.nan])
def test_an_amount_that_frauds_do_not_have_is_no_fact_of_the_payment(tmp_path, left):
    """What was settled in the end is 0 or missing where a fraud was taken back."""
    made = payments()
    made["amount"] = made["amount"].where(made["is_fraud"] == 0, left)

    found = found_in(export(tmp_path, {"p": made}))

    assert (found["amount"].code, found["amount"].severity) == ("blank_for_frauds", "refuse")
    assert "is missing or 0 in 100.0% of the frauds" in found["amount"].text


def test_an_amount_of_zero_for_some_frauds_is_honest(tmp_path):
    """Stolen cards are tried out for nothing; so are others."""
    made, rng = payments(), np.random.default_rng(6)
    tried = rng.random(len(made)) < np.where(made["is_fraud"] == 1, 0.3, 0.02)
    made["amount"] = made["amount"].where(~tried, 0)

    assert found_in(export(tmp_path, {"p": made})) == {}


def test_what_is_derived_from_a_leak_is_a_leak(tmp_path):
    """A mean of the flag over the sender's payments, this one included, knows the label."""
    derived = '[derived.x]\nkind = "sum"\nof = "flag"\nentity = "payment_id"\nwindow = "1h"\n'
    contract = export(
        tmp_path,
        {"p": payments().assign(flag=payments()["is_fraud"])},
        numeric='"amount", "account_age", "x"',
        more=derived + "include_current = true\n",
    )

    assert found_in(contract)["x"].severity == "refuse"


def test_what_is_derived_of_a_leak_that_is_no_feature_is_refused(tmp_path):
    """The customer's earlier flags are no copy of the label, but nobody had them so soon."""
    derived = '[derived.x]\nkind = "sum"\nof = "flag"\nentity = "customer_id"\nwindow = "30d"\n'
    contract = export(
        tmp_path,
        {"p": payments().assign(flag=payments()["is_fraud"])},
        numeric='"amount", "account_age", "x"',
        more=derived,
    )

    found = found_in(contract)

    assert found["x"].severity == "refuse"
    assert found["x"].text.startswith("x is derived of flag, and flag alone")


def test_a_count_of_earlier_frauds_is_honest(tmp_path):
    """It is what the customer's past tells, however much it resembles a count of all."""
    made = payments()
    customer = made.groupby("customer_id")["is_fraud"]
    earlier = customer.cumsum() - made["is_fraud"]

    assert with_column(tmp_path, "x", earlier, made) == {}


def test_few_frauds_refuse_nothing(tmp_path):
    """Fifteen frauds that all bear the flag may be chance; they are told."""
    made = payments(3000, fraud_rate=0.0)
    made.loc[made.index[100::200], "is_fraud"] = 1
    windows = {"fit_frauds": 5, "threshold_frauds": 2, "judged_frauds": 2}
    contract = export(
        tmp_path, {"p": made.assign(flag=made["is_fraud"])}, numeric=NUMERIC.format("flag")
    )
    few = contract.windows.model_copy(update=windows)

    found = found_in(contract.model_copy(update={"windows": few}))

    assert {leak.severity for leak in found.values()} == {"warn"}


def test_the_shared_case_names_the_flag_alone_as_refused(tmp_path):
    """Its amounts, ages and countries are strong too, and honest: they warn."""
    found = found_in(shared_case("copy_of_the_label", tmp_path))

    assert [name for name, leak in found.items() if leak.severity == "refuse"] == ["risk_flag"]


def test_a_checked_feature_is_believed(tmp_path):
    """A person's reason in the contract silences refusal and note; else both say what to do."""
    made = payments()
    columns = {"p": made.assign(risk_flag=made["is_fraud"])}
    plain = export(tmp_path / "a", columns, numeric=NUMERIC.format("risk_flag"))
    section = find_leaks(clean(read(plain), plain), plain)

    (leak,) = refused(section.found, plain.policy.checked)
    assert '[policy.checked] risk_flag = "..."' in leak_refusal([leak], {})
    assert [note.code for note in leak_notes(section, {})] == ["leak_copies_the_label"]
    reason = {"risk_flag": "the issuer sends it with the authorisation"}
    assert unchecked(section.found, reason) == refused(section.found, reason) == ()
    assert leak_notes(section, reason) == ()


def test_the_shipped_payments_are_honest():
    """No finding; the windows share no row."""
    contract = load_contract("crypto_gateway")

    section = find_leaks(clean(read_transactions(contract), contract), contract)

    assert section.found == ()
    assert (section.shared.judged, section.shared.under_new_ids) == (0, 0)
    assert section.repeated[0].judged_frauds > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ulb_creditcard", "handbook", "handbook_rich"])
def test_public_data_are_honest(name):
    """V14 of ULB reaches .949 alone, which is the most that any honest set does."""
    contract = load_contract(name)
    try:
        raw = read_transactions(contract)
    except DataError as error:
        pytest.skip(str(error))

    assert find_leaks(clean(raw, contract), contract).found == ()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_simulated_worlds_are_honest(tmp_path, seed):
    """Twenty gateways of a fourth of the shipped size."""
    simulate(100_000, 26, seed, tmp_path)
    contract = load_contract(tmp_path / "contract.toml")

    section = find_leaks(clean(read_transactions(contract), contract), contract)

    assert section.found == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("status", True),
        ("refundReason", True),
        ("is_blocked", True),
        ("ChargebackDate", True),
        ("FRAUD_TYPE", True),
        ("risk-flag", True),
        ("country", False),
        ("visa", False),
        ("cash_amount", False),
        ("device_os", False),
        ("estate", False),
        ("updatedAt", True),
        ("case_number", True),
        ("Rückerstattung", False),
        ("erstattet_am", True),
        ("reviewer", True),
        ("is_weekend", False),
        ("billing_state", False),
    ],
)
def test_suspect_names(name, expected):
    """Words inside a name count where they begin one of its parts."""
    assert is_suspect(name) is expected


def cleaned_of(contract: Contract) -> CleanedFeatures:
    return clean(read(contract), contract)


def test_rows_in_two_windows_and_under_new_ids_are_counted(tmp_path):
    """Ten payments of the last weeks are copied from the first ones; five bear two ids."""
    made = payments()
    facts = ["amount", "account_age", "country"]
    fitted, judged = made.index[1200:1210], made.index[2300:2310]
    made.loc[judged, facts] = made.loc[fitted, facts].to_numpy()
    copies = made.iloc[2200:2205].assign(payment_id=[f"copy{i}" for i in range(5)])
    contract = export(tmp_path, {"a": made, "b": copies})

    section = find_leaks(cleaned_of(contract), contract)

    assert section.shared.judged == 10
    assert section.shared.under_new_ids == 5


def test_frauds_of_known_fraudsters_are_counted(tmp_path):
    """By hand: a judged fraud counts where its sender has one among the fitted frauds."""
    made = payments()
    contract = export(tmp_path, {"a": made})
    cleaned = cleaned_of(contract)
    fit, judged = (cleaned.window(name) for name in ("fit", "judged"))
    senders = set(made["customer_id"][fit.loc[fit["_label"] == 1, "_row"]])
    now = made["customer_id"][judged.loc[judged["_label"] == 1, "_row"]]

    (repeated,) = find_leaks(cleaned, contract).repeated

    assert repeated.entity == "customer_id"
    assert repeated.judged_frauds == sum(sender in senders for sender in now)
    assert repeated.of_judged_frauds == len(now)
