"""The log of moves, `promotions.jsonl`: signed lines, each bearing the digest of the one before.

A line edited, removed, added or moved is noticed. The last line alone could be removed without
a trace if `latest.json` were replaced by the older record too: whoever needs to notice that
keeps `models list --json` elsewhere.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec

from fraud_assets.errors import TrustError
from fraud_assets.store.pointer import Pointer, read_pointer

LOG_FILE = "promotions.jsonl"
_RESTORE = "restore it from a backup"


def read_log(data: bytes, key: ec.EllipticCurvePublicKey) -> list[Pointer]:
    """Verify every line and the chain between them.

    Raises
    ------
    TrustError
        If a line does not hold or does not follow the one before; names the line.
    """
    moves: list[Pointer] = []
    for number, line in enumerate(data.splitlines(keepends=True), start=1):
        move = _read_line(line, key, number)
        before = moves[-1].line_digest() if moves else None
        if move.sequence != number or move.previous_line != before:
            raise TrustError(
                f"{LOG_FILE} line {number} does not follow the line before it: a line was "
                f"removed, added or moved; {_RESTORE}."
            )
        moves.append(move)
    return moves


def read_last(data: bytes, key: ec.EllipticCurvePublicKey) -> Pointer | None:
    """The last move, verified by itself; None for an empty log.

    Raises
    ------
    TrustError
        If the line does not hold or is not as far down as it says.
    """
    lines = data.splitlines(keepends=True)
    if not lines:
        return None
    move = _read_line(lines[-1], key, len(lines))
    if move.sequence != len(lines):
        raise TrustError(
            f"{LOG_FILE} has {len(lines)} lines and ends with number {move.sequence}: lines were "
            f"removed or added; {_RESTORE}."
        )
    return move


def follows(move: Pointer, last: Pointer | None) -> bool:
    """Whether `move` is the one right after `last`."""
    if last is None:
        return move.sequence == 1 and move.previous_line is None
    return move.sequence == last.sequence + 1 and move.previous_line == last.line_digest()


def _read_line(line: bytes, key: ec.EllipticCurvePublicKey, number: int) -> Pointer:
    try:
        return read_pointer(line, key, f"{LOG_FILE} line {number}")
    except TrustError as error:
        raise TrustError(f"{error}; {_RESTORE}.") from error
