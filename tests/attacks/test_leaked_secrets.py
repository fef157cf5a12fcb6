"""A secret in a source's URL, and everything that people and machines keep of it.

At d2ae1cc credentials reached logs and errors in six forms, and an error printed a file's first
line. The drivers here are as talkative as real ones: their errors hold the whole URL, as written
and decoded, and so do the errors that caused those.
"""

from __future__ import annotations

import copy
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from fraud_assets.chain import evidence, steps
from fraud_assets.contract import Contract, parse_contract
from fraud_assets.data.source import read_table
from fraud_assets.errors import ContractError, DataError, FraudAssetsError
from fraud_assets.masking import without_secrets
from tests.attacks.telltale import Telltale
from tests.orchestration.runs import launch
from tests.weeks import Week

SECRET = "s3cr3t"
FORMS = {
    "user and password": f"telltale://ada:{SECRET}@h/x.csv",
    "a token alone": f"telltale://{SECRET}@h/x.csv",
    "a token as the user": f"telltale://{SECRET}:@h/x.csv",
    "a password with slashes": f"telltale://ada:a/b/{SECRET}@h/x.csv",
    "percent-encoded": "telltale://ada:s3%63r3t@h/x.csv",
    "a query": f"telltale://h/x.csv?sig={SECRET}&a=b",
    "a query without a name": f"telltale://h/x.csv?{SECRET}",
    "a fragment": f"telltale://h/x.csv#access_token={SECRET}",
    "a parameter": f"telltale://h/x.csv;token={SECRET}",
    "a variable as the password": "telltale://ada:${TEST_TOKEN}@h/x.csv",
    "a variable in the path": "telltale://h/${TEST_TOKEN}/x.csv",
    "a variable in the host": "telltale://${TEST_TOKEN}.h/x.csv",
    "a variable for all of it": "${TEST_URL}",
    "a default": f"telltale://ada:${{TEST_UNSET:-{SECRET}}}@h/x.csv",
    "behind a cache": f"simplecache::telltale://ada:{SECRET}@h/x.csv",
    "inside an archive": f"zip://x.csv::telltale://ada:{SECRET}@h/x.zip",
}
OPERATIONS = ("info", "ls", "open", "read", "none")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("TEST_TOKEN", SECRET)
    monkeypatch.setenv("TEST_URL", f"telltale://ada:{SECRET}@h/x.csv")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    yield
    Telltale.failing, Telltale.content = "", b"a,y\n1,0\n"


def contract(path: str) -> Contract:
    return parse_contract(
        f'format = 1\nname = "t"\n[source]\npath = "{path}"\n[label]\ncolumn = "y"\n'
        '[features]\nnumeric = ["a"]\n[windows]\nby = "shares"\n'
    )


def everything_said(error: BaseException) -> str:
    """Its words, its repr, its stack trace, and those of what it was raised for."""
    parts, at = [], error
    while at is not None:
        parts += [str(at), repr(at)]
        at = at.__cause__ if at.__suppress_context__ else at.__cause__ or at.__context__
    return "\n".join([*parts, *traceback.format_exception(error)])


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("form", FORMS)
def test_no_driver_tells_the_secret(form: str, operation: str, caplog) -> None:
    """Whatever it says, at whatever point: neither sentence, stack trace, log nor record has it."""
    Telltale.failing = operation
    caplog.set_level(logging.DEBUG)
    said = []
    for act in (steps.raw_transactions, evidence.witnessed):
        try:
            found = act(contract(FORMS[form]))
        except FraudAssetsError as error:
            said.append(everything_said(error))
        else:
            kept = found if isinstance(found, tuple) else (found.made, found.files, found.skipped)
            said.append(repr(kept))

    assert SECRET not in "\n".join(said)
    assert SECRET not in caplog.text
    assert all(said)


@pytest.mark.parametrize("form", [form for form in FORMS if "variable" not in form])
def test_no_contract_shows_it(form: str) -> None:
    """Neither its repr, nor its faults, nor a copy's."""
    found = contract(FORMS[form])
    encoded = ("s3%63r3t", SECRET)

    for shown in (repr(found), str(found), repr(found.source), repr(copy.deepcopy(found))):
        assert not any(text in shown for text in encoded)
    with pytest.raises(ContractError) as refused:
        parse_contract(found.text.replace('name = "t"', f'name = "{FORMS[form]}"'))
    assert not any(text in everything_said(refused.value) for text in encoded)


@pytest.mark.parametrize("name", ["x.csv", "x.parquet", "x.csv.gz", "x.zip"])
def test_an_error_repeats_nothing_of_a_file(tmp_path: Path, name: str) -> None:
    """A private key that was named by mistake is called no table, and not shown."""
    lines = ["-----BEGIN PRIVATE KEY-----", f"{SECRET}{SECRET}", "-----END PRIVATE KEY-----"]
    (tmp_path / name).write_text("\n".join(lines) + "\x00\udcff", errors="surrogateescape")

    with pytest.raises(DataError) as refused:
        read_table(tmp_path / name)

    said = everything_said(refused.value)
    assert SECRET not in said
    assert "BEGIN" not in said


@pytest.mark.parametrize(
    "text",
    [
        "week_?.csv",
        "s3://bucket/week_?.csv",
        "s3://bucket/day=1/x.csv",
        "s3://bucket/a#1.csv",
        "is it https://h/a.csv? yes",
        "zip://a/b.csv::s3://bucket/a.zip",
    ],
)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    """Patterns, partitions and odd names are not masked."""
    assert without_secrets(text) == text


@pytest.mark.slow
def test_nothing_that_a_run_leaves_behind_has_it(week: Week, monkeypatch, caplog) -> None:
    """A whole week over such a URL: Dagster's events, values between steps, version, report."""
    signature = "s1gn4tur3"
    monkeypatch.setenv("TEST_SIGNATURE", signature)
    data = sorted(week.folder.rglob("*.parquet"))
    Telltale.content = pd.concat(map(pd.read_parquet, data)).to_parquet()
    for file in data:
        file.unlink()
    line = next(one for one in week.contract.read_text().splitlines() if one.startswith("path = "))
    url = f"telltale://ada:{SECRET}@h/${{TEST_SIGNATURE}}/week.parquet?sig=${{TEST_SIGNATURE}}"
    week.edit(line, f'path = "{url}"')
    caplog.set_level(logging.DEBUG)

    published = launch(week)
    Telltale.failing = "read"
    failed = launch(week)

    assert published.success
    assert not failed.success
    left = [path for path in week.folder.rglob("*") if path.is_file() and path != week.contract]
    assert any(path.name == "report.html" for path in left)
    assert any(path.suffix == ".db" for path in left)
    for secret in (SECRET, signature):
        assert [path for path in left if secret.encode() in path.read_bytes()] == []
        assert secret not in caplog.text
