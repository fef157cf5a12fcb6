"""The contract's rules on a payment that the types of its fields cannot say."""

from __future__ import annotations

import msgspec

from fraud_assets.scoring.encode import KEPT_TEXTS, Encoder, Value
from fraud_assets.scoring.limits import Level, text_fault
from fraud_assets.scoring.spec import Categorical, Feature, Numeric, Spec


class Rules:
    """The contract's rules that the fields' types cannot say; texts that passed are kept."""

    def __init__(self, spec: Spec) -> None:
        self._level: Level = Encoder(spec).level
        features = list(enumerate(spec.features))
        self._texts: list[tuple[int, Categorical, set[Value]]] = [
            (i, f, {None}) for i, f in features if isinstance(f, Categorical) and _ruled(f)
        ]
        self._numbers = [
            (i, f, {None, *(f.one_of or ())})
            for i, f in features
            if isinstance(f, Numeric) and _ruled(f)
        ]
        self.any = bool(self._texts or self._numbers)

    def check(self, row: tuple[Value, ...]) -> None:
        """Raise msgspec.ValidationError at the first value that breaks a rule."""
        for i, feature, passed in self._texts:
            text = row[i]
            if text in passed:
                continue
            if why := text_fault(feature, str(text), self._level):
                raise msgspec.ValidationError(f"{why} - at `$.{feature.name}`")
            if len(passed) < KEPT_TEXTS:
                passed.add(text)
        for i, number, allowed in self._numbers:
            if row[i] not in allowed:
                raise msgspec.ValidationError(f"Not among the allowed - at `$.{number.name}`")


def _ruled(feature: Feature) -> bool:
    # A required number is what its type says; a required text must not be a word for missing.
    text = isinstance(feature, Categorical)
    return feature.one_of is not None or (text and feature.required)
