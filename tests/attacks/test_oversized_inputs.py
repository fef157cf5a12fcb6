"""Small files and requests that mean very much: contracts, data, bodies, files of keys.

At d2ae1cc a Parquet file of 1.9 MB with 50 million rows took all memory, and a deep or huge
contract ended in a stack trace. Here each is refused in a sentence, within little memory.
"""

from __future__ import annotations

import gzip
import io
import os
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.siege import resident
from fraud_assets.contract import parse_contract
from fraud_assets.errors import ContractError, RefusedError
from fraud_assets.service.api_keys import read_api_keys
from tests.service.stores import PAYMENT, Server, new_store, promote, serving

GIB = 1024**3
CONTRACT = (
    'format = 1\nname = "t"\n[source]\npath = "{path}"\n[label]\ncolumn = "y"\n'
    '[features]\nnumeric = ["a"]\n[windows]\nby = "shares"\n'
)


def check(contract: Path, memory: int = 3 * GIB) -> subprocess.CompletedProcess[str]:
    """`fraud-assets check` as a process that may take so much memory."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    return subprocess.run(
        [sys.executable, "-m", "fraud_assets", "check", str(contract)],
        env={**os.environ, "OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "2"},
        preexec_fn=limit,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def refused(done: subprocess.CompletedProcess[str], told: str) -> None:
    assert done.returncode in {1, 2}, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    assert told in " ".join((done.stdout + done.stderr).split())


def delivered(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    contract = folder / "contract.toml"
    contract.write_text(CONTRACT.format(path=name))
    return contract


def rows_without_end(rows: int) -> bytes:
    """A Parquet file of so many equal rows."""
    million = pa.table(
        {"a": pa.array([1] * 10**6, pa.int8()), "y": pa.array([0] * 10**6, pa.int8())}
    )
    out = io.BytesIO()
    with pq.ParquetWriter(out, million.schema, compression="zstd") as writer:
        for _ in range(rows // 10**6):
            writer.write_table(million, row_group_size=10**6)
    return out.getvalue()


def test_fifty_million_rows_in_a_small_parquet_file_are_refused_unread(tmp_path: Path) -> None:
    """By the number of rows in its footer, with the setting that bounds them."""
    data = rows_without_end(50 * 10**6)
    assert len(data) < 2 * 10**6

    refused(check(delivered(tmp_path, "x.parquet", data)), "at most 20,000,000 rows")


@pytest.mark.slow
def test_rows_without_end_in_a_small_packed_file_are_refused(tmp_path: Path) -> None:
    """Thirty million lines in a fraction of a megabyte."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9) as stream:
        stream.write(b"a,y\n")
        for _ in range(300):
            stream.write(b"1,0\n" * 100_000)
    assert len(packed.getvalue()) < 10**6

    refused(check(delivered(tmp_path, "x.csv.gz", packed.getvalue())), "at most 20,000,000 rows")


def test_an_archive_in_an_archive_in_an_archive_is_refused(tmp_path: Path) -> None:
    """Bombs nest deeper than any delivery."""
    data, name = b"a,y\n1,0\n", "x.csv"
    for _ in range(12):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, data)
        data, name = out.getvalue(), "x.zip"

    refused(check(delivered(tmp_path, name, data)), "packed at most 4 times")


