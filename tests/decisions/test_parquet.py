"""The record as Parquet by day: every row once, equal to the last bit, wherever broken off."""

from __future__ import annotations

import os
import re
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.cli import main
from fraud_assets.decisions.copies import parquet
from fraud_assets.decisions.copies.aging import drop_from_parquet
from fraud_assets.decisions.copies.parquet import copy_to_parquet, read_copied
from fraud_assets.decisions.copies.rows import DECISIONS, decision_row, decisions_of
from fraud_assets.decisions.log import LogSettings, open_log
from fraud_assets.decisions.once import counted_once
from fraud_assets.decisions.reading import read_decisions
from fraud_assets.documents.decision import Label
from fraud_assets.errors import RecordError
from tests.decisions.entries import decision, decisions, recorded
from tests.waiting import wait_until

DAY = 86_400_000_000


def sorted_by_id(found):
    return sorted(found, key=lambda one: one.decision_id)


def test_what_is_copied_is_what_is_on_record(tmp_path):
    """By the day of the decision, labels beside; a second copy has nothing to do."""
    log = open_log(tmp_path / "log")
    made = [*recorded(log, 2, decided_at=5 * DAY), *recorded(log, 1, decided_at=6 * DAY)]
    log.record(Label(payment_id="p", is_fraud=True, known_at=1, received_at=2))
    log.close()

    first = copy_to_parquet(tmp_path / "log", tmp_path / "out")
    again = copy_to_parquet(tmp_path / "log", tmp_path / "out")

    assert (first.decisions, first.labels, again.decisions, again.labels) == (3, 1, 0, 0)
    assert sorted_by_id(read_copied(tmp_path / "out")) == sorted_by_id(made)
    days = sorted(path.name for path in (tmp_path / "out" / "decisions").iterdir())
    assert days == ["day=1970-01-06", "day=1970-01-07"]


def test_a_segment_that_grew_is_copied_from_where_it_was(tmp_path):
    """Even the open segment: the new blocks alone come next time."""
    made = []
    for number in (2, 3):
        log = open_log(tmp_path / "log")
        made += recorded(log, number)
        log.close()
        assert copy_to_parquet(tmp_path / "log", tmp_path / "out").decisions == number

    assert sorted_by_id(read_copied(tmp_path / "out")) == sorted_by_id(made)


def test_broken_off_anywhere_no_row_is_lost_or_there_twice(tmp_path, monkeypatch):
    """At each rename that the copy makes it fails once; what then goes on ends the same."""
    log = open_log(tmp_path / "log", LogSettings(segment_bytes=1, window_seconds=0.002))
    made = []
    for number in range(1, 4):
        made += recorded(log, 1, decided_at=number * DAY)
        wait_until(lambda number=number: log.status().flushed == number)
    log.close()
    replace, steps = os.replace, [0]

    def failing(at):
        steps[0] = 0

        def step(self, target):
            if steps[0] == at:
                raise KeyboardInterrupt
            steps[0] += 1
            return replace(self, target)

        return step

    broken = 0
    for at in range(100):
        monkeypatch.setattr("pathlib.Path.replace", failing(at))
        out = tmp_path / f"out{at}"
        try:
            copy_to_parquet(tmp_path / "log", out)
            break
        except KeyboardInterrupt:
            broken += 1
        monkeypatch.undo()
        assert len(list(read_copied(out))) < 3
        copy_to_parquet(tmp_path / "log", out)
        assert sorted_by_id(read_copied(out)) == sorted_by_id(made)
    assert broken == 6


@given(st.lists(decisions, min_size=1, max_size=3))
def test_any_decision_comes_back_from_its_row(made):
    """Every field, every bit."""
    rows = (dict(zip(DECISIONS, decision_row(one), strict=True)) for one in made)

    assert list(decisions_of(rows)) == made


def test_another_reader_reads_it(tmp_path):
    """DuckDB counts the same rows and sees the same bits of a probability."""
    log = open_log(tmp_path / "log")
    recorded(log, 5, probability=0.1 + 0.2)
    log.close()
    copy_to_parquet(tmp_path / "log", tmp_path / "out")

    query = f"SELECT count(*), any_value(probability) FROM '{tmp_path}/out/decisions/*/*.parquet'"

    assert duckdb.sql(query).fetchall() == [(5, 0.1 + 0.2)]


