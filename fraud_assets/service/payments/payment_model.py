"""The exact model of a payment: it finds every fault, and the OpenAPI document describes it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model
from pydantic_core import PydanticCustomError

from fraud_assets.scoring.encode import Encoder
from fraud_assets.scoring.limits import LONGEST, Level, bounds, text_fault
from fraud_assets.scoring.spec import Categorical, Feature, Numeric, Spec
from fraud_assets.service.settings import MAX_BATCH

_CASES = {"upper": "in upper case", "lower": "in lower case", "keep": "in the case as listed"}
_NULL = "null means missing."


def payment_model(spec: Spec) -> type[BaseModel]:
    """A strict model with the features of `spec` under their own names."""
    level = Encoder(spec).level
    fields: dict[str, Any] = {
        f"f{i}": (
            _type(feature, level),
            Field(alias=feature.name, description=_description(feature, spec)),
        )
        for i, feature in enumerate(spec.features)
    }
    return create_model("Payment", __config__=ConfigDict(strict=True), **fields)


def batch_model(payment: type[BaseModel]) -> type[BaseModel]:
    """Many payments."""
    kind = Annotated[list[payment], Field(max_length=MAX_BATCH)]  # type: ignore[valid-type]
    return create_model("Batch", __config__=ConfigDict(strict=True), transactions=(kind, ...))


def _type(feature: Feature, level: Level) -> Any:
    kind: Any = _number(feature) if isinstance(feature, Numeric) else _text(feature, level)
    return kind if feature.required else kind | None


def _number(feature: Numeric) -> Any:
    low, high = bounds(feature)
    if feature.one_of is None:
        return Annotated[float, Field(ge=low, le=high, allow_inf_nan=False)]
    allowed = feature.one_of

    def check(value: float) -> float:
        _demand("" if value in allowed else f"Input should be one of {allowed}")
        return value

    listed = Field(ge=low, le=high, allow_inf_nan=False, json_schema_extra={"enum": [*allowed]})
    return Annotated[float, listed, AfterValidator(check)]


def _text(feature: Categorical, level: Level) -> Any:
    def check(value: str) -> str:
        _demand(text_fault(feature, value, level))
        return value

    shown = list(feature.one_of or feature.levels)[:3]
    return Annotated[str, Field(max_length=LONGEST, examples=shown), AfterValidator(check)]


def _demand(why: str) -> None:
    if why:
        raise PydanticCustomError("one_of", "{why}", {"why": why})


def _description(feature: Feature, spec: Spec) -> str:
    said = [feature.description]
    if feature.required:
        said = [feature.description.removesuffix(_NULL).rstrip(), "null is refused."]
    if isinstance(feature, Categorical) and feature.one_of is not None:
        allowed = ", ".join(feature.one_of)
        said.append(f"Trimmed and {_CASES[spec.case]} it must be one of: {allowed}.")
    if isinstance(feature, Categorical) and feature.required:
        words = ", ".join(word for word in spec.missing_text if word)
        said.append(f"Neither empty nor a word for missing ({words}).")
    return " ".join(said)
