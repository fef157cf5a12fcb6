"""The console blocks of a page: commands after `$`, and the output written below each."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"\s+#\s.*$")


@dataclass(frozen=True)
class Command:
    """One command and the lines that the page shows below it."""

    text: str
    shown: tuple[str, ...]


def blocks(page: str) -> list[list[Command]]:
    """The commands of each console block, in order; what runs on with a backslash is one."""
    return [_commands(found[1]) for found in _BLOCK.finditer(page)]


def _commands(block: str) -> list[Command]:
    commands: list[Command] = []
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.rstrip("\n").split("\n")
        taken = 1
        while not _is_whole("\n".join(lines[:taken])) and taken < len(lines):
            taken += 1
        text = _COMMENT.sub("", "\n".join(lines[:taken])).strip()
        if text and not text.startswith("#"):
            commands.append(Command(text, tuple(line for line in lines[taken:] if line.strip())))
    return commands


def _is_whole(text: str) -> bool:
    """Whether quotes are closed and no line goes on."""
    return text.count("'") % 2 == 0 and not text.rstrip().endswith("\\")


_VOLATILE = (
    (re.compile(r"fraud_detector_\d{8}_\d{6}"), "VERSION"),
    (re.compile(r"\b\d+ s\b"), "SECONDS"),
    (re.compile(r"\s+"), " "),
)


def alike(shown: str, printed: str) -> bool:
    """Whether a printed line is what the page shows: `...` stands for anything, times vary."""
    for pattern, word in _VOLATILE:
        shown, printed = pattern.sub(word, shown), pattern.sub(word, printed)
    pattern = ".*".join(re.escape(part.strip()) for part in shown.split("..."))
    return re.search(pattern, printed.strip()) is not None


def missing(command: Command, printed: str) -> list[str]:
    """The lines that the page shows and the command did not print, in that order."""
    lines, at, absent = printed.splitlines(), 0, []
    for shown in command.shown:
        found = next((i for i in range(at, len(lines)) if alike(shown, lines[i])), None)
        if found is None:
            absent.append(shown)
        else:
            at = found
    return absent
