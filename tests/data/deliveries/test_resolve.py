"""Which delivery of a payment counts, which repeat or contradict, and what is told of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fraud_assets.data.cleaning import clean
from fraud_assets.errors import ContractError, DataError
from tests.exports import export, payments, read, shared_case


def test_a_payment_delivered_again_with_its_label_is_one_payment(tmp_path):
    """The shared case: 234 labels come later; no fraud is lost and nothing is in quarantine."""
    raw = read(shared_case("label_comes_later", tmp_path))

    assert (len(raw.rows), raw.tally.kept.frauds, raw.tally.quarantined.rows) == (6000, 234, 0)
    assert len(raw.superseded) == 234
    assert raw.tally.kept.amount == pytest.approx(416_280.23)


def first_without_label(made: pd.DataFrame) -> pd.DataFrame:
    return made.assign(is_fraud=0, reported_at=pd.NaT)


@pytest.mark.parametrize("how", ["files", "appended", "version", "delivered", "label_only"])
def test_labels_that_come_later_give_the_same_rows_however_they_come(tmp_path, how):
    """An update file, rows appended to the same file, a version, a time, or the label alone."""
    made = payments(1200)
    first, frauds = first_without_label(made), made[made["is_fraud"] == 1]
    both, said = {"a": first, "b": frauds}, {}
    if how == "appended":
        both = {"all": pd.concat([first, frauds])}
    elif how == "version":
        both = {"z": first.assign(version=9), "a": frauds.assign(version=10)}
        said = {"columns": 'delivered_at = "version"'}
    elif how == "delivered":
        late = frauds.assign(sent=frauds["reported_at"] + pd.Timedelta("1h"))
        both = {"z": first.assign(sent=first["paid_at"] + pd.Timedelta("1h")), "a": late}
        said = {"columns": 'delivered_at = "sent"'}
    elif how == "label_only":
        facts = ["paid_at", "customer_id", "amount", "account_age", "country"]
        both["b"] = frauds.assign(**dict.fromkeys(facts, ""))

    raw = read(export(tmp_path / "again", both, **said))

    once = read(export(tmp_path / "once", {"all": made}))
    apart = ["_row", "reported_at", "version", "sent", "_known_at"]
    for rows in (raw.rows, once.rows):
        assert rows["_label"].sum() == len(frauds)
    kept, plain = (rows.drop(columns=apart, errors="ignore") for rows in (raw.rows, once.rows))
    pd.testing.assert_frame_equal(kept, plain, check_dtype=False)
    assert len(raw.superseded) == len(frauds)
    assert raw.rule_counts == {}
    if how != "delivered":
        assert (raw.rows["_known_at"] - once.rows["_known_at"]).dropna().eq(pd.Timedelta(0)).all()


def test_a_reversal_takes_the_fraud_out_of_the_windows_that_follow_it(tmp_path):
    """Half of the frauds are taken back a week after their report; the windows hold the others."""
    made = payments()
    frauds = made[made["is_fraud"] == 1]
    back = frauds.iloc[::2].assign(is_fraud=0)
    back["reported_at"] += pd.Timedelta("7D")
    contract = export(tmp_path, {"payments": made, "reversals": back})
    windows = {"fit_frauds": 30, "threshold_frauds": 15, "judged_frauds": 15}
    contract = contract.model_copy(update={"windows": contract.windows.model_copy(update=windows)})

    raw = read(contract)
    cleaned = clean(raw, contract)

    assert raw.tally.kept.frauds == len(frauds) - len(back)
    judged = cleaned.window("judged")
    opened = cleaned.span("judged").start
    assert set(judged.loc[judged["_label"] == 1, "_row"]) & set(back.index) == set()
    # Reversals of the weeks before the judged window were known when it opened, or were not.
    fit = cleaned.frame[cleaned.frame["_window"] != "judged"]
    still = back[back["reported_at"] > opened].index.intersection(fit["_row"])
    gone = back[back["reported_at"] <= opened].index.intersection(fit["_row"])
    labels = fit.set_index("_row")["_label"]
    assert (labels[gone] == 0).all()
    reported = frauds["reported_at"][still] <= opened
    assert (labels[still] == reported.astype(int)).all()


def test_exact_repeats_are_counted_apart(tmp_path):
    """A file delivered twice and a row twice in a file: no fault, no correction."""
    made = payments(500)
    contract = export(tmp_path, {"a": made, "b": made, "c": made.head(3)})

    raw = read(contract)

    assert raw.superseded["_why"].value_counts().to_dict() == {"repeated_exactly": 503}
    assert raw.rule_counts == {}
    assert len(raw.rows) == 500
    assert raw.quarantine_share == 0


def lines(*rows: str) -> pd.DataFrame:
    names = ["payment_id", "paid_at", "customer_id", "amount", "is_fraud", "device"]
    made = pd.DataFrame([row.split(",") for row in rows], columns=names)
    return made.assign(account_age="1", country="DE", reported_at="")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("X,2025-01-02 10:00,c1,5,0,a", "X,2025-01-02 10:00,c1,6,0,a"),
        ("X,2025-01-02 10:00,c1,5,0,a", "X,2025-01-02 10:00,c2,5,0,a"),
        ("X,2025-01-02 10:00,c1,5,0,a", "X,2025-01-02 10:30,c1,5,0,a"),
    ],
    ids=["amount", "sender", "time"],
)
def test_rows_of_one_moment_that_differ_contradict(tmp_path, first, second):
    """Both go to quarantine under the rule; another payment stays."""
    contract = export(tmp_path, {"a": lines(first, second, "Y,2025-01-03 10:00,c1,5,0,a")})

    raw = read(contract)

    assert raw.rule_counts == {"contradicts": 2}
    assert raw.rows["payment_id"].tolist() == ["Y"]


def test_a_contradiction_is_settled_by_a_later_delivery(tmp_path):
    """The third file says which amount is right."""
    contested = lines("X,2025-01-02 10:00,c1,5,0,a", "X,2025-01-02 10:00,c1,6,0,a")
    settled = lines("X,2025-01-02 10:00,c1,6,0,a")

    raw = read(export(tmp_path, {"a": contested, "b": settled}))

    assert raw.rows["amount"].tolist() == [6.0]
    assert raw.rule_counts == {}


def test_a_contested_latest_delivery_leaves_no_older_one_in_its_place(tmp_path):
    """Nobody knows the amount; the first was 4, but it is out of date."""
    first = lines("X,2025-01-02 10:00,c1,4,0,a", "Y,2025-01-03 10:00,c1,5,0,a")
    contested = lines("X,2025-01-02 10:00,c1,5,0,a", "X,2025-01-02 10:00,c1,6,0,a")

    raw = read(export(tmp_path, {"a": first, "b": contested}))

    assert raw.rows["payment_id"].tolist() == ["Y"]
    assert raw.rule_counts == {"contradicts": 2}
    assert len(raw.superseded) == 1


def test_another_amount_in_a_later_file_is_a_correction(tmp_path):
    """A tip is added, the clock is put right by an hour: still the same payment."""
    first = lines("X,2025-01-02 10:00,c1,5,0,a", "Y,2025-01-02 10:00,c1,5,0,a")
    later = lines("X,2025-01-02 10:00,c1,6,0,a", "Y,2025-01-02 11:00,c1,5,0,a")

    raw = read(export(tmp_path, {"a": first, "b": later}))

    assert raw.rows.set_index("payment_id")["amount"].to_dict() == {"X": 6.0, "Y": 5.0}
    assert raw.superseded["_why"].tolist() == ["superseded"] * 2


def test_ids_that_start_anew_each_week_lose_no_payment_in_silence(tmp_path):
    """Another sender, or another time and amount, under the same id is another payment."""
    made = payments(600).assign(payment_id=[i % 100 for i in range(600)])
    files = {f"w{i}": made.iloc[100 * i : 100 * (i + 1)] for i in range(6)}

    with pytest.raises(DataError, match="id_reused"):
        read(export(tmp_path, files))


def test_a_few_ids_used_twice_are_put_aside(tmp_path):
    """Named, counted and kept; the advice says what to look at."""
    made = payments(600)
    made.loc[599, "payment_id"] = made.loc[0, "payment_id"]

    raw = read(export(tmp_path, {"a": made.head(599), "b": made.tail(1)}))

    assert raw.rule_counts == {"id_reused": 2}
    assert len(raw.rows) == 598


def test_a_payment_without_id_is_itself(tmp_path):
    """Rows that lack an id repeat nothing."""
    raw = read(export(tmp_path, {"a": lines(*[",2025-01-02 10:00,c1,5,0,a"] * 3)}))

    assert len(raw.rows) == 3


def test_versions_keep_every_digit(tmp_path):
    """Above 2^53 neighbours are one float64; the larger still wins, whatever the file says."""
    big = 2**60
    newer, older = (
        lines(f"X,2025-01-02 10:00,c1,{amount},0,a").assign(version=big + step)
        for amount, step in ((7, 1), (5, 0))
    )
    contract = export(tmp_path, {"a": newer, "b": older}, columns='delivered_at = "version"')

    assert read(contract).rows["amount"].tolist() == [7.0]


def test_big_ids_are_not_mixed_up(tmp_path):
    """Parquet integers above 2^53 that no float64 tells apart are two payments."""
    made = payments(400)
    ids = np.arange(400) + 2**60
    contract = export(tmp_path, {})
    made.assign(payment_id=ids).to_parquet(tmp_path / "in" / "a.parquet")

    assert len(read(contract).rows) == 400


def test_a_broken_correction_leaves_the_good_delivery(tmp_path):
    """The later row's amount cannot be read: it is put aside, the earlier one counts."""
    first, later = lines("X,2025-01-02 10:00,c1,5,0,a"), lines("X,2025-01-02 10:00,c1,six,0,a")

    raw = read(export(tmp_path, {"a": first, "b": later}))

    assert raw.rows["amount"].tolist() == [5.0]
    assert raw.rule_counts == {"unparsable_amount": 1}


