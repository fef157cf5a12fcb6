"""What does not hold in a segment, in one sentence: file, byte, and which decisions it reaches."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from fraud_assets.decisions.segment import Damage, Segment
from fraud_assets.decisions.torn import NEXT_BLOCK

_ID = re.compile(rb'"decision_id":("(?:[^"\\\n]|\\.)*")')


def damage_sentence(path: Path, damage: Damage) -> str:
    """Where a segment stops holding, and why; names the decisions of the block that does not."""
    data = path.read_bytes()
    following = NEXT_BLOCK.search(data, damage.at + 1)
    block = data[damage.at : following.start() if following else len(data)]
    sentence = f"{path} does not hold at byte {damage.at:,}: {damage.why}"
    found = [_plain(text) for text in _ID.findall(block)]
    if not found:
        return f"{sentence}."
    if len(found) == 1:
        return f"{sentence}; it has decision {found[0]}."
    return f"{sentence}; it has {len(found):,} decisions, {found[0]} to {found[-1]}."


def whole_or(path: Path, segment: Segment, *, is_closed: bool, signed_to: int = 0) -> str:
    """The sentence where a segment does not hold; "" where all of it does, or a crash tore its end.

    A closed segment has no torn end, nor has one of which `signed_to` bytes were signed for.
    """
    damage = segment.damage
    if damage is None or (damage.is_torn and not is_closed and signed_to <= damage.at):
        return ""
    return damage_sentence(path, damage)


def _plain(text: bytes) -> str:
    try:
        return str(msgspec.json.decode(text))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return text.decode("ascii", "replace")
