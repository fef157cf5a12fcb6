"""What follows an alarm: back to the newest earlier version that nothing accuses, or nothing.

A version that the evidence accused does not come back this way, so two versions cannot take
turns; it returns only by a promotion of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from fraud_assets.documents.production import Production
from fraud_assets.documents.signed.move import Move
from fraud_assets.errors import StoreError
from fraud_assets.store.store import Store
from fraud_assets.values.counted import counted

ACTOR = "monitor"


def go_back(document: Production, moves: Sequence[Move], store: Store) -> str:
    """Move production where the document says an alarm; a sentence on what was done.

    Two that see the same alarm at once make one move: the second one finds that something else
    serves than it judged.
    """
    if not document.alarmed:
        return "No alarm of recall: production stays."
    accused = {version.version for version in document.versions if version.alarm is not None}
    earlier = [move.version for move in reversed(moves) if move.version not in accused]
    now = document.versions[-1]
    if not earlier:
        return f"{now.version} stays: no earlier version is left that the evidence does not accuse."
    reason = (
        f"alarm since {now.alarm}: recall below {now.floor:.0%}, evidence worth {now.worth:.3g} of "
        f"{document.limit:g} from {counted(now.observations, 'sender')}"
    )
    try:
        move = store.rollback(earlier[0], actor=ACTOR, reason=reason, expected=now.version)
    except StoreError as error:
        return f"Production stays: {error}"
    return f"Production moved back from {now.version} to {move.version}."
