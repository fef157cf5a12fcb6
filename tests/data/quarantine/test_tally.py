"""What the quarantine takes is counted in rows, frauds and amount, and said by rule."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.contract.sections.policy import Policy
from fraud_assets.data.cleaning import clean
from fraud_assets.data.transactions import RawTransactions
from fraud_assets.errors import InsufficientEvidenceError
from fraud_assets.release.quarantine import quarantine_findings
from tests.data.test_transactions import read as read_lines
from tests.data.test_transactions import write
from tests.exports import export, payments, read, shared_case


def failed(raw: RawTransactions, policy: Policy | None = None) -> dict[str, str]:
    """The gate's rules on the quarantine that fail, with their sentences."""
    rules = quarantine_findings(raw, policy or Policy())
    return {rule.name: rule.sentence for rule in rules if not rule.passed}


def half_under_another_word(word: object, positive: object, negative: object) -> pd.DataFrame:
    made = payments()
    fraud = made["is_fraud"] == 1
    words = made["is_fraud"].map({0: negative, 1: positive}).astype(object)
    words[made.index[fraud][::2]] = word
    return made.assign(is_fraud=words)


@pytest.mark.parametrize(
    ("word", "positive", "negative"),
    [("CB", "Y", "N"), ("confirmed", "fraud", "ok"), (2, 1, 0), ("wahr", "ja", "nein")],
)
def test_half_the_frauds_under_a_word_that_the_contract_lacks_are_refused(
    tmp_path, word, positive, negative
):
    """A few percent of the rows, half of the frauds: refused with rule, word and next step."""
    made = half_under_another_word(word, positive, negative)
    contract = export(tmp_path, {"p": made}, positive=f"['{positive}']", negative=f"['{negative}']")

    raw = read(contract)

    lost = (made["is_fraud"].astype(str) == str(word)).sum()
    assert raw.tally.rules["label_unknown"].frauds == raw.tally.quarantined.frauds == lost
    assert raw.tally.share("rows") < 0.05
    assert raw.tally.share("frauds") > 0.45
    said = failed(raw)["quarantined_frauds"]
    for part in ("label_unknown", f'"{word}" ({lost})', f'add "{word}" to label.positive'):
        assert part in said


def test_the_shared_case_is_refused_by_its_share_of_frauds(tmp_path):
    """117 of 234 frauds under "CB" are 1.95 % of the rows."""
    raw = read(shared_case("frauds_in_quarantine", tmp_path))

    assert (raw.tally.kept.frauds, raw.tally.quarantined.frauds) == (117, 117)
    assert raw.tally.share("rows") == pytest.approx(0.0195)
    assert raw.tally.kept.amount + raw.tally.quarantined.amount == pytest.approx(416_280.23)
    assert 'add "CB" to label.positive' in failed(raw)["quarantined_frauds"]


def test_a_window_without_frauds_names_the_rule_that_took_them(tmp_path):
    """Every fraud has an amount that nobody can read."""
    made = payments()
    amounts = made["amount"].astype(str).where(made["is_fraud"] == 0, "see invoice")
    contract = export(tmp_path, {"p": made.assign(amount=amounts)})

    with pytest.raises(InsufficientEvidenceError) as caught:
        clean(read(contract), contract)

    frauds = (made["is_fraud"] == 1).sum()
    assert f"{frauds} of {frauds} frauds" in str(caught.value)
    assert "rule unparsable_amount" in str(caught.value)


def damaged(kind: str, made: pd.DataFrame, hit: pd.Index) -> dict[str, pd.DataFrame]:
    """The payments with the rows `hit` damaged so that they break one rule."""
    text = made.assign(
        paid_at=made["paid_at"].astype(str), amount=made["amount"].astype(str)
    ).astype({"is_fraud": object, "account_age": object})
    column, value = {
        "time_missing": ("paid_at", "soon"),
        "time_after_now": ("paid_at", "2031-01-01 00:00:00"),
        "unparsable_amount": ("amount", "see invoice"),
        "unparsable_account_age": ("account_age", "n.n."),
        "label_unknown": ("is_fraud", "CB"),
        "country_known": ("country", "??"),
    }[kind]
    text.loc[hit, column] = value
    return {"p": text}


RULE = '[rules.country_known]\ncolumn = "country"\none_of = ["DE", "FR", "GB", "NG"]\n'
KINDS = [
    "time_missing", "time_after_now", "unparsable_amount",
    "unparsable_account_age", "label_unknown", "country_known",
]  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_every_rule_that_takes_the_frauds_is_named_with_what_to_do(tmp_path, kind, seed):
    """In three worlds each: by the gate's share of frauds, and where a window lacks them."""
    made = payments(2000, seed=seed)
    frauds = made.index[made["is_fraud"] == 1]
    some = export(tmp_path / "some", damaged(kind, made, frauds[::5]), more=RULE)
    all_of_them = export(tmp_path / "all", damaged(kind, made, frauds), more=RULE)

    told = failed(read(some))
    with pytest.raises(InsufficientEvidenceError) as caught:
        clean(read(all_of_them), all_of_them)

    assert f"by rule {kind}" in told["quarantined_frauds"]
    assert f"got {read(some).tally.share('frauds'):.6g}" in told["quarantined_frauds"]
    for sentence in (told["quarantined_frauds"], str(caught.value)):
        assert f"by rule {kind}: " in sentence
    assert f"{len(frauds)} of {len(frauds)} frauds" in str(caught.value)


