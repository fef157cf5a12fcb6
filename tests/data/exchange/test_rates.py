"""Amounts of several currencies are noticed, and put into one where the contract gives rates."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.checkup import check_up
from fraud_assets.contract import Contract, load_contract, parse_contract
from fraud_assets.data.transactions import RawTransactions
from fraud_assets.errors import ContractError, DataError
from fraud_assets.values.rates import RateTable, currency_code
from tests.exports import DEFAULTS, NOW, TOML, export, payments, read

RATES = '[rates]\npath = "rates.csv"\n'
QUOTES = "date,currency,rate\n2025-01-01,EUR,1.1\n2025-03-03,EUR,1.25\n2025-01-01,JPY,0.0065\n"
LONG = "max_age_days = 366\n"


def three_currencies(n: int = 600) -> pd.DataFrame:
    """Payments whose amounts are in dollars, euros and yen by turns."""
    made = payments(n)
    made["currency"] = [("USD", "EUR", "JPY")[i % 3] for i in range(n)]
    return made


def contract(
    folder: Path, made: pd.DataFrame, rates: str = "", quotes: str = QUOTES, **said: str
) -> Contract:
    (folder / "rates.csv").write_text(quotes)
    return export(folder, {"a": made}, more=rates, **said)


def note(raw: RawTransactions, code: str):
    return next(note for note in raw.notes if note.code == code)


def by_hand(made: pd.DataFrame) -> list[float]:
    """What each amount is worth in dollars by the rates above."""
    worth = []
    for row in made.itertuples():
        euro = 1.25 if row.paid_at >= pd.Timestamp("2025-03-03") else 1.1
        worth.append(row.amount * {"USD": 1.0, "EUR": euro, "JPY": 0.0065}[row.currency])
    return worth


@pytest.mark.parametrize("name", ["currency", "Transaction Currency", "ccy", "currency_code"])
def test_a_column_of_currencies_that_nobody_named_is_noticed(tmp_path, name):
    """It is read on the way, counted, and changes no amount."""
    made = three_currencies().rename(columns={"currency": name})

    raw = read(contract(tmp_path, made))

    assert "EUR in 200 rows" in note(raw, "several_currencies").text
    assert "[rates]" in note(raw, "several_currencies").text
    assert raw.rows["_amount"].tolist() == made["amount"].tolist()
    assert name not in raw.rows


def test_a_named_column_of_currencies_is_noticed_too(tmp_path):
    """As a feature, over several files; `check` says it."""
    made = three_currencies()
    (tmp_path / "rates.csv").write_text(QUOTES)
    files = {"a": made.head(300), "b": made.tail(300)}

    found = check_up(export(tmp_path, files, categorical='"country", "currency"'), NOW)

    assert "several_currencies" in {warned.code for warned in found.warnings}


@pytest.mark.parametrize("codes", [["eur", "EUR ", ""], ["EUR"]])
def test_another_currency_than_the_contracts_is_noticed(tmp_path, codes):
    """All in euros where the contract says dollars; case and blanks do not matter."""
    made = payments(300)
    made["currency"] = [codes[i % len(codes)] for i in range(300)]

    assert "Set [columns] currency" in note(read(contract(tmp_path, made)), "other_currency").text


@pytest.mark.parametrize("words", [["USD"], ["card", "cash"], ["A", "B"]])
def test_one_currency_and_other_words_are_no_warning(tmp_path, words):
    """The contract's own, and columns that only sound like currencies."""
    made = payments(300)
    made["currency"] = [words[i % len(words)] for i in range(300)]

    codes = {note.code for note in read(contract(tmp_path, made)).notes}

    assert not codes & {"several_currencies", "other_currency"}


def test_columns_that_only_sound_like_currencies_hinder_nobody(tmp_path):
    """Numbers, and lists in a Parquet file."""
    made = payments(300)
    made["curr_balance"] = made["amount"] * 2
    contract_ = contract(tmp_path, made)
    made.assign(currency=[["USD", "EUR"]] * 300, payment_id=range(300)).to_parquet(
        tmp_path / "in" / "b.parquet"
    )

    raw = read(contract_)

    assert len(raw.rows) == 600
    assert "several_currencies" not in {note.code for note in raw.notes}


