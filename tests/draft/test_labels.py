"""The label is found by its name, by what its values say and by how rare they are, together."""

from __future__ import annotations

import numpy as np
import pytest

from fraud_assets.data.transactions import read_transactions
from fraud_assets.errors import DataError
from tests.draft.drafts import FRAUDS, ROWS, asked, contract_of, frauds, looked, payments

FRAUD = frauds()


def drafted(tmp_path, name, values, **more):
    """A look at payments whose label is called `name` and has these values."""
    return looked(payments(drop=("is_fraud",), **{name: values}, **more), tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "isFraud", "Is Fraud?", "fraud_flag", "fraud_bool", "TX_FRAUD", "chargeback", "target", "y",
        "Class", "label", "event_label", "es_fraude", "fraude", "Betrug", "istBetrug",
        "Is Laundering", "fraudulent", "cb", "scam", "confirmed_fraud",
    ],
)  # fmt: skip
def test_a_label_of_many_names_is_found(tmp_path, name):
    """English, German and Spanish names; 0 and 1; a two-valued column before it does not win."""
    frame = payments(drop=("is_fraud",))
    frame.insert(0, "card_class", np.where(np.arange(ROWS) % 10 == 0, "credit", "debit"))
    frame[name] = FRAUD.astype(int)

    label = looked(frame, tmp_path).label

    assert label.column == name
    assert label.positive == {"1": FRAUDS}
    assert label.negative == {"0": ROWS - FRAUDS}


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("fraud", "legit"), ("Y", "N"), ("yes", "no"), ("TRUE", "FALSE"),
        ("CHARGED_BACK", "SETTLED"),
        ("Betrug", "ok"), ("ja", "nein"), ("si", "no"), ("Fraudulent", "Genuine"), ("1.00", "0.00"),
        ("fraud", "not fraud"), ("chargeback", "none-such"), ("t", "f"), ("1", "-1"),
    ],
)  # fmt: skip
def test_words_decide_which_value_means_fraud(tmp_path, yes, no):
    """Not rarity alone: the same words are found where frauds are the majority."""
    few = drafted(tmp_path, "label", np.where(FRAUD, yes, no)).label
    many = drafted(tmp_path, "label", np.where(FRAUD, no, yes)).label

    assert sum(few.positive.values()) == FRAUDS
    assert list(few.positive) == list(many.positive)
    assert sum(many.positive.values()) == ROWS - FRAUDS


@pytest.mark.parametrize(("yes", "no"), [(1, 0), ("fraud", "legit"), ("Y", "N"), (True, False)])
def test_fraud_as_the_majority_is_a_question(tmp_path, yes, no):
    """With the counts, and the other reading to copy."""
    found = drafted(tmp_path, "is_fraud", np.where(FRAUD, no, yes))

    assert f"Fraud is the majority: {ROWS - FRAUDS:,} of {ROWS:,}" in asked(found, "label.positive")
    assert found.label.sure == "doubtful"


@pytest.mark.parametrize("values", [("A", "B"), ("2", "1"), ("X", "O")])
def test_values_that_say_nothing_are_asked_about(tmp_path, values):
    """The rarer is drafted as fraud, and the draft says that it is a guess."""
    found = drafted(tmp_path, "fraud_code_class", np.where(FRAUD, *values))

    assert sum(found.label.positive.values()) == FRAUDS
    assert "the rarer is drafted" in asked(found, "label.positive")


@pytest.mark.parametrize("name", ["is_legit", "genuine", "not_fraud"])
def test_a_label_that_says_legitimate_is_turned_and_asked_about(tmp_path, name):
    """1 means no fraud there."""
    found = drafted(tmp_path, name, (~FRAUD).astype(int))

    assert found.label.positive == {"0": FRAUDS}
    assert "seems to say that a payment is legitimate" in asked(found, "label.positive")


def test_of_two_labels_the_one_that_somebody_confirmed(tmp_path):
    """As in PaySim: isFlaggedFraud is another system's guess."""
    flagged = (np.arange(ROWS) % 200 == 0).astype(int)

    found = looked(
        payments(drop=("is_fraud",), isFlaggedFraud=flagged, isFraud=FRAUD * 1), tmp_path
    )

    assert found.label.column == "isFraud"
    assert "isFlaggedFraud" in found.roles.left_out
    assert "isFlaggedFraud" in asked(found, "features")


