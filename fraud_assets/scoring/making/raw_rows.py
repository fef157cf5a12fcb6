"""Payments as callers send them, and what training's own code makes of them. Heavy: pandas.

Golden rows hold raw texts, so that a service that normalises otherwise than training did gives
another answer than the pipeline and is refused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

import pandas as pd

from fraud_assets.data.kinds.column import Spellings
from fraud_assets.data.kinds.text import parse_text
from fraud_assets.scoring.encode import Encoder, Value
from fraud_assets.scoring.limits import admits
from fraud_assets.scoring.spec import Categorical, Feature, Spec

NASTY = ("Gießen", " gießen\u00a0", "ΟΔΟΣ", "i\u0307stanbul", "\ufb01n", "\u200bNA", "n/a", "\\N")
"""Texts of which systems have made different things: case, composition, blanks, missing."""

SentPayment = dict[str, Value]
"""What a caller sends, by feature: a number, a text, or None."""


def as_sent(
    rows: list[SentPayment], spec: Spec, encoder: Encoder, spellings: Mapping[str, Spellings]
) -> list[SentPayment]:
    """Every second row with its texts as the export spells them, or as callers may."""
    features = [feature for feature in spec.features if isinstance(feature, Categorical)]
    found = [dict(row) for row in rows]
    for at, row in enumerate(found):
        for feature in features if at % 2 else ():
            level = row[feature.name]
            key = level if isinstance(level, str) else ""
            known = spellings.get(feature.name, {}).get(key, ()) + _variants(key)
            row[feature.name] = _sent(known, at // 2, level, feature, encoder)
    return found


def nasty_rows(usual: SentPayment, spec: Spec, encoder: Encoder) -> list[SentPayment]:
    """The usual row once for each nasty text, in every feature that may hold it."""
    texts = [feature for feature in spec.features if isinstance(feature, Categorical)]
    fitting: list[SentPayment] = [
        {f.name: text for f in texts if admits(f, text, encoder.level)} for text in NASTY
    ]
    return [usual | chosen for chosen in fitting if chosen]


def as_trained(rows: pd.DataFrame, spec: Spec) -> pd.DataFrame:
    """The rows as typing gives them to the pipeline."""
    typed = {
        feature.name: parse_text(rows[feature.name], spec.case, frozenset(spec.missing_text))
        for feature in spec.features
        if isinstance(feature, Categorical)
    }
    return rows.assign(**typed)


def _variants(level: str) -> tuple[str, ...]:
    if not level:
        return ()
    apart = unicodedata.normalize("NFD", level)
    return (f" {level.lower()} ", f"\u00a0{apart}\t", level.swapcase())


def _sent(
    texts: tuple[str, ...], at: int, level: Value, feature: Feature, encoder: Encoder
) -> Value:
    fitting = [text for text in texts if admits(feature, text, encoder.level)]
    return fitting[at % len(fitting)] if fitting else level
