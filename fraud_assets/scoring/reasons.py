"""From contributions to at most four reasons in words, strongest first."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fraud_assets.documents.reason import Reason
from fraud_assets.features.arrays import Floats
from fraud_assets.profiles import MAX_REASONS
from fraud_assets.scoring.encode import Encoder, Value
from fraud_assets.scoring.places import Places, ValuePlace
from fraud_assets.scoring.spec import Feature, Numeric, Spec

_PLACEHOLDER = re.compile(r"\{(value|percentile)\}")


class Reasoner:
    """Words the strongest contributions of one payment."""

    def __init__(self, spec: Spec, encoder: Encoder, places: Sequence[Places]) -> None:
        self._features = spec.features
        self._encoder = encoder
        self._places = places

    def reasons(
        self, row: tuple[Value, ...], contributions: Floats, towards_fraud: bool
    ) -> list[Reason]:
        """At most four; only those towards fraud where asked, unless there is none of them."""
        moved: list[float] = contributions.tolist()
        strength = moved if towards_fraud else [abs(amount) for amount in moved]
        order = sorted(range(len(moved)), key=strength.__getitem__, reverse=True)
        chosen = [i for i in order if moved[i] > 0 or not towards_fraud] or order
        return [self._reason(i, row[i], moved[i]) for i in chosen[:MAX_REASONS]]

    def _reason(self, index: int, value: Value, contribution: float) -> Reason:
        feature = self._features[index]
        value = self._encoder.meaning(index, value)
        place = self._places[index].place(value)  # type: ignore[arg-type]
        return Reason(
            feature.wording.code,
            feature.name,
            value,
            contribution,
            place.percentile,
            sentence(feature, value, place),
        )


def sentence(feature: Feature, value: Value, place: ValuePlace) -> str:
    """The contract's sentence that is true of this value and this place."""
    wording = feature.wording
    if value is None:
        return _fill(wording.missing, "missing", place.same)
    if not isinstance(feature, Numeric):
        text = wording.levels.get(str(value), wording.text)
        return _fill(text, str(value), place.same)
    number = format_number(float(value))
    if place.below >= place.above:
        return _fill(wording.text, number, place.below)
    return _fill(wording.low, number, place.above)


def format_number(value: float) -> str:
    """For reading: thousands apart, and about four figures that count."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    if abs(value) >= 1e15 or abs(value) < 1e-4:
        return f"{value:.3e}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def format_share(share: float) -> str:
    """A share as people say it; never 100 % of payments that are not all, nor 0 % of some."""
    if 0 < share < 0.001:
        return "under 0.1 %"
    if 0.999 < share < 1:
        return "over 99.9 %"
    percent = f"{100 * share:.1f}"
    return f"{percent.removesuffix('.0')} %"


def _fill(text: str, value: str, share: float) -> str:
    """One pass, so that braces in a caller's text are text; what prints nothing is left out."""
    shown = value if value.isprintable() else "".join(filter(str.isprintable, value))
    return _PLACEHOLDER.sub(
        lambda found: shown if found[1] == "value" else format_share(share), text
    )
