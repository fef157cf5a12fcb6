"""How one signing key followed another: a line of `succession.jsonl`."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

FORMAT = 1
"""Format of a record; older ones stay in the file, so all are read for ever."""

Cause: TypeAlias = Literal["rotation", "adoption"]


class Succession(msgspec.Struct, frozen=True, kw_only=True):
    """That `new` signs after `old`, by whom and why; both are public keys as PEM.

    `introduced` is the old key's signature over everything before it: whoever trusts the old key
    trusts the new one. It is "" for an adoption, where the old private key was lost. `accepted`
    is the new key's signature over all of that: whoever trusts the new key takes what the old
    one had signed.
    """

    format: int
    cause: Cause
    old: str
    new: str
    at: str
    actor: str
    reason: str
    introduced: str = ""
    accepted: str = ""
