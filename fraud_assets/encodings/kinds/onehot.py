"""One-hot: a number for each level; a level never seen is all zeros."""

from __future__ import annotations

from sklearn.preprocessing import OneHotEncoder

from fraud_assets.encodings.encoding import Encoder, Encoding


def _build(seed: int) -> OneHotEncoder:  # noqa: ARG001
    return OneHotEncoder(handle_unknown="ignore")


def _is_whole(encoder: Encoder) -> bool:
    return encoder.drop is None and not (encoder.min_frequency or encoder.max_categories)


ENCODING = Encoding(
    name="onehot",
    build=_build,
    width=lambda levels: levels,
    is_whole=_is_whole,
)
