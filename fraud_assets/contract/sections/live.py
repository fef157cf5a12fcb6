"""[live]: what happens to live payments, and what follows when the promise breaks."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field

from fraud_assets.terms.duration import Duration
from fraud_assets.terms.section import Section


class Live(Section):
    """How flagged payments are treated, and what follows an alarm.

    A contract without this section scores only: the gateway lets every payment pass, or keeps to
    itself what it stops, and each payment's label is expected to come. With it, flagged payments
    are stopped but for the share that is released, and outcomes are weighted accordingly.
    """

    LATER: ClassVar[frozenset[str]] = frozenset({"shadow"})

    release_share: float = Field(default=0.0, ge=0, le=1)
    """Share of flagged payments that pass on purpose, so that their labels will come. With 0 the
    recall of a live system cannot be known."""

    release_up_to: float | None = Field(default=None, gt=0)
    """Largest amount of a payment that passes on purpose; none: any amount."""

    late_after: Duration = timedelta(hours=24)
    """A payment that comes so much later than the newest one is marked as late."""

    rollback: Literal["alarm", "never"] = "never"
    """What an alarm does: "alarm" moves production back to the newest earlier version that the
    evidence does not accuse, "never" only says so."""

    shadow: bool = False
    """Whether another version scores each payment too, after its answer is given: the newest that
    does not serve, refused or not. Answers stay the same; the record keeps what it would have
    decided, and `monitor` compares the two."""
