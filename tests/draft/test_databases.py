"""`fraud-assets init --table` on a real PostgreSQL: what a file would give, or why not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from fraud_assets.cli import main
from fraud_assets.contract import Contract, load_contract, parse_contract
from fraud_assets.contract.sections.source import Source
from fraud_assets.data.source.database import looking
from fraud_assets.data.transactions import read_transactions
from fraud_assets.draft import contract_text
from tests.decisions.databases import postgres, run
from tests.draft.drafts import FRAUDS, ROWS, contract_of, looked, payments

pytest.importorskip("adbc_driver_postgresql", reason="needs the extra postgres")
VARIABLE = "FRAUD_ASSETS_SOURCE"
SECRET = "s3cr3t-w0rd"
KINDS = {
    "payment_id": "text",
    "paid_at": "timestamp",
    "customer_id": "bigint",
    "amount": "numeric(12,2)",
    "country": "char(2)",
    "is_fraud": "smallint",
}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture
def database(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database whose URL the environment has."""
    run(server, "DROP SCHEMA IF EXISTS shop CASCADE", "CREATE SCHEMA shop")
    monkeypatch.setenv(VARIABLE, server)
    return server


def fill(url: str, frame: pd.DataFrame, **kinds: str) -> None:
    """The rows in a table shop.payments."""
    import psycopg

    columns = ", ".join(f'"{name}" {(KINDS | kinds)[name]}' for name in frame)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE TABLE shop.payments ({columns})".encode())
        with connection.cursor().copy(b"COPY shop.payments FROM STDIN (FORMAT csv)") as copy:
            copy.write(frame.to_csv(index=False, header=False))


def roles(contract: Contract) -> dict[str, object]:
    """What a contract says but for where its payments lie."""
    said = contract.model_dump(mode="json")
    return {name: said[name] for name in said if name not in {"source", "name", "text", "base"}}


