"""A password in a setting, however it is written there: in no sentence, log, or name of a file."""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from fraud_assets.cli import main
from fraud_assets.contract import parse_contract
from fraud_assets.data.source import read_source
from fraud_assets.data.source.noticed import secret_notes
from fraud_assets.errors import DataError
from fraud_assets.notices import notify
from fraud_assets.release.candidate import _published
from fraud_assets.work.registry import chosen_executor
from tests.attacks.test_leaked_secrets import everything_said

SECRET = "s3cr3t-w0rd"
WRITTEN = "s3%63r3t-w0rd"
"""The same, percent-encoded."""


def command(*words: str) -> Callable[[str], object]:
    return lambda url: main([word.replace("URL", url) for word in words])


def dask(url: str) -> object:
    return chosen_executor(1, {"FRAUD_ASSETS_DASK": url})


def webhook(_: str) -> None:
    raise RuntimeError(notify("refused", "text"))


def source(_: str) -> object:
    text = (
        'format = 1\nname = "t"\n[source]\ntable = "payments"\n[label]\ncolumn = "y"\n'
        '[features]\nnumeric = ["a"]\n[windows]\nby = "shares"\n'
    )
    return read_source(parse_contract(text))


ACTS: dict[str, tuple[Callable[[str], object], ...]] = {
    "FRAUD_ASSETS_STATE": (command("state", "show", "who", "x"), command("state", "verify")),
    "FRAUD_ASSETS_MODELS": (command("models", "list"), command("store", "check", "URL")),
    "FRAUD_ASSETS_DATABASE": (command("decisions", "export", "--database"),),
    "FRAUD_ASSETS_SOURCE": (source,),
    "FRAUD_ASSETS_DASK": (dask,),
    "FRAUD_ASSETS_WEBHOOK": (webhook,),
    "FRAUD_ASSETS_DECISIONS": (
        command("decisions", "show", "x"),
        command("decisions", "export"),
        command("decisions", "verify"),
    ),
    "FRAUD_ASSETS_KEYS": (command("models", "list"), command("models", "keys")),
    "FRAUD_ASSETS_CONTRACT": (command("check"), command("check", "URL"), command("monitor")),
    "AWS_ENDPOINT_URL": (command("models", "list"),),
}
FORMS = {
    "FRAUD_ASSETS_STATE": (
        "http://:PW@h:6379",
        "redis:/:PW@h:6379/0",
        "REDIS://:PW@h:6379",
        "redis:PW@h:6379",
        "redis//:PW@h:6379",
        "redis//ada:PW@h/0",
        ":PW@h:6379",
        "ada:PW@h:6379/0",
        "redis://:PW@127.0.0.1:1/0",
        *(f"redis://:PW{sign}x@127.0.0.1:1/0" for sign in "/?#@:"),
        *(f"redis://ada:x{sign}PW@127.0.0.1:1/0" for sign in "/?#@:"),
        "rediss://ada:PW@127.0.0.1:1/0",
        "valkey://:PW@127.0.0.1:1",
        "redis://:PW@127.0.0.1:port/0",
        "redis://127.0.0.1:1/0?password=PW",
        "unix:///nowhere/x.sock?password=PW",
    ),
    "FRAUD_ASSETS_MODELS": (
        "s3://ada:PW@bucket/x",
        *(f"s3://ada:PW{sign}x@bucket/x" for sign in "/?#@:"),
        "s3:/ada:PW@bucket/x",
        "s3//ada:PW@bucket/x",
        "s3/ada:PW@bucket/x",
        "ada:PW@bucket/x",
        "https://ada:PW@h/x",
        "S3://ada:PW@bucket",
        "s3://PW@bucket/x",
        "gs://ada:PW@bucket/x",
    ),
    "FRAUD_ASSETS_DATABASE": (
        "host=h user=ada password=PW",
        "mysql://ada:PW@h/db",
        "postgresql:/ada:PW@h/db",
        "postgresql//ada:PW@h/db",
        "ada:PW@h/db",
        "postgresql://ada:PW@127.0.0.1:1/db",
        *(f"postgresql://ada:PW{sign}x@127.0.0.1:1/db" for sign in "/?#@:"),
        *(f"postgresql://ada:x{sign}PW@127.0.0.1:1/db" for sign in "/?#@:"),
        "postgresql://ada:PW@127.0.0.1:port/db",
        "postgresql://127.0.0.1:1/db?user=ada&password=PW",
        "postgresql://ada:PW@[::1/db",
    ),
    "FRAUD_ASSETS_SOURCE": (
        "postgresql://ada:PW@127.0.0.1:1/db",
        *(f"postgresql://ada:PW{sign}x@127.0.0.1:1/db" for sign in "/?#@:"),
        *(f"postgresql://ada:x{sign}PW@127.0.0.1:1/db" for sign in "/?#@:"),
        "mysql://ada:PW@h/db",
    ),
    "FRAUD_ASSETS_DASK": (
        "tls://ada:PW@127.0.0.1:1",
        "tcp://PW@127.0.0.1:1",
        "http://a:PW@h",
        "tcp//a:PW@127.0.0.1:1",
    ),
    "FRAUD_ASSETS_WEBHOOK": (
        "ftp://ada:PW@h/x",
        "https://ada:PW@127.0.0.1:1/x",
        "http://127.0.0.1:1/hook/PW",
        "http://ada:PW@[::1/x",
        "http:/ada:PW@h/x",
        *(f"http://ada:PW{sign}x@127.0.0.1:1/x" for sign in "/?#@:"),
        "http//ada:PW@h/x",
    ),
    "FRAUD_ASSETS_DECISIONS": (
        "postgresql://ada:PW@h/db",
        "s3://ada:PW@bucket/x",
        "s3//ada:PW@bucket/x",
    ),
    "FRAUD_ASSETS_KEYS": (
        "https://ada:PW@h/keys",
        "vault://PW@h/keys",
        "https//ada:PW@h/keys",
    ),
    "FRAUD_ASSETS_CONTRACT": (
        "https://ada:PW@h/c.toml",
        "s3://ada:PW@b/c.toml",
        "https//ada:PW@h/c.toml",
    ),
    "AWS_ENDPOINT_URL": (
        "http://ada:PW@127.0.0.1:1",
        *(f"http://ada:PW{sign}x@127.0.0.1:1" for sign in "/?#@:"),
    ),
}


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to work in, with an environment that is as before afterwards."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "workspace.yaml").touch()
    monkeypatch.setattr("fraud_assets.store.storage.kinds.s3._PATIENCE", timedelta(seconds=1))
    before = os.environ.copy()
    yield tmp_path
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.parametrize(
    ("name", "form"), [(name, form) for name, forms in FORMS.items() for form in forms]
)
def test_no_setting_shows_its_password(
    name: str,
    form: str,
    workplace: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """As written or decoded; what is refused leaves no folder of that name behind."""
    caplog.set_level(logging.DEBUG)
    if name == "AWS_ENDPOINT_URL":
        os.environ["FRAUD_ASSETS_MODELS"] = "s3://bucket/x"
    said = ""
    for password in (SECRET, WRITTEN):
        url = form.replace("PW", password)
        os.environ[name] = url
        for act in ACTS[name]:
            try:
                act(url)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever is raised
                said += "".join(traceback.format_exception(error))
        found = capsys.readouterr()
        said += found.out + found.err

    made = "\n".join(str(path) for path in workplace.rglob("*"))
    for secret in (SECRET, WRITTEN):
        assert secret not in said
        assert secret not in caplog.text
        assert secret not in made
    assert said


QUERIES = (
    "SELECT * FROM dblink('host=h user=ada password=PW', 'SELECT 1') AS t(a int)",
    "SELECT * FROM dblink('host=h password = ''PW''', 'SELECT 1') AS t(a int)",
    "SELECT * FROM dblink('postgresql://ada:PW@h/db', 'SELECT 1') AS t(a int)",
    "SELECT * FROM postgres_fdw('postgresql://h/db?user=ada&password=PW')",
)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("password", [SECRET, WRITTEN])
def test_no_password_in_a_query_is_shown_or_published(
    query: str, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by the contract, its notes, an error, nor by the contract that a version carries."""
    monkeypatch.setenv("FRAUD_ASSETS_SOURCE", "postgresql://ada@127.0.0.1:1/db")
    contract = parse_contract(
        'format = 1\nname = "t"\n[source]\n'
        f'query = """{query.replace("PW", password)}"""\n'
        '[columns]\nid = "i"\nevent_time = "at"\n[label]\ncolumn = "y"\n'
        '[features]\nnumeric = ["a"]\n[windows]\nby = "shares"\n'
    )
    (note,) = secret_notes(contract)
    said = [repr(contract), str(contract), repr(contract.source), str(note), _published(contract)]
    with pytest.raises(DataError) as refused:
        read_source(contract)
    said.append(everything_said(refused.value))

    assert note.code == "secret_in_contract"
    for secret in (SECRET, WRITTEN):
        assert secret not in "\n".join(said)
    assert parse_contract(_published(contract)).source.query is not None
