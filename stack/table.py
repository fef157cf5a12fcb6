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
    state, pid = supervisor.state(one.name) if is_up else ("STOPPED", 0)
    if state == "RUNNING":
        state = "ready" if one.is_ready() else one.waits() or "not ready"
    return Row(one.name, state.lower(), one.shown, one.what, pid)


def printed(place: Place, rows: Sequence[Row]) -> str:
    """The table and what to do with it."""
    wide = max(len(row.name) for row in rows)
    lines = [
        f"{row.name:<{wide}}  {row.state:<8} {row.where or '-'}\n{'':<{wide}}  {'':<8} {row.what}"
        for row in rows
    ]
    own = place.private / "environment"
    return "\n".join(
        [
            *lines,
            "",
            f"data and logs: {place.folder}",
            f"the same settings for commands of yours: set -a; . {own}; set +a",
        ]
    )
