"""The pages say what is so: links lead somewhere, the reference is the schema's own."""

from __future__ import annotations

import re

import pytest

from fraud_assets.contract.reference import contract_reference
from tests.docs.console import Command, alike, blocks, missing
from tests.weeks import REPOSITORY

PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").glob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page):
    """A page that is built for reading on the repository has no dead ends."""
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text())

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_contracts_reference_is_what_the_command_writes():
    """`fraud-assets schema --reference docs/contract.md` after each change of the schema."""
    assert (REPOSITORY / "docs" / "contract.md").read_text() == contract_reference()


def test_commands_are_read_as_a_shell_reads_them():
    """Comments go, quoted lines stay together, output belongs to the command above it."""
    page = """```console
$ make run   # one week
version fraud_detector_20250101_000000
$ curl -d '
  {"a": 1}'
{"ok": ...}
```
"""

    (found,) = blocks(page)

    assert [command.text for command in found] == ["make run", "curl -d '\n  {\"a\": 1}'"]
    assert found[0].shown == ("version fraud_detector_20250101_000000",)


def test_a_line_that_was_not_printed_is_missed():
    """The harness can fail: another number, another order."""
    command = Command("x", ("recall 0.92 ...", "precision 0.89"))

    assert missing(command, "recall 0.92 (n 511)\nprecision 0.89") == []
    assert missing(command, "recall 0.91 (n 511)\nprecision 0.89") == ["recall 0.92 ..."]
    assert missing(command, "precision 0.89\nrecall 0.92") == ["precision 0.89"]
    assert alike("VERSION fraud_detector_20250101_000000", "VERSION fraud_detector_20260101_111111")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_of_a_page_stand_in_blocks_that_are_run(page):
    """A block of a shell's language would be run by no test; a refusal's is shown as it was."""
    fences = re.findall(r"^```(\w+)$", page.read_text(), re.MULTILINE)

    assert set(fences) <= {"console", "toml", "json"}
