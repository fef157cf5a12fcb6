"""Processes that record decisions until they are killed, and say each acknowledgement.

`python -m tests.decisions.writer FOLDER window|sync PIPE` waits for a line on standard input and
then forks a writer, which has all imported already; it tells the writer's process, and when that
is gone. A byte into the pipe is one acknowledgement: "a" with `sync` of an entry that is on disk,
else of one that was recorded; "f" for each that the log says is flushed.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from fraud_assets.decisions.log import DecisionLog, LogSettings, open_log
from tests.decisions.plain import recorded


async def write(log: DecisionLog, pipe: int, *, sync: bool) -> None:
    """Record for ever."""
    told = 0
    while True:
        recorded(log, 1)
        await log.settled(log.recorded)
        os.write(pipe, b"a")
        if not sync:
            flushed = log.status().flushed
            os.write(pipe, b"f" * (flushed - told))
            told = flushed


def main() -> None:
    """One writer after the other, as often as somebody asks."""
    folder, sync, pipe = Path(sys.argv[1]), sys.argv[2] == "sync", int(sys.argv[3])
    settings = LogSettings(sync=sync, window_seconds=0.01, segment_bytes=200_000)
    for _ in sys.stdin:
        writer = os.fork()
        if not writer:
            asyncio.run(write(open_log(folder, settings), pipe, sync=sync))
        os.write(1, b"%d\n" % writer)
        os.waitpid(writer, 0)
        os.write(1, b"gone\n")


if __name__ == "__main__":
    main()
