"""How a text file is written is found: encoding, separator, decimal sign, and a missing header."""

from __future__ import annotations

import codecs

import pytest

from fraud_assets.data.transactions import read_transactions
from fraud_assets.draft import contract_text, take_first_look
from fraud_assets.errors import DataError
from tests.draft.drafts import ROWS, asked, contract_of, frauds, looked, payments

FRAUD = frauds()


def german(**more: object):
    """Payments with words that ASCII has no letters for."""
    return payments(city=["Köln" if at % 3 else "Gießen" for at in range(ROWS)], **more)


def comma(values) -> list[str]:
    return [f"{value:,.2f}".translate(str.maketrans(",.", ".,")) for value in values]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(tmp_path, separator):
    """It splits every line alike, whatever else stands in the values."""
    frame = payments(note=[f"a{other} b" for other in "xyz"[:1] * ROWS])

    found = looked(frame, tmp_path, sep=separator)

    assert found.sample.settings["separator"].value == separator
    assert len(read_transactions(contract_of(found, tmp_path)).rows) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_unicode_encodings_are_found_and_read(tmp_path, encoding):
    """By a mark or by the bytes; the words come out as they were."""
    found = looked(german(), tmp_path, encoding=encoding)
    rows = read_transactions(contract_of(found, tmp_path)).rows

    assert set(rows["city"]) == {"Köln", "Gießen"}
    assert asked(found, "source.encoding") == ""


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_an_encoding_of_one_byte_a_letter_is_drafted_and_asked_about(tmp_path, encoding):
    """With one of the file's own words to look at."""
    found = looked(german(), tmp_path, encoding=encoding)
    rows = read_transactions(contract_of(found, tmp_path)).rows

    assert set(rows["city"]) == {"Köln", "Gießen"}
    assert '"Köln"' in asked(found, "source.encoding") or "Gießen" in asked(
        found, "source.encoding"
    )


def test_a_word_far_down_decides_the_encoding(tmp_path):
    """The first megabyte may be ASCII."""
    frame = payments(note="x" * 2_000)
    frame.loc[ROWS - 1, "note"] = "Müller"

    found = looked(frame, tmp_path, encoding="latin-1")

    assert found.sample.settings["encoding"].value == "cp1252"
    assert "Müller" in asked(found, "source.encoding")


def test_decimal_commas_are_found(tmp_path):
    """With points between the thousands; amounts are read as they are."""
    found = looked(payments(amount=comma(payments()["amount"] * 100)), tmp_path, sep=";")
    rows = read_transactions(contract_of(found, tmp_path)).rows

    assert found.sample.settings["decimal"].value == ","
    assert rows["_amount"].sum() == pytest.approx(payments()["amount"].sum() * 100, abs=1)


@pytest.mark.parametrize("sign", [",", "."])
def test_numbers_that_read_both_ways_are_asked_about(tmp_path, sign):
    """As "1,234" may be a thousand or a little more than one."""
    values = [f"{1 + at % 9}{sign}{100 + at % 900}" for at in range(ROWS)]

    found = looked(payments(amount=values), tmp_path, sep=";")

    assert "read both ways" in asked(found, "source.decimal")


def test_a_leading_zero_decides(tmp_path):
    """In "0,125" are no thousands; nobody is asked."""
    values = [f"{at % 3},{125 + at % 800}" for at in range(ROWS)]

    found = looked(payments(amount=values), tmp_path, sep=";")

    assert found.sample.settings["decimal"].value == ","
    assert asked(found, "source.decimal") == ""


def test_a_file_without_a_header_is_a_sentence(tmp_path):
    """Its first line looks like a payment."""
    payments().to_csv(tmp_path / "p.csv", index=False, header=False)

    with pytest.raises(DataError, match=r"must open with a header line.*looks like a payment"):
        take_first_look(str(tmp_path / "p.csv"), tmp_path)


@pytest.mark.parametrize("title", ["Report of July\n", "Payments 2025\n\n"])
def test_lines_above_the_header_are_a_sentence(tmp_path, title):
    """A title is no header."""
    text = payments().to_csv(index=False)
    (tmp_path / "p.csv").write_text(title + text)

    with pytest.raises(DataError, match="Remove the lines above the header"):
        take_first_look(str(tmp_path / "p.csv"), tmp_path)


@pytest.mark.parametrize("text", ["", "\n", codecs.BOM_UTF8.decode()])
def test_an_empty_file_is_a_sentence(tmp_path, text):
    """Nothing to look at."""
    (tmp_path / "p.csv").write_text(text)

    with pytest.raises(DataError):
        take_first_look(str(tmp_path / "p.csv"), tmp_path)


def test_columns_that_only_some_files_have_are_left_out(tmp_path):
    """A contract's columns stand in every file."""
    (tmp_path / "in").mkdir()
    payments().head(600).to_csv(tmp_path / "in" / "a.csv", index=False)
    payments(extra=1.5).tail(600).to_csv(tmp_path / "in" / "b.csv", index=False)

    found = take_first_look("in", tmp_path)

    assert found.roles.left_out["extra"] == "a.csv has no such column"
    assert len(read_transactions(contract_of(found, tmp_path)).rows) == ROWS


def test_lines_that_are_no_rows_are_counted_in_the_draft(tmp_path):
    """A total below and a header between the payments: the draft says how many and why."""
    text = payments().to_csv(index=False)
    header = text.split("\n", 1)[0]
    (tmp_path / "p.csv").write_text(f"{text}{header}\nTotal,,12\n")

    found = take_first_look(str(tmp_path / "p.csv"), tmp_path)

    assert found.sample.no_rows == {"malformed_repeated_header": 1, "malformed_total_line": 1}
    assert "# 2 lines of these files are no rows" in contract_text(found)
    assert found.sample.read == ROWS


@pytest.mark.parametrize("name", ["p.csv.gz", "p.csv.xz", "p.csv.zip", "p.csv.bz2"])
def test_a_packed_file_is_drafted_as_it_is_read(tmp_path, name):
    """One place knows encodings, separators and packing, for the draft and for each run."""
    german().to_csv(tmp_path / name, index=False, sep="|", encoding="cp1252")

    found = take_first_look(str(tmp_path / name), tmp_path)

    settings = {key: guess.value for key, guess in found.sample.settings.items()}
    assert settings["separator"] == "|"
    assert settings["encoding"] == "cp1252"
    assert len(read_transactions(contract_of(found, tmp_path)).rows) == ROWS
