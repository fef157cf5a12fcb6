"""The week's derived features beside those that decisions were made with."""

from __future__ import annotations

import math
from typing import Any

import pytest

from fraud_assets.contract import load_contract
from fraud_assets.data.columns import ROW
from fraud_assets.data.served import compared, served_features
from fraud_assets.documents.decision import Decision
from tests.decisions.entries import decision
from tests.weeks import Parts

CONTRACT = load_contract("crypto_gateway")


@pytest.fixture(scope="module")
def decisions(parts: Parts) -> list[Decision]:
    """A record of every payment of the week, as a service without faults has made it."""
    cleaned = parts.cleaned
    ids = cleaned.history.set_index(ROW)[CONTRACT.columns.id].loc[cleaned.frame[ROW]]
    rows = cleaned.frame[list(CONTRACT.derived)].to_dict("records")
    return [
        decision(payment_id=one, features={name: plain(value) for name, value in row.items()})
        for one, row in zip(ids, rows, strict=True)
    ]


def plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def test_the_same_bits_are_equal(parts: Parts, decisions: list[Decision]) -> None:
    """Every payment counts, no value differs."""
    found = compared(parts.cleaned, decisions, CONTRACT)

    assert found.is_equal
    assert found.payments == len(parts.cleaned.frame) > 1000
    assert set(found.differing) == set(CONTRACT.derived)
    assert found.sentence.endswith("got the same bits.")


def test_one_bit_is_counted_under_its_name(parts: Parts, decisions: list[Decision]) -> None:
    """The next float64 is another value; a value instead of a missing one too."""
    name = next(iter(CONTRACT.derived))
    at = next(i for i, one in enumerate(decisions) if one.features[name] is not None)
    other = {
        **decisions[at].features,
        name: math.nextafter(float(decisions[at].features[name] or 0), math.inf),
    }
    changed = [*decisions[:at], decision(**fields(decisions[at], features=other))]
    changed += decisions[at + 1 :]

    found = compared(parts.cleaned, changed, CONTRACT)

    assert not found.is_equal
    assert found.differing[name] == 1
    assert sum(found.differing.values()) == 1
    assert f"{name} in 1." in found.sentence


def test_late_payments_and_absent_features_are_set_apart(
    parts: Parts, decisions: list[Decision]
) -> None:
    """What was served late is counted, not compared; a feature that no record has is named."""
    name = next(iter(CONTRACT.derived))
    late = decision(**fields(decisions[0], late=True, features={}))
    rest = [
        decision(**fields(one, features={n: v for n, v in one.features.items() if n != name}))
        for one in decisions[1:]
    ]

    found = compared(parts.cleaned, [late, *rest], CONTRACT)

    assert (found.is_equal, found.late, found.absent) == (True, 1, (name,))
    assert found.payments == len(decisions) - 1


def test_files_are_no_record(parts: Parts) -> None:
    """Nothing to compare."""
    assert served_features(parts.cleaned, CONTRACT) is None


def fields(one: Decision, **changes: Any) -> dict[str, Any]:
    return {"payment_id": one.payment_id, "features": one.features, **changes}
