"""The routes of decisions as the OpenAPI document tells them, for the contract that serves."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from fastapi import APIRouter, Body, Path, Query
from pydantic import BaseModel, Field
from starlette.routing import BaseRoute

from fraud_assets.documents.decision import Decision
from fraud_assets.payments.possible import why_not_decided
from fraud_assets.service.documents import REFUSALS, ReasonModel, Refused, Responses
from fraud_assets.service.payments.raw_payment_model import raw_batch_model, raw_payment_model
from fraud_assets.service.versions.version import Served

_REASONS = "Whose reasons: flagged payments' (default), or any payment's."
_KIND = Parameter.POSITIONAL_OR_KEYWORD


class DecisionAnswer(BaseModel):
    """What was decided on one raw payment, and the features that came out of it."""

    decision_id: str = Field(description="By which the record finds it.")
    payment_id: str | None
    fraud_probability: float = Field(ge=0, le=1, description="Unrounded.")
    is_flagged: bool
    released: bool = Field(description="Flagged, yet let through on purpose: its label will tell.")
    release_probability: float | None = Field(default=None, description="Only where released.")
    model_version: str
    features: dict[str, float | str | None] = Field(description="As scored; null is missing.")
    reasons: list[ReasonModel] = Field(max_length=4)
    late: bool = Field(
        default=False, description="Later than the contract's late_after: windows may lack some."
    )
    repeated: bool = Field(default=False, description="The id came before: this is that answer.")


class Preview(BaseModel):
    """What would be decided; neither state nor record learn of the payment."""

    fraud_probability: float = Field(ge=0, le=1, description="Unrounded.")
    is_flagged: bool
    model_version: str
    features: dict[str, float | str | None] = Field(description="As scored; null is missing.")
    reasons: list[ReasonModel] = Field(max_length=4)
    late: bool = Field(description="Later than the contract's late_after: windows may lack some.")


class DecisionAnswers(BaseModel):
    """What was decided on many, in their order."""

    decisions: list[DecisionAnswer]


class LabelModel(BaseModel):
    """What became known of a payment."""

    payment_id: str | int
    is_fraud: bool
    known_at: str | int | float | None = Field(
        description="Since when that is known, ISO 8601; null: since now.",
        examples=["2026-02-01T00:00:00Z"],
    )


class LabelsBody(BaseModel):
    """Labels; a later one of the same payment supersedes the earlier."""

    labels: list[LabelModel]


class LabelsAnswer(BaseModel):
    """How many were taken, how many were known already, and which payments are not known."""

    accepted: int
    repeated: int
    unknown: list[str]


_REFUSED = {"model": Refused}
_CONFLICT = _REFUSED | {"description": "The id came before with other content"}
_UNAVAILABLE = _REFUSED | {"description": "State or record cannot be reached or trusted now"}


def described_routes(served: Served) -> list[BaseRoute]:
    """Routes that only describe; none for a version that decides on no raw payments."""
    contract = served.contract
    if contract is None or why_not_decided(contract):
        return []
    router = APIRouter(tags=["decisions"])
    payment = raw_payment_model(contract, served.scorer.spec)
    asked = {**REFUSALS, 409: _CONFLICT, 503: _UNAVAILABLE}
    reasons = Annotated[Literal["flagged", "always"], Query(description=_REASONS)]
    wanted = Parameter("reasons", _KIND, default="flagged", annotation=reasons)
    many = raw_batch_model(payment)
    told: Responses = {**REFUSALS, 503: _UNAVAILABLE}
    for route in (
        _Post("/decisions", _ONE, [_body(payment), wanted], DecisionAnswer, asked),
        _Post("/decisions/batch", _MANY, [_body(many), wanted], DecisionAnswers, asked),
        _Post("/decisions/preview", _LOOK, [_body(payment)], Preview, told),
        _Post("/labels", "Say what payments were", [_body(LabelsBody)], LabelsAnswer, told),
    ):
        route.add_to(router)
    router.routes += [_kept_decision(), _decisions_of_payment()]
    return router.routes


_LOOK = "What would be decided on a raw payment, and the features that come out; kept nowhere"
_ONE, _MANY = "Decide on a raw payment", "Decide on raw payments in their order, all or none"


class _Post(NamedTuple):
    """One route: its parameters, its answer, and what else it may answer with which status."""

    path: str
    summary: str
    parameters: list[Parameter]
    answer: type[BaseModel]
    statuses: Responses

    def add_to(self, router: APIRouter) -> None:
        router.add_api_route(
            self.path,
            _described(self.path, self.parameters),
            methods=["POST"],
            response_model=self.answer,
            responses=self.statuses,
            summary=self.summary,
        )


def _body(model: type[BaseModel]) -> Parameter:
    return Parameter("body", _KIND, annotation=Annotated[model, Body()])


def _kept_decision() -> BaseRoute:
    router = APIRouter(tags=["decisions"])
    identity = Parameter("decision_id", _KIND, annotation=Annotated[str, Path()])
    some: Responses = {status: REFUSALS[status] for status in (401, 403)}
    router.add_api_route(
        "/decisions/{decision_id}",
        _described("decision", [identity]),
        methods=["GET"],
        responses={
            **some,
            200: {"content": {"application/json": {"schema": _decision_schema()}}},
            404: _REFUSED | {"description": "There is no decision of this id"},
            503: _UNAVAILABLE,
        },
        summary="A decision as it stands on record",
    )
    return router.routes[0]


def _decisions_of_payment() -> BaseRoute:
    router = APIRouter(tags=["decisions"])
    identity = Parameter("payment_id", _KIND, annotation=Annotated[str, Query(min_length=1)])
    many = {"type": "array", "items": _decision_schema()}
    answer = {"type": "object", "properties": {"decisions": many}, "required": ["decisions"]}
    some: Responses = {status: REFUSALS[status] for status in (401, 403, 422)}
    router.add_api_route(
        "/decisions",
        _described("decisions_of_payment", [identity]),
        methods=["GET"],
        responses={
            **some,
            200: {"content": {"application/json": {"schema": answer}}},
            503: _UNAVAILABLE,
        },
        summary="All decisions on a payment, by the payment's id, in the order of their time",
    )
    return router.routes[0]


def _decision_schema() -> dict[str, Any]:
    """The record's schema with its parts inside, as nothing else in the document has them."""
    (schema,), parts = msgspec.json.schema_components([Decision], ref_template="{name}")
    whole = _inlined(schema, parts)
    assert isinstance(whole, dict)
    return whole


def _inlined(part: Any, parts: dict[str, Any]) -> Any:
    if isinstance(part, list):
        return [_inlined(one, parts) for one in part]
    if not isinstance(part, dict):
        return part
    name = part.get("$ref")
    if name is not None:
        return _inlined(parts[name], parts)
    return {key: _inlined(one, parts) for key, one in part.items()}


def _described(name: str, parameters: list[Parameter]) -> Callable[..., None]:
    """A function that only has a signature: the hot path answers, this describes it."""

    def described() -> None:
        raise NotImplementedError

    described.__name__ = name.strip("/").replace("/", "_")
    described.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return described
