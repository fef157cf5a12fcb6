"""A table or query of a real PostgreSQL as a source: the bits of the same CSV, or a reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fraud_assets.contract import Contract, parse_contract
from fraud_assets.data.cleaning import clean
from fraud_assets.data.provenance.content import digest_of_rows
from fraud_assets.data.source import read_source, times_needed
from fraud_assets.data.source.read import read_source_parts
from fraud_assets.data.transactions import read_transactions
from fraud_assets.errors import ContractError, DataError
from tests.decisions.databases import postgres, run
from tests.exports import DEFAULTS, NOW, TOML, export, payments

pytest.importorskip("adbc_driver_postgresql", reason="needs the extra postgres")
VARIABLE = "FRAUD_ASSETS_SOURCE"
ROWS = 400
TYPES = {
    "payment_id": ("bigint", "text", "numeric(20,0)"),
    "paid_at": ("timestamp", "timestamptz", "text"),
    "customer_id": ("integer", "varchar(20)", "bigint"),
    "amount": ("numeric(12,2)", "double precision", "text"),
    "account_age": ("real", "numeric", "double precision"),
    "country": ("char(2)", "text", "text"),
    "is_fraud": ("boolean", "smallint", "text"),
    "reported_at": ("timestamptz", "timestamp", "date"),
}
"""Three ways to declare each column."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture
def database(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database whose URL the environment has."""
    run(
        server,
        "DROP SCHEMA public CASCADE",
        "CREATE SCHEMA public",
        "GRANT USAGE ON SCHEMA public TO public",
    )
    monkeypatch.setenv(VARIABLE, server)
    return server


def fill(url: str, frame: pd.DataFrame, which: int = 0, name: str = "payments") -> None:
    """The rows of a CSV in another order, in a table of the which-th types."""
    import psycopg

    columns = ", ".join(f'"{column}" {TYPES[column][which]}' for column in frame)
    shuffled = frame.sample(frac=1, random_state=which)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"CREATE TABLE {name} ({columns})".encode())
        with connection.cursor().copy(f"COPY {name} FROM STDIN (FORMAT csv)".encode()) as copy:
            copy.write(shuffled.to_csv(index=False, header=False))


def rows_at_odds() -> pd.DataFrame:
    """Payments with missing values, many at one instant, ids of digits, whole reports of days."""
    frame = payments(ROWS, seed=3)
    frame["payment_id"] = np.arange(ROWS) + 9_007_199_254_740_993
    frame["paid_at"] = frame["paid_at"].dt.floor("12h")
    frame["reported_at"] = frame["reported_at"].dt.ceil("D")
    frame.loc[::7, "account_age"] = np.nan
    frame.loc[::11, "country"] = np.nan
    return frame


def table(place: str = 'table = "payments"', **said: str) -> Contract:
    text = TOML.format(**DEFAULTS | {"positive": '[1, "true"]', "negative": '[0, "false"]'} | said)
    return parse_contract(text.replace('path = "in"', place))


def files(folder: Path, frame: pd.DataFrame) -> Contract:
    said = {"positive": '[1, "true"]', "negative": '[0, "false"]'}
    return export(folder, {"all": frame}, **said)


def kept(contract: Contract, as_of: str | None = None) -> str:
    rows = read_transactions(contract, as_of, now=NOW).rows
    return digest_of_rows(rows.drop(columns=["_row", "is_fraud"]))


@pytest.mark.parametrize("which", range(3))
def test_the_bits_of_the_csv_whatever_the_types(database: str, tmp_path: Path, which: int) -> None:
    """Numeric, real and text; with and without zone; boolean and word; ids as numbers and texts."""
    frame = rows_at_odds()
    fill(database, frame, which)

    assert kept(table()) == kept(files(tmp_path, frame))


def test_one_changed_value_is_another_digest(database: str, tmp_path: Path) -> None:
    """The digest says what the rows say: a cent more in one of them changes it."""
    frame = rows_at_odds()
    fill(database, frame)
    same = kept(table())

    run(database, f"UPDATE payments SET amount = amount + 0.01 WHERE payment_id = {2**53 + 9}")

    assert kept(table()) != same


def test_the_same_fingerprint_of_the_features(database: str, tmp_path: Path) -> None:
    """What a week is fitted and judged on is the same data, from a table as from a file."""
    frame = payments()
    fill(database, frame.assign(payment_id=range(len(frame))), 1)
    csv = files(tmp_path, frame.assign(payment_id=range(len(frame))))

    of_table = clean(read_transactions(table(), now=NOW), table())
    of_file = clean(read_transactions(csv, now=NOW), csv)

    assert of_table.fingerprint == of_file.fingerprint
    assert len(of_table.frame) > 1000


def test_a_query_is_a_source_as_well(database: str, tmp_path: Path) -> None:
    """With a semicolon or a comment at its end, and columns under other names."""
    frame = rows_at_odds()
    fill(database, frame)
    run(database, 'ALTER TABLE payments RENAME COLUMN amount TO "Betrag in €"')
    query = 'SELECT *, \\"Betrag in €\\" AS amount FROM payments'

    for end in ("", " ; ", " -- all of them"):
        assert kept(table(f'query = "{query}{end}"')) == kept(files(tmp_path, frame))


def test_only_the_times_that_a_week_needs_are_asked_for(database: str, tmp_path: Path) -> None:
    """With a reach the server leaves older rows out, and the week is that of the whole file."""
    frame = payments()
    frame["payment_id"], frame["reported_at"] = range(3000), frame["reported_at"].dt.ceil("D")
    reach = 'reach = "70d"'
    (tmp_path / "in").mkdir()
    frame.to_csv(tmp_path / "in" / "all.csv", index=False)
    text = TOML.format(**DEFAULTS).replace('path = "in"', f'path = "in"\n{reach}')
    csv = parse_contract(text, base=tmp_path)
    as_of = "2025-05-20"
    for which in range(3):
        run(database, "DROP TABLE IF EXISTS payments")
        fill(database, frame, which)
        contract = table(f'table = "payments"\n{reach}')

        times = times_needed(contract, np.datetime64(as_of, "us"))
        asked = len(read_source(contract, times))

        assert kept(contract, as_of) == kept(csv, as_of)
        is_compared = TYPES["paid_at"][which] != "text"
        assert (asked < 0.6 * len(frame)) == is_compared
    raw = read_transactions(csv, as_of, now=NOW)
    assert raw.before_reach > 900
    assert raw.rows["_time"].min() >= pd.Timestamp(as_of) - pd.Timedelta("70D")


@pytest.mark.parametrize(
    ("place", "before", "said"),
    [
        ('table = "payment"', "", "there is no 'payment' \\(did you mean 'payments'\\?\\)"),
        ('table = "nope.payments"', "", "there is no 'nope.payments'"),
        ('query = "SELECT * FROM nowhere"', "", 'relation "nowhere" does not exist'),
        ('query = "SELECT country FROM payments"', "", "missing: 'payment_id'"),
        ('query = "SELEC 1"', "", "it must be one SELECT"),
        ('query = "SELECT 1; DROP TABLE payments"', "", "it must be one SELECT"),
        ('table = "payments"', "RENAME COLUMN amount TO amounts", "did you mean 'amounts'"),
        ('table = "payments"', "ALTER amount TYPE numeric[] USING ARRAY[amount]", "lists or"),
    ],
)
def test_what_is_not_there_is_one_sentence(
    database: str, place: str, before: str, said: str
) -> None:
    """No table, no column, no SELECT: the name is told, and what to do."""
    fill(database, rows_at_odds())
    if before:
        run(database, f"ALTER TABLE payments {before}")

    with pytest.raises(DataError, match=said) as refused:
        read_source(table(place))

    assert str(refused.value).endswith(".")
    assert read_source(table('query = "SELECT * FROM payments"')) if not before else True


def test_too_many_rows_stop_while_they_come(database: str) -> None:
    """The bound of the contract holds, whatever the table has."""
    fill(database, rows_at_odds())

    with pytest.raises(DataError, match=r"at most 100 rows.*Set source\.max_rows"):
        read_source(table('table = "payments"\nmax_rows = 100'))


def test_a_right_that_is_missing_and_a_time_that_ran_out(database: str) -> None:
    """The server's own refusals, each with what to do."""
    fill(database, rows_at_odds())
    run(database, "DROP ROLE IF EXISTS reader", "CREATE ROLE reader LOGIN")
    reader = database.replace("user=test", "user=reader")
    slow = 'query = "SELECT payments.*, pg_sleep(0.05) FROM payments"'
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, reader)
        with pytest.raises(DataError, match=r"permission denied for table payments.*GRANT SELECT"):
            read_source(table())
        patch.setenv(VARIABLE, f"{database}&options=-cstatement_timeout%3D300")
        with pytest.raises(DataError, match=r"statement timeout.*source\.reach"):
            read_source(table(slow))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "needs the environment variable FRAUD_ASSETS_SOURCE"),
        ("mysql://ada:s3cr3t@h/db", "must hold a URL that begins with postgresql://"),
        ("host=h password=s3cr3t", "must hold a URL that begins with postgresql://"),
        ("postgresql://ada:s3cr3t@127.0.0.1:1/db", "Connection refused"),
        ("postgresql://ada:s3cr3t@nowhere.invalid/db", "must be reached"),
        ("postgresql://ada:s3cr3t@127.0.0.1:port/db", "must be reached"),
        ("postgresql://ada:s3%63r3t@127.0.0.1:1/db?sslpassword=s3cr3t", "Connection refused"),
    ],
)
def test_no_connection_is_one_sentence_without_the_password(
    url: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not set, no PostgreSQL, nobody there: the variable is named, its password never."""
    from tests.attacks.test_leaked_secrets import everything_said

    monkeypatch.setenv(VARIABLE, url)

    with pytest.raises(DataError, match=said) as refused:
        read_source(table())

    assert "FRAUD_ASSETS_SOURCE" in str(refused.value)
    assert "s3cr3t" not in everything_said(refused.value)
    assert "s3%63r3t" not in everything_said(refused.value)


def test_the_contract_says_one_place_and_all_that_a_table_needs() -> None:
    """All faults at once: two places, no id, no time, a URL where a variable's name belongs."""
    text = """
format = 1
name = "t"
[source]
table = "payments"
path = "x.csv"
database = "postgresql://ada:s3cr3t@h/db"
reach = "30d"
[label]
column = "y"
[features]
numeric = ["seen"]
[derived.seen]
kind = "age"
entity = "who"
"""
    with pytest.raises(ContractError) as refused:
        parse_contract(text)

    for fault in (
        "source.path: must not stand beside table",
        "columns.id: must be named",
        "columns.event_time: must be named",
        "source.database: ",
        "derived.seen: must look back over a window",
    ):
        assert fault in str(refused.value)
    assert "s3cr3t" not in str(refused.value)


def test_the_same_rows_part_by_part(database: str) -> None:
    """What builds a state reads a table without holding it, in the order of one reading."""
    fill(database, rows_at_odds())

    parts = read_source_parts(table())
    frames = list(parts.parts)

    whole = read_source(table())
    assert parts.names == [whole.files[0].path]
    pd.testing.assert_frame_equal(pd.concat([part.frame for part in frames]), whole.frame)
    assert [*np.concatenate([part.position for part in frames])] == list(range(ROWS))
