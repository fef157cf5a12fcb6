"""`latest.json` of a store of objects: a copy of the last line for readers other than this package.

The last numbered move is the pointer, and what this package reads. The copy is written after the
move: it may be missing or one move behind where a writer was killed in between, until the next one
comes. It is the signed line itself, so that whoever reads it can verify it.
"""

from __future__ import annotations

from fraud_assets.store.storage.objects.client import Client
from fraud_assets.store.storage.objects.lines import Lines
from fraud_assets.store.storage.port import LOG_FILE, POINTER_FILE

_TURNS = 5
"""More moves than that do not happen while one copy is written; whoever moves last writes last."""


def mirror(client: Client, lines: Lines) -> None:
    """Let `latest.json` be the last line, of moves that happen meanwhile too."""
    for _ in range(_TURNS):
        last = lines.last(LOG_FILE)
        if last is None or _copy(client) == last:
            return
        client.replace(POINTER_FILE, last)


def _copy(client: Client) -> bytes | None:
    try:
        return b"".join(client.chunks(POINTER_FILE))
    except FileNotFoundError:
        return None
