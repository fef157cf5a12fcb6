"""A document is read strictly, once: every fault with its place, and the rest as types."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.documents.formats import Upgrades, read_document, to_plain, write_document
from fraud_assets.documents.rates import Rate
from fraud_assets.documents.report.whole import Report, examine_report, read_report
from fraud_assets.documents.unread import UnreadableError
from fraud_assets.errors import DocumentError
from tests.documents.published import published_by

FREE = ("model.parameters", "search.leaderboard", "search.settings")
"""Settings may be any JSON value."""


@cache
def whole() -> dict[str, Any]:
    """report.json of a version that had a champion."""
    return json.loads(list(published_by("d2ae1cc").values())[1].report)


@cache
def places() -> list[tuple[str, tuple[str | int, ...]]]:
    """Every number and text of the report by its path."""
    return [(path, keys) for path, keys in _leaves(whole(), "", ()) if not path.startswith(FREE)]


def _leaves(value: Any, path: str, keys: tuple[str | int, ...]) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _leaves(part, f"{path}.{key}" if path else key, (*keys, key))
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from _leaves(part, f"{path}[{at}]", (*keys, at))
    elif value is not None:
        yield path, keys


def changed(keys: tuple[str | int, ...], value: object) -> dict[str, Any]:
    document = copy.deepcopy(whole())
    place = document
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    return document


def test_a_real_report_has_no_fault() -> None:
    """What the chain wrote is read whole, and judges find nothing."""
    reading = examine_report(whole())

    assert reading.faults == ()
    assert reading.document == read_report(json.dumps(whole()).encode())


@given(
    at=st.integers(0),
    bad=st.sampled_from([math.nan, math.inf, [], {}, [1], {"a": 1}, ["text"]]),
)
def test_any_value_of_another_kind_is_a_fault_at_its_place(at: int, bad: object) -> None:
    """The law: each number or text, replaced by what it cannot be, is named, and nothing else."""
    path, keys = places()[at % len(places())]

    reading = examine_report(changed(keys, bad))

    assert [fault.key for fault in reading.faults] == [path]


@pytest.mark.parametrize("bad", [True, "0.95", math.nan, None, ...], ids=repr)
def test_a_bool_a_text_and_nothing_are_no_number(bad: object) -> None:
    """A count reads neither true nor "0.95" as 1; what is missing says so."""
    document = changed(("metrics", "recall", "k"), bad)
    if bad is ...:
        del document["metrics"]["recall"]["k"]

    (fault,) = examine_report(document).faults

    shown = "nothing" if bad is ... else repr(bad)
    assert str(fault) == f"metrics.recall.k: must be a whole number of 0 or more, got {shown}"


def test_all_faults_are_told_at_once() -> None:
    """Whoever reads a report to use it learns everything that is wrong with it."""
    document = changed(("metrics", "recall", "value"), "high")
    document["evidence"]["frauds"] = -1
    del document["data"]["fingerprint"]

    with pytest.raises(DocumentError) as raised:
        read_report(document)

    keys = {fault.key for fault in raised.value.faults}
    assert keys == {"metrics.recall.value", "evidence.frauds", "data.fingerprint"}
    assert all(key in str(raised.value) for key in keys)
    assert str(raised.value).startswith("report.json cannot be read: ")


@pytest.mark.parametrize("bad", [None, [], "promote", 3, {}, {"metrics": 3}], ids=repr)
def test_no_report_at_all_has_faults(bad: object) -> None:
    """Whatever is handed in, examining it raises nothing and finds something."""
    assert examine_report(bad).faults


def test_what_could_not_be_read_cannot_be_used() -> None:
    """A part with a fault raises as soon as anybody compares, shows or walks it."""
    document = changed(("metrics", "recall", "value"), "high")
    document["champion"]["best_of_last"] = 3
    report = examine_report(document).document
    assert report.champion is not None
    value, models = report.metrics.recall.value, report.champion.best_of_last

    for use in (
        lambda: value >= 0.9,
        lambda: f"{value}",
        lambda: value == "high",
        lambda: isinstance(value, str),
        lambda: list(models),
        lambda: models[0],
        lambda: bool(models),
    ):
        with pytest.raises(UnreadableError, match="must be"):
            use()
    assert report.metrics.precision.value == whole()["metrics"]["precision"]["value"]


def test_a_tag_decides_what_is_demanded() -> None:
    """A champion that was scored must have its difference; one that was not must say why."""
    champion = changed(("champion", "outcome"), "unscorable")
    assert [f.key for f in examine_report(champion).faults] == ["champion.why"]
    assert examine_report(changed(("champion",), {"outcome": "none"})).faults == ()
    unknown = examine_report(changed(("champion", "outcome"), "better"))
    assert "outcome none or unscorable or scored" in str(unknown.faults[0])


def test_text_that_is_no_json_is_a_fault_too() -> None:
    """A damaged file is told like any other fault."""
    with pytest.raises(DocumentError, match="must be JSON"):
        read_report(b"{")


class Second(msgspec.Struct, frozen=True):
    """A document whose format 1 had another name for its rate."""

    format: int
    rate: Rate


UPGRADES: Upgrades = {1: lambda old: {"format": 2, "rate": old["share"]}}


def test_the_previous_format_is_upgraded_on_reading() -> None:
    """A document of the format before reads as one of this format; its own names are gone."""
    rate = {"value": 0.5, "low": 0.1, "high": 0.9, "n": 2, "k": 1, "method": "exact"}

    second = read_document({"format": 1, "share": rate}, Second, "it", 2, UPGRADES)

    assert to_plain(second) == {"format": 2, "rate": rate}
    with pytest.raises(DocumentError, match="rate: must be an object, got nothing"):
        read_document({"format": 2, "share": rate}, Second, "it", 2, UPGRADES)


def test_numbers_of_arrays_are_written_as_plain_ones() -> None:
    """A numpy number is written as itself; what is no number cannot be written."""
    numpy = pytest.importorskip("numpy")
    rate = Rate(numpy.float64(0.25), 0.0, 1.0, numpy.int64(4), 1, "exact")

    assert json.loads(write_document(rate))["value"] == 0.25
    assert type(to_plain(rate)["n"]) is int
    with pytest.raises(TypeError, match="plain values"):
        write_document(Rate(object(), 0.0, 1.0, 4, 1, "exact"))  # type: ignore[arg-type]


def test_sections_nobody_measured_may_be_left_out() -> None:
    """A backtest's report has no pictures, no lineage and no verdict, and is read."""
    kept = ("format", "as_of", "contract", "model", "data", "threshold", "metrics", "evidence")

    report = read_report({name: whole()[name] for name in kept})

    assert isinstance(report, Report)
    assert report.curves is None
    assert report.verdict is None
