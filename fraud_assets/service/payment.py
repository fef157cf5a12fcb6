"""The request's shape, made from the version's own features: fast to read, exact in its faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from fraud_assets.scoring.encode import Value
from fraud_assets.scoring.spec import Categorical, Feature, Numeric, Spec
from fraud_assets.service.settings import MAX_BATCH

LARGEST = 1e30
"""Largest magnitude of a number: far past any payment, and finite when scaled as float32."""

LONGEST = 256
"""Most characters of a text."""

MOST_FAULTS = 1000
"""Most faults told at once; only a large batch can have more."""

Row = tuple[Value, ...]
Fault = dict[str, Any]


@dataclass(frozen=True)
class PaymentReader:
    """Reads request bodies into rows, or says what is wrong with every field."""

    one: Callable[[bytes], Row]
    many: Callable[[bytes], list[Row]]
    payment: type[BaseModel]
    batch: type[BaseModel]

    def faults(self, body: bytes, *, batch: bool = False) -> list[Fault]:
        """Each field at fault as {loc, msg, type}; for bodies that `one` or `many` rejected."""
        try:
            (self.batch if batch else self.payment).model_validate_json(body)
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False, include_context=False)
            return [
                {"loc": ["body", *item["loc"]], "msg": item["msg"], "type": item["type"]}
                for item in found[:MOST_FAULTS]
            ]
        # The fast reader is the stricter one in corners such as numbers of 400 digits.
        return [{"loc": ["body"], "msg": "Body must be JSON as described", "type": "json_invalid"}]


def payment_reader(spec: Spec) -> PaymentReader:
    """The reader of payments with the features of `spec`."""
    payment = _struct(spec)
    batch = msgspec.defstruct(
        "Batch",
        [("transactions", Annotated[list[payment], msgspec.Meta(max_length=MAX_BATCH)])],  # type: ignore[valid-type]
    )
    one, many = msgspec.json.Decoder(payment), msgspec.json.Decoder(batch)
    values = msgspec.structs.astuple

    def read_many(body: bytes) -> list[Row]:
        return [values(item) for item in many.decode(body).transactions]  # type: ignore[attr-defined]

    model = _model(spec)
    return PaymentReader(lambda body: values(one.decode(body)), read_many, model, _batch(model))


def _struct(spec: Spec) -> type[msgspec.Struct]:
    # Fields are numbered: a feature's name need not be a Python name.
    fields = [(f"f{i}", _fast_type(feature)) for i, feature in enumerate(spec.features)]
    names = {f"f{i}": feature.name for i, feature in enumerate(spec.features)}
    return msgspec.defstruct("Payment", fields, rename=names, gc=False)


def _fast_type(feature: Feature) -> Any:
    kind: Any
    if isinstance(feature, Numeric):
        low, high = _bounds(feature)
        kind = Annotated[float, msgspec.Meta(ge=low, le=high)]
    elif feature.one_of:
        kind = Literal[feature.one_of]
    else:
        kind = Annotated[str, msgspec.Meta(max_length=LONGEST)]
    return kind if feature.required else kind | None


def _model(spec: Spec) -> type[BaseModel]:
    fields: dict[str, Any] = {
        f"f{i}": (_exact_type(feature), Field(alias=feature.name, description=feature.description))
        for i, feature in enumerate(spec.features)
    }
    return create_model("Payment", __config__=ConfigDict(strict=True), **fields)


def _exact_type(feature: Feature) -> Any:
    kind: Any
    if isinstance(feature, Numeric):
        low, high = _bounds(feature)
        kind = Annotated[float, Field(ge=low, le=high, allow_inf_nan=False)]
    elif feature.one_of:
        kind = Literal[feature.one_of]
    else:
        kind = Annotated[str, Field(max_length=LONGEST, examples=_examples(feature))]
    return kind if feature.required else kind | None


def _batch(payment: type[BaseModel]) -> type[BaseModel]:
    kind = Annotated[list[payment], Field(max_length=MAX_BATCH)]  # type: ignore[valid-type]
    return create_model("Batch", __config__=ConfigDict(strict=True), transactions=(kind, ...))


def _bounds(feature: Numeric) -> tuple[float, float]:
    low = -LARGEST if feature.minimum is None else max(feature.minimum, -LARGEST)
    high = LARGEST if feature.maximum is None else min(feature.maximum, LARGEST)
    return low, high


def _examples(feature: Categorical) -> list[str]:
    return list(feature.levels)[:3]
