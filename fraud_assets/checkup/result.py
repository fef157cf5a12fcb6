"""What a look at a contract's data found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from fraud_assets.data.quarantine import Tally
from fraud_assets.data.source import FileRead, Skipped
from fraud_assets.data.splits.windows import Window
from fraud_assets.documents.check import (
    AmountChecked,
    CheckDocument,
    CheckWarning,
    FilesChecked,
    FraudsChecked,
    RowsChecked,
    RuleChecked,
    SkippedFile,
)
from fraud_assets.documents.report.leaks import LeaksSection


@dataclass(frozen=True)
class Warned:
    """Something to look at: a stable code, a sentence; `stops` where the data cannot serve."""

    code: str
    text: str
    stops: bool = False


@dataclass(frozen=True)
class Month:
    """Kept rows of one month, "2025-06", and the frauds among them."""

    name: str
    rows: int
    frauds: int


@dataclass(frozen=True)
class Checkup:
    """Counts, files, windows and warnings of a contract's data.

    `read` counts all rows, those after as_of included; `senders` is None where the contract
    names none, and `span`, the first and last event time (ISO, UTC), where rows have no time.
    `stale` says whether the weekly schedule would find the data too old; `leaks` is what the
    features tell and the windows share, None without windows.
    """

    read: int = 0
    tally: Tally = field(default_factory=Tally)
    senders: int | None = None
    span: tuple[str, str] | None = None
    files: tuple[FileRead, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    windows: tuple[Window, ...] = ()
    months: tuple[Month, ...] = ()
    warnings: tuple[Warned, ...] = ()
    stale: str = ""
    leaks: LeaksSection | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing found keeps the data from serving."""
        return not any(warned.stops for warned in self.warnings)

    def with_warnings(self, *more: Warned) -> Checkup:
        """The same with further warnings."""
        return replace(self, warnings=(*self.warnings, *more))

    @property
    def document(self) -> CheckDocument:
        """The same with the public names of `fraud-assets check --json`."""
        kept, lost = self.tally.kept, self.tally.quarantined
        return CheckDocument(
            ok=self.ok,
            rows=RowsChecked(self.read, kept.rows, lost.rows),
            frauds=FraudsChecked(kept.frauds, lost.frauds),
            amount=AmountChecked(kept.amount, lost.amount),
            senders=self.senders,
            span=self.span,
            rules={name: RuleChecked(c.rows, c.frauds) for name, c in self.tally.rules.items()},
            files=FilesChecked(
                len(self.files), tuple(SkippedFile(one.path, one.why) for one in self.skipped)
            ),
            warnings=tuple(CheckWarning(one.code, one.text, one.stops) for one in self.warnings),
        )
