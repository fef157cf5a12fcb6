"""What life the simulated gateway leads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from fraud_assets.errors import UsageError

Break: TypeAlias = Literal["new-story", "lost-feature", "labels-stop", "none"]
BREAKS: tuple[Break, ...] = get_args(Break)

START = "2035-01-01"
"""The Monday on which the gateway opens. After every file's time, as the factory asks of a clock;
the same for all, so that a seed names a life."""

HISTORY_WEEKS = 8
"""Weeks before that, all of whose payments passed and were labelled."""

MATURITY_DAYS = 7


@dataclass(frozen=True)
class LifeSettings:
    """`weeks` of `payments` a day, of which `fraud_rate` are frauds, of the world `seed`.

    The world breaks as `what` says at the beginning of week `break_week` (from 1). A share
    `release` of the flagged payments passes on purpose.
    """

    folder: Path
    weeks: int = 8
    payments: int = 400
    fraud_rate: float = 0.06
    seed: int = 7
    what: Break = "new-story"
    break_week: int = 2
    release: float = 0.5

    def __post_init__(self) -> None:
        """Raises UsageError with all faults."""
        faults = []
        if self.weeks < 1:
            faults.append(f"weeks must be at least 1, got {self.weeks}")
        if not 50 <= self.payments <= 20_000:
            faults.append(f"payments must be 50 to 20,000 a day, got {self.payments}")
        if not 0 < self.fraud_rate <= 0.2:
            faults.append(f"the fraud rate must be over 0 and at most 0.2, got {self.fraud_rate}")
        if not 0 < self.release <= 1:
            faults.append(f"the released share must be over 0 and at most 1, got {self.release}")
        if self.seed < 0:
            faults.append(f"the seed must not be negative, got {self.seed}")
        if self.what != "none" and not 1 <= self.break_week <= self.weeks:
            faults.append(f"the week of the break must be 1 to {self.weeks}, got {self.break_week}")
        if faults:
            raise UsageError("Nothing was simulated: " + "; ".join(faults) + ".")

    @property
    def break_day(self) -> int | None:
        """The first day of the broken world, 0 for the first day; None where it stays whole."""
        return None if self.what == "none" else 7 * (self.break_week - 1)