def test_amounts_are_converted_by_the_rate_of_their_day(tmp_path):
    """By hand: euros at 1.1 and from 3 March on at 1.25, yen at .0065, dollars as they are."""
    made = three_currencies()
    said = RATES + LONG + 'column = "currency"\n'

    raw = read(contract(tmp_path, made, said))

    assert raw.rows["_amount"].tolist() == pytest.approx(by_hand(made))
    assert raw.rows["amount"].tolist() == raw.rows["_amount"].tolist()
    assert raw.tally.kept.amount == pytest.approx(sum(by_hand(made)))
    assert raw.rule_counts == {}
    assert note(raw, "currencies_converted").rows == 400


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_rates_may_be_any_source(tmp_path, kind):
    """A folder of Parquet files gives the same as a text file, under names of its own."""
    made = three_currencies(300)
    quotes = pd.read_csv(pd.io.common.StringIO(QUOTES)).rename(
        columns={"date": "Tag", "currency": "ISO", "rate": "Kurs"}
    )
    (tmp_path / "kurse").mkdir()
    if kind == "csv":
        quotes.to_csv(tmp_path / "kurse" / "a.csv", index=False)
    else:
        quotes.to_parquet(tmp_path / "kurse" / "a.parquet")
    said = '[rates]\npath = "kurse"\nday = "Tag"\ncurrency = "ISO"\nrate = "Kurs"\n'

    raw = read(contract(tmp_path, made, said + LONG + 'column = "currency"\n'))

    assert raw.rows["_amount"].tolist() == pytest.approx(by_hand(made))


def test_marks_beside_the_amounts_say_their_currency(tmp_path):
    """A sign ahead is euros, none the contract's; "¥" may be two, so the contract names it."""
    made = three_currencies(300)
    forms = {"USD": "{}", "EUR": "€{}", "JPY": "{} ¥"}
    plain = made.assign(
        amount=[forms[c].format(a) for a, c in zip(made["amount"], made["currency"], strict=True)]
    ).drop(columns="currency")
    said = RATES + LONG + 'signs = { "¥" = "JPY" }\n'

    raw = read(contract(tmp_path, plain, said))

    assert raw.rows["_amount"].tolist() == pytest.approx(by_hand(made))
    assert "several_currencies" not in {note.code for note in raw.notes}


@pytest.mark.parametrize(
    ("currency", "day"),
    [("XTS", "2025-02-01"), ("", "2025-02-01"), ("EUR", "2024-12-31"), ("EUR", "2025-01-10")],
)
def test_a_row_without_a_rate_is_put_aside_by_name(tmp_path, currency, day):
    """No such code, no code, before the first rate, or later than a rate may be old."""
    made = three_currencies(300)
    made["currency"] = "USD"
    made.loc[7, ["currency", "paid_at"]] = [currency, pd.Timestamp(f"{day} 12:00")]

    raw = read(contract(tmp_path, made, RATES + 'column = "currency"\n'))

    assert raw.rule_counts == {"rate_missing": 1}
    assert raw.tally.quarantined.amount == 0.0
    assert len(raw.rows) == 299
    assert note(raw, "rate_missing").rows == 1


@pytest.mark.parametrize(("age", "kept"), [(7, 1), (8, 1), (6, 0)])
def test_a_rate_stands_in_for_days_on_which_markets_rest(tmp_path, age, kept):
    """By hand: a payment seven days after the only rate."""
    made = three_currencies(30)
    made["currency"] = "USD"
    made.loc[3, ["currency", "paid_at"]] = ["EUR", pd.Timestamp("2025-01-08 23:59")]
    quotes = "date,currency,rate\n2025-01-01,EUR,2\n"
    said = RATES + f'max_age_days = {age}\ncolumn = "currency"\n'

    raw = read(contract(tmp_path, made, said, quotes))

    assert len(raw.rows) == 29 + kept


