"""Everything that fraud_assets raises on purpose: one tree, each message a sentence to act on.

A message says the rule, the bound, the value found and what to do next. Whoever catches
`FraudAssetsError` may print `str(error)` to a person without a traceback.
"""

from __future__ import annotations

from dataclasses import dataclass

from fraud_assets.masking import without_secrets


class FraudAssetsError(Exception):
    """Base of all errors raised on purpose; no message holds a URL's password or token."""

    def __init__(self, message: object = "") -> None:
        super().__init__(without_secrets(str(message)))

    def __reduce__(self) -> tuple[object, ...]:
        """As it is, whatever its constructor takes: a unit's error comes from another process."""
        return _error_again, (type(self), self.args), self.__dict__


def _error_again(kind: type[FraudAssetsError], args: tuple[object, ...]) -> FraudAssetsError:
    return kind.__new__(kind, *args)


MOST_SHOWN = 100
"""Faults that one message lists; the others are counted."""

MOST_LISTED = 5
"""Faults of a document that its sentence lists."""

_LONGEST = 120
"""Letters of a value that a fault shows."""


class _Nothing:
    """What stands where a value is missing."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING = _Nothing()


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one setting: where, what is demanded, what was found."""

    key: str
    rule: str
    value: object

    def __str__(self) -> str:
        shown = without_secrets(repr(self.value))
        shown = shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 4]} ..."
        return f"{self.key}: {self.rule}, got {shown}"


class ContractError(FraudAssetsError):
    """A contract that cannot be used; carries every fault, not the first."""

    def __init__(self, path: object, faults: list[Fault]) -> None:
        self.faults = faults
        count = f"{len(faults)} fault{'s' if len(faults) != 1 else ''}"
        lines = "".join(f"\n  - {fault}" for fault in faults[:MOST_SHOWN])
        if len(faults) > MOST_SHOWN:
            lines += f"\n  - and {len(faults) - MOST_SHOWN:,} more"
        super().__init__(f"The contract {path} has {count}:{lines}")


class DocumentError(FraudAssetsError):
    """A document of ours that cannot be read; carries every fault, not the first."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        self.faults = faults
        shown = "; ".join(map(str, faults[:MOST_LISTED]))
        more = f"; and {len(faults) - MOST_LISTED:,} more" if len(faults) > MOST_LISTED else ""
        super().__init__(f"{name} cannot be read: {shown}{more}. Take it from its signed version.")


class PlaceError(FraudAssetsError):
    """A machine, user or setting with which a run could not finish; carries every fault."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        lines = "".join(f"\n  - {fault}" for fault in faults) if len(faults) > 1 else faults[0]
        head = f"{len(faults)} things keep a run from working here:" if len(faults) > 1 else ""
        super().__init__(f"{head}{lines}")


class UsageError(FraudAssetsError):
    """A command was given values that it cannot use; all faults at once."""


class DataError(FraudAssetsError):
    """The data cannot be read or does not fit its contract."""


class StaleDataError(DataError):
    """The newest plausible row is older than the contract allows."""


class InsufficientEvidenceError(DataError):
    """Too few matured frauds for the windows that the policy asks for."""


class EvidenceError(FraudAssetsError):
    """What a step is to use was not made of what holds now; names the step to run again."""


class RefusedError(FraudAssetsError):
    """A candidate may not be promoted; the message opens with the rule that failed.

    `report` is the path of the refused candidate's report, where one was kept.
    """

    def __init__(self, message: str, report: str | None = None) -> None:
        self.report = report
        super().__init__(message)


class StoreError(FraudAssetsError):
    """The model store cannot do what was asked; its content is unchanged."""


class TrustError(StoreError):
    """A version, pointer or log line whose signature or digest does not hold."""


class RecordError(FraudAssetsError):
    """The record of decisions cannot be written, read or trusted as it is."""


class UnrecordedError(RecordError):
    """A decision that is not on record, and so must not be answered."""


class WorkError(FraudAssetsError):
    """The place where units of work are done was lost, cannot be reached, or runs other code."""


class StateError(FraudAssetsError):
    """The state of the online features cannot be reached or written; nothing was changed."""


class UnbuiltStateError(StateError):
    """There is no state to answer from: none at all, one of other features, or one half built."""


class DamagedStateError(UnbuiltStateError):
    """The state is not what was written; nothing is answered from it."""


class StateMovedError(StateError):
    """The state was begun anew since it was opened; whoever holds it opens it again."""


class PaymentError(FraudAssetsError):
    """A raw payment that cannot be decided on; carries every rule that it breaks."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(map(str, faults)))


class ConflictError(FraudAssetsError):
    """A payment id that came again with other content."""
