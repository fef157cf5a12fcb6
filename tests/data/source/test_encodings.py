"""Text files of any encoding are read right, or a sentence names the setting and the likely one."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.data.source.text.encoding import find_encoding, likely_encoding
from fraud_assets.errors import DataError
from tests.data.source.support import cells, read, rows_of

GERMAN = ("Gießen", "Köln", "Zürich", "Übersee", "Weißenburg")
WORDS = {
    "cp1252": GERMAN,
    "latin-1": GERMAN,
    "cp850": GERMAN,
    "cp1250": ("Łódź", "Kraków", "Wrocław", "Poznań", "Gdańsk"),
    "iso8859-2": ("Łódź", "Częstochowa", "Białystok", "Świdnica", "Źródło"),
    "koi8-r": ("Москва", "Казань", "Нижний Новгород", "Самара", "Тула"),
    "cp866": ("Москва", "Казань", "Нижний Новгород", "Самара", "Тула"),
    "euc_kr": ("서울", "부산", "인천", "대구광역시", "광주"),
    "big5": ("台北市", "高雄", "台中市", "新竹縣", "花蓮"),
    "cp1251": ("Москва", "Казань", "Нижний Новгород", "Самара", "Тула"),
    "gb18030": ("北京", "上海市", "广州市天河区", "深圳", "杭州西湖"),
    "shift_jis": ("東京都", "大阪市", "横浜", "名古屋", "さいたま市"),
}


def text(words: tuple[str, ...], rows: int = 60) -> str:
    lines = [f"{i},{words[i % len(words)]},{i % 2}" for i in range(rows)]
    return "\n".join(["a,city,y", *lines]) + "\n"


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("utf-32-be", codecs.BOM_UTF32_BE),
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_byte_order_mark_says_the_encoding(tmp_path, encoding, mark, ends):
    """Whatever the contract says; the mark is no letter of the first name."""
    (tmp_path / "x.csv").write_bytes(mark + text(GERMAN).replace("\n", ends).encode(encoding))

    for setting in ("utf-8", "cp1252") if mark else ("utf-8",):
        rows = rows_of(tmp_path / "x.csv", encoding=setting)
        assert [row[1] for row in cells(rows)] == [GERMAN[i % 5] for i in range(60)]
        assert rows.lines.empty


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", *WORDS])
def test_another_encoding_is_named_with_the_setting_and_then_read(tmp_path, encoding):
    """Nothing is guessed in silence; as the sentence says, the file reads right."""
    words = WORDS.get(encoding, GERMAN)
    (tmp_path / "x.csv").write_bytes(text(words).encode(encoding))

    with pytest.raises(DataError, match=r"Set source\.encoding") as caught:
        read(tmp_path, "x.csv")
    likely = str(caught.value).split('source.encoding = "')[1].split('"')[0]

    rows = rows_of(tmp_path / "x.csv", encoding=likely)
    assert [row[1] for row in cells(rows)] == [words[i % 5] for i in range(60)]
    assert "x.csv" in str(caught.value)


@pytest.mark.parametrize("setting", ["utf-16", "UTF16", "utf_16_le", "windows-1252", "L1", "cp037"])
def test_a_declared_encoding_is_read_under_any_of_its_names(tmp_path, setting):
    """Two bytes a letter, aliases, and a mainframe's."""
    (tmp_path / "x.csv").write_bytes(text(GERMAN).encode(setting))

    rows = rows_of(tmp_path / "x.csv", encoding=setting)

    assert [row[1] for row in cells(rows)][:5] == list(GERMAN)


def test_a_letter_far_down_is_found_in_a_column_that_nobody_asked_for(tmp_path):
    """After a megabyte of ASCII; the table is refused, not read with a hole."""
    lines = [f"{i},{'x' * 40},{i % 2}" for i in range(30_000)]
    data = "\n".join(["a,note,y", *lines, "7,Köln,0"]).encode("cp1252")
    (tmp_path / "x.csv").write_bytes(data)

    with pytest.raises(DataError, match=r'source\.encoding = "cp1252"'):
        read(tmp_path, "x.csv")


def test_files_of_two_encodings_are_told_by_name(tmp_path):
    """One week in UTF-8, another as Windows writes it."""
    (tmp_path / "1.csv").write_bytes(text(GERMAN).encode())
    (tmp_path / "2.csv").write_bytes(text(GERMAN).encode("cp1252"))

    with pytest.raises(DataError) as caught:
        read(tmp_path)

    assert "2.csv" in str(caught.value)
    assert "1.csv" not in str(caught.value)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_have_a_likely_encoding_that_can_be_set(data):
    """Law: what is named exists, and a draft finds the same without an error."""
    codecs.lookup(likely_encoding(data))
    codecs.lookup(find_encoding(data, []).name)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=8), max_size=6),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
def test_any_letters_come_through(tmp_path_factory, words, encoding):
    """Law: what was written is read, letter by letter, in each encoding of Unicode."""
    folder = tmp_path_factory.mktemp("law")
    kept = [word.replace('"', "").strip() for word in words]
    lines = [f'{i}.5,"{word}",0' for i, word in enumerate(kept)]
    (folder / "x.csv").write_bytes("\n".join(["a,city,y", *lines, ""]).encode(encoding))

    rows = rows_of(folder / "x.csv", separator=",")

    assert [row[1] for row in cells(rows)] == kept
