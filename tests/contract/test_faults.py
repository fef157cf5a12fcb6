"""Whatever a contract file says, it is a contract or a list of faults; nothing crashes later."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.contract import parse_contract
from fraud_assets.contract.load import contract_digest
from fraud_assets.contract.names import BUILT_IN_RULES, RESERVED_COLUMNS
from fraud_assets.data import columns, quarantine
from fraud_assets.errors import ContractError
from fraud_assets.terms.duration import parse_duration
from tests.contract.test_contract import MINIMAL
from tests.contract.toml_text import RICH, leaves, replaced, to_toml


def parse(path: str, value: object):
    """The rich contract with one setting replaced or added."""
    return parse_contract(to_toml(replaced(RICH, tuple(path.split("/")), value)))


def keys_of(path: str, value: object) -> set[str]:
    with pytest.raises(ContractError) as caught:
        parse(path, value)
    return {fault.key for fault in caught.value.faults}


VALUES = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(),
        st.text(st.characters(codec="ascii", min_codepoint=32), max_size=5),
        st.sampled_from(["label", "when", "label_time", "99999999999999d", "7d", "-"]),
        st.datetimes(),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abk"), inner),
    max_leaves=4,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(leaves(RICH)), VALUES)
def test_any_value_anywhere_is_a_contract_or_listed_faults(path, value):
    """Law: no value of any setting ends in the traceback of another library."""
    text = to_toml(replaced(RICH, path, value))

    with contextlib.suppress(ContractError):
        assert contract_digest(parse_contract(text))


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ("derived/usual/of", "label", "derived.usual.of"),
        ("derived/usual/of", " LABEL ", "derived.usual.of"),
        ("derived/usual/entity", "label", "derived.usual.entity"),
        ("derived/usual/of", "label_time", "derived.usual.of"),
        ("derived/partners/of", "label", "derived.partners.of"),
        ("derived/partners/of", "label_time", "derived.partners.of"),
        ("derived/age/since", "label_time", "derived.age.since"),
        ("features/categorical", ["word", "Label"], "features"),
        ("features/categorical", ["word", "label_time"], "features"),
    ],
)
def test_no_feature_may_be_made_of_the_label_or_its_time(path, value, key):
    """What only the future knows is refused as raw feature, source, entity and start alike."""
    assert key in keys_of(path, value)


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ("features/numeric", [["a"], ["a"]], "features.numeric.0"),
        ("features/categorical", ["word", "when"], "features"),
        ("features/categorical", ["word", "born"], "features"),
        ("derived/usual/window", "99999999999999d", "derived.usual.window"),
        ("derived/usual/window", "36501d", "derived.usual.window"),
        ("derived/usual/of", "word", "derived.usual.of"),
        ("derived/usual/of", "when", "derived.usual.of"),
        ("evaluation/k", [0], "evaluation.k.0"),
        ("evaluation/slices", ["nowhere"], "evaluation.slices"),
        ("rules/low", {"column": "word", "min": 0}, "rules.low.column"),
        ("rules/low", {"column": "when", "max": 3.5}, "rules.low.column"),
        ("rules/low", {"column": "paid", "min": 3, "max": 2}, "rules.low.min"),
        ("rules/low", {"column": "paid", "min": float("nan")}, "rules.low.min"),
        ("rules/time_missing", {"column": "paid", "min": 0}, "rules.time_missing"),
        ("rules/label_unknown", {"column": "paid", "min": 0}, "rules.label_unknown"),
        ("rules/unparsable_paid", {"column": "paid", "min": 0}, "rules.unparsable_paid"),
        ("search/seed", -1, "search.seed"),
        ("search/seed", 2**32, "search.seed"),
        ("search/families", [], "search.families"),
        ("search/families", ["neural_network"], "search.families"),
        ("policy/threshold", {"confidence": 0.94}, "policy.threshold.confidence"),
        ("policy", {"min_recall": 0.95, "threshold": {"rule": "aim"}}, "policy.threshold.aim"),
        ("policy", {"shadow_days": 7}, "policy.shadow_days"),
        ("label/maturity_days", 1e12, "label.maturity_days"),
        ("label/positive", [], "label.positive"),
        ("windows/fit_days", 10**12, "windows.fit_days"),
        ("columns/sender", "_label", "columns"),
        ("features/categorical", ["word", "_label"], "columns"),
    ],
)
def test_what_would_crash_or_mislead_later_is_a_fault_at_load(path, value, key):
    """Each is told under its key before any row is read."""
    assert key in keys_of(path, value)


def test_one_label_value_may_stand_without_brackets():
    """The settings positive = 1 and negative = 0 mean lists of one."""
    contract = parse("label", {"column": "y", "positive": 1, "negative": 0, "known_at": "k"})

    assert contract.label.positive == (1,)
    assert contract.label.negative == (0,)


def test_undecided_labels_are_neither_side():
    """A word that means fraud cannot mean that nobody knows; one alone needs no brackets."""
    open_ones = parse("label", {"column": "y", "positive": 1, "negative": 0, "undecided": "open"})

    assert open_ones.label.undecided == ("open",)
    assert "label.undecided" in keys_of(
        "label", {"column": "y", "positive": "Fraud", "negative": "ok", "undecided": ["fraud"]}
    )


def test_an_origin_with_a_zone_is_kept_as_naive_utc():
    """Two o'clock at +02:00 is midnight."""
    text = to_toml(RICH).replace('"when"', "{ column = 'when', unit = 's', origin = ORIGIN }")

    zoned = parse_contract(text.replace("ORIGIN", "2020-01-01T02:00:00+02:00"))

    assert zoned.columns.event_time.origin == datetime(2020, 1, 1)
    with pytest.raises(ContractError, match="years 1 and 9999"):
        parse_contract(text.replace("ORIGIN", "0001-01-01T00:00:00+14:00"))


def test_more_confidence_may_be_demanded():
    """0.95 is the least; 0.99 is stricter and allowed."""
    contract = parse("policy", {"threshold": {"confidence": 0.99}})

    assert contract.policy.threshold.confidence == 0.99


def test_an_order_of_dates_that_is_not_declared_takes_no_part_in_the_digest():
    """Contracts from before the setting keep the digest under which versions were published."""
    text = to_toml(RICH)
    declared = text.replace('"when"', "{ column = 'when', day_first = true }")

    plain, told = parse_contract(text), parse_contract(declared)

    assert "day_first" not in plain.model_dump_json()
    assert contract_digest(told) != contract_digest(plain)


def test_a_hundred_years_is_the_longest_length_of_time():
    """The bound itself is allowed."""
    assert parse_duration("36500d") == timedelta(days=36_500)


def test_the_names_kept_here_are_those_of_the_layers_that_read_them():
    """Reserved columns and built-in rules are written twice and must not drift."""
    assert {value for name, value in vars(columns).items() if name.isupper()} <= set(
        RESERVED_COLUMNS
    )
    assert set(quarantine.BUILT_IN) == set(BUILT_IN_RULES)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('nobody = "the vendor sends it before"', "must be the name of a feature"),
        ('a = "ok"', "must say in at least 3 words"),
        ('a = ""', "must say in at least 3 words"),
    ],
)
def test_a_checked_feature_needs_a_name_and_a_reason(line, rule):
    """A person's word is shown in the report: it must name a feature and say why."""
    text = MINIMAL + f"[policy.checked]\n{line}\n"

    with pytest.raises(ContractError, match=rule):
        parse_contract(text)
