"""The record in a real PostgreSQL: killed in the middle of a copy, no row is lost or twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import msgspec
import pytest

from fraud_assets.decisions.copies import postgres as postgres_copy
from fraud_assets.decisions.copies.aging import drop_from_postgres
from fraud_assets.decisions.copies.postgres import copy_to_postgres
from fraud_assets.decisions.copies.rows import DECISIONS, decision_row, decisions_of
from fraud_assets.decisions.erasure import SubjectGuard, SubjectKeys, keys_folder
from fraud_assets.decisions.log import LogSettings, open_log
from fraud_assets.decisions.reading import read_decisions
from fraud_assets.documents.decision import Label, Shadow, Shadowed
from fraud_assets.errors import RecordError
from tests.decisions.databases import postgres
from tests.decisions.entries import recorded
from tests.decisions.test_erasure import WHO, payment_of
from tests.waiting import wait_until

KILLED = (
    "import os, sys; from fraud_assets.decisions.copies import postgres as p;"
    "row, left = p.decision_row, [int(sys.argv[3])]\n"
    "def kill(one):\n"
    "    if not left[0]: os.kill(os.getpid(), 9)\n"
    "    left[0] -= 1\n"
    "    return row(one)\n"
    "p.decision_row = kill\n"
)
COPY = (
    "import sys; from pathlib import Path;"
    "from fraud_assets.decisions.copies.postgres import copy_to_postgres;"
    "copy_to_postgres(Path(sys.argv[1]), sys.argv[2])"
)

SHADOW = Shadow("v", "m", 0.1 + 0.2, True)


@pytest.fixture(scope="module")
def server():
    with postgres() as url:
        yield url


@pytest.fixture
def url(server):
    """The server without tables of ours."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS fraud_assets CASCADE")
    return server


def rows(url, query, *values):
    import psycopg

    with psycopg.connect(url) as connection:
        return connection.execute(query, values).fetchall()


def decisions_at(url):
    names = ", ".join(f'"{name}"' for name in DECISIONS)
    found = rows(
        url, f"SELECT {names} FROM fraud_assets.decisions ORDER BY decided_at, decision_id"
    )
    plain = (dict(zip(DECISIONS, row, strict=True)) for row in found)
    return list(decisions_of(_as_text(row) for row in plain))


def _as_text(row):
    return {n: msgspec.json.encode(v) if DECISIONS[n] == "json" else v for n, v in row.items()}


def test_what_is_copied_is_what_is_on_record(tmp_path, url):
    """Equal to the last bit, labels too; again nothing is to do, and what is new comes next."""
    log = open_log(tmp_path)
    made = recorded(log, 3, probability=0.1 + 0.2, payment={"note": "a\tb\\N\n\x00", "n": 2**60})
    log.record(Label(payment_id="p", is_fraud=True, known_at=1, received_at=2))
    log.close()

    first = copy_to_postgres(tmp_path, url)
    again = copy_to_postgres(tmp_path, url)
    log = open_log(tmp_path)
    made += recorded(log, 1)
    log.close()
    later = copy_to_postgres(tmp_path, url)

    assert [(one.decisions, one.labels) for one in (first, again, later)] == [
        (3, 1),
        (0, 0),
        (1, 0),
    ]
    assert decisions_at(url) == made
    assert rows(url, "SELECT payment_id, is_fraud, known_at FROM fraud_assets.labels") == [
        ("p", True, 1)
    ]


def test_tables_of_an_earlier_release_get_what_is_new(tmp_path, url):
    """A column that they lack is added, for their view too; what they held stays."""
    log = open_log(tmp_path)
    made = recorded(log, 2)
    log.close()
    copy_to_postgres(tmp_path, url)
    with postgres_copy.connected(url) as connection:
        connection.execute("ALTER TABLE fraud_assets.decisions DROP COLUMN recalled_at CASCADE")
    log = open_log(tmp_path)
    made += recorded(log, 1, recalled_at=7)
    log.close()

    copy_to_postgres(tmp_path, url)

    assert decisions_at(url) == made
    found = rows(url, "SELECT recalled_at FROM fraud_assets.decisions ORDER BY recalled_at")
    assert found == [(7,), (None,), (None,)]
    assert rows(url, "SELECT recalled_at FROM fraud_assets.decisions_once")


@pytest.mark.parametrize("row", [0, 150, 700, 1999])
def test_killed_in_the_middle_no_row_is_lost_or_twice(tmp_path, url, row):
    """SIGKILL of the copy at a row, then again until it ends: every row is there once."""
    log = open_log(tmp_path, LogSettings(segment_bytes=200_000, window_seconds=0.002))
    made = []
    for number in range(1, 11):
        made += recorded(log, 200)
        wait_until(lambda number=number: log.status().flushed == number * 200)
    log.close()

    killed = subprocess.run(
        [sys.executable, "-c", KILLED + COPY, str(tmp_path), url, str(row)], check=False
    )
    between = decisions_at(url)
    copy_to_postgres(tmp_path, url)

    assert killed.returncode == -signal.SIGKILL
    assert between == made[: len(between)]
    assert len(between) <= row
    assert decisions_at(url) == made


