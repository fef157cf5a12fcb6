"""What stands where a part of a document could not be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from fraud_assets.errors import Fault, FraudAssetsError

Part = TypeVar("Part")

_USES = (
    "eq ne lt le gt ge hash bool float int index iter len getitem contains format str "
    "add radd sub rsub mul rmul truediv rtruediv neg abs"
)


class UnreadableError(FraudAssetsError):
    """A part was used that could not be read; carries its fault."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault)


class Unread:
    """In place of a part that could not be read: whoever uses it gets an UnreadableError.

    So a rule reads a document of faultless types, and one that needs the part cannot pass.
    """

    def __init__(self, fault: Fault) -> None:
        object.__setattr__(self, "_fault", fault)

    def __getattribute__(self, name: str) -> Any:
        _use(self)

    def __repr__(self) -> str:
        return f"<unread: {object.__getattribute__(self, '_fault')}>"


def _use(part: Unread, *_: object) -> NoReturn:
    raise UnreadableError(object.__getattribute__(part, "_fault"))


for _name in _USES.split():
    setattr(Unread, f"__{_name}__", _use)


def is_read(*parts: object) -> bool:
    """Whether all of these parts of a document could be read."""
    return not any(type(part) is Unread for part in parts)


def readable(read: Callable[[], Part]) -> Part | None:
    """The part that `read` takes out of a document, or None where it could not be read."""
    try:
        part = read()
    except UnreadableError:
        return None
    return part if is_read(part) else None
