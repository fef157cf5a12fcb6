"""Names of columns that are usually filled after a payment was found to be fraud."""

from __future__ import annotations

import re

_AFTERWARDS = re.compile(
    "block|cancel|case$|cb$|chargeback|charged|class$|clos|comment|confirm|decision|declin|"
    "dispos|disput|flag|fraud|investig|is$|label|loss|note|outcome|reason|recover|refund|report|"
    "resol|result|return|revers|review|risk|scam|state$|status|target|verdict|victim|writeoff",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def is_suspect(name: str) -> bool:
    """Whether a name such as "refundReason" or "is_blocked" speaks of what came after."""
    return any(_AFTERWARDS.match(word) for word in _WORDS.findall(name))
