"""Waits until something is in production, then becomes the command that it was given."""

from __future__ import annotations

import os
import sys
import time

from fraud_assets.errors import StoreError
from fraud_assets.store.places import default_root, stores_under

_PAUSE = 1.0


def main(words: list[str]) -> None:
    """Look each second; replace this process once there is a store with a move in it."""
    while not _is_there():
        time.sleep(_PAUSE)
    os.execv(words[0], words)


def _is_there() -> bool:
    try:
        return bool(stores_under(default_root()))
    except StoreError:
        return False


if __name__ == "__main__":
    main(sys.argv[1:])