def test_broken_off_by_the_database_it_says_so_and_goes_on(tmp_path, url, monkeypatch):
    """A backend that is ended rolls the piece back: one sentence, and the next copy is whole."""
    log = open_log(tmp_path)
    made = recorded(log, 300)
    log.close()
    end_others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY%%'"

    def ended(one):
        rows(url, end_others)
        return decision_row(one)

    monkeypatch.setattr(postgres_copy, "decision_row", ended)
    with pytest.raises(RecordError, match=r"does not take the decisions: .* run it again"):
        copy_to_postgres(tmp_path, url)
    assert decisions_at(url) == []
    monkeypatch.undo()
    copy_to_postgres(tmp_path, url)

    assert decisions_at(url) == made


def test_two_copies_at_once(tmp_path, url):
    """They take turns: each row is there once."""
    log = open_log(tmp_path)
    made = recorded(log, 500)
    log.close()
    command = [sys.executable, "-c", COPY, str(tmp_path), url]

    both = [subprocess.Popen(command) for _ in range(2)]

    assert [process.wait(60) for process in both] == [0, 0]
    assert decisions_at(url) == made


def test_the_forgotten_cannot_be_read_in_the_tables(tmp_path, url):
    """The copy holds tokens; with the key gone they say nothing."""
    folder = tmp_path / "log"
    log = open_log(folder, guard=SubjectGuard(WHO, keys_folder(folder)))
    recorded(log, 1, **payment_of("Mallory"))
    log.close()
    copy_to_postgres(folder, url)

    SubjectKeys(keys_folder(folder)).forget("Mallory", "now")

    (row,) = rows(url, "SELECT d::text FROM fraud_assets.decisions AS d")
    assert "Mallory" not in row[0]
    assert len(read_decisions(folder)) == 1


def test_a_database_that_is_not_there_is_said_without_its_password(tmp_path):
    """One sentence to act on; no secret in it."""
    pytest.importorskip("psycopg")
    log = open_log(tmp_path)
    recorded(log, 1)
    log.close()

    with pytest.raises(RecordError, match="does not take the decisions") as found:
        copy_to_postgres(tmp_path, "postgresql://me:secret@127.0.0.1:1/db?connect_timeout=2")

    assert "secret" not in str(found.value)
    assert os.environ.get("FRAUD_ASSETS_DATABASE") is None


def test_tables_of_a_format_to_come_are_left_alone(tmp_path, url):
    """They are a newer release's."""
    log = open_log(tmp_path)
    recorded(log, 1)
    log.close()
    copy_to_postgres(tmp_path, url)
    with postgres_copy.connected(url) as connection:
        connection.execute("UPDATE fraud_assets.format SET format = 2")

    with pytest.raises(RecordError, match="have format 2, this release writes 1"):
        copy_to_postgres(tmp_path, url)


def test_what_may_not_be_kept_goes_from_the_tables_too(url, tmp_path):
    """All from before the instant, shadows too; a later copy does not bring it back."""
    log = open_log(tmp_path)
    made = [*recorded(log, 2, decided_at=5), *recorded(log, 1, decided_at=9)]
    log.record(Label(payment_id="p", is_fraud=True, known_at=1, received_at=5))
    for one, at in zip(made[1:], (5, 9), strict=True):
        log.record(Shadowed(decision=one.decision_id, scored_at=at, shadow=SHADOW))
    log.close()
    copy_to_postgres(tmp_path, url)
    said = "SELECT decision_id, version, probability, is_flagged FROM fraud_assets.shadows"
    assert len(rows(url, said)) == 2

    assert drop_from_postgres(url, 9) == 4
    assert rows(url, said) == [(made[2].decision_id, "v", 0.1 + 0.2, True)]
    assert copy_to_postgres(tmp_path, url).decisions == 0
    assert rows(url, "SELECT decision_id FROM fraud_assets.decisions") == [(made[2].decision_id,)]
    assert rows(url, "SELECT count(*) FROM fraud_assets.labels") == [(0,)]


def test_a_payment_that_was_copied_twice_stands_once_in_the_view(url, tmp_path):
    """The first decision on it; one without an id is a payment of its own."""
    log = open_log(tmp_path)
    recorded(log, 2, decided_at=5)
    recorded(log, 2, payment_id="", decided_at=6)
    log.close()
    log = open_log(tmp_path)
    recorded(log, 1, decided_at=4)
    log.close()

    assert copy_to_postgres(tmp_path, url).decisions == 5
    found = rows(url, "SELECT payment_id, decided_at FROM fraud_assets.decisions_once")

    assert sorted(found) == [("", 6), ("", 6), ("p0", 4), ("p1", 5)]