def test_features_that_later_deliveries_change_are_told(tmp_path):
    """A column filled after the fact: 40 of the payments get another age with their label."""
    made = payments(800)
    frauds = made[made["is_fraud"] == 1].head(40).assign(account_age=0.5)

    raw = read(export(tmp_path, {"a": first_without_label(made), "b": frauds}))

    note = next(note for note in raw.notes if note.code == "deliveries_change_features")
    assert "account_age (40)" in note.text


def test_as_of_before_the_first_delivery_is_a_sentence(tmp_path):
    """A time at which the whole export was made is no time of delivery."""
    made = payments(300).assign(exported="2025-12-01")
    contract = export(tmp_path, {"a": made}, columns='delivered_at = "exported"')

    with pytest.raises(DataError, match=r"before the first delivery, 2025-12-01.*take columns"):
        read(contract, as_of="2025-04-01")


def test_the_time_of_delivery_is_no_feature(tmp_path):
    """It comes with the label, and no payment knows it when it is made."""
    with pytest.raises(ContractError, match="delivered_at"):
        export(tmp_path, {}, columns='delivered_at = "sent"', numeric='"amount", "sent"')


def test_without_an_id_every_row_is_a_payment(tmp_path):
    """Nothing changes for contracts that name no id."""
    made = payments(300)
    contract = export(tmp_path, {"a": made, "b": made})
    columns = contract.columns.model_copy(update={"id": None})

    raw = read(contract.model_copy(update={"columns": columns}))

    assert len(raw.rows) == 600
    assert raw.superseded.empty


def test_a_later_delivery_without_a_label_says_nothing_new_of_it(tmp_path):
    """A fraud without a time of report is known as it was before the amount was corrected."""
    first, later = (
        lines(f"X,2025-01-02 10:00,c1,{amount},{label},a") for amount, label in ((5, 1), (6, ""))
    )
    other = lines("Y,2025-01-02 10:00,c1,5,0,a")
    contract = export(tmp_path, {"a": pd.concat([first, other]), "b": later})

    rows = read(contract, as_of="2025-01-08").rows.set_index("payment_id")

    assert rows.loc["X", ["amount", "_label"]].tolist() == [6.0, 1]
