"""The answer to a request that only reads, where its key may not."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from fraud_assets.service.answers import fault_answer
from fraud_assets.service.api_keys import ApiKeys, denial


def reader_denied(request: Request, keys: ApiKeys) -> Response | None:
    """401 or 403 with its faults; None where the request may read."""
    denied = keys.denied(request.scope["headers"], "read")
    if denied is None:
        return None
    headers = {"www-authenticate": "Bearer"} if denied.status == 401 else {}
    return Response(
        fault_answer(denial(denied)), denied.status, headers, media_type="application/json"
    )
