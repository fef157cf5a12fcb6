r"""Entries as lines: a document each, or a decision in brief under the frame that it shares.

    {"kind":"label",...}\n            any entry as a document
    #<number> {"version":...,...}\n   a frame, before the brief lines of a block; itself no entry
    [<number>,...,<answer>,<payment>]\n
                                      a decision: what was answered and what was sent, to the byte

Who decides has answer and payment as JSON already: a line of them costs no second encoding, and a
block no repetition of what its decisions have in common. A line says where it ends: no JSON holds
a newline but for white space between its values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import msgspec

from fraud_assets.documents.decision import FORMAT, Decision, Entry, JsonValue
from fraud_assets.documents.reason import Reason
from fraud_assets.errors import RecordError
from fraud_assets.state.position import position_on_record

DOCUMENT = b'{"kind":'
"""How an entry that stands as a document begins; what kind it is comes next."""

_NESTED = frozenset((list, dict))

_encoder = msgspec.json.Encoder()
_encode_lines = _encoder.encode_lines

encode = _encoder.encode
"""An entry as a document, without the newline."""


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What decisions have in common that one version made on one building of the state.

    Fields as in `Decision`; `building` is what the state's positions begin with.
    """

    format: int = FORMAT
    contract: str
    version: str
    manifest: str
    threshold: float
    building: str = ""


class Brief(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A decision as its answer, its payment, and what neither of them says.

    `frame` is the number of its frame. `answer` is the answer's JSON, `payment` that of the payment
    as sent, without a newline. `position` is the state's; the other fields are as in `Decision`.
    """

    frame: int
    event_time: int | None
    decided_at: int
    position: int
    latency_us: int
    api_key: str
    release_probability: float | None
    answer: msgspec.Raw
    payment: msgspec.Raw

    def decision(self, frame: Frame) -> Decision:
        """The same as a document, in its frame.

        Raises
        ------
        RecordError
            If it could not be read back.
        """
        return _decision({self.frame: frame}, encode(self))


LineSource: TypeAlias = msgspec.Raw | Brief
"""What a line is made of: an encoded document, or a decision in brief."""


class _Answer(msgspec.Struct, frozen=True):
    decision_id: str
    payment_id: str | None
    fraud_probability: float
    is_flagged: bool
    released: bool
    features: dict[str, JsonValue]
    reasons: tuple[Reason, ...]
    late: bool = False


class _Line(msgspec.Struct, frozen=True, array_like=True):
    """A `Brief` as it is read."""

    frame: int
    event_time: int | None
    decided_at: int
    position: int
    latency_us: int
    api_key: str
    release_probability: float | None
    answer: _Answer
    payment: dict[str, Any]


_document = msgspec.json.Decoder(Entry).decode
_frame = msgspec.json.Decoder(Frame).decode
_brief = msgspec.json.Decoder(_Line).decode
_number = msgspec.json.Decoder(int).decode


class Chunk(NamedTuple):
    """Entries that were put on record together: how many, their lines, the frames that they need.

    They are lines at once, while what they are made of is at hand.
    """

    entries: int
    lines: bytes
    frames: frozenset[int]


def chunk_of(sources: Sequence[LineSource]) -> Chunk:
    """Entries in their order as lines."""
    frames = frozenset({one.frame for one in sources if type(one) is Brief})
    return Chunk(len(sources), _encode_lines(sources), frames)


def lines_of(chunks: Sequence[Chunk], frames: Sequence[Frame] = ()) -> bytes:
    """The lines of chunks, behind the frames that they need, which `frames` has by number."""
    numbers = sorted({number for one in chunks for number in one.frames})
    framing = [b"#%d %b\n" % (number, encode(frames[number])) for number in numbers]
    return b"".join([*framing, *(one.lines for one in chunks)])


def entries_of(lines: bytes, holding: bytes = b"") -> Iterator[Entry]:
    """The entries of a block's lines; with `holding` those alone whose lines hold these bytes.

    Raises
    ------
    RecordError
        If one is of a format that this release does not read.
    """
    frames: dict[int, Frame] = {}
    for line in lines.split(b"\n")[:-1]:
        if line[:1] == b"#":
            number, _, frame = line[1:].partition(b" ")
            frames[_read(_number, number)] = _read(_frame, frame)
        elif holding in line:
            yield read_entry(line) if line[:1] == b"{" else _decision(frames, line)


def count_entries(lines: bytes) -> int:
    """How many entries a block's lines are."""
    return lines.count(b"\n") - lines.count(b"\n#") - lines.startswith(b"#")


def count_kind(lines: bytes, kind: str) -> int:
    """How many entries of a kind stand there as documents."""
    begins = DOCUMENT + encode(kind)
    return lines.count(b"\n" + begins) + lines.startswith(begins)


def read_entry(document: bytes) -> Entry:
    """A document as an entry.

    Raises
    ------
    RecordError
        If it is none that this release reads.
    """
    entry: Entry = _read(_document, document)
    return entry


def _plain(payment: Mapping[str, Any]) -> dict[str, JsonValue]:
    """A payment as the record holds it: what is no single value stands by its text, as read."""
    return {name: str(v) if type(v) in _NESTED else v for name, v in payment.items()}


def _decision(frames: Mapping[int, Frame], line: bytes) -> Decision:
    said: _Line = _read(_brief, line)
    frame = frames.get(said.frame)
    if frame is None:
        raise _unreadable("a decision in brief without its frame")
    answer = said.answer
    return Decision(
        format=frame.format,
        decision_id=answer.decision_id,
        payment_id=answer.payment_id or "",
        event_time=said.event_time,
        decided_at=said.decided_at,
        contract=frame.contract,
        version=frame.version,
        manifest=frame.manifest,
        payment=_plain(said.payment),
        features=answer.features,
        state=position_on_record(frame.building, said.position),
        late=answer.late,
        probability=answer.fraud_probability,
        threshold=frame.threshold,
        is_flagged=answer.is_flagged,
        released=answer.released,
        release_probability=said.release_probability,
        reasons=answer.reasons,
        latency_us=said.latency_us,
        api_key=said.api_key,
    )


def _read(decode: Any, data: bytes) -> Any:
    try:
        return decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _unreadable(str(error)) from error


def _unreadable(why: str) -> RecordError:
    return RecordError(
        f"An entry of the decision log must be one that this release reads, got {why}: use the "
        "release that wrote it, or a newer one."
    )
