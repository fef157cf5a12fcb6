"""`python -m stack up|down|status`: all of it on this machine; `make stack`, `make stack-down`."""

from __future__ import annotations

import argparse
import json
import shlex
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from stack.place import Place, write_private
from stack.program import NotReadyError, Program, all_programs
from stack.supervisor import Supervisor
from stack.table import printed, rows_of

_INTERRUPTED = 130
"""As a shell tells of a command that Ctrl-C ended."""


def main(words: list[str] | None = None) -> int:
    """Do it; 0 where it is done, 1 where something does not come up."""
    parser = argparse.ArgumentParser(prog="python -m stack", description=__doc__)
    parser.add_argument("act", choices=("up", "down", "status"))
    parser.add_argument("--folder", type=Path, default=Path(".stack"), help="default: .stack")
    parser.add_argument(
        "--free-ports",
        action="store_true",
        help="a new stack takes ports at random instead of the usual ones",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args(words)
    if args.act != "up" and not Place.is_made(args.folder):
        print("[]" if args.json else f"There is no stack in {args.folder}; make stack makes one.")
        return 0
    try:
        place = Place.at(args.folder, is_free=args.free_ports)
        return _ACTS[args.act](place, all_programs(place), is_json=args.json)
    except (NotReadyError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


def _up(place: Place, programs: Sequence[Program], *, is_json: bool) -> int:
    """Start it; whoever interrupts that ends what was started."""
    supervisor = Supervisor(place, programs)
    own = "".join(f"{name}={shlex.quote(value)}\n" for name, value in place.environment.items())
    write_private(place.private / "environment", own)  # for a shell of this user
    ran_before = supervisor.is_running
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        supervisor.up()
    except KeyboardInterrupt:
        if ran_before:
            print("\nInterrupted; what ran before runs on.", file=sys.stderr)
            return _INTERRUPTED
        print("\nInterrupted; stopping what was started.", file=sys.stderr)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        supervisor.down()
        print("Nothing of it runs.", file=sys.stderr)
        return _INTERRUPTED
    return _status(place, programs, is_json=is_json)


def _down(place: Place, programs: Sequence[Program], *, is_json: bool) -> int:  # noqa: ARG001
    was_up = Supervisor(place, programs).down()
    print(f"Stopped; the data stay in {place.folder}." if was_up else "Nothing runs.")
    return 0


def _status(place: Place, programs: Sequence[Program], *, is_json: bool) -> int:
    rows = rows_of(Supervisor(place, programs), programs)
    print(json.dumps([row._asdict() for row in rows]) if is_json else printed(place, rows))
    return 0


_ACTS = {"up": _up, "down": _down, "status": _status}


if __name__ == "__main__":
    sys.exit(main())
