"""How a long computation says how far it is."""

from collections.abc import Callable

Progress = Callable[[str], None]
"""Takes one line of text, from the process that was asked."""