def test_a_file_of_an_older_schema_is_read(tmp_path):
    """A column that it does not have yet has the default of its field."""
    log = open_log(tmp_path / "log")
    (made,) = recorded(log, 1)
    log.close()
    copy_to_parquet(tmp_path / "log", tmp_path / "out")
    (path,) = (tmp_path / "out").rglob("decisions/**/*.parquet")
    pq.write_table(pq.ParquetFile(path).read().drop_columns(["shadow", "late", "api_key"]), path)

    assert list(read_copied(tmp_path / "out")) == [made]


def test_a_file_of_a_schema_to_come_is_refused(tmp_path):
    """In one sentence that names both formats."""
    log = open_log(tmp_path / "log")
    recorded(log, 1)
    log.close()
    copy_to_parquet(tmp_path / "log", tmp_path / "out")
    (path,) = (tmp_path / "out").rglob("decisions/**/*.parquet")
    table = pq.ParquetFile(path).read()
    pq.write_table(table.replace_schema_metadata({parquet._FORMAT: b"2"}), path)

    with pytest.raises(RecordError, match="has format 2, this release reads 1 to 1"):
        list(read_copied(tmp_path / "out"))


def test_the_columns_are_those_of_the_document():
    """A field that is added to the record has its column, and no other column is there."""
    assert set(DECISIONS) == set(type(decision()).__struct_fields__)
    assert pa.string() == parquet._TYPES["json"]


def test_the_command(tmp_path, capsys, monkeypatch):
    """`decisions export` says what it copied, and what it must be given."""
    monkeypatch.delenv("FRAUD_ASSETS_DATABASE", raising=False)
    log = open_log(tmp_path / "log")
    recorded(log, 2)
    log.close()
    command = ["decisions", "export", "--log", str(tmp_path / "log")]

    assert main([*command, "--parquet", str(tmp_path / "out")]) == 0
    assert "2 decisions and 0 labels copied" in capsys.readouterr().out
    assert main(command) == 2
    assert main([*command, "--database"]) == 1
    assert "FRAUD_ASSETS_DATABASE must name a database" in capsys.readouterr().err


def test_reading_the_log_again_gives_the_same(tmp_path):
    """The copy changes nothing of the log."""
    log = open_log(tmp_path / "log")
    made = recorded(log, 2)
    log.close()
    copy_to_parquet(tmp_path / "log", tmp_path / "out")

    assert read_decisions(tmp_path / "log") == made


def test_what_may_not_be_kept_goes_from_the_copy_too(tmp_path):
    """Whole days from before the instant, and labels received before it; nothing comes back."""
    log = open_log(tmp_path / "log")
    made = [*recorded(log, 2, decided_at=5 * DAY), *recorded(log, 1, decided_at=6 * DAY)]
    log.record(Label(payment_id="p", is_fraud=True, known_at=1, received_at=5 * DAY))
    log.close()
    out = tmp_path / "out"
    copy_to_parquet(tmp_path / "log", out)

    assert drop_from_parquet(out, 6 * DAY) == 2
    assert drop_from_parquet(out, 6 * DAY + 5) == 0
    assert copy_to_parquet(tmp_path / "log", out).decisions == 0
    assert list(read_copied(out)) == made[2:]
    assert [path.name for path in (out / "decisions").iterdir()] == ["day=1970-01-07"]
    assert drop_from_parquet(tmp_path / "nowhere", DAY) == 0


def test_the_query_of_the_handbook_counts_each_payment_once(tmp_path, monkeypatch):
    """By its first decision, as everything here does; a payment without an id is one of its own."""
    guide = (Path(__file__).parents[2] / "docs" / "operating.md").read_text()
    (query,) = re.findall(r"```\n(SELECT.*?|WITH.*?)```", guide, re.DOTALL)
    log = open_log(tmp_path / "log", LogSettings(segment_bytes=1))
    for payment_id, decided_at in (("p", 5), ("q", 6), ("p", 4), ("", 7), ("", 8)):
        recorded(log, 1, payment_id=payment_id, decided_at=decided_at)
        assert log.wait_for_flush(60)
        copy_to_parquet(tmp_path / "log", tmp_path / "decisions.parquet")
    log.close()
    copy_to_parquet(tmp_path / "log", tmp_path / "decisions.parquet")
    monkeypatch.chdir(tmp_path)

    found = duckdb.sql(f"SELECT decision_id FROM ({query})").fetchall()

    once = counted_once(read_decisions(tmp_path / "log")).decisions
    assert sorted(one for (one,) in found) == sorted(one.decision_id for one in once)
    assert len(once) == 4
