"""A process that records decisions until it is killed, and says each acknowledgement.

`python -m tests.decisions.writer FOLDER window|sync`. A byte on standard output is one
acknowledgement: with `sync` of an entry that is on disk, else of one that was recorded, or "f"
for each that the log says is flushed.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from fraud_assets.decisions.log import DecisionLog, LogSettings, open_log
from tests.decisions.entries import recorded


async def write(log: DecisionLog, *, sync: bool) -> None:
    """Record for ever."""
    told = 0
    while True:
        recorded(log, 1)
        await log.settled(log.status().recorded)
        os.write(1, b"a")
        if not sync:
            flushed = log.status().flushed
            os.write(1, b"f" * (flushed - told))
            told = flushed


def main() -> None:
    """Write to the folder named, in the way named."""
    sync = sys.argv[2] == "sync"
    settings = LogSettings(sync=sync, window_seconds=0.01, segment_bytes=200_000)
    asyncio.run(write(open_log(Path(sys.argv[1]), settings), sync=sync))


if __name__ == "__main__":
    main()
