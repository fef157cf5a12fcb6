"""What `scorer.json` says: features, encoding, link, threshold, reasons; read as typed values.

How the format moves: raise `FORMAT` by one when a field changes its meaning, or when a release
that does not know a field would score otherwise, and add to `_UPGRADES` the function that turns
the previous format's JSON into the new one. Versions in a store are served for years.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from fraud_assets.documents.formats import Upgrades, upgraded
from fraud_assets.errors import StoreError

FORMAT = 4
"""Format of the service's own files; independent of scikit-learn's and this package's version."""

SPEC, TABLES, FOREST, GOLDEN = "scorer.json", "scorer.npz", "scorer.onnx", "golden.json"
"""The service's own files inside a version."""


_UPGRADES: Upgrades = {
    1: lambda old: old | {"format": 2, "normalisation": "trim"},
    2: lambda old: old | {"format": 3},
    3: lambda old: old | {"format": 4},
}
"""Format 1 trimmed and changed case as Python alone does, and had no name for it; format 2 had no
column for a number's absence; format 3 had a median in place of each missing number, and
leaves in place of a narrow forest."""

READABLE = (*_UPGRADES, FORMAT)
"""Formats of the service's own files that are read."""

ModelForm = Literal["forest", "linear", "pipeline"]


class Wording(msgspec.Struct, frozen=True):
    """Code and sentences of one feature's reason; placeholders {value} and {percentile}."""

    code: str
    text: str
    low: str
    missing: str
    levels: dict[str, str] = {}


class Presence(msgspec.Struct, frozen=True):
    """What stands at `position` where a number is there, and where it is missing."""

    position: int
    present: float
    absent: float


class MissingSide(msgspec.Struct, frozen=True):
    """A number stands at `position`; a missing one is `missing`, below or above all others."""

    position: int
    missing: float


class Numeric(msgspec.Struct, frozen=True, tag="numeric", tag_field="kind"):
    """A number: missing becomes `median`, then (x - mean) / scale at `position`.

    `missing` are numbers that stand for a missing one; `presence` says how the model sees that it
    is missing, None where it does not. Where there are `sides`, the number stands at each of them,
    in place of `position`: splits that send missing ones left ask one of them, others the other.
    """

    name: str
    description: str
    wording: Wording
    median: float
    mean: float
    scale: float
    position: int
    minimum: float | None = None
    maximum: float | None = None
    one_of: tuple[float, ...] | None = None
    required: bool = False
    missing: tuple[float, ...] = ()
    presence: Presence | None = None
    sides: tuple[MissingSide, ...] = ()


class Categorical(msgspec.Struct, frozen=True, tag="categorical", tag_field="kind"):
    """Text: each level's row of numbers at `position`; a level never seen gives `unseen`."""

    name: str
    description: str
    wording: Wording
    levels: dict[str, tuple[float, ...]]
    unseen: tuple[float, ...]
    position: int
    one_of: tuple[str, ...] | None = None
    required: bool = False


Feature = Numeric | Categorical


class Spec(msgspec.Struct, frozen=True):
    """Everything of a scorer but its large tables.

    `owner_of` names for each encoded column the index of its feature. `scale` is what the margin
    is measured in. `normalisation` names what texts go through before they are levels, and
    `missing_text` the words that then mean missing, folded. The probability is `link`(margin), or
    expit(-(a * margin + b)) where a `calibrator` (a, b) is set (Platt's sigmoid, as scikit-learn
    writes it).
    """

    format: int
    family: ModelForm
    contract: str
    normalisation: Literal["trim", "nfc"]
    case: Literal["keep", "upper", "lower"]
    missing_text: tuple[str, ...]
    missing_level: str
    features: tuple[Feature, ...]
    columns: tuple[str, ...]
    owner_of: tuple[int, ...]
    link: Literal["logistic", "identity"]
    scale: Literal["log-odds", "probability", "vote"]
    calibrator: tuple[float, float] | None
    threshold: float
    intercept: float
    base: float
    why_pipeline: str = ""


def read_spec(data: bytes) -> Spec:
    """Parse `scorer.json`, of the current format or an earlier one.

    Raises
    ------
    StoreError
        If it is no such JSON or of a format that is no longer, or not yet, read.
    """
    try:
        raw = upgraded(msgspec.json.decode(data, type=dict[str, object]), FORMAT, _UPGRADES)
        _demand_format(raw)
        return msgspec.convert(raw, Spec, strict=False)
    except msgspec.MsgspecError as error:
        raise StoreError(
            f"{SPEC} must hold a scorer's description, got one where {error}; publish again."
        ) from error


def _demand_format(raw: object) -> None:
    found = raw.get("format") if isinstance(raw, dict) else None
    if found != FORMAT:
        readable = " or ".join(map(str, READABLE))
        raise StoreError(
            f"{SPEC} must have format {readable}, got {found!r}; serve it with the release of "
            "fraud-assets that wrote it, or publish again with this one."
        )
