"""What people say in a record, and what may be printed: one line, printable, bounded.

A text that breaks a line could pose as a further move in whatever prints it, and one with bytes
that are no UTF-8 could be signed and never read again.
"""

from __future__ import annotations

import getpass
import os
import socket

from fraud_assets.errors import StoreError

MOST_OF_ACTOR = 100
"""Letters of a name."""

MOST_OF_REASON = 1000
"""Letters of a reason; the gate's longest sentence has about 900."""


ROLL_BACK = "`fraud-assets models rollback --actor NAME --reason TEXT`"
"""How a person goes back to what served before, as sentences recommend it."""


def override_of(version: str) -> str:
    """How a person lets a version serve past the gate, as sentences recommend it."""
    return f"`fraud-assets models promote {version} --override --actor NAME --reason TEXT`"


def actor(text: str) -> str:
    """Who moves production, trimmed; raises like `reason`."""
    return _said(text, "actor", MOST_OF_ACTOR)


def reason(text: str) -> str:
    """Why production is moved, trimmed.

    Raises
    ------
    StoreError
        If it is blank, too long, or not one line of printable letters.
    """
    return _said(text, "reason", MOST_OF_REASON)


def one_line(text: str, most: int = MOST_OF_REASON) -> str:
    """A sentence of our own as a reason: what cannot be printed is escaped, the rest cut off."""
    line = printable(" ".join(text.split()))
    return line if len(line) <= most else line[: most - 4] + " ..."


def printable(text: object) -> str:
    """A value as it may be printed: control characters, line breaks and stray bytes escaped."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(text))


def default_actor() -> str:
    """Who runs this process, such as ada@worker-3."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user without a name
        user = str(os.getuid()) if hasattr(os, "getuid") else "somebody"
    return one_line(f"{user}@{socket.gethostname()}", MOST_OF_ACTOR)


def _said(text: str, what: str, most: int) -> str:
    said = text.strip()
    if not said:
        raise StoreError(f"The {what} must be said: nobody moves production without a {what}.")
    if not said.isprintable():
        odd = next(letter for letter in said if not letter.isprintable())
        raise StoreError(
            f"The {what} must be one line of printable letters, got {odd!a} in it: say it anew "
            "without line breaks, control characters or bytes that are no UTF-8."
        )
    if len(said) > most:
        raise StoreError(f"The {what} must have at most {most} letters, got {len(said)}: be brief.")
    return said