def test_kinds_of_fraud_beside_the_label_do_not_win(tmp_path):
    """As in the handbook: the scenario tells the label and is left out."""
    scenario = np.where(FRAUD, 1 + np.arange(ROWS) % 3, 0)

    found = looked(payments(drop=("is_fraud",), TX_SCENARIO=scenario, TX_FRAUD=FRAUD * 1), tmp_path)

    assert found.label.column == "TX_FRAUD"
    assert found.roles.left_out["TX_SCENARIO"].startswith("sure: may tell the label")


@pytest.mark.parametrize("word", ["pending", "in review", "offen"])
def test_a_third_value_is_neither_and_asked_about(tmp_path, word):
    """Payments that nobody has judged yet are no frauds and no legitimate ones."""
    values = np.where(FRAUD, "fraud", np.where(np.arange(ROWS) % 5 == 1, word, "legit"))

    found = drafted(tmp_path, "fraud_status", values)

    assert (list(found.label.positive), list(found.label.negative)) == (["fraud"], ["legit"])
    assert list(found.label.undecided) == [word]
    assert word in asked(found, "label")


def test_kinds_of_fraud_as_the_only_label_are_all_frauds(tmp_path):
    """The words for no fraud stand against all others; each side is asked about."""
    kind = np.where(FRAUD, np.where(np.arange(ROWS) % 2, "takeover", "stolen card"), "legit")

    found = drafted(tmp_path, "fraud_class", kind)

    assert set(found.label.positive) == {"takeover", "stolen card"}
    assert "Is each on the right side?" in asked(found, "label.positive")


def test_a_rare_column_whose_name_says_nothing_is_doubtful(tmp_path):
    """It is drafted, for nothing else could be it, and asked about."""
    found = drafted(tmp_path, "x7", FRAUD.astype(int))

    assert found.label.column == "x7"
    assert "Its name does not say so" in asked(found, "label.column")


def test_without_a_label_the_sentence_names_what_has_two_values(tmp_path):
    """`card_class` alone is no label; whoever knows better says so by --label."""
    with pytest.raises(DataError, match=r'none of the 6 columns .* --label: "card_class"'):
        drafted(tmp_path, "card_class", np.where(np.arange(ROWS) % 2, "debit", "credit"))


def test_the_owners_word_counts(tmp_path):
    """A column named by --label is taken, whatever it is called."""
    from fraud_assets.draft import take_first_look

    looked(payments(odd=np.where(FRAUD, "A", "B")), tmp_path)

    assert take_first_look(str(tmp_path / "payments.csv"), tmp_path, "odd").label.column == "odd"
    with pytest.raises(DataError, match=r'"nowhere" is none'):
        take_first_look(str(tmp_path / "payments.csv"), tmp_path, "nowhere")


def test_the_label_stands_in_the_draft_with_its_counts(tmp_path):
    """The contract that comes of it finds as many frauds."""
    found = drafted(tmp_path, "outcome", np.where(FRAUD, "fraud", "ok"))
    contract = contract_of(found, tmp_path)

    assert f"# {FRAUDS} of {ROWS:,} labelled rows, 4.00%" in contract.text
    assert read_transactions(contract).rows["_label"].sum() == FRAUDS


def test_a_label_that_only_frauds_have_is_a_sentence(tmp_path):
    """Nobody knows whether an empty cell means no fraud or not judged yet."""
    with pytest.raises(DataError, match='"cb_flag" has "y" alone and is empty elsewhere'):
        drafted(tmp_path, "cb_flag", np.where(FRAUD, "Y", None))


def test_a_dispute_is_taken_for_want_of_better_and_asked_about(tmp_path):
    """A refund beside it is no label."""
    found = drafted(tmp_path, "disputed", FRAUD, refunded=np.arange(ROWS) % 10 == 0)

    assert found.label.column == "disputed"
    assert "disputed" in asked(found, "label.column")


def test_pending_labels_are_drafted_as_undecided_and_flow_on(tmp_path):
    """Their rows are kept without a label, not put aside; whoever knows more is asked."""
    words = np.where(FRAUD, "fraud", np.where(np.arange(ROWS) % 9 == 0, "pending", "legit"))

    found = drafted(tmp_path, "fraud_status", words)
    contract = contract_of(found, tmp_path)
    raw = read_transactions(contract)

    assert contract.label.undecided == ("pending",)
    assert "undecided" in asked(found, "label")
    assert len(raw.rows) == ROWS
    assert int(raw.rows["_label"].isna().sum()) == int((words == "pending").sum())
