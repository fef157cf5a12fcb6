"""Each command that a sentence of the software recommends is one that runs as it stands there."""

from __future__ import annotations

import argparse
import ast
import contextlib
import io
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from fraud_assets.cli import COMMANDS, build_parser
from tests.docs.test_inline import PAGES, PLACEHOLDERS, fault_of, spans
from tests.weeks import REPOSITORY

PACKAGE, MONITORING = REPOSITORY / "fraud_assets", REPOSITORY / "docs" / "monitoring"
_QUOTED = re.compile(r"`(fraud-assets [^`]+)`")
_BARE = re.compile(r"(?<![`\w])fraud-assets ((?:-{0,2}\w[\w-]*)(?: -{0,2}\w[\w-]*)*)")
_SIGNED = {("models", "rollback"), ("models", "promote"), ("models", "shadow"), ("keys", "rotate")}
"""Acts that nobody does without a name and a reason."""


def sentences(path: Path) -> Iterator[str]:
    """The texts of a module that are no docstrings; what is filled in stands as VALUE."""
    tree = ast.parse(path.read_text())
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    inside = {id(part) for one in ast.walk(tree) if isinstance(one, ast.JoinedStr)
              for part in one.values}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (p.value if isinstance(p, ast.Constant) else "VALUE" for p in node.values)
            yield "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and id(node) not in docstrings | inside:
            yield str(node.value).replace("{}", "VALUE")


def why_not(command: str) -> str | None:
    """Why this would not run as it stands; None where it would."""
    words = [PLACEHOLDERS.get(word, word) for word in shlex.split(command)]
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            args = build_parser().parse_args(words)
    except SystemExit as ended:
        return None if ended.code == 0 else said.getvalue().strip().splitlines()[-1]
    return unsigned(args)


def unsigned(args: argparse.Namespace) -> str | None:
    """What an act lacks that is signed when it runs."""
    act = (args.command, getattr(args, f"{args.command}_command", None))
    asks = act == ("models", "shadow") and args.version is None and not args.newest
    if act not in _SIGNED or asks:
        return None
    if act == ("models", "promote") and not args.override:
        return "promotes nothing without --override"
    return None if args.actor and args.reason else "lacks --actor NAME --reason TEXT"


def faults(text: str) -> dict[str, str]:
    """Commands of a text that would not run, and why."""
    found = {
        command: why_not(command.removeprefix("fraud-assets ")) for command in _QUOTED.findall(text)
    }
    for tail in _BARE.findall(_QUOTED.sub("", text)):
        words = tail.split()
        if words[0] in COMMANDS:
            tries = [why_not(" ".join(words[:end])) for end in range(len(words), 0, -1)]
            found[tail] = None if None in tries else tries[0]
    return {command: why for command, why in found.items() if why is not None}


def test_each_command_in_a_message_runs():
    """Its subcommands, options and values are those of the parser, a signed act's name included."""
    others = [*PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.js"), *MONITORING.glob("*.yml")]
    texts = [(path, text) for path in sorted(PACKAGE.rglob("*.py")) for text in sentences(path)]
    texts += [(path, path.read_text()) for path in others]
    found = {
        f"{path.name}: {command}": why
        for path, text in texts
        if "fraud-assets " in text
        for command, why in faults(text).items()
    }

    assert found == {}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_signed_act_on_a_page_bears_name_and_reason(page):
    """Which the parser does not demand of all of them."""
    commands = [one.replace("[", "").replace("]", "") for one in spans(page.read_text())]
    found = {}
    for command in commands:
        words = command.removeprefix("fraud-assets ").split()
        is_act = tuple(words[:2]) in _SIGNED and ("--" in command or len(words) > 2)
        if is_act and fault_of(command) is None and (why := why_not(" ".join(words))):
            found[command] = why

    assert found == {}


@pytest.mark.parametrize(
    "wrong",
    [
        "or roll back with `fraud-assets models rollback`",
        "serve only by `fraud-assets models promote --override`.",
        "`fraud-assets models promote VALUE --override`",
        "Build it: fraud-assets state bild",
        "then run `fraud-assets decisions forget`",
        "`fraud-assets models shadow --newest`",
    ],
)
def test_one_that_would_not_run_is_noticed(wrong):
    """The harness can fail: quoted or not, wrong or not whole."""
    assert faults(wrong) != {}
