"""A typo in a contract names the key that was meant; no file is too large or deep to be judged."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from fraud_assets.contract import load_contract, parse_contract
from fraud_assets.contract.keys import follow_place, known_keys
from fraud_assets.contract.toml_file import MAX_BYTES, MAX_DEPTH
from fraud_assets.errors import MOST_SHOWN, ContractError
from tests.contract.toml_text import RICH, leaves, replaced, to_toml


def faults_of(text: str) -> dict[str, str]:
    """Each fault's sentence under its key."""
    with pytest.raises(ContractError) as caught:
        parse_contract(text)
    return {fault.key: str(fault) for fault in caught.value.faults}


def with_setting(path: str, value: object) -> str:
    return to_toml(replaced(RICH, tuple(path.split("/")), value))


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("souce", "source"),
        ("feature", "features"),
        ("source/seperator", "separator"),
        ("columns/sendr", "sender"),
        ("columns/Event-Time", "event_time"),
        ("label/postive", "positive"),
        ("rules/low/maximum", "max"),
        ("features/categoric", "categorical"),
        ("derived/usual/windw", "window"),
        ("derived/share/dealy", "delay"),
        ("windows/fit_fraud", "fit_frauds"),
        ("policy/min_recal", "min_recall"),
        ("policy/threshold/confidance", "confidence"),
        ("evaluation/slice", "slices"),
        ("search/family", "families"),
        ("reasons/paid/level", "levels"),
    ],
)
def test_a_misspelt_key_of_any_section_names_the_nearest(path: str, meant: str) -> None:
    """Each section, and tables within sections."""
    faults = faults_of(with_setting(path, "x"))

    assert f"(did you mean '{meant}'?)" in faults[path.replace("/", ".")]


def test_a_key_in_the_wrong_section_names_the_right_one() -> None:
    """A key of [label] under [columns] says where it belongs."""
    assert (
        "(it is a key of [label])"
        in faults_of(with_setting("columns/known_at", "t"))["columns.known_at"]
    )


def test_a_key_that_is_like_none_lists_those_there_are() -> None:
    """With nothing near, all keys of the section stand in the sentence."""
    assert "id, event_time, sender" in faults_of(with_setting("columns/xyzzy", 1))["columns.xyzzy"]


@pytest.mark.parametrize(
    ("path", "value", "key", "meant"),
    [
        ("derived/usual/kind", "maen", "derived.usual.kind", "mean"),
        ("source/format", "parket", "source.format", "parquet"),
        ("search/families", ["ada_boost"], "search.families", "adaboost"),
        ("evaluation/slices", ["wrod"], "evaluation.slices", "word"),
        ("reasons/piad", {"code": "A", "text": "x"}, "reasons.piad", "paid"),
        ("derived/usaul", RICH["derived"]["usual"], "derived.usaul", None),
    ],
)
def test_a_misspelt_word_names_the_nearest(path, value, key, meant) -> None:
    """Values out of a short list, and names of features, too."""
    sentence = faults_of(with_setting(path, value))[key]

    assert meant is None or f"did you mean '{meant}'" in sentence


def test_two_typos_and_a_wrong_value_are_three_faults() -> None:
    """All at once, each under its own key."""
    table = replaced(RICH, ("columns", "sendr"), "who")
    table = replaced(table, ("polcy",), {})
    table = replaced(table, ("search", "folds"), 1)

    assert {"columns.sendr", "polcy", "search.folds"} == set(faults_of(to_toml(table)))