def test_the_largest_payments_in_quarantine_are_refused_by_amount(tmp_path):
    """One percent of the rows, a third of the money, put aside by a rule on another column."""
    made = payments()
    large = made["amount"].nlargest(30).index
    made.loc[large, "amount"] *= 50
    made.loc[large, "country"] = "??"
    rule = '[rules.country_known]\ncolumn = "country"\none_of = ["DE", "FR", "GB", "NG"]\n'
    contract = export(tmp_path, {"p": made}, more=rule)

    raw = read(contract)

    share = made.loc[large, "amount"].sum() / made["amount"].sum()
    assert raw.tally.share("amount") == pytest.approx(share)
    said = failed(raw)
    assert "quarantine_share" not in said
    assert "rule country_known: look at rules.country_known" in said["quarantined_amount"]
    assert not failed(
        raw, Policy(max_quarantined_amount_share=0.9, max_quarantined_fraud_share=0.9)
    )


def test_an_amount_that_broke_a_rule_itself_is_not_believed(tmp_path):
    """One typing error of 1e17 is not all the money that there is."""
    write(tmp_path, "x;2025-01-02;c;1e17;DE;no\n", "y;2025-01-02;c;-5e12;DE;no\n")

    tally = read_lines(tmp_path).tally

    assert set(tally.rules) == {"beyond_1e15_Amount", "amount_not_negative"}
    assert tally.quarantined.amount == 0.0
    assert failed(read_lines(tmp_path), Policy(max_quarantine_share=0.5)) == {}


def test_hand_worked(tmp_path):
    """Eight good rows without fraud; a fraud without time, a fraud of -1 and one unknown word."""
    write(
        tmp_path,
        "f;soon;c;7;DE;yes\n",
        "g;2025-01-02;c;-1;DE;yes\n",
        "h;2025-01-02;c;3.25;DE;perhaps\n",
    )

    tally = read_lines(tmp_path).tally

    assert (tally.kept.rows, tally.quarantined.rows) == (8, 3)
    assert {name: counts.rows for name, counts in tally.rules.items()} == {
        "label_unknown": 1,
        "unparsable_Paid At": 1,
        "time_missing": 1,
        "amount_not_negative": 1,
    }
    assert tally.quarantined.frauds == 3
    assert tally.share("frauds") == 1.0
    assert tally.kept.amount == sum(10 * i + 0.5 for i in range(1, 9))
    assert tally.quarantined.amount == 10.25
    assert tally.rules["amount_not_negative"].amount == 0.0
    assert tally.unknown_labels == {"perhaps": 1}


def test_a_contract_without_an_amount_loses_none(tmp_path):
    """The rule passes and says why."""
    made = payments(400)
    contract = export(tmp_path, {"p": made})
    columns = contract.columns.model_copy(update={"amount": None})

    raw = read(contract.model_copy(update={"columns": columns}))

    assert raw.tally.kept.amount is None
    assert failed(raw) == {}


LINE = st.tuples(
    st.sampled_from(["2025-01-02 10:00", "soon", ""]),
    st.sampled_from(["5", "-2", "many", "", "1e20"]),
    st.sampled_from(["yes", "no", "", "perhaps", "CB"]),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(LINE, max_size=25))
def test_nothing_is_lost_and_nothing_counts_twice(tmp_path_factory, drawn):
    """Law: kept and quarantined are all rows, frauds and believed amount; a rule is a part."""
    folder = tmp_path_factory.mktemp("lines")
    write(folder, *(f"z{i};{t};c;{a};DE;{y}\n" for i, (t, a, y) in enumerate(drawn)))

    tally = read_lines(folder).tally

    total = tally.kept.rows + tally.quarantined.rows
    assert total == 8 + len(drawn)
    frauds = tally.kept.frauds + tally.quarantined.frauds
    assert frauds == sum(y in ("yes", "perhaps", "CB") for _, _, y in drawn)
    base = sum(10 * i + 0.5 for i in range(1, 9))
    believed = base + sum(5 for _, a, _ in drawn if a == "5")
    assert tally.kept.amount + tally.quarantined.amount == pytest.approx(believed)
    for counts in tally.rules.values():
        assert counts.rows <= tally.quarantined.rows
        assert counts.frauds <= tally.quarantined.frauds
