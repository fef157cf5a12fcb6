"""The OpenAPI document, made from the features of the version that serves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import Parameter, Signature
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from fastapi import APIRouter, Body, Query
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field
from starlette.routing import BaseRoute

from fraud_assets import __version__
from fraud_assets.service.payments.payment import PaymentReader
from fraud_assets.service.versions.source import LoadedFrom
from fraud_assets.service.versions.verdict import Standing

_ABOUT = """Scores payments and says why.

The caller computes the derived features; each one's exact definition stands at its field. `null`
means missing and is encoded as training encoded missing values. Fields that are not described
are ignored; of a field given twice the last one counts. Bodies are JSON in UTF-8, not packed.
`is_flagged` is fraud_probability >= the model's threshold, on the unrounded number.
"""


class FaultModel(BaseModel):
    """One thing wrong with the request."""

    loc: list[str | int]
    msg: str
    type: str


class Refused(BaseModel):
    """Everything wrong with the request."""

    detail: list[FaultModel]


class ReasonModel(BaseModel):
    """One reason: strongest first, from the score that was served."""

    code: str = Field(description="Stable code of the contract's catalogue.")
    feature: str
    value: float | str | None
    contribution: float = Field(description="How far it moved the model's own margin.")
    percentile: float = Field(
        ge=0, le=100, description="Place among legitimate payments; of text, their share at it."
    )
    text: str


class ExplanationAnswer(BaseModel):
    """Base and contributions sum to the margin."""

    scale: Literal["log-odds", "probability", "vote"]
    base: float
    margin: float
    contributions: dict[str, float]


class Scored(BaseModel):
    """One payment's score."""

    fraud_probability: float = Field(ge=0, le=1, description="Unrounded.")
    is_flagged: bool
    reasons: list[ReasonModel] = Field(max_length=4)


_EXPLANATION = "Only with reasons=full; null for a model that is served through scikit-learn."


class PredictionAnswer(Scored):
    """One payment's score, and the version that gave it."""

    model_version: str
    explanation: ExplanationAnswer | None = Field(default=None, description=_EXPLANATION)


class Predictions(BaseModel):
    """The scores of a batch, in its order."""

    predictions: list[Scored]
    model_version: str


class StateHealth(BaseModel):
    """Whether raw payments are decided on."""

    ready: bool
    why: str | None = Field(description="Why not, and what to do.")
    bytes: int | None = Field(description="Room that the state takes.")


class RecordHealth(BaseModel):
    """How this worker keeps decisions."""

    recorded: int = Field(description="Decisions and labels since it began.")
    waiting: int = Field(description="Of these, not yet on disk.")
    missing: int = Field(description="Let go because the disk took no more.")
    lost: int = Field(description="Lost in kills before it began, and declared so.")
    why: str | None = Field(description="What is wrong, and what to do.")


class ShadowHealth(BaseModel):
    """The version that scores beside the one that serves, without a say in any answer."""

    version: str | None
    scored: int = Field(description="Decisions that it scored.")
    passed_over: int = Field(description="Decisions whose features were erased before.")
    why: str | None = Field(description="Why there is none, in one sentence.")


class PromiseHealth(BaseModel):
    """What the newest look at production said of the version that served then."""

    until: str
    version: str
    alarm: bool = Field(description="Whether its recall or precision is called bad.")
    evidence: float = Field(description="Worth of the evidence against its recall.")
    limit: float = Field(description="Worth at which the alarm is raised.")
    warnings: list[str] = Field(description="Codes of the warnings.")
    sentence: str


class Health(BaseModel):
    """The service serves."""

    state: StateHealth
    record: RecordHealth | None = Field(description="None where nothing is kept.")
    shadow: ShadowHealth | None = Field(description="None where the contract asks for none.")
    promise: PromiseHealth | None = Field(description="None where nobody has looked yet.")

    status: Literal["ok"]
    model_version: str
    since: str
    runtime: str
    reloads: int
    refusals: int
    refused: dict[str, str] | None = Field(description="The last version refused, and why.")
    degraded: bool = Field(description="Whether it serves anything else than the store says.")
    serving_from: LoadedFrom
    last_good_copy: str | None = Field(description="The version kept for a start without a store.")
    verdict: Standing = Field(description="What the gate said of the version.")
    override: dict[str, object] | None = Field(description="Who put the version past the gate.")


_CODES: dict[int, str] = {
    401: "An API key is needed, or this one has expired",
    403: "The API key is for other things",
    413: "The body is too large",
    415: "The content type is not application/json in UTF-8, or the body is packed",
    422: "Every field at fault",
}
_BUSY = "Too many batches wait already; Retry-After says when to ask again"
Responses: TypeAlias = dict[int | str, dict[str, Any]]
"""What a path may answer by status, as OpenAPI describes it."""

REFUSALS: Responses = {
    status: {"model": Refused, "description": text} for status, text in _CODES.items()
}
_SCHEMA = {"$ref": "#/components/schemas/Refused"}
UNAUTHORIZED, FORBIDDEN = (
    {"description": _CODES[status], "content": {"application/json": {"schema": _SCHEMA}}}
    for status in (401, 403)
)
"""401 and 403 of a route that answers another type than JSON when it does answer."""

_SCHEMES = {
    "ApiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "Bearer": {"type": "http", "scheme": "bearer"},
}


_PREVIEW = "Whether somebody only looks, so that the score counts in no metric of scores and flags."
_REASONS = "Whose reasons: flagged payments' (default), any payment's, or with all contributions."


def openapi_document(
    routes: Sequence[BaseRoute], reader: PaymentReader, keys_required: bool
) -> bytes:
    """The document of `routes` and of the scoring routes as `reader` takes payments, as JSON.

    Takes tens of milliseconds: make it once for a version, where nobody waits.
    """
    document = get_openapi(
        title="Fraud scoring",
        version=__version__,
        description=_ABOUT,
        routes=[*routes, *_scoring_routes(reader)],
    )
    if keys_required:
        document["components"]["securitySchemes"] = _SCHEMES
        for path in document["paths"].values():
            for operation in path.values():
                if "401" in operation["responses"]:
                    operation["security"] = [{name: []} for name in _SCHEMES]
    return msgspec.json.encode(document)


def _scoring_routes(reader: PaymentReader) -> list[BaseRoute]:
    router = APIRouter(tags=["scoring"])
    router.add_api_route(
        "/predict",
        _endpoint("predict", reader.payment, Literal["flagged", "always", "full"]),
        methods=["POST"],
        response_model=PredictionAnswer,
        responses=REFUSALS,
        summary="Score one payment",
    )
    router.add_api_route(
        "/predict/batch",
        _endpoint("predict_batch", reader.batch, Literal["flagged", "always"]),
        methods=["POST"],
        response_model=Predictions,
        responses={**REFUSALS, 503: {"model": Refused, "description": _BUSY}},
        summary="Score many payments",
    )
    return router.routes


def _endpoint(name: str, body: type[BaseModel], reasons: Any) -> Callable[..., None]:
    """A function that only has a signature: the hot path answers, this describes it."""

    def described() -> None:
        raise NotImplementedError

    query = Annotated[reasons, Query(description=_REASONS)]
    preview = Annotated[bool, Query(description=_PREVIEW)]
    kind = Parameter.POSITIONAL_OR_KEYWORD
    described.__name__ = name
    described.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter("payment", kind, annotation=Annotated[body, Body()]),
            Parameter("reasons", kind, default="flagged", annotation=query),
            Parameter("preview", kind, default=False, annotation=preview),
        ]
    )
    return described
