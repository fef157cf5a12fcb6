"""A password in a setting, and everything that a command prints and leaves behind.

Each setting that takes a URL, with a user and a password in it: what is reached, what refuses, and
what nobody answers. Commands run as people run them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.chain.test_three_sources import into_database, other, payments_of
from tests.decisions.databases import postgres
from tests.weeks import Week

MARK = "mArk3d!p4ss/w0rd"
"""A password that must be percent-encoded in a URL."""

FORMS = (MARK, quote(MARK, safe=""), quote(MARK), "p4ss/w0rd", "mArk3d")
COMMAND = str(Path(sys.executable).parent / "fraud-assets")
IMPATIENT = (
    "import sys; from datetime import timedelta; from fraud_assets.store.storage.kinds import s3; "
    "s3._PATIENCE = timedelta(seconds=1); from fraud_assets.cli import main; sys.exit(main())"
)
"""The command, but a request that nobody answers is tried anew for one second, not for thirty."""

NOBODY = f"ada:{quote(MARK, safe='')}@127.0.0.1:1"


def run(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A command in a folder of its own, with Dagster's storage beside it."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    environment = os.environ | {"DAGSTER_HOME": str(home), "TMPDIR": str(folder)} | settings
    is_s3 = settings.get("FRAUD_ASSETS_MODELS", "").startswith("s3://")
    return subprocess.run(
        [*([sys.executable, "-c", IMPATIENT] if is_s3 else [COMMAND]), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )


def words(done: subprocess.CompletedProcess[str]) -> str:
    """All that it said, whatever the lines."""
    return " ".join(f"{done.stdout} {done.stderr}".split())


def leaks(folder: Path, *done: subprocess.CompletedProcess[str]) -> list[str]:
    """Where the password stands: in a stream, or in a file under the folder."""
    found = []
    for one in done:
        said = one.stdout + one.stderr
        found += [f"{one.args}: {form}" for form in FORMS if form in said]
    for path in (path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        found += [f"{path}: {form}" for form in FORMS if form.encode() in content]
    return found


@pytest.mark.slow
@pytest.mark.long
def test_a_week_from_a_database_leaves_no_password(week: Week, tmp_path: Path) -> None:
    """Check, run and report of a real chain; then the wrong password, no table and no server."""
    frame = payments_of(week)
    with postgres(MARK) as url:
        place = url.partition("?")[2]
        secret = quote(MARK, safe="")
        right = f"postgresql://test:{secret}@/postgres?{place.replace('&user=test', '')}"
        os.environ["PGPASSWORD"] = MARK
        try:
            into_database(frame, url)
        finally:
            del os.environ["PGPASSWORD"]
        own = other(week, tmp_path / "own", 'table = "payments"')
        settings = {**own.environment, "FRAUD_ASSETS_SOURCE": right}
        good = run(own.folder, "check", str(own.contract), **settings)
        made = run(own.folder, "run", **settings)
        wrong = settings | {"FRAUD_ASSETS_SOURCE": right.replace(secret, f"{secret}x")}
        refused = run(own.folder, "check", str(own.contract), **wrong)
        own.edit('table = "payments"', 'table = "paymints"')
        absent = run(own.folder, "run", **settings)
    down = run(own.folder, "check", str(own.contract), **settings)

    assert (good.returncode, made.returncode) == (0, 0), made.stderr
    assert (refused.returncode, absent.returncode, down.returncode) == (1, 1, 1)
    assert "password authentication failed" in words(refused)
    assert "did you mean 'payments'" in words(absent)
    assert list((own.folder / "models").rglob("report.html"))
    assert list((own.folder / "home").rglob("*.db"))
    assert leaks(own.folder, good, made, refused, absent, down) == []


SETTINGS = {
    "the copies' database": (
        {"FRAUD_ASSETS_DATABASE": f"postgresql://{NOBODY}/db"},
        ("decisions", "export", "--database"),
    ),
    "a database that is none": (
        {"FRAUD_ASSETS_DATABASE": f"mysql://{NOBODY}/db"},
        ("decisions", "export", "--database"),
    ),
    "the state": ({"FRAUD_ASSETS_STATE": f"redis://{NOBODY}/0"}, ("state", "verify")),
    "the state, encrypted": ({"FRAUD_ASSETS_STATE": f"rediss://{NOBODY}/0"}, ("state", "build")),
    "a store": ({"FRAUD_ASSETS_MODELS": f"s3://{NOBODY}/prefix"}, ("models", "list")),
    "a store's endpoint": (
        {
            "FRAUD_ASSETS_MODELS": "s3://bucket/prefix",
            "AWS_ENDPOINT_URL": f"http://{NOBODY}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "ada",
            "AWS_SECRET_ACCESS_KEY": MARK,
        },
        ("models", "list"),
    ),
    "the webhook": ({"FRAUD_ASSETS_WEBHOOK": f"http://{NOBODY}/hook?token={MARK}"}, ("run",)),
    "a scheduler": ({"FRAUD_ASSETS_DASK": f"tcp://{NOBODY}"}, ("run",)),
    "a source": ({"FRAUD_ASSETS_SOURCE": f"postgresql://{NOBODY}/db"}, ("check", "contract.toml")),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_leads_nowhere_is_told_without_its_password(
    name: str, week: Week, tmp_path: Path
) -> None:
    """One sentence, no stack trace, and the password nowhere."""
    settings, command = SETTINGS[name]
    own = other(week, tmp_path / "own", 'path = "nothing.csv"')
    if name == "a source":
        own.edit('path = "nothing.csv"', 'table = "payments"')
    base = {key: str(value) for key, value in own.environment.items()}
    base["FRAUD_ASSETS_DECISIONS"] = str(own.folder / "decisions")

    done = run(own.folder, *command, **base | settings)

    assert done.returncode in {1, 2}
    assert "Traceback" not in done.stdout + done.stderr
    assert leaks(own.folder, done) == []
