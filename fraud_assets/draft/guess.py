"""A guess says what, why and how sure; what is doubtful is a question with its alternatives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Sure = Literal["sure", "likely", "doubtful"]


@dataclass(frozen=True)
class Question:
    """Something that only the data's owner knows.

    `key` names the setting, `text` is what is asked and what was drafted meanwhile, and
    `instead` are lines of the contract that would answer otherwise.
    """

    key: str
    text: str
    instead: tuple[str, ...] = ()


@dataclass(frozen=True)
class Guess:
    """A value for a setting, with the reason in a few words."""

    value: Any
    why: str
    sure: Sure = "likely"

    def comment(self) -> str:
        """As it stands beside the setting."""
        return f"{self.sure}: {self.why}"


@dataclass
class Roles:
    """What the looks at the columns have found; a column has at most one role."""

    id: Guess | None = None
    sender: Guess | None = None
    amount: Guess | None = None
    currency: Guess | None = None
    below_zero: float = 0.0
    numeric: dict[str, str] = field(default_factory=dict)
    categorical: dict[str, str] = field(default_factory=dict)
    case: Guess | None = None
    left_out: dict[str, str] = field(default_factory=dict)
    doubted: dict[str, list[str]] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)

    def ask(self, key: str, text: str, *instead: str) -> None:
        """Put a question to the owner."""
        self.questions.append(Question(key, text, instead))
