"""What runs where, as a person reads it: no password in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from stack.place import Place
from stack.program import Program
from stack.supervisor import Supervisor


class Row(NamedTuple):
    """A program, how it is, where it answers, what it is."""

    name: str
    state: str
    where: str
    what: str
    pid: int


def rows_of(supervisor: Supervisor, programs: Sequence[Program]) -> list[Row]:
    """A row for each program."""
    is_up = supervisor.is_running
    return [_row(supervisor, one, is_up=is_up) for one in programs]


def _row(supervisor: Supervisor, one: Program, *, is_up: bool) -> Row:
    found, pid = supervisor.state(one.name) if is_up else ("STOPPED", 0)
    state = found.lower()
    if found == "RUNNING":
        state = "ready" if one.is_ready() else one.waits() or "not ready"
    return Row(one.name, state, one.shown, one.what, pid)


def printed(place: Place, rows: Sequence[Row]) -> str:
    """The table and what to do with it; of a program that is ready nothing more is said."""
    wide = max(len(row.name) for row in rows)
    lines = []
    for row in rows:
        lines.append(f"{row.name:<{wide}}  {row.where or '-'}  {row.what}")
        if row.state != "ready":
            lines.append(f"{'':<{wide}}  {row.state}")
    own = place.private / "environment"
    return "\n".join(
        [
            *lines,
            "",
            f"ready: {sum(row.state == 'ready' for row in rows)} of {len(rows)}",
            f"data and logs: {place.folder}",
            f"the same settings for commands of yours: set -a; . {own}; set +a",
        ]
    )
