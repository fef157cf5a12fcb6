"""`python -m fraud_assets.cli._desk`: runs the factory's commands one after the other.

A line of standard input is a command's arguments as JSON; a line of standard output how it ended.
One process, so that its libraries are imported once and not for each of a hundred commands.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys

from fraud_assets.cli import main


def ran(line: str) -> str:
    """Run one command; its exit code and what it printed, as JSON."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(json.loads(line))
        except SystemExit as end:  # argparse's way to say wrong usage
            code = int(end.code or 0)
    return json.dumps({"code": code, "out": out.getvalue(), "err": err.getvalue()})


if __name__ == "__main__":
    said = sys.stdout
    for asked in sys.stdin:
        print(ran(asked), file=said, flush=True)
