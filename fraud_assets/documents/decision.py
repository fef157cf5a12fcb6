"""The entries of the decision log: a decision, what a shadow would have decided, a label, a gap.

Times are whole microseconds since 1970, UTC. Numbers are written with the shortest text that
reads back as the same float64, so that a probability keeps all its bits.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from fraud_assets.documents.reason import Reason

FORMAT = 1
"""Format of an entry. Older ones stay in the log, so all are read for ever; a field that comes
later has a default, and a reader of a format to come is told to use a newer release."""

JsonValue: TypeAlias = float | int | str | bool | None
"""One value of a payment, as JSON has it."""

Loss: TypeAlias = Literal["killed", "refused_by_disk"]
"""Why entries are missing: the process died before it flushed, or the disk took no more."""


class Shadow(msgspec.Struct, frozen=True):
    """What another version would have decided."""

    version: str
    manifest: str
    probability: float
    is_flagged: bool


class Decision(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="decision"):
    """All that is needed to say later what was decided, on what, by which version, and why.

    `payment` is the raw payment as sent, `features` the values as scored; a personal value stands
    as a token that its subject's key alone opens. `payment_id` is "" and `event_time` None where
    the contract names none. `contract` is the contract's digest, `manifest` that of all files of
    `version`; `state` is the position of the state that answered. `api_key` is the name of the
    caller's key, never the key. `latency_us` is the time from the request to this record.
    `recalled_at` is when a decision that was lost in a kill came on record after all, since its
    payment came again; None of every other one.
    """

    format: int = FORMAT
    decision_id: str
    payment_id: str
    event_time: int | None
    decided_at: int
    contract: str
    version: str
    manifest: str
    payment: dict[str, JsonValue]
    features: dict[str, JsonValue]
    state: str = ""
    late: bool = False
    probability: float
    threshold: float
    is_flagged: bool
    released: bool = False
    release_probability: float | None = None
    reasons: tuple[Reason, ...] = ()
    shadow: tuple[Shadow, ...] = ()
    latency_us: int = 0
    api_key: str = ""
    recalled_at: int | None = None

    @property
    def was_stopped(self) -> bool:
        """Whether the payment was stopped: flagged, not let through, where anything is stopped.

        Its label will never come, so nobody knows what it was.
        """
        return self.is_flagged and not self.released and self.release_probability is not None


class Label(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="label"):
    """What was said of a payment, and since when it was known; a later one supersedes it."""

    format: int = FORMAT
    payment_id: str
    is_fraud: bool
    known_at: int
    received_at: int
    api_key: str = ""


class Shadowed(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="shadow"):
    """What another version would have decided, scored after the answer to `decision` was given."""

    format: int = FORMAT
    decision: str
    scored_at: int
    shadow: Shadow


class Gap(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="gap"):
    """How many entries are missing from the log, why, and when that was noticed."""

    format: int = FORMAT
    loss: Loss
    missing: int
    noticed_at: int


Entry: TypeAlias = Decision | Shadowed | Label | Gap
"""Whatever a line of the log holds; `kind` says which."""
