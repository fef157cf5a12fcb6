"""Runs the trial and prints what came of it."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.finish import finish
from benchmarks.stack.trial import attempt

OUT = Path(__file__).parent.parent / "out" / "stack.json"


def main() -> int:
    """Do it; 0 where everything held."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stack", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="leave the stack's folder behind")
    args = parser.parse_args()
    # Whoever ends this ends the stack too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Ended before its end."))
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="fraud-stack-"))
    folder.chmod(0o711)  # PostgreSQL's user may reach its part
    try:
        found = attempt(folder)
    finally:
        if not args.keep:
            shutil.rmtree(folder, ignore_errors=True)
    held = [value for value in found.values() if isinstance(value, bool)]
    harms = found.pop("harms")
    table = [f"{name:<34} {value}" for name, value in found.items()]
    table += ["", *(str(one) for one in harms)]
    finish("\n".join(table), found | {"harms": [vars(one) for one in harms]}, OUT, started)
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
