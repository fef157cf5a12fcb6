"""What reading a column of times noticed: moved clocks, names of several zones, lost halves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from fraud_assets.data.instants.zones import SEVERAL, Moved, names
from fraud_assets.data.notes import Note, rows_of
from fraud_assets.features.arrays import Mask
from fraud_assets.terms.times import TimeColumn

_MOST = 0.5
"""Share of the present values from which unreadable zones stop the run."""

_HALVES = 500
"""Local times that say something of the hours of a day."""


_GAP = (
    "that the clocks of {zone} left out when they went forward, and which count as the moment at "
    "which they did; likely the zone is another"
)
_REPEAT = (
    "that the clocks of {zone} showed twice when they went back, and which count as the first of "
    "the two; where that matters, export UTC"
)


@dataclass(frozen=True)
class ReadTimes:
    """Instants (n,), NaT for what is missing or no instant, and what was seen on the way.

    `naive` marks texts without a zone, `local` holds the times as their clocks showed them, `gap`
    and `repeat` mark those that the clocks left out or showed twice, `word` the zones' names.
    """

    stamps: pd.Series
    naive: Mask | None = None
    local: pd.Series | None = None
    notes: list[Note] = field(default_factory=list)
    faults: list[Note] = field(default_factory=list)
    word: np.ndarray | None = None
    gap: Mask | None = None
    repeat: Mask | None = None

    def with_moved(self, moved: Moved, rows: Mask | None = None) -> ReadTimes:
        """The same with the instants of some rows (n,), all by default."""
        count = len(self.stamps)
        rows = np.ones(count, dtype=bool) if rows is None else rows
        if not rows.any():
            return self
        stamps = self.stamps.copy()
        stamps[rows] = moved.stamps.to_numpy()
        masks = []
        for old, new in ((self.gap, moved.gap), (self.repeat, moved.repeat)):
            mask = np.zeros(count, dtype=bool) if old is None else old.copy()
            mask[rows] = new
            masks.append(mask)
        return replace(self, stamps=stamps, gap=masks[0], repeat=masks[1])


def notes_of(seen: ReadTimes, time: TimeColumn, name: str) -> Iterator[Note]:
    """Notes on a column of times that was read."""
    yield from seen.notes
    yield from _moved_notes(seen, time, name)
    yield from _mixed_note(seen, time, name)
    yield from _half_note(seen, name)


def zone_notes(
    seen: ReadTimes, present: int, time: TimeColumn, name: str
) -> Iterator[tuple[Note, bool]]:
    """A note for each zone's name that was not understood, and whether it stops the run."""
    if seen.word is None:
        return
    unread = seen.stamps.isna().to_numpy() & (seen.word != "")
    if seen.local is not None:
        unread &= seen.local.notna().to_numpy()
    words = np.where(unread, seen.word, "")
    for word in names(words):
        n = int((words == word).sum())
        yield Note("zone_ambiguous", _zone_text(word, n, time, name), n, name), n > _MOST * present


def _zone_text(word: str, n: int, time: TimeColumn, name: str) -> str:
    zones = SEVERAL.get(word.upper(), ())
    which = (
        f"which several zones go by ({', '.join(zones)})"
        if zones
        else "which is no zone's own name"
    )
    if time.zone is not None:
        which += f" and {time.zone} does not at that time"
    example = zones[0] if zones else "Area/City"
    advice = f'zone = "{example}"' if zones else 'zone = "Area/City", or export them in UTC'
    return (
        f"Column {name!r} holds {rows_of(n)} with {word!r} behind the time, {which}: nothing says "
        f'when these were. Declare the one that is meant: {{ column = "{name}", {advice} }}.'
    )


def _moved_notes(seen: ReadTimes, time: TimeColumn, name: str) -> Iterator[Note]:
    zone = time.zone or "their zone"
    for code, mask, text in (("clock_gap", seen.gap, _GAP), ("clock_repeat", seen.repeat, _REPEAT)):
        n = 0 if mask is None else int(mask.sum())
        if n:
            yield Note(
                code, f"Column {name!r} holds {rows_of(n)} {text.format(zone=zone)}.", n, name
            )


def _mixed_note(seen: ReadTimes, time: TimeColumn, name: str) -> Iterator[Note]:
    if seen.naive is None or seen.word is None:
        return
    known = seen.stamps.notna().to_numpy()
    naive = int((seen.naive & known).sum())
    if 0 < naive < int(known.sum()) and (known & ~seen.naive).any():
        yield Note(
            "zones_mixed",
            f"Column {name!r} holds {rows_of(naive)} without a zone beside others that carry one; "
            f"these are taken as {time.zone or 'UTC'}. Make sure that this is right, or declare "
            f'{{ column = "{name}", zone = "Area/City" }}.',
            naive,
            name,
        )


def _half_note(seen: ReadTimes, name: str) -> Iterator[Note]:
    """Clocks that show 1 to 12 alone have lost AM and PM."""
    if seen.local is None:
        return
    known = seen.local.dropna()
    if len(known) < _HALVES:
        return
    hours = known.dt.hour
    if hours.between(1, 12).all() and hours.nunique() == 12:
        yield Note(
            "afternoon_lost",
            f"Column {name!r} shows the hours 1 to 12 alone in {rows_of(len(known))}: likely the "
            "export cut AM and PM off, so that afternoons are mornings. Export 24 hours.",
            len(known),
            name,
        )
