"""Roles by what the columns hold: names are hints, in whatever language they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.draft.drafts import FRAUDS, ROWS, asked, contract_of, frauds, looked, payments

FRAUD = frauds()
R = np.random.default_rng(17)
AMOUNT = payments()["amount"].to_numpy()
HEX = [f"{number:016x}" for number in R.integers(2**40, 2**62, ROWS)]
NUMBERS = R.permutation(ROWS) * 11 + 10**9


@pytest.mark.parametrize(
    ("name", "values"),
    [("Buchung", HEX), ("Vorgang", NUMBERS), ("operazione", HEX), ("Boeking", HEX),
     ("transação", HEX), ("betalning", NUMBERS), ("payment", HEX), ("numer_transakcji", HEX),
     ("islem", HEX)],
)  # fmt: skip
def test_a_different_value_in_every_row_under_a_word_for_payments_is_the_id(tmp_path, name, values):
    """The word may be bare, of another language, and the values text or digits."""
    found = looked(payments(drop=("payment_id",), **{name: values}), tmp_path)

    assert (found.roles.id.value, found.roles.id.sure) == (name, "sure")
    assert asked(found, "columns.id") == ""


@pytest.mark.parametrize(("name", "values"), [("a", HEX), ("schluessel", NUMBERS)])
def test_a_different_value_in_every_row_is_the_id_whatever_its_name_and_asked_about(
    tmp_path, name, values
):
    """Nothing repeats: the values say it, the owner confirms it."""
    found = looked(payments(drop=("payment_id",), **{name: values, "b": HEX[::-1]}), tmp_path)

    assert (found.roles.id.value, found.roles.id.sure) == (name, "doubtful")
    assert f'"{name}" has a different value in each of 1,200 rows' in asked(found, "columns.id")
    assert '"b" could be it too' in asked(found, "columns.id")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("memo", [f"payment no {at} to Ann" for at in range(ROWS)]),
        ("contact_email", [f"p{at}@mail.test" for at in range(ROWS)]),
        ("v", np.linspace(1, 2, ROWS).round(7)),
        ("n", np.arange(100_000, 100_000 + ROWS)),
        ("m", [f"+49 151 {at:07d}" for at in range(ROWS)]),
        ("Umsatz", np.linspace(10, 90, ROWS).round(6)),
        ("kunde", HEX),
    ],
)
def test_what_never_repeats_and_names_no_payment_is_no_id(tmp_path, name, values):
    """Sentences, addresses, measures, row numbers, telephones, and who pays."""
    found = looked(payments(drop=("payment_id",), **{name: values}), tmp_path)

    assert found.roles.id is None


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("amount", np.where(FRAUD, 0, AMOUNT)),
        ("amount", np.where(FRAUD, np.nan, AMOUNT)),
        ("amount", np.where(FRAUD & (np.arange(ROWS) % 4 != 3), 0, AMOUNT)),
        ("amount_settled", np.where(FRAUD, np.nan, AMOUNT)),
        ("amount_refunded", np.where(FRAUD, AMOUNT, 0)),
        ("amount_charged_back", np.where(FRAUD, AMOUNT, np.nan)),
        ("Betrag", np.where(FRAUD, 0, AMOUNT)),
        ("importe", np.where(FRAUD, 0, AMOUNT)),
    ],
)
def test_an_amount_that_only_the_end_of_the_story_knows_is_not_the_amount(tmp_path, name, values):
    """What was settled or given back: the other amount is drafted, this one is no feature."""
    frame = payments(drop=("amount",), **{name: values, "order_value": AMOUNT})

    found = looked(frame, tmp_path)

    assert found.roles.amount.value == "order_value"
    assert name not in found.roles.numeric
    assert "may tell the label" in found.roles.left_out[name]


def test_a_leaking_amount_alone_leaves_none_and_somebody_is_asked(tmp_path):
    """The evidence stands in the question."""
    found = looked(payments(amount=np.where(FRAUD, 0, AMOUNT)), tmp_path)

    assert found.roles.amount is None
    assert "amount is missing or 0 in 100.0% of the frauds" in asked(found, "columns.amount")
    assert contract_of(found, tmp_path).columns.amount is None


def test_an_amount_that_is_zero_for_some_is_the_amount(tmp_path):
    """Cards are tried out for nothing by thieves and others."""
    values = np.where(R.random(ROWS) < np.where(FRAUD, 0.4, 0.03), 0, AMOUNT)

    found = looked(payments(amount=values), tmp_path)

    assert found.roles.amount.value == "amount"
    assert asked(found, "columns.amount") == ""


@pytest.mark.parametrize("name", ["payment_fee_time", "fee_date", "Gebühr_Zeit", "paid_at_fee"])
@pytest.mark.parametrize("values", [[0, 1], [0.25, 0.5], [0, 1, 2, 5]])
def test_a_fee_of_a_few_values_is_no_time(tmp_path, name, values):
    """Whatever its name has of a time; the real one may have a name without."""
    fee = R.choice(values, ROWS)
    frame = payments(**{name: fee}).rename(columns={"paid_at": "wann"})

    found = looked(frame, tmp_path)

    assert found.clocks.event.name == "wann"
    assert name not in found.clocks.names


@pytest.mark.parametrize("unit", ["s", "ms", "us"])
def test_counts_since_1970_are_times_whatever_their_name(tmp_path, unit):
    """All of one unit within recent years, many and different: asked about, and read right."""
    frame = payments()
    first = str(frame["paid_at"].min())
    frame["paid_at"] = frame["paid_at"].astype(f"datetime64[{unit}]").astype("int64")

    found = looked(frame.rename(columns={"paid_at": "b"}), tmp_path)

    assert (found.clocks.event.name, found.clocks.event.unit) == ("b", unit)
    assert str(found.clocks.at.min())[:19] == first.replace(" ", "T")
    assert 'Is "b" the time' in asked(found, "columns.event_time")


@pytest.mark.parametrize(
    "values",
    [1_700_000_000 + 7 * R.permutation(ROWS), R.integers(1_000_000_000, 9_999_999_999, ROWS),
     R.integers(1_200_000_000, 2_100_000_000, ROWS)],
)  # fmt: skip
def test_numbers_of_the_size_of_instants_are_no_times(tmp_path, values):
    """Given one after the other they span a few hours, at random half a century."""
    found = looked(payments(drop=("paid_at",), b=values), tmp_path)

    assert found.clocks.event is None


def test_of_two_times_the_payments_is_that_in_whose_order_the_rows_stand(tmp_path):
    """Neither name says which."""
    frame = payments(drop=("paid_at",))
    at = payments()["paid_at"]
    frame.insert(0, "t1", (at - pd.to_timedelta(R.uniform(1, 900, ROWS), unit="D")).dt.round("s"))
    frame.insert(1, "t2", at)

    found = looked(frame, tmp_path)

    assert found.clocks.event.name == "t2"


def comma(values: np.ndarray) -> list[str]:
    return [f"{value:.2f}".replace(".", ",") for value in values]


LANGUAGES = {
    "de": ("Buchung", "Zeitpunkt", "Kunde", "Betrag", "Betrug", "ja", "nein"),
    "it": ("operazione", "data_operazione", "cliente", "importo", "frode", "si", "no"),
    "nl": ("Boeking", "Boekdatum", "Klantnummer", "Bedrag", "Fraude", "ja", "nee"),
    "pl": ("numer_transakcji", "data", "klient", "kwota", "oszustwo", "tak", "nie"),
    "pt": ("transação", "data_hora", "conta", "valor", "fraude", "sim", "não"),
    "sv": ("betalning", "tidpunkt", "kund", "belopp", "bedrägeri", "ja", "nej"),
    "fr": ("paiement", "horodatage", "porteur", "montant", "fraude", "oui", "non"),
    "es": ("operación", "fecha_operación", "cliente", "importe", "fraude", "sí", "no"),
    "tr": ("islem", "tarih", "musteri_no", "tutar", "dolandiricilik", "evet", "hayir"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_export_in_another_language(tmp_path, language):
    """Semicolons, a decimal comma, the day first: each role is drafted."""
    identity, time, sender, amount, label, yes, no = LANGUAGES[language]
    frame = pd.DataFrame(
        {
            identity: HEX,
            time: payments()["paid_at"].dt.strftime("%d.%m.%Y %H:%M:%S"),
            sender: payments()["customer_id"],
            amount: comma(AMOUNT),
            label: np.where(FRAUD, yes, no),
        }
    )

    found = looked(frame, tmp_path, sep=";")

    roles = found.roles
    assert (roles.id.value, roles.sender.value, roles.amount.value) == (identity, sender, amount)
    assert found.clocks.event.name == time
    assert found.label.column == label
    assert found.label.frauds == FRAUDS
    assert contract_of(found, tmp_path).source.decimal == ","
