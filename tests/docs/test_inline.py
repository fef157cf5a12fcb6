"""Each command that a page names in a sentence or a table is one that can be typed."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import re
import shlex

import pytest

from fraud_assets.cli import COMMANDS, build_parser
from tests.weeks import REPOSITORY

PAGES = [
    *(REPOSITORY / name for name in ("README.md", "SECURITY.md", "CONTRIBUTING.md")),
    *sorted((REPOSITORY / "docs").glob("*.md")),
    REPOSITORY / "data" / "README.md",
]
_PHONY = re.compile(r"^\.PHONY: ((?:.*\\\n)*.*)$", re.MULTILINE)
TARGETS = set(re.findall(r"[a-z-]+", _PHONY.findall((REPOSITORY / "Makefile").read_text())[0]))

PLACEHOLDERS = {"TIME": "2025-06-02", "DATE": "2025-06-02", "N": "2"}
"""Words that stand for a value which its option reads."""


def spans(text: str) -> list[str]:
    """Code in backticks outside of blocks, on one line each."""
    without_blocks = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [" ".join(found.split()) for found in re.findall(r"`([^`]+)`", without_blocks)]


def fault_of(span: str) -> str | None:
    """Why nobody could type this; None where somebody could, or where it is no command."""
    if re.search(r" = |[{}<>|;]|^\[", span):
        return None
    words = shlex.split(span.replace("[", "").replace("]", ""))
    words = [PLACEHOLDERS.get(word, word) for word in words if word != "fraud-assets"]
    if words[:1] == ["make"]:
        targets = {word for word in words[1:] if "=" not in word}
        return None if targets <= TARGETS else "no such target"
    if words[:2] == ["python", "-m"]:
        found = importlib.util.find_spec(words[2])
        return None if found is not None else "no such module"
    is_ours = span.startswith("fraud-assets ") or (words[0] in COMMANDS and len(words) > 1)
    if not is_ours:
        return None
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            build_parser().parse_args(words)
    except SystemExit as ended:
        why = said.getvalue().strip().splitlines()[-1]
        is_a_name_alone = "are required" in why and all(word.islower() for word in words)
        return None if ended.code == 0 or (is_a_name_alone and "--" not in span) else why
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_named_command_can_be_typed(page):
    """Subcommands and options exist, with the values that they want; targets and modules too."""
    faults = {span: fault_of(span) for span in spans(page.read_text())}

    assert {span: why for span, why in faults.items() if why is not None} == {}


@pytest.mark.parametrize(
    "wrong",
    [
        "fraud-assets models rolback",
        "fraud-assets run --asof 2025-06-02",
        "models rollback --reason TEXT",
        "make seve",
        "python -m benchmarks.nothing",
    ],
)
def test_a_command_that_nobody_could_type_is_noticed(wrong):
    """The harness can fail: a subcommand, an option, a missing value, a target, a module."""
    assert fault_of(wrong) is not None
