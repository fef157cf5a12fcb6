"""Tells what a crash left at the end of a segment from damage: only the first may be cut.

A block is one write and the last one, so a crash leaves a beginning of it; where the power went,
what had not come to disk may be zeros instead. Whatever else does not hold was whole once and was
changed since.
"""

from __future__ import annotations

import re

NEXT_BLOCK = re.compile(rb"\n=[0-9]+ [0-9]+ [0-9a-f]{64}\n")
"""The head of a block behind another one."""

_BEGINNING = re.compile(rb"(=([0-9]{1,9}( ([0-9]{1,12}( [0-9a-f]{0,64})?)?)?)?)?")
_ZEROS = b"\0\0"
"""Entries are JSON, which has none; one alone may be a flipped bit."""


def is_torn_line(rest: bytes) -> bool:
    """Whether a crash can have left this of a segment's header: no line ends in it."""
    return b"\n" not in rest or _has_zeros(rest)


def is_torn_head(rest: bytes) -> bool:
    """Whether a crash can have left this where a block should begin."""
    return _BEGINNING.fullmatch(rest) is not None or _has_zeros(rest)


def is_torn_block(rest: bytes, *, is_cut: bool) -> bool:
    """Whether a crash can have left this of a block that does not hold its digest.

    `is_cut` says that fewer bytes are there than its head names.
    """
    return (is_cut and NEXT_BLOCK.search(rest) is None) or _has_zeros(rest)


def _has_zeros(rest: bytes) -> bool:
    return _ZEROS in rest and NEXT_BLOCK.search(rest, rest.rindex(_ZEROS)) is None
