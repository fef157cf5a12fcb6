"""What /health and /model say about the version that serves."""

from __future__ import annotations

import json

from fraud_assets.documents.formats import to_plain
from fraud_assets.scoring.spec import Feature, Numeric
from fraud_assets.service.versions.holder import Holder
from fraud_assets.service.versions.version import Served


def health(holder: Holder) -> dict[str, object]:
    """Which version serves, since when, from where, and what was refused."""
    served, refusal = holder.served, holder.refusal
    numbers = holder.metrics.numbers
    return {
        "status": "ok",
        "model_version": served.version,
        "since": holder.since,
        "runtime": served.scorer.runtime,
        "reloads": numbers.reloads,
        "refusals": numbers.refusals,
        "refused": None if refusal is None else {"why": refusal.why, "at": refusal.at},
        "degraded": refusal is not None,
        "serving_from": holder.loaded.place,
        "last_good_copy": served.version if holder.is_kept else None,
        "verdict": served.standing,
        "override": None if served.move is None else to_plain(served.move.override),
    }


def model_card(served: Served) -> dict[str, object]:
    """The version's signed metadata, how it came to serve, and its features' definitions."""
    spec = served.scorer.spec
    return {
        "model_version": served.version,
        "threshold": served.threshold,
        "runtime": served.scorer.runtime,
        "why_not_native": spec.why_pipeline,
        "margin": spec.scale,
        "promotion": {} if served.move is None else served.move.to_dict(),
        "features": [_feature(feature) for feature in spec.features],
        "metadata": json.loads(served.described),
    }


def _feature(feature: Feature) -> dict[str, object]:
    shown: dict[str, object] = {
        "name": feature.name,
        "kind": "numeric" if isinstance(feature, Numeric) else "categorical",
        "description": feature.description,
        "reason_code": feature.wording.code,
    }
    if not isinstance(feature, Numeric):
        shown["levels"] = list(feature.levels)
    return shown
