"""What every kind of derived feature says of itself; a kind that leaves one thing out is none."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from fraud_assets.features.arrays import Floats
from fraud_assets.features.batch.past import Past
from fraud_assets.features.online.seen import Seen
from fraud_assets.terms.times import column_name

Use = Literal["entity", "number", "value", "time"]
"""How a kind reads a column: whose payments belong together, a number, what differs, an instant."""

UNIT_MICROS = {"days": 86_400e6, "hours": 3_600e6, "seconds": 1e6}
"""Units of time in microseconds."""

Unit = Literal["days", "hours", "seconds"]


@dataclass(frozen=True)
class Reach:
    """How far before a payment a kind looks; `span` None is without bound.

    Without bound means that the entity's first and last payments count, however old they are.
    Without `payments` its first one is all that counts.
    """

    span: timedelta | None
    payments: bool = True


NO_HISTORY = Reach(timedelta(0), payments=False)
"""The payment alone decides."""

FIRST = Reach(None, payments=False)
"""An entity's first payment decides, however long ago."""

LAST = Reach(None)
"""An entity's last payment decides, however long ago."""


class Kind(BaseModel, ABC):
    """One derived feature as a contract declares it.

    `ROLES` names the keys of the declaration that hold columns, and how each is read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
    ROLES: ClassVar[Mapping[str, Use]]
    NEEDS_LABELS: ClassVar[bool] = False

    kind: str
    """The kind of the derived feature."""

    @property
    @abstractmethod
    def reach(self) -> Reach:
        """How far back it looks."""

    @property
    @abstractmethod
    def definition(self) -> str:
        """The exact meaning in one sentence, for people who ask what it is."""

    @abstractmethod
    def batch(self, past: Past) -> Floats:
        """Its value for each emitted row of a frame, float64 (emitted,); NaN says nothing."""

    @abstractmethod
    def online(self, seen: Seen) -> float:
        """Its value for one payment, bit for bit what `batch` gives for its row."""

    @property
    def columns(self) -> dict[str, tuple[Use, Any]]:
        """By role: how the column is read, and the column, a name or a description of times."""
        named = ((role, use, getattr(self, role)) for role, use in self.ROLES.items())
        return {role: (use, column) for role, use, column in named if column is not None}

    def names(self, use: Use) -> tuple[str, ...]:
        """Columns that it reads in one way, in the order of its roles."""
        found = (column_name(column) for how, column in self.columns.values() if how == use)
        return tuple(name for name in found if name is not None)

    @property
    def entity_columns(self) -> tuple[str, ...]:
        """The columns whose values together say which payments belong together; often one."""
        return self.names("entity")