def test_further_columns_of_money_are_converted(tmp_path):
    """A fee beside the amount, in the same currency."""
    made = three_currencies(300).assign(fee=1.0)
    said = RATES + LONG + 'column = "currency"\namounts = ["fee"]\n'

    raw = read(contract(tmp_path, made, said, numeric='"amount", "fee"'))

    assert set(raw.rows["fee"].round(6)) == {1.0, 1.1, 1.25, 0.0065}


def test_a_later_delivery_of_the_label_alone_needs_no_rate(tmp_path):
    """It has no amount, no currency and no time; the label counts, the amount stays converted."""
    made = three_currencies()
    frauds = made[made["is_fraud"] == 1]
    first = made.assign(is_fraud=0, reported_at=pd.NaT)
    facts = ["paid_at", "customer_id", "amount", "account_age", "country", "currency"]
    (tmp_path / "rates.csv").write_text(QUOTES)
    files = {"a": first, "b": frauds.assign(**dict.fromkeys(facts, ""))}

    raw = read(export(tmp_path, files, more=RATES + LONG + 'column = "currency"\n'))

    assert raw.rule_counts == {}
    assert raw.tally.kept.frauds == len(frauds)
    assert raw.rows["_amount"].tolist() == pytest.approx(by_hand(made))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("2025-01-02,EUR,-1", "have no rate above 0"),
        ("2025-01-02,EUR,", "have no rate above 0"),
        ("soon,EUR,1", "are no day"),
        ("2025-01-02,,1", "have no code"),
        ("2025-01-01,EUR,1.2", "another rate for the same currency and day"),
        ("2025-01-02,USD,1.2", "another rate than 1"),
    ],
)
def test_rates_that_cannot_be_believed_are_refused(tmp_path, line, told):
    """Before any amount is changed; all faults of the file at once."""
    with pytest.raises(DataError, match=told):
        read(contract(tmp_path, three_currencies(90), RATES, f"{QUOTES}{line}\n"))


def test_rates_that_are_not_there_are_a_sentence(tmp_path):
    """It names the setting."""
    said = RATES.replace("rates.csv", "nowhere.csv")

    with pytest.raises(DataError, match=r"rates\.path .*nothing lies at"):
        read(contract(tmp_path, three_currencies(90), said))


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ('event_time = "paid_at"\n', "without columns.amount"),
        ('amount = "amount"\n', "without columns.event_time"),
        ('event_time = "paid_at"\namount = "amount"\n', "a column of codes and no amount"),
    ],
)
def test_rates_without_what_they_need_are_faults_of_the_contract(columns, told):
    """A day, and an amount."""
    text = f'format = 1\nname = "t"\n[source]\npath = "x.csv"\n[columns]\n{columns}'
    text += f'{RATES}column = "amount"\n[label]\ncolumn = "y"\n[features]\nnumeric = ["a"]\n'

    with pytest.raises(ContractError, match=told):
        parse_contract(text)


def test_a_contract_without_rates_keeps_its_digest(tmp_path):
    """The section came later."""
    from fraud_assets.contract.load import contract_digest

    (tmp_path / "c.toml").write_text(TOML.format(**DEFAULTS))
    assert "rates" not in load_contract(tmp_path / "c.toml").model_dump(mode="json")
    assert len(contract_digest(load_contract(tmp_path / "c.toml"))) == 64


DAYS = st.dates(date(2024, 12, 1), date(2025, 3, 1))


@given(
    st.dictionaries(DAYS, st.floats(0.01, 100), max_size=8),
    DAYS,
    st.integers(0, 30),
    st.floats(-1e6, 1e6),
)
def test_the_rate_is_the_latest_one_that_is_not_too_old(quotes, day, most, amount):
    """Law: as a person leafs back through the days."""
    table = RateTable.of("USD", most, [("EUR", at, rate) for at, rate in quotes.items()])
    expected = next(
        (
            quotes[day - timedelta(days=back)]
            for back in range(most + 1)
            if day - timedelta(days=back) in quotes
        ),
        None,
    )

    assert table.rate("EUR", day) == expected
    assert table.in_base(amount, "USD", day) == amount
    assert table.in_base(amount, "EUR", day) == (None if expected is None else amount * expected)
    assert table.rate(None, day) is None
    assert currency_code(" eur\u00a0") == "EUR"
