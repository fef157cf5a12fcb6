"""The OpenAPI document of decisions: made from the contract, and true."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fraud_assets.contract import parse_contract
from fraud_assets.payments.kept import plan_for
from fraud_assets.state.opening import begin, close, open_adapter
from tests.service.stores import Server, new_store, promote, serving
from tests.service.test_fuzz import values

CONTRACT = """
format = 1
name = "crypto_gateway"
source = { path = "none.csv", decimal = "," }
label = { column = "fraud", maturity_days = 1 }
rules.amount_not_negative = { column = "amount", min = 0 }
rules.chain_known = { column = "chain", one_of = ["ETH", "BTC", "SOL"] }
rules.country_there = { column = "country", required = true }
[columns]
id = "id"
sender = "who"
amount = "amount"
[columns.event_time]
column = "day"
time = "hour"
[features]
numeric = ["amount", "age", "count"]
categorical = ["chain", "country"]
case = "upper"
[derived.count]
kind = "count"
entity = "who"
window = "24h"
include_current = true
[derived.age]
kind = "age"
since = { column = "since", unit = "s" }
"""
COLUMNS = ["id", "day", "hour", "who", "amount", "chain", "country", "since"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that decides, on an empty state."""
    folder = tmp_path_factory.mktemp("deciding")
    store, contract = new_store(folder), parse_contract(CONTRACT)
    promote(store, "gradient_boosting", {"contract.toml": CONTRACT.encode()})
    close(begin(open_adapter(str(folder / "state"), contract.name), plan_for(contract)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRAUD_ASSETS_STATE", str(folder / "state"))
        patch.setenv("FRAUD_ASSETS_DECISIONS", str(folder / "decisions"))
        with serving(store) as running:
            yield running


def document(server: Server) -> dict[str, Any]:
    """The document that the service gives."""
    return server.ask("/openapi.json")[1]


def example(server: Server) -> dict[str, Any]:
    """The raw payment that the document shows."""
    fields = document(server)["components"]["schemas"]["RawPayment"]["properties"]
    return {name: field["examples"][0] for name, field in fields.items()}


def test_the_raw_payment_has_the_contracts_columns_without_its_label(server: Server) -> None:
    """All are fields, all needed; rules stand at their column."""
    schema = document(server)["components"]["schemas"]["RawPayment"]

    assert set(schema["properties"]) == set(schema["required"]) == set(COLUMNS)
    assert "at least 0" in schema["properties"]["amount"]["description"]


def test_every_route_of_decisions_is_described(server: Server) -> None:
    """With its answer, and what it refuses by which status."""
    paths = document(server)["paths"]

    for path in ("/decisions", "/decisions/batch"):
        assert {"200", "409", "413", "415", "422", "503"} <= set(paths[path]["post"]["responses"])
    assert "422" in paths["/labels"]["post"]["responses"]
    assert {"200", "404"} <= set(paths["/decisions/{decision_id}"]["get"]["responses"])


def test_the_example_is_decided_and_answered_as_described(server: Server) -> None:
    """Alone, in a batch, and on record; its label is taken."""
    shown = example(server)
    status, told = server.ask("/decisions", shown)
    again = server.ask("/decisions/batch", {"payments": [shown]})[1]["decisions"][0]
    kept = server.ask(f"/decisions/{told['decision_id']}")
    said = server.ask(
        "/labels", {"labels": [{"payment_id": shown["id"], "is_fraud": True, "known_at": None}]}
    )

    answer = document(server)["components"]["schemas"]["DecisionAnswer"]["properties"]
    assert status == 200
    assert set(told) <= set(answer)
    assert again == told | {"repeated": True}
    assert kept[0] == 200
    assert said[1]["unknown"] == []


def test_a_version_without_contract_describes_no_decisions(tmp_path: Path) -> None:
    """What it cannot do is not promised."""
    store = new_store(tmp_path)
    promote(store, "gradient_boosting")
    with serving(store) as running:
        paths = document(running)["paths"]

    assert not [path for path in paths if "decisions" in path or "labels" in path]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=st.one_of(
        values,
        st.dictionaries(st.sampled_from([*COLUMNS, "other"]), values),
    ),
    path=st.sampled_from(["/decisions", "/decisions/batch", "/labels"]),
)
def test_any_json_is_decided_or_refused_with_its_faults(server: Server, body, path) -> None:
    """200, 409 for a known id, or 422 with faults; nothing else."""
    whole = example(server) | body if isinstance(body, dict) else body
    if path != "/decisions":
        whole = {"payments": [whole], "labels": [whole]}

    status, told = server.ask(path, json.dumps(whole).encode())

    assert status in {200, 409, 422}
    assert status == 200 or told["detail"]


@pytest.mark.slow
def test_schemathesis_finds_decisions_true_to_their_document(
    server: Server, tmp_path: Path
) -> None:
    """Every operation, valid and invalid requests, all checks.

    A schema does not say which texts are numbers, or times: 422 answers valid data too.
    """
    (tmp_path / "schemathesis.toml").write_text(
        "[checks.positive_data_acceptance]\n"
        'expected-statuses = ["2xx", "401", "403", "404", "409", "422"]\n'
    )
    schema = tmp_path / "openapi.json"
    schema.write_text(json.dumps(document(server)))
    tool = Path(sys.executable).parent / "schemathesis"
    if not tool.exists():
        pytest.skip("schemathesis is not installed")
    command = [
        tool, "run", schema, "--url", f"http://127.0.0.1:{server.port}",
        "--max-examples", "60", "--seed", "1", "--no-color",
        "--include-path-regex", "decisions|labels",
    ]  # fmt: skip

    done = subprocess.run(
        command, capture_output=True, text=True, timeout=400, check=False, cwd=tmp_path
    )

    assert done.returncode == 0, done.stdout[-6000:]
