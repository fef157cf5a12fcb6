"""How a benchmark ends: its table, its figures in a file, and how long it took."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any


def finish(table: str, result: Any, out: Path, started: float) -> None:
    """Print the table and write the figures to `out`; `started` is of `time.monotonic`."""
    print(table)
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(result, indent=1) + "\n")
    print(f"{time.monotonic() - started:.1f} s; wrote {out}")