@pytest.mark.slow
def test_a_line_without_end_is_no_table(tmp_path: Path) -> None:
    """A gigabyte of one letter, packed."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1) as stream:
        for _ in range(256):
            stream.write(b"a" * 2**22)

    refused(check(delivered(tmp_path, "x.csv.gz", packed.getvalue())), "x.csv.gz")


CONTRACTS: dict[str, Callable[[], str]] = {
    "deep list": lambda: "a = " + "[" * 200_000 + "]" * 200_000,
    "deep table": lambda: "a = " + "{b=" * 100_000 + "1" + "}" * 100_000,
    "deep key": lambda: ".".join(["a"] * 200_000) + " = 1",
    "deep heading": lambda: "[" + ".".join(["a"] * 200_000) + "]",
    "endless number": lambda: "a = " + "9" * 900_000,
    "endless text": lambda: 'a = "' + "x" * 2_000_000,
    "many keys": lambda: "\n".join(f"k{at} = 1" for at in range(90_000)),
    "many faults": lambda: "[features]\nnumeric = [" + "1," * 300_000 + "]",
}


@pytest.mark.parametrize("text", CONTRACTS.values(), ids=CONTRACTS)
def test_a_contract_that_means_too_much_is_a_fault(text: Callable[[], str]) -> None:
    """No deeper than the stack, and no longer than fits a terminal."""
    with pytest.raises(ContractError) as found:
        parse_contract(text())

    assert len(str(found.value)) < 50_000


@pytest.mark.parametrize("name", ["many keys", "many faults"])
def test_values_are_counted_before_each_fault_is_explained(name: str) -> None:
    """Looking for what was meant by 90,000 keys takes half a minute."""
    with pytest.raises(ContractError, match="at most 20,000 values"):
        parse_contract(CONTRACTS[name]())


def test_the_command_says_so_in_a_sentence(tmp_path: Path) -> None:
    """Exit code 2, no stack trace."""
    file = tmp_path / "contract.toml"
    file.write_text(CONTRACTS["deep list"]())

    done = check(file)

    assert done.returncode == 2
    refused(done, "levels deep")


def test_a_contract_of_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    """It claims that size and takes no room."""
    file = tmp_path / "contract.toml"
    with file.open("wb") as stream:
        stream.truncate(8 * GIB)

    refused(check(file), "at most 1,000,000 bytes")


def test_a_file_of_api_keys_of_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    """Whoever may put it there stops no service that runs."""
    file = tmp_path / "keys.txt"
    with file.open("wb") as stream:
        stream.truncate(8 * GIB)

    with pytest.raises(RefusedError, match="at most 1,048,576 bytes"):
        read_api_keys(file)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    store = new_store(tmp_path_factory.mktemp("store"))
    promote(store, "logistic_regression")
    with serving(store) as server:
        for _ in range(100):
            server.ask("/predict", PAYMENT)
        yield server


BODIES: dict[str, tuple[str, bytes, set[int]]] = {
    "32 MB": ("/predict", b" " * 2**25, {413}),
    "32 MB batch": ("/predict/batch", b'{"transactions":[' + b" " * 2**25, {413}),
    "deep list": ("/predict", b"[" * 60_000, {422}),
    "deep table": ("/predict", b'{"amount":' * 6_000, {422}),
    "deep batch": ("/predict/batch", b'{"transactions":' + b"[" * 500_000, {422}),
    "endless number": ("/predict", b'{"amount":' + b"9" * 60_000 + b"}", {422}),
    "many keys": ("/predict", b"{" + b'"a":1,' * 10_000 + b'"b":1}', {422}),
    "many empty payments": (
        "/predict/batch",
        b'{"transactions":[' + b"{}," * 150_000 + b"{}]}",
        {422},
    ),
    "many nulls": ("/predict/batch", b'{"transactions":[' + b"0," * 250_000 + b"0]}", {422}),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_means_too_much_is_refused_and_forgotten(running: Server, name: str) -> None:
    """With its status and a short answer; the service keeps neither memory nor breath."""
    path, body, statuses = BODIES[name]
    before = resident(running.process.pid)

    try:
        status, _, answer = running.ask_raw(path, body)
    except (BrokenPipeError, ConnectionResetError):
        status, answer = 413, b""  # it would not read so much

    assert status in statuses
    assert len(answer) < 100_000
    assert running.ask("/predict", PAYMENT)[0] == 200
    assert resident(running.process.pid) - before < 32 * 2**20


def test_a_query_that_means_too_much_is_an_answer(running: Server) -> None:
    """Thousands of parameters in a URL of the longest length."""
    for query in (
        "&".join(["reasons=always"] * 500),
        "a&" * 4000,
        "reasons=" + "x" * 8000,
        "%00" * 2500,
    ):
        status = running.ask(f"/predict?{query}", PAYMENT)[0]
        assert status in {200, 414, 422}
