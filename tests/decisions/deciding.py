"""Decisions of a store's versions as its service would make them, recorded in a log."""

from __future__ import annotations

import random
from pathlib import Path

from fraud_assets.decisions.log import open_log
from fraud_assets.documents.decision import Decision
from fraud_assets.replay.versions import Version, Versions
from fraud_assets.store.store import Store
from tests.decisions.entries import decision


def payment(rng: random.Random) -> dict[str, float | str | None]:
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
    version = Versions(store).get(name)
    assert isinstance(version, Version), version
    rng = random.Random(seed)
    log = open_log(folder)
    made = []
    for i in range(number):
        features = payment(rng)
        scorer = version.scorer
        row = scorer.encoder.row(features)
        probability = scorer.probability(row)
        flagged = probability >= scorer.threshold
        made.append(
            decision(
                decision_id=log.next_id(),
                payment_id=f"{name}-{i}",
                decided_at=log.now(),
                version=name,
                manifest=version.manifest,
                payment={**features, "who": f"sender {i}"},
                features=features,
                probability=probability,
                threshold=scorer.threshold,
                is_flagged=flagged,
                reasons=tuple(scorer.row_reasons(row, flagged)) if flagged else (),
            )
        )
        log.record(made[-1])
    log.close()
    return made
