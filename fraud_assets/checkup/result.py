"""What a look at a contract's data found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from fraud_assets.data.quarantine import Tally
from fraud_assets.data.source import FileRead, Skipped
from fraud_assets.data.windows import Window


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
    `stale` says whether the weekly schedule would find the data too old.
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

    @property
    def ok(self) -> bool:
        """Whether nothing found keeps the data from serving."""
        return not any(warned.stops for warned in self.warnings)

    def with_warnings(self, *more: Warned) -> Checkup:
        """The same with further warnings."""
        return replace(self, warnings=(*self.warnings, *more))

    def as_dict(self) -> dict[str, Any]:
        """JSON-able form, with the public names of `fraud-assets check --json`."""
        kept, lost = self.tally.kept, self.tally.quarantined
        return {
            "ok": self.ok,
            "rows": {"read": self.read, "kept": kept.rows, "quarantined": lost.rows},
            "frauds": {"kept": kept.frauds, "quarantined": lost.frauds},
            "amount": {"kept": kept.amount, "quarantined": lost.amount},
            "senders": self.senders,
            "span": None if self.span is None else list(self.span),
            "rules": {
                name: {"rows": counts.rows, "frauds": counts.frauds}
                for name, counts in self.tally.rules.items()
            },
            "files": {
                "read": len(self.files),
                "skipped": [{"path": skipped.path, "why": skipped.why} for skipped in self.skipped],
            },
            "warnings": [{"code": warned.code, "text": warned.text} for warned in self.warnings],
        }
