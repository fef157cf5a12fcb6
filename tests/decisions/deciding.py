"""Decisions of a store's versions as its service would make and record them: in brief."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from fraud_assets.decisions.line import Frame
from fraud_assets.decisions.log import DecisionLog, open_log
from fraud_assets.documents.decision import Decision, JsonValue
from fraud_assets.replay.versions import Version, Versions
from fraud_assets.store.store import Store
from tests.decisions.plain import PLAIN, brief_of, decision

_AT_ONCE = 10_000
"""Decisions that are made before the record must have them on disk."""


def payment(rng: random.Random) -> dict[str, JsonValue]:
    """A payment's features, some missing."""
    return {
        "amount": rng.choice([None, rng.uniform(0, 1e5)]),
        "age": rng.uniform(0, 100),
        "count": float(rng.randint(0, 9)),
        "chain": rng.choice(["ETH", " sol ", "XYZ", None]),
        "country": rng.choice(["DE", "US"]),
    }


def decided(folder: Path, store: Store, name: str, number: int, seed: int = 0) -> list[Decision]:
    """Decide that many payments by the version, and put them on record."""
    return list(deciding(folder, store, name, number, seed))


def deciding(
    folder: Path, store: Store, name: str, number: int, seed: int = 0
) -> Iterator[Decision]:
    """The same one by one: each is on its way to disk when it is given."""
    version = Versions(store).get(name)
    assert isinstance(version, Version), version
    rng = random.Random(seed)
    log = open_log(folder)
    frame = log.framed(_frame(version, name))
    try:
        for at in range(number):
            made = _decision(log, version, name, at, payment(rng))
            log.promise()
            log.take([brief_of(made, frame)])
            yield made
            if at % _AT_ONCE == _AT_ONCE - 1:
                assert log.wait_for_flush(60), log.status()
    finally:
        log.close()


def _frame(version: Version, name: str) -> Frame:
    return Frame(
        contract=PLAIN.contract,
        version=name,
        manifest=version.manifest,
        threshold=version.scorer.threshold,
    )


def _decision(
    log: DecisionLog, version: Version, name: str, at: int, features: dict[str, JsonValue]
) -> Decision:
    scorer = version.scorer
    row = scorer.encoder.row(features)
    probability = scorer.probability(row)
    flagged = probability >= scorer.threshold
    return decision(
        decision_id=log.next_id(),
        payment_id=f"{name}-{at}",
        decided_at=log.now(),
        version=name,
        manifest=version.manifest,
        payment={**features, "who": f"sender {at}"},
        features=features,
        probability=probability,
        threshold=scorer.threshold,
        is_flagged=flagged,
        reasons=tuple(scorer.row_reasons(row, flagged)) if flagged else (),
    )