def drafted(folder: Path, *words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The exit code and all that is said; the draft is contract.toml in the folder."""
    code = main(["init", *words, "--out", str(folder / "contract.toml")])
    said = capsys.readouterr()
    return code, said.out + said.err


def test_a_table_gives_the_contract_that_a_file_of_its_rows_gives(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Same roles, label, features and rules; it reads every row, and asks the same."""
    frame = payments()
    fill(database, frame)
    of_file = contract_of(looked(frame, tmp_path, "payments.parquet"), tmp_path)

    code, said = drafted(tmp_path, "--table", "shop.payments", capsys=capsys)

    contract = load_contract(tmp_path / "contract.toml")
    assert code == 0
    assert roles(contract) == roles(of_file)
    assert contract.name == "payments"
    assert (contract.source.table, contract.source.database) == ("shop.payments", VARIABLE)
    assert len(read_transactions(contract).rows) == ROWS
    assert f"{FRAUDS:,}" in said
    assert "1,200 of 1,200 rows" in contract.text


@pytest.mark.parametrize(
    "kinds",
    [
        {"amount": "double precision", "customer_id": "numeric(20,0)", "is_fraud": "text"},
        {"paid_at": "timestamptz", "amount": "real", "country": "varchar(8)"},
        {"amount": "text", "payment_id": "varchar(12)", "customer_id": "integer"},
    ],
)
def test_however_the_columns_are_declared(
    database: str, tmp_path: Path, kinds: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Digits are numbers, times are times, and the roles stay the same."""
    frame = payments()
    fill(database, frame, **kinds)
    of_file = contract_of(looked(frame, tmp_path, "payments.parquet"), tmp_path)

    code, said = drafted(tmp_path, "--table", "shop.payments", capsys=capsys)

    contract = load_contract(tmp_path / "contract.toml")
    assert code == 0, said
    assert contract.features == of_file.features
    assert contract.columns.sender == of_file.columns.sender == "customer_id"
    assert contract.columns.amount == "amount"
    assert len(read_transactions(contract).rows) == ROWS


def test_a_query_and_another_variable(
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Both stand in the draft, quotes included; lists and columns of odd names are left out."""
    fill(database, payments())
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("OUR_PAYMENTS", database)
    query = """SELECT *, ARRAY[1, 2] AS "tags", 1 AS "_label" FROM shop.payments -- "all" """

    code, said = drafted(tmp_path, "--query", query, "--database", "OUR_PAYMENTS", capsys=capsys)

    contract = load_contract(tmp_path / "contract.toml")
    assert code == 0, said
    assert (contract.source.query, contract.source.database) == (query, "OUR_PAYMENTS")
    assert len(read_transactions(contract).rows) == ROWS
    for name in ("tags", "_label"):
        assert f'# left out: "{name}" (' in contract.text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--table shop.payment", "did you mean 'shop.payments'"),
        ("--query SELEC", "it must be one SELECT"),
        ("--table shop.empty", "must hold rows"),
        ("--table shop.without_id", "payment's id"),
        ("--table shop.without_time", "payment's time"),
        ("--table shop.without_label", "hold the label"),
        ("--table shop.payments --database NOT_SET", "variable NOT_SET"),
        ("--table shop.payments --database 1x", "must name an environment variable"),
    ],
)
def test_what_cannot_be_drafted_is_one_sentence(
    database: str, tmp_path: Path, words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written then."""
    fill(database, payments())
    rest = "amount, country, customer_id"
    run(
        database,
        "CREATE TABLE shop.empty AS SELECT * FROM shop.payments LIMIT 0",
        f"CREATE VIEW shop.without_id AS SELECT {rest}, paid_at, is_fraud FROM shop.payments",
        f"CREATE VIEW shop.without_time AS SELECT {rest}, payment_id, is_fraud FROM shop.payments",
        f"CREATE VIEW shop.without_label AS SELECT {rest}, payment_id, paid_at FROM shop.payments",
    )

    code, told = drafted(tmp_path, *words.split(" "), capsys=capsys)

    assert code == 1
    assert said in told
    assert "Traceback" not in told
    assert not (tmp_path / "contract.toml").exists()


@pytest.mark.parametrize(
    "words",
    [
        [f"postgresql://ada:{SECRET}@h/db"],
        ["--table", "payments", "--database", f"postgres://ada:{SECRET}@h/db"],
        ["--table", f"postgresql://ada:{SECRET}@h/db"],
    ],
)
def test_a_url_in_the_command_is_refused_and_not_repeated(
    database: str, tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """It belongs in the environment."""
    code, said = drafted(tmp_path, *words, capsys=capsys)

    assert code == 1
    assert SECRET not in said
    assert not (tmp_path / "contract.toml").exists()


def test_a_large_table_is_looked_at_all_along(database: str) -> None:
    """Rows at even distances, the first of them among these, whatever the size of batches."""
    run(database, "CREATE TABLE shop.payments AS SELECT generate_series(0, 9999) AS n")
    source = Source.model_validate({"table": "shop.payments"})

    seen = looking.look_at_rows(source, 1000)

    kept = seen.frame["n"].tolist()
    assert seen.read == 10_000
    assert 1000 <= len(kept) <= 2000
    assert kept == list(range(0, 10_000, kept[1]))


@pytest.mark.parametrize("sizes", [[1] * 37, [10, 0, 27], [37], [3, 5, 7, 11, 11]])
def test_rows_are_thinned_alike_in_batches_of_any_size(sizes: list[int]) -> None:
    """By hand: of 37 rows at most eight are kept at a time, so each eighth row is."""
    numbers = iter(range(37))
    batches = [
        pa.record_batch({"n": pa.array([next(numbers) for _ in range(size)], pa.int64())})
        for size in sizes
    ]
    source = Source.model_validate({"table": "t"})

    kept, read = looking._thinned(batches, batches[0].schema, 4, source)

    assert read == 37
    assert kept.column("n").to_pylist() == [0, 8, 16, 24, 32]


def test_what_is_drafted_holds_no_more_of_the_url_than_its_variable(
    database: str, tmp_path: Path
) -> None:
    """Neither host nor user."""
    from fraud_assets.draft import take_first_look

    fill(database, payments())

    text = contract_text(take_first_look(Source.model_validate({"table": "shop.payments"})))

    assert parse_contract(text).source.database == VARIABLE
    assert "postgresql://" not in text
    assert "user=test" not in text
