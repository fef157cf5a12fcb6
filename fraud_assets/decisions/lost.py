"""Which decisions were lost in a kill: answered, kept by the state, and never come on record.

An entry waits for its flush in memory. The next process that writes in a killed one's place says
in its chain how many were lost, there where they would stand: what has no such gap behind it is on
record, or on its way there.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from fraud_assets.decisions.find import find_decision, near, parts_of_id
from fraud_assets.decisions.line import DOCUMENT, Frame, encode
from fraud_assets.decisions.segment import parse
from fraud_assets.documents.decision import Decision, Gap
from fraud_assets.store.lock import take

_GAP = b"\n" + DOCUMENT + encode("gap")
_MOST_KNOWN = 100_000
_gap = msgspec.json.Decoder(Gap, strict=False).decode


class Losses:
    """Looks for decisions that were lost, by their ids, for one writer of the log in `folder`.

    `own` is what the writer's ids begin with, `began` since when it gives them, in microseconds;
    `inherited` says that it has yet to declare what its place lost before.
    """

    def __init__(self, folder: Path, own: str, began: int, *, inherited: bool) -> None:
        self._folder, self._own, self._began = folder, own, began
        self._inherited = inherited
        self._gaps: dict[Path, tuple[int, list[int]]] = {}
        self._known: set[str] = set()

    def holds(self, decision_id: str) -> bool:
        """Whether a decision was lost; one of this writer's own time never was.

        Asks for a few segments that are each read once, and looks through the record only for what
        may be lost.
        """
        parts = parts_of_id(decision_id)
        if parts is None or decision_id in self._known:
            return False
        prefix, writer, at = parts
        is_own = prefix == self._own
        if prefix.partition("-")[0] != self._own.partition("-")[0] or (
            is_own and at >= self._began
        ):
            return False
        place = self._folder / f"w{writer}"
        if not place.is_dir() or not self._may_be_lost(place, at, is_own=is_own):
            return False
        if find_decision(self._folder, decision_id) is not None:
            self.found(decision_id)
            return False
        return True

    def found(self, decision_id: str) -> None:
        """Remember that a decision is on record by now."""
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known.add(decision_id)

    def _may_be_lost(self, place: Path, at: int, *, is_own: bool) -> bool:
        if is_own and self._inherited:
            return True
        if any(noticed >= at for path in near(place, at) for noticed in self._gaps_in(path)):
            return True
        return not is_own and _is_abandoned(place)

    def _gaps_in(self, path: Path) -> list[int]:
        """When each gap of a segment was noticed; only what is new in it is read."""
        read, gaps = self._gaps.get(path, (0, []))
        with path.open("rb") as file:
            file.seek(read)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        if not whole:
            return gaps
        at = whole.find(_GAP)
        while at >= 0:
            end = whole.index(b"\n", at + 1)
            gaps.append(_gap(whole[at + 1 : end]).noticed_at)
            at = whole.find(_GAP, end)
        # The last newline is read again: a gap's line begins behind it.
        self._gaps[path] = read + len(whole) - 1, gaps
        return gaps


def frame_near(folder: Path, decision_id: str, version: str) -> Frame | None:
    """What decisions of a version had in common, by one on record near a decision's time."""
    parts = parts_of_id(decision_id)
    if parts is None:
        return None
    for path in near(folder / f"w{parts[1]}", parts[2]):
        for block in parse(path.read_bytes()).blocks:
            for one in block.entries(encode(version)):
                if isinstance(one, Decision) and one.version == version:
                    return Frame(
                        contract=one.contract,
                        version=version,
                        manifest=one.manifest,
                        threshold=one.threshold,
                    )
    return None


def _is_abandoned(place: Path) -> bool:
    """Whether no process writes in a place, so that nobody has said yet what it lost."""
    lock = take(place / "writer.lock")
    if lock is not None:
        lock.release()
    return lock is not None
