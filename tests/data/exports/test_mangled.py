"""Letters that went through a wrong encoding are said, with what they likely were."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.checkup import check_up
from fraud_assets.values.mangled import mended
from tests.exports import NOW, export, payments, read


@pytest.mark.parametrize("wrong", ["cp1252", "latin-1", "cp850", "cp1251"])
@pytest.mark.parametrize(
    "city", ["Gießen", "Łódź", "São Paulo", "Москва", "東京", "Müller & Söhne"]
)
def test_utf8_that_was_read_as_something_else_is_recognised(city, wrong):
    """Each language, each encoding that can be mistaken for it."""
    try:
        mangled = city.encode().decode(wrong)
    except UnicodeDecodeError:
        pytest.skip("no such text")

    assert mended(mangled) == city
    assert mended(city) is None


@given(st.text(st.characters(codec="cp1252"), max_size=12))
def test_what_reads_well_is_left_alone(text):
    """Law: a text is either fine, or what comes of it is printable and another one."""
    found = mended(text)

    assert found is None or (found != text and found.isprintable())


def cities(*names: str) -> pd.DataFrame:
    made = payments(300)
    return made.assign(country=[names[i % len(names)] for i in range(300)])


def test_a_column_read_under_a_wrong_setting_is_said(tmp_path):
    """The contract says cp1252, the file is UTF-8: nothing fails, and `check` tells."""
    contract = export(tmp_path, {"a": cities("Gießen", "Köln", "Bonn")})
    source = contract.source.model_copy(update={"encoding": "cp1252"})

    found = check_up(contract.model_copy(update={"source": source}), NOW)

    (told,) = [warned.text for warned in found.warnings if warned.code == "mojibake"]
    assert "200 rows" in told
    assert "'Gießen'" in told


def test_text_mangled_before_it_came_is_said(tmp_path):
    """In categories and in ids of senders."""
    made = cities("GieÃŸen", "Bonn").assign(customer_id=[f"KÃ¶ln-{i % 30}" for i in range(300)])

    told = [
        note.column for note in read(export(tmp_path, {"a": made})).notes if note.code == "mojibake"
    ]

    assert sorted(map(str, told)) == ["country", "customer_id"]


def test_letters_that_are_gone_are_said(tmp_path):
    """Nobody can bring them back."""
    raw = read(export(tmp_path, {"a": cities("Gie\ufffden", "Bonn")}))

    assert {note.code: note.rows for note in raw.notes}["letters_lost"] == 150


def test_good_letters_are_no_warning(tmp_path):
    """In any script."""
    raw = read(export(tmp_path, {"a": cities("Gießen", "São Paulo", "東京", "Âge", "Ångström")}))

    assert not {"mojibake", "letters_lost"} & {note.code for note in raw.notes}


def test_the_same_file_under_two_names_is_said(tmp_path):
    """In text, packed and as Parquet; with an id nothing counts twice."""
    made = payments(300)
    contract = export(tmp_path, {"a": made, "b": made.head(200)})
    made.to_csv(tmp_path / "in" / "c.csv.gz", index=False)
    (tmp_path / "in" / "old").mkdir()
    made.head(200).to_csv(tmp_path / "in" / "old" / "b.csv", index=False, sep=";")

    raw = read(contract)

    told = [note.text for note in raw.notes if note.code == "file_copied"]
    assert len(told) == 2
    assert any("c.csv.gz" in text and "a.csv" in text for text in told)
    assert any("old/b.csv" in text for text in told)
    assert len(raw.rows) == 300


def test_files_that_only_look_alike_are_no_copies(tmp_path):
    """The same number of rows, the same first and last one, another between."""
    made = payments(300)
    other = made.copy()
    other.loc[100, "amount"] += 1

    raw = read(export(tmp_path, {"a": made, "b": other}))

    assert "file_copied" not in {note.code for note in raw.notes}


def test_a_password_in_the_contract_is_said(tmp_path):
    """A variable's name is none."""
    from fraud_assets.data.source.noticed import secret_notes

    contract = export(tmp_path, {"a": payments(30)})

    def codes(path: str) -> list[str]:
        source = contract.source.model_copy(update={"path": path})
        return [note.code for note in secret_notes(contract.model_copy(update={"source": source}))]

    assert codes("s3://key:secret@bucket/a.csv") == ["secret_in_contract"]
    assert codes("https://h/a.csv?sig=abcdef") == ["secret_in_contract"]
    assert codes("s3://${KEY}:${SECRET}@bucket/a.csv") == []
    assert codes("in/*.csv") == []
