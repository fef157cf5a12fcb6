"""What a reader copies out of a sentence stays on one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.cli._wrapping import wrapped

PROSE = "The store holds no version that could serve, so that nothing is put back; "


@pytest.mark.parametrize(
    "kept",
    [
        "/home/ann/very-long-folder-names/that-have-hyphens/models/fraud_detector_20250101_000000",
        "fraud-assets models rollback --to fraud_detector_20250101_000000 --reason checked",
        "FRAUD_ASSETS_MODELS=/srv/models FRAUD_ASSETS_CONTRACT=mine.toml fraud-assets run",
        "dagster asset materialize --select '*' -m fraud_assets.definitions",
        "pip install 'fraud-assets[chain,serve]'",
        '[policy.checked] risk_flag = "..."',
        'event_time = "paid at"',
        "s3://bucket/with/a/long/prefix/that/does/not/fit/into/a/line/of/a/terminal/at/all",
    ],
)
@pytest.mark.parametrize("before", [0, 20, 45, 70])
def test_a_path_a_command_and_a_line_of_a_contract_are_never_broken(kept, before):
    """Wherever in the line they begin; the prose around them is."""
    lines = wrapped(f"{PROSE[-before:] if before else ''}{kept}. {PROSE}{PROSE}")

    assert any(kept in line for line in lines)
    assert all(len(line) <= 80 for line in lines if kept not in line)


def test_prose_after_a_command_is_broken_as_all_prose():
    """By hand: the command ends where a sentence goes on."""
    lines = wrapped("Run fraud-assets check contract.toml and look at what it says.", 40)

    assert lines == ["Run fraud-assets check contract.toml and", "look at what it says."]


@given(st.lists(st.text("abc-/._=[]", min_size=1, max_size=90), max_size=30))
def test_wrapping_changes_no_word_and_breaks_none(words):
    """A law: the words come out as they went in, in their order."""
    lines = wrapped(" ".join(words), 60, indent="   ")

    assert [word for line in lines for word in line.split()] == words
