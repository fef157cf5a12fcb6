"""`python -m stack up|down|status`: all of it on this machine; `make stack`, `make stack-down`."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from pathlib import Path

from stack.place import Place, write_private
from stack.program import all_programs
from stack.supervisor import NotReadyError, Supervisor
from stack.table import printed, rows_of


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
        print(f"There is no stack in {args.folder}.")
        return 0
    place = Place.at(args.folder, is_free=args.free_ports)
    programs = all_programs(place)
    supervisor = Supervisor(place, programs)
    if args.act == "down":
        was_up = supervisor.down()
        print(f"Stopped; the data stay in {place.folder}." if was_up else "Nothing runs.")
        return 0
    if args.act == "up":
        _leave_settings(place)
        try:
            supervisor.up()
        except NotReadyError as error:
            print(error, file=sys.stderr)
            return 1
    rows = rows_of(supervisor, programs)
    print(json.dumps([row._asdict() for row in rows]) if args.json else printed(place, rows))
    return 0


def _leave_settings(place: Place) -> None:
    """For a shell of this user, passwords included."""
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in place.environment.items()]
    write_private(place.private / "environment", "".join(lines))


if __name__ == "__main__":
    sys.exit(main())
