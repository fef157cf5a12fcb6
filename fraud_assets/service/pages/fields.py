"""The form's fields, made from the version's features and what its training saw of each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape
from itertools import zip_longest

from fraud_assets.scoring.fallback import AnyScorer
from fraud_assets.scoring.places import LevelPlaces, NumberPlaces, Places
from fraud_assets.scoring.spec import Categorical, Feature, Numeric

PARTS = 20
"""Parts of equal size into which a number's legitimate payments are divided for the page."""

_IDENTITY = re.compile(r"[A-Za-z0-9_.-]+")


def render_fields(scorer: AnyScorer, example: Mapping[str, object]) -> str:
    """One labelled input a feature, filled from `example`."""
    features = enumerate(zip_longest(scorer.spec.features, scorer.places))
    return "\n".join(_field(i, f, place, example.get(f.name)) for i, (f, place) in features)


def _field(index: int, feature: Feature, place: Places | None, example: object) -> str:
    # An id must not hold spaces, and a name may be any text.
    identity = feature.name if _IDENTITY.fullmatch(feature.name) else f"no-{index}"
    shown = f"{example:.6g}" if isinstance(example, float) else str(example)
    value = "" if example is None else escape(shown)
    label = f'<label for="f-{identity}">{escape(feature.name.replace("_", " "))}</label>'
    common = (
        f'id="f-{identity}" name="{escape(feature.name)}" value="{value}" '
        f'data-about="d-{identity}" aria-describedby="d-{identity}"'
    )
    about = f'<span class="about" id="d-{identity}">{escape(feature.description)}</span>'
    if isinstance(feature, Numeric):
        control = f"<input {_number(feature, place)} {common}>"
    else:
        options = "".join(f'<option value="{escape(level)}">' for level in feature.levels)
        control = (
            f'<input type="text" list="l-{identity}" {_text(feature, place)} {common}>'
            f'<datalist id="l-{identity}">{options}</datalist>'
        )
    return f'<p class="field">{label}{control}{about}</p>'


def _number(feature: Numeric, place: Places | None) -> str:
    points = place.points if isinstance(place, NumberPlaces) else ()
    last = len(points) - 1
    steps = [points[round(last * step / PARTS)] for step in range(PARTS + 1)] if points else []
    quantiles = json.dumps(
        sorted({float(f"{step:.6g}") for step in steps[1:-1]} | {*steps[::PARTS]})
    )
    return (
        'type="number" step="any" inputmode="decimal" data-kind="number" '
        f'data-usual="{feature.median!r}" data-quantiles="{quantiles}"'
    )


def _text(feature: Categorical, place: Places | None) -> str:
    shares = place.shares if isinstance(place, LevelPlaces) else dict.fromkeys(feature.levels, 0.0)
    usual = max(shares, key=lambda level: shares[level], default="")
    return f'data-kind="text" data-usual="{escape(usual)}"'
