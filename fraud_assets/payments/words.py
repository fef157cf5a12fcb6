"""The words for missing that hold under a contract: the usual ones and its own."""

from __future__ import annotations

from collections.abc import Iterable

from fraud_assets.contract.sections.source import Source
from fraud_assets.values.identity import identity
from fraud_assets.values.missing import NUMBER_WORDS, TEXT_WORDS
from fraud_assets.values.number import number
from fraud_assets.values.text import folded


def text_words(source: Source) -> frozenset[str]:
    """Folded words that mean missing in columns of text."""
    return _words(TEXT_WORDS, source)


def number_words(source: Source) -> frozenset[str]:
    """Folded words that mean missing in columns of numbers and of times."""
    return _words(NUMBER_WORDS, source)


def missing_numbers(source: Source) -> tuple[float, ...]:
    """The contract's own words that are numbers, such as -999: missing in columns of numbers."""
    found = {number(word, source.decimal) for word in number_words(source)}
    return tuple(sorted(value for value in found if value is not None))


def _words(usual: Iterable[str], source: Source) -> frozenset[str]:
    added, kept = (
        {folded(identity(word)) for word in words} for words in (source.missing, source.not_missing)
    )
    return frozenset({*usual, *added} - kept | {""})
