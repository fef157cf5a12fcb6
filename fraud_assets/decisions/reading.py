"""The log's entries, in the order of each writer; never past a byte that does not hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec.structs import replace

from fraud_assets.decisions.damaged import whole_or
from fraud_assets.decisions.segment import Segment, parse, segment_files, writer_folders
from fraud_assets.decisions.verify import demand_writers
from fraud_assets.documents.decision import Decision, Entry, Label, Shadow, Shadowed
from fraud_assets.errors import RecordError
from fraud_assets.store.files import one_sentence


def read_segments(folder: Path) -> Iterator[tuple[Path, Segment, bool]]:
    """Each segment of the log, and whether it is closed: another one follows it.

    Raises
    ------
    RecordError
        If there is no log, or a segment does not hold; names the first place.
    StoreError
        If a file cannot be read.
    """
    with one_sentence("read the decisions in", folder):
        for writer in demand_writers(folder):
            files = segment_files(writer)
            digest: str | None = None
            for path in files:
                is_closed = path != files[-1]
                segment = parse(path.read_bytes())
                _demand_whole(path, segment, digest, is_closed=is_closed)
                digest = segment.digest.hex()
                yield path, segment, is_closed


def read_entries(folder: Path) -> Iterator[Entry]:
    """Every entry of the log; raises like `read_segments`."""
    for _, segment, _ in read_segments(folder):
        for block in segment.blocks:
            yield from block.entries()


def read_decisions(
    folder: Path, since: int | None = None, until: int | None = None
) -> list[Decision]:
    """The decisions made from `since` up to but not at `until`, in the order of their time."""
    found = [
        entry
        for entry in read_entries(folder)
        if isinstance(entry, Decision)
        and (since is None or entry.decided_at >= since)
        and (until is None or entry.decided_at < until)
    ]
    return sorted(found, key=lambda decision: (decision.decided_at, decision.decision_id))


def read_labels(folder: Path) -> list[Label]:
    """Every label, in the order in which each writer received them."""
    return [entry for entry in read_entries(folder) if isinstance(entry, Label)]


def versions_needed(folder: Path) -> frozenset[str]:
    """The versions that a decision on record needs to be replayed; none where there is no log."""
    if not folder.is_dir() or not writer_folders(folder):
        return frozenset()
    return frozenset(name for entry in read_entries(folder) for name in _versions_of(entry))


def with_shadows(entries: Iterable[Entry]) -> Iterator[Decision]:
    """The decisions among entries, each with all that shadows would have decided on it.

    A shadow that scored a decision twice, as after a crash, counts once.
    """
    made, beside = [], defaultdict[str, list[Shadow]](list)
    for entry in entries:
        if isinstance(entry, Decision):
            made.append(entry)
        elif isinstance(entry, Shadowed):
            beside[entry.decision].append(entry.shadow)
    for one in made:
        yield beside_of(one, beside.get(one.decision_id, ()))


def beside_of(decision: Decision, shadows: Iterable[Shadow]) -> Decision:
    """The decision with what shadows would have decided, each version once."""
    found = {shadow.manifest: shadow for shadow in (*decision.shadow, *shadows)}
    return replace(decision, shadow=tuple(found.values())) if found else decision


def _versions_of(entry: Entry) -> Iterator[str]:
    if isinstance(entry, Decision):
        yield entry.version
        yield from (shadow.version for shadow in entry.shadow)
    elif isinstance(entry, Shadowed):
        yield entry.shadow.version


def _demand_whole(path: Path, segment: Segment, digest: str | None, *, is_closed: bool) -> None:
    header = segment.header
    if broken := whole_or(path, segment, is_closed=is_closed):
        raise RecordError(f"{broken} Put it back from a backup, or move it aside and say so.")
    if digest is not None and header is not None and header.previous != digest:
        raise RecordError(
            f"{path} does not follow the segment before it: one of them was replaced, or those "
            "between are gone. Put them back from a backup."
        )
