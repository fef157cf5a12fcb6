"""A segment's bytes: what goes in comes out, and not a byte of it changes unseen."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from fraud_assets.decisions.line import chunk_of, encode
from fraud_assets.decisions.segment import (
    START,
    Header,
    digest_after_header,
    header_line,
    parse,
    sealed_block,
)
from tests.decisions.entries import decision, decisions, labels

HEADER = Header(log="0123abcd", writer=0, number=1, first=0, previous=START.hex(), opened_at=7)
blocks = st.lists(st.lists(decisions | labels, min_size=1, max_size=3), max_size=3)


def segment(*written: list) -> bytes:
    """A segment with these blocks of entries."""
    line = header_line(HEADER)
    data, digest = line, digest_after_header(HEADER, line)
    for entries in written:
        block = sealed_block(digest, [chunk_of([Raw(encode(entry)) for entry in entries])])
        data, digest = data + block.head + block.lines, block.digest
    return data


def entries_of(data: bytes) -> list:
    """Every entry of the good blocks."""
    return [entry for block in parse(data).blocks for entry in block.entries()]


@given(blocks)
def test_what_is_written_is_read(written):
    """Any entries come back equal, numbers to the last bit, in their order."""
    data = segment(*written)

    found = parse(data)

    assert found.damage is None
    assert found.end == len(data)
    assert entries_of(data) == [entry for block in written for entry in block]


@given(blocks.filter(bool), st.data())
def test_any_cut_leaves_the_blocks_before_it(written, data):
    """Cut anywhere, all whole blocks before the cut are read and the rest is a torn tail."""
    whole = segment(*written)
    ends = [len(segment(*written[:n])) for n in range(len(written) + 1)]
    at = data.draw(st.integers(0, len(whole) - 1))

    found = parse(whole[:at])

    assert len(found.blocks) == max(sum(end <= at for end in ends) - 1, 0)
    assert found.damage is None or found.damage.is_torn
    assert (found.damage is None) == (at in ends)


@given(blocks.filter(bool), st.data())
def test_any_flipped_byte_is_named(written, data):
    """Another byte anywhere is noticed in its block or its header, and nothing after it is read."""
    whole = segment(*written)
    ends = [len(segment(*written[:n])) for n in range(len(written) + 1)]
    at = data.draw(st.integers(0, len(whole) - 1))
    flip = data.draw(st.integers(1, 255))
    changed = bytearray(whole)
    changed[at] ^= flip

    found = parse(bytes(changed))

    if at < ends[0]:
        # A header that still reads is another one: then its first block does not follow it.
        assert found.header is None or not found.blocks
    else:
        block = sum(end <= at for end in ends) - 1
        assert found.damage is not None
        assert found.damage.at == ends[block]
        assert len(found.blocks) == block
        assert not found.damage.is_torn  # or a start would cut off what had come to disk


@given(blocks.filter(bool), st.data())
def test_zeros_that_a_power_cut_leaves_are_a_torn_tail(written, data):
    """The last block in its full length, zeros from some byte on: it never came to disk."""
    whole = segment(*written)
    start = len(segment(*written[:-1]))
    at = data.draw(st.integers(start, len(whole) - 2))

    found = parse(whole[:at] + bytes(len(whole) - at))

    assert found.damage is not None
    assert (found.damage.at, found.damage.is_torn) == (start, True)


def test_damage_before_a_whole_block_is_no_torn_tail():
    """What has a block behind it was not left by a crash, whatever its head says."""
    data = segment([decision()], [decision()])
    at = data.index(b"\n=") + 2

    found = parse(data[:at] + b"9" + data[at:])

    assert found.damage is not None
    assert not found.damage.is_torn


def test_the_digest_worked_by_hand():
    """A block's digest follows the one before it, its counts and its lines."""
    line = header_line(HEADER)
    before = hashlib.sha256(bytes(32) + line).digest()

    data = segment([decision()])

    lines = encode(decision()) + b"\n"
    expected = hashlib.sha256(before + b"1 %d\n" % len(lines) + lines).hexdigest()
    assert data == line + b"=1 %d %b\n" % (len(lines), expected.encode()) + lines
