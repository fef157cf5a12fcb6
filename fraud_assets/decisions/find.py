"""One decision by its id, which says who wrote it and when, or by its payment; and its shadows."""

from __future__ import annotations

import re
from pathlib import Path

from fraud_assets.decisions.damaged import damage_sentence
from fraud_assets.decisions.line import encode
from fraud_assets.decisions.segment import parse, segment_files, writer_folders
from fraud_assets.documents.decision import Decision, Shadow, Shadowed
from fraud_assets.errors import RecordError

_ID = re.compile(r"(?P<log>[0-9a-f]{8})-(?P<writer>[0-9]{1,3})-(?P<at>[0-9a-f]{1,16})")
_NEWEST = 2
_NEAR = 3
_PART = 1024 * 1024
_OPENED = re.compile(rb'"opened_at":([0-9]+)')


def find_decision(folder: Path, decision_id: str) -> Decision | None:
    """The decision of that id in the log at `folder`; None where there is none.

    Looks into the segment of the id's time first, then into later ones: a slow disk may have
    taken it late. At last into the other writers': one that was lost comes on record when its
    payment comes again, wherever that is.

    Raises
    ------
    RecordError
        If the block that holds it does not hold its digest.
    """
    found = _ID.fullmatch(decision_id)
    writer = folder / f"w{found['writer']}" if found else folder
    if found is None or not writer.is_dir():
        return None
    at, others = int(found["at"], 16), [one for one in writer_folders(folder) if one != writer]
    for place in (writer, *others):
        for path in _from(segment_files(place), at):
            if (decision := _found_in(path, decision_id)) is not None:
                return decision
    return None


def _found_in(path: Path, decision_id: str) -> Decision | None:
    if not _holds(path, needle_of(decision_id)):
        return None
    return _decision(path, path.read_bytes(), decision_id)


def parts_of_id(decision_id: str) -> tuple[str, int, int] | None:
    """What an id begins with in its writer's process, its writer, its time in microseconds."""
    found = _ID.fullmatch(decision_id)
    if found is None:
        return None
    return f"{found['log']}-{found['writer']}-", int(found["writer"]), int(found["at"], 16)


def near(writer: Path, at: int) -> list[Path]:
    """The few segments in which a writer may have put what it decided at a time."""
    return _from(segment_files(writer), at)[:_NEAR]


def needle_of(decision_id: str) -> bytes:
    """What the line of that decision holds; another line may hold it too."""
    return b'"decision_id":' + encode(decision_id)


def find_shadows(folder: Path, decision: Decision) -> list[Shadow]:
    """What shadows would have decided on a decision, where they scored it soon after.

    Looks into the three segments of each writer that the decision's time leads to, not through
    the whole record: one that was scored much later is in `reading.with_shadows`. What a crash
    tore off is no entry.
    """
    needle = b'"decision":' + encode(decision.decision_id)
    found = []
    for writer in writer_folders(folder):
        for path in _from(segment_files(writer), decision.decided_at)[:_NEAR]:
            data = path.read_bytes()
            if needle in data:
                found += [one for block in parse(data).blocks for one in block.entries(needle)]
    of_it = (one for one in found if isinstance(one, Shadowed))
    return [one.shadow for one in of_it if one.decision == decision.decision_id]


def find_decisions_of(folder: Path, payment_id: str) -> list[Decision]:
    """All decisions on a payment, in the order of their time; looks through the whole log.

    What a crash tore off, or does not hold, is no entry.
    """
    needle = b'"payment_id":' + encode(payment_id) + b","
    found = []
    for writer in writer_folders(folder) if folder.is_dir() else []:
        for path in segment_files(writer):
            if _holds(path, needle):
                blocks = parse(path.read_bytes()).blocks
                found += [one for block in blocks for one in block.entries(needle)]
    made = [one for one in found if isinstance(one, Decision) and one.payment_id == payment_id]
    return sorted(made, key=lambda one: (one.decided_at, one.decision_id))


def _holds(path: Path, needle: bytes) -> bool:
    """Whether a file holds these bytes; in small parts, so that no other thread waits long."""
    before = b""
    with path.open("rb") as file:
        while part := file.read(_PART):
            if needle in before + part:
                return True
            before = part[1 - len(needle) :]
    return False


def find_entry_of(folder: Path, payment_id: str) -> bytes | None:
    """The newest decision on a payment as a document; None where there is none.

    Looks into each writer's newest segments alone: it is for a payment that was just decided on.
    What a crash tore off is no entry.
    """
    needle = b'"payment_id":' + encode(payment_id) + b","
    found: list[tuple[int, bytes]] = []
    for writer in writer_folders(folder):
        for path in segment_files(writer)[-_NEWEST:]:
            data = path.read_bytes()
            if needle in data:
                found += _decisions_with(needle, payment_id, data)
    return max(found)[1] if found else None


def _decisions_with(needle: bytes, payment_id: str, data: bytes) -> list[tuple[int, bytes]]:
    """When each of them was made, and its document."""
    entries = (one for block in parse(data).blocks for one in block.entries(needle))
    return [
        (one.decided_at, encode(one))
        for one in entries
        if isinstance(one, Decision) and one.payment_id == payment_id
    ]


def _from(files: list[Path], at: int) -> list[Path]:
    """The segments that may hold what was decided at that time, the likeliest first."""
    first = 0
    for number, path in enumerate(files):
        with path.open("rb") as file:
            opened = _OPENED.search(file.read(512))
        if opened and int(opened[1]) <= at:
            first = number
    return files[max(first - 1, 0) :]


def _decision(path: Path, data: bytes, decision_id: str) -> Decision | None:
    segment, needle = parse(data), needle_of(decision_id)
    for block in segment.blocks:
        for one in block.entries(needle):
            if isinstance(one, Decision) and one.decision_id == decision_id:
                return one
    if needle in data[segment.end :]:
        where = "" if segment.damage is None else damage_sentence(path, segment.damage)
        raise RecordError(f"The decision lies where the record does not hold. {where}".strip())
    return None
