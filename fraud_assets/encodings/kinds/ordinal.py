"""Ordinal: levels count from 0, sorted; a level never seen is -1."""

from __future__ import annotations

from sklearn.preprocessing import OrdinalEncoder

from fraud_assets.encodings.encoding import Encoding

UNSEEN_CODE = -1
"""Ordinal code of a level that training did not see."""


def _build(seed: int) -> OrdinalEncoder:  # noqa: ARG001
    return OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=UNSEEN_CODE)


ENCODING = Encoding(name="ordinal", build=_build, width=lambda _: 1)
