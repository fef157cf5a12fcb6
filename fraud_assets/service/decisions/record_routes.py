"""What the service says of its record: one decision by its id, health, metrics."""

from __future__ import annotations

import asyncio

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fraud_assets.decisions.log import LogSettings
from fraud_assets.errors import FraudAssetsError
from fraud_assets.service.answers import fault, fault_answer
from fraud_assets.service.api_keys import ApiKeys
from fraud_assets.service.decisions.keeping import Keeping
from fraud_assets.service.readers import reader_denied
from fraud_assets.service.settings import ServiceSettings

_JSON = "application/json"
_NONE = (
    "There is no decision of this id; GET /decisions?payment_id=ID finds those on a payment by the "
    "payment's id"
)
_POSTED = ("batch", "preview")
"""What stands in a decision's place in the paths of other routes, which take POST alone."""

_COUNTS = {
    "recorded": "Decisions and labels that were recorded.",
    "missing": "Entries let go because the disk took no more.",
    "lost": "Entries lost in kills, and declared so.",
}


def keeping_of(settings: ServiceSettings) -> Keeping:
    """The record as the settings want it kept."""
    promised = LogSettings(sync=settings.record_sync, when_failing=settings.record_failing)
    return Keeping(
        settings.decisions,
        promised,
        is_claimed=settings.record_claimed,
        is_shared=settings.record_shared,
    )


def record_routes(keeping: Keeping, keys: ApiKeys) -> list[Route]:
    """The record as kept, for a key with the scope `read`.

    GET /decisions/{decision_id} is one of it, GET /decisions?payment_id=ID all on a payment.
    """

    async def one(request: Request) -> Response:
        if (denied := reader_denied(request, keys)) is not None:
            return denied
        decision_id = request.path_params["decision_id"]
        if decision_id in _POSTED:
            return Response(status_code=405, headers={"allow": "POST"})
        try:
            found = await asyncio.to_thread(keeping.find, decision_id)
        except FraudAssetsError as error:
            return _unavailable(error)
        if found is None:
            told = fault(["path", "decision_id"], _NONE, "not_found")
            return Response(fault_answer(told), 404, media_type=_JSON)
        return Response(msgspec.json.encode(found), media_type=_JSON)

    async def of_payment(request: Request) -> Response:
        if (denied := reader_denied(request, keys)) is not None:
            return denied
        asked = request.query_params.getlist("payment_id")
        if len(asked) != 1 or not asked[0]:
            told = fault(["query", "payment_id"], "Must name one payment by its id", "missing")
            return Response(fault_answer(told), 422, media_type=_JSON)
        try:
            found = await asyncio.to_thread(keeping.find_of, asked[0])
        except FraudAssetsError as error:
            return _unavailable(error)
        return Response(msgspec.json.encode({"decisions": found}), media_type=_JSON)

    return [
        # POST is answered before the framework sees it; named for other methods' 405.
        Route("/decisions", of_payment, methods=["GET", "POST"]),
        Route("/decisions/{decision_id}", one, methods=["GET"]),
    ]


def _unavailable(error: FraudAssetsError) -> Response:
    told = fault(["record"], str(error), "unavailable")
    return Response(fault_answer(told), 503, media_type=_JSON)


def record_health(keeping: Keeping) -> dict[str, object] | None:
    """How the record is, None where nothing is kept."""
    status = keeping.status
    if status is None:
        return None
    return {
        "recorded": status.recorded,
        "waiting": status.recorded - status.flushed,
        "missing": status.missing,
        "lost": status.lost,
        "why": status.sentence or None,
    }


def record_metrics(keeping: Keeping) -> str:
    """The same as this worker's lines in Prometheus' text format."""
    status = keeping.status
    if status is None:
        return ""
    lines = [
        "# HELP fraud_assets_record_failing 1 where decisions cannot be kept.",
        "# TYPE fraud_assets_record_failing gauge",
        f"fraud_assets_record_failing {int(bool(status.sentence))}",
    ]
    for name, text in _COUNTS.items():
        lines += [
            f"# HELP fraud_assets_record_{name}_total {text}",
            f"# TYPE fraud_assets_record_{name}_total counter",
            f"fraud_assets_record_{name}_total {getattr(status, name)}",
        ]
    return "\n".join(lines) + "\n"