@pytest.mark.parametrize(
    ("path", "value", "key", "rule"),
    [
        ("source", 3, "source", "must be a table with keys of its own"),
        ("columns", [1], "columns", "must be a table with keys of its own"),
        ("derived/usual", "7d", "derived.usual", "must be a table with keys of its own"),
        ("label/column", {"name": "x"}, "label.column", "must be a text in quotes"),
        ("features/numeric", "paid", "features.numeric", 'must be a list such as ["a", "b"]'),
        ("search/folds", "many", "search.folds", "must be a whole number"),
        ("policy/min_recall", "x", "policy.min_recall", "must be a number"),
        ("policy/strict", "perhaps", "policy.strict", "must be true or false"),
        ("label/positive", [[1]], "label.positive.0", "must be a text in quotes, a number, or"),
        ("label", {}, "label.column", "must be set, got nothing"),
        ("derived/usual", {"of": "x"}, "derived.usual.kind", "must be one of age, calendar, count"),
        ("derived/usual/window", 24, "derived.usual.window", "must be a positive length of time"),
        ("policy/max_alert_rate", 2, "policy.max_alert_rate", "must be at most 0.9"),
        ("reasons/paid/code", "p", "reasons.paid.code", "must be capital letters"),
        ("text", "x", "text", "must be a key that a contract has"),
        ("base", "x", "base", "must be a key that a contract has"),
    ],
)
def test_a_wrong_kind_of_value_is_one_plain_sentence(path, value, key, rule) -> None:
    """One fault under the key as written, without the words of another library."""
    faults = faults_of(with_setting(path, value))

    assert rule in faults[key]
    assert sum(name.startswith(key) for name in faults) == 1
    assert not any(word in faults[key] for word in ("Input", "Tuple", "dictionary", "pydantic"))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(leaves(RICH)), st.text("abcdefgh_", min_size=1, max_size=12))
def test_an_unknown_key_anywhere_is_a_fault_under_its_own_path(path, name) -> None:
    """Law: beside any setting, a name that no table has is a fault with that very path."""
    above = RICH
    for key in path[:-1]:
        above = above[key]
    table = follow_place(path[:-1]).annotation
    is_free = name in above or (path[:-1] and not known_keys(table))
    named_by_people = path[:-1] in {("derived",), ("rules",), ("reasons",)}
    if is_free or named_by_people or name in known_keys(table) or "levels" in path[:-1]:
        return

    assert ".".join((*path[:-1], name)) in faults_of(to_toml(replaced(RICH, (*path[:-1], name), 1)))


def test_every_table_of_the_schema_is_found_by_its_path() -> None:
    """The walk through the schema reaches each section's fields."""
    for path in leaves(RICH):
        found = follow_place(path)
        assert found.path == path
        assert found.annotation is not None
    assert issubclass(follow_place(("windows",)).annotation, BaseModel)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "[" * 30 + "]" * 30,
        "a = " + "{a=" * 50 + "1" + "}" * 50,
        ".".join(["a"] * 200_000) + " = 1",
        "[" + ".".join(["a"] * 200_000) + "]",
        'x = { "' + '"."'.join(["a"] * 50_000) + '" = 1 }',
    ],
)
def test_a_file_that_nests_too_deep_is_refused_at_once(text: str) -> None:
    """Brackets, tables and dotted keys alike, within a second or two."""
    start = time.monotonic()

    assert f"at most {MAX_DEPTH} levels" in faults_of(text)["file"]
    assert time.monotonic() - start < 5


def test_a_file_of_many_names_is_judged_in_seconds() -> None:
    """A list of 100,000 features costs no square of it."""
    names = ", ".join(f'"f{at}"' for at in range(100_000))
    text = to_toml(RICH).replace('"numeric" = [', f'"numeric" = [{names}, ')
    start = time.monotonic()

    with contextlib.suppress(ContractError):
        parse_contract(text)

    assert time.monotonic() - start < 20


def test_a_file_too_large_is_not_read_whole(tmp_path: Path) -> None:
    """A data file given for a contract is refused by its size."""
    file = tmp_path / "big.toml"
    file.write_bytes(b"# x\n" * (MAX_BYTES // 2))

    with pytest.raises(ContractError, match="at most 1,000,000 bytes"):
        load_contract(file)


def test_a_thousand_faults_are_counted_and_the_first_listed() -> None:
    """The message stays readable; the error carries all."""
    text = to_toml(RICH) + "\n" + "\n".join(f"k{at} = 1" for at in range(1_000))

    with pytest.raises(ContractError) as caught:
        parse_contract(text)

    assert len(caught.value.faults) == 1_000
    assert f"and {1_000 - MOST_SHOWN} more" in str(caught.value)


def test_a_byte_order_mark_and_a_number_of_many_digits(tmp_path: Path) -> None:
    """Notepad's mark is no fault; 5,000 digits are one sentence."""
    file = tmp_path / "contract.toml"
    file.write_bytes(b"\xef\xbb\xbf" + to_toml(RICH).encode())

    assert load_contract(file).name == "team"
    assert "must be TOML" in faults_of("a = " + "9" * 5_000)["file"]
