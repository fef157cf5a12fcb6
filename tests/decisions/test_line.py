"""A decision in brief: what was answered and what was sent, to the byte, and nothing else lost."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from fraud_assets.decisions.line import (
    Brief,
    Frame,
    chunk_of,
    count_entries,
    count_kind,
    encode,
    entries_of,
    lines_of,
)
from fraud_assets.decisions.log import open_log
from fraud_assets.decisions.reading import read_decisions
from fraud_assets.decisions.segment import (
    Header,
    digest_after_header,
    header_line,
    parse,
    sealed_block,
)
from fraud_assets.decisions.verify import verify_log
from fraud_assets.documents.decision import Decision
from fraud_assets.errors import RecordError
from tests.decisions.entries import decision, decisions, labels, recorded, texts
from tests.decisions.plain import brief_of

FRAMES = [
    Frame(contract=c * 64, version=f"v{c}", manifest="m" * 64, threshold=0.1, building="ab")
    for c in "01"
]
plain = decisions.map(lambda one: msgspec.structs.replace(one, shadow=()))


def brief(one: Decision, frame: int = 0, payment: bytes = b"") -> Brief:
    """A decision as the service hands it over, at position 7 of the state."""
    return brief_of(one, frame, 7, payment or json.dumps(one.payment).encode())


def alone(one: Brief) -> bytes:
    """The lines of a block that holds it alone."""
    return lines_of([chunk_of([one])], FRAMES)


def framed(one: Decision, frame: int = 0) -> Decision:
    """What it stands for in its frame, at position 7 of the state."""
    common = {name: getattr(FRAMES[frame], name) for name in ("contract", "version", "manifest")}
    place = {"state": "ab-7", "threshold": FRAMES[frame].threshold}
    return msgspec.structs.replace(one, **common, **place)


@given(st.lists(st.tuples(plain, st.sampled_from([0, 1, None])) | labels, max_size=6))
def test_brief_or_whole_in_any_order_each_entry_comes_back(written: list) -> None:
    """Equal to the last bit; of two versions and documents between them, counted as they are."""
    sources, entries = [], []
    for one in written:
        entry, frame = one if isinstance(one, tuple) else (one, None)
        sources.append(Raw(encode(entry)) if frame is None else brief(entry, frame))
        entries.append(entry if frame is None else framed(entry, frame))

    lines = lines_of([chunk_of(sources[:2]), chunk_of(sources[2:])], FRAMES)

    assert [*entries_of(lines)] == entries
    assert count_entries(lines) == len(entries)
    assert count_kind(lines, "label") == sum(not isinstance(one, Decision) for one in entries)


@given(plain)
def test_a_brief_says_what_it_is_before_it_is_written(one: Decision) -> None:
    """Whoever covers personal values gets the decision that would be read back."""
    assert brief(one).decision(FRAMES[0]) == framed(one)


@given(st.dictionaries(texts, st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | texts, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=5),
    max_size=5), st.sampled_from([None, 1, "\t"]))  # fmt: skip
def test_a_payment_as_sent_reads_as_its_sender_meant_it(payment: dict[str, Any], indent: Any):
    """Any white space but newlines, any values; what is no single value stands by its text."""
    sent = json.dumps(payment, indent=indent).replace("\n", "\r").encode()
    read = msgspec.json.decode(sent, type=dict[str, Any])

    (found,) = entries_of(alone(brief(decision(), 0, sent)))

    assert isinstance(found, Decision)
    expected = {k: str(v) if isinstance(v, list | dict) else v for k, v in read.items()}
    assert encode(found.payment) == encode(expected)


@pytest.mark.parametrize("number", [123456789012345678901234567890, -(2**63) - 1, 1e308, -0.0])
def test_a_number_of_any_size_keeps_its_digits(number: float) -> None:
    """As whoever decided read it."""
    payment = {"amount": number}

    (found,) = entries_of(alone(brief(decision(payment=payment))))

    assert isinstance(found, Decision)
    assert repr(found.payment) == repr(payment)


def test_a_line_that_looks_like_another_kind_is_counted_as_what_it_is() -> None:
    """A payment may have columns `kind` and `decision_id`: it is a payment all the same."""
    payment = {"kind": "label", "decision_id": "0123abcd-0-2", "missing": "9"}
    lines = alone(brief(decision(payment=payment)))

    assert count_kind(lines, "label") == 0
    assert [type(one) for one in entries_of(lines)] == [Decision]


@pytest.mark.parametrize("line", [b"[0]", b"[1,2]\n", b'#0 {"version":1}', b"#x {}", b"{}", b"["])
def test_what_this_release_does_not_read_is_said(line: bytes) -> None:
    """One sentence with what to do, whichever kind of line it is."""
    with pytest.raises(RecordError, match="use the release that wrote it, or a newer one"):
        list(entries_of(line + b"\n"))


def test_a_log_of_the_format_before_goes_on_in_a_segment_of_its_own(tmp_path) -> None:
    """What it holds is read, found and verified; what comes follows its last digest."""
    log = open_log(tmp_path)
    made = recorded(log, 3)
    log.close()
    (path,) = (tmp_path / "w0").glob("*.log")
    path.write_bytes(in_format_1(path.read_bytes()))

    log = open_log(tmp_path)
    number = log.framed(FRAMES[0])
    log.promise()
    log.take([brief(last := decision(decision_id=log.next_id(), decided_at=log.now()), number)])
    found = [log.find(one.decision_id) for one in (*made, last)]
    log.close()

    assert found == [*made, framed(last)]
    assert read_decisions(tmp_path) == [*made, framed(last)]
    assert verify_log(tmp_path).difference == ""
    assert verify_log(tmp_path).segments == 2


def in_format_1(data: bytes) -> bytes:
    """The same segment as the release before wrote it: a header of format 1, documents alone."""
    segment = parse(data)
    assert isinstance(segment.header, Header)
    header = msgspec.structs.replace(segment.header, format=1)
    line = header_line(header)
    written, digest = line, digest_after_header(header, line)
    for block in segment.blocks:
        sealed = sealed_block(digest, [chunk_of([Raw(encode(one)) for one in block.entries()])])
        written, digest = written + sealed.head + sealed.lines, sealed.digest
    return written
