"""What `fraud-assets check --json` prints: whether a contract's data can serve, and counts."""

from __future__ import annotations

import msgspec

from fraud_assets.documents.rates import NonNegative


class RowsChecked(msgspec.Struct, frozen=True):
    """Rows read, those after as_of included; kept; and put into quarantine."""

    read: NonNegative
    kept: NonNegative
    quarantined: NonNegative


class FraudsChecked(msgspec.Struct, frozen=True):
    """Frauds kept, and put into quarantine."""

    kept: NonNegative
    quarantined: NonNegative


class AmountChecked(msgspec.Struct, frozen=True):
    """The amount kept, and put into quarantine; None where the contract names no amount."""

    kept: float | None
    quarantined: float | None


class RuleChecked(msgspec.Struct, frozen=True):
    """Rows that broke a rule, and the frauds among them."""

    rows: NonNegative
    frauds: NonNegative


class SkippedFile(msgspec.Struct, frozen=True):
    """A file or folder of the source that was not read, and why."""

    path: str
    why: str


class FilesChecked(msgspec.Struct, frozen=True):
    """How many files were read, and which were not."""

    read: NonNegative
    skipped: tuple[SkippedFile, ...]


class CheckWarning(msgspec.Struct, frozen=True):
    """Something to look at: a stable code, a sentence, and whether the data cannot serve for it."""

    code: str
    text: str
    stops: bool = False


class CheckDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Counts, files and warnings of a contract's data; not `ok` where they cannot serve.

    `span` is the first and last event time (ISO, UTC); it and `senders` are None where the
    contract names none.
    """

    ok: bool
    rows: RowsChecked
    frauds: FraudsChecked
    amount: AmountChecked
    senders: NonNegative | None
    span: tuple[str, str] | None
    rules: dict[str, RuleChecked]
    files: FilesChecked
    warnings: tuple[CheckWarning, ...]
