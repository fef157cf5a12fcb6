"""The application: assembled from settings, routes and lifespan as separate inputs."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from fraud_assets.service.answers import fault, fault_answer
from fraud_assets.service.api_keys import ApiKeys, read_api_keys
from fraud_assets.service.decisions.described import described_routes
from fraud_assets.service.decisions.desk import Desk
from fraud_assets.service.decisions.rebuilding import Rebuilding
from fraud_assets.service.decisions.record_routes import (
    keeping_of,
    record_health,
    record_metrics,
    record_routes,
)
from fraud_assets.service.decisions.routes import (
    DecisionRoute,
    GatheredRoute,
    Taking,
    decision_routes,
)
from fraud_assets.service.documents import (
    FORBIDDEN,
    UNAUTHORIZED,
    Health,
    Responses,
    openapi_document,
)
from fraud_assets.service.metrics import ServiceMetrics
from fraud_assets.service.net.connections import Connections, most_connections
from fraud_assets.service.net.hosts import Hosts, hosts_of
from fraud_assets.service.net.logs import log_sparingly
from fraud_assets.service.pages.model_card import health, model_card
from fraud_assets.service.pages.page import page_routes
from fraud_assets.service.promise import NewestLook, own_places, signed_contract
from fraud_assets.service.readers import reader_denied
from fraud_assets.service.scoring_routes import Receive, Scope, Scoring, Send, respond
from fraud_assets.service.settings import ServiceSettings
from fraud_assets.service.shadow.beside import Beside
from fraud_assets.service.versions.holder import Holder
from fraud_assets.service.versions.version import Served
from fraud_assets.state.opening import MEMORY
from fraud_assets.store.journal.owner import demand_owner_among

_SWITCH_SECONDS = 0.0005
"""How long a loading thread may keep the interpreter from the event loop; Python's 5 ms would
show in the slowest answers during a swap."""

_GARBAGE = 10_000
"""New objects between two looks for garbage; Python's 700 are a few requests."""

_JSON = "application/json"
_FOREIGN = fault_answer(
    fault(["header", "host"], "The service is not called so; allow it with --allowed-host", "host")
)


class Front:
    """The scoring routes first, then everything else through the framework.

    `records` are the folders in which decisions are kept: one, or none.
    """

    def __init__(
        self,
        app: FastAPI,
        hot: dict[str, Scoring | DecisionRoute],
        hosts: Hosts,
        record: Path | None,
    ) -> None:
        self.app, self._hot, self._hosts = app, hot, hosts
        self.records = () if record is None else (record,)
        self._gathered = {
            path: route for path, route in hot.items() if isinstance(route, GatheredRoute)
        }

    def at_once(self, scope: Scope) -> Taking | None:
        """What answers a request as soon as its body is there; None: it is answered by a task."""
        route = self._gathered.get(scope["path"])
        if route is None or scope["method"] != "POST" or not self._hosts.admits(scope["headers"]):
            return None
        return route.at_once(scope)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Dispatch by path; HEAD is GET, whose body the server keeps back."""
        if scope["type"] == "http" and not self._hosts.admits(scope["headers"]):
            await refuse_foreign(send)
            return
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        if scope["type"] == "http" and scope["method"] == "POST":
            found = self._hot.get(scope["path"])
            if found is not None:
                await found(scope, receive, send)
                return
        await self.app(scope, receive, send)


async def refuse_foreign(send: Send) -> None:
    """Answer a request under a name that is not the service's."""
    await respond(send, 421, _FOREIGN)


def create_app(settings: ServiceSettings, holder: Holder | None = None) -> Front:
    """The ASGI application of one worker; loads and verifies the current version first.

    Raises
    ------
    FraudAssetsError
        If there is no version that can be served, the store is of a contract that is not meant, or
        the API keys cannot be read.
    """
    keys = read_api_keys(settings.api_keys)
    if holder is None:
        metrics = ServiceMetrics(settings.metrics_dir, Connections(most_connections()), keys.used)
        holder = Holder.start(settings, metrics)
    demand_owner_among(signed_contract(holder.served), settings.contracts, settings.store)
    settings, promise = own_places(settings, holder.served)
    rebuilding = None
    if settings.state != MEMORY:
        rebuilding = Rebuilding(settings.state, settings.decisions)
    desk = Desk(holder, settings.state, keeping_of(settings), rebuilding)
    hot: dict[str, Scoring | DecisionRoute] = {
        **{path: Scoring(holder, keys, batch=batch) for path, batch in _PATHS.items()},
        **decision_routes(desk, keys),
    }
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan(holder, keys, desk, shadow := Beside(holder, settings)),
    )
    _add_routes(app, holder, keys, desk, Beyond(shadow, promise))
    record = record_routes(desk.keeping, keys)
    # Here for other methods' 405; POST is answered before the framework sees it.
    posted = [path for path in hot if path not in {route.path for route in record}]
    app.router.routes += [Route(path, hot[path], methods=["POST"]) for path in posted]
    app.router.routes += [*page_routes(holder, keys), *record]
    routes = list(app.routes)

    def describe(served: Served) -> bytes:
        told = [*routes, *described_routes(served)]
        return openapi_document(told, served.reader, keys.required)

    holder.describe_with(describe)
    return Front(app, hot, hosts_of(settings), settings.decisions)


_PATHS = {"/predict": False, "/predict/batch": True}


def _lifespan(
    holder: Holder, keys: ApiKeys, desk: Desk, shadow: Beside
) -> Callable[[FastAPI], Any]:
    """What runs beside the answers; the protocol takes the connections from the state."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        sys.setswitchinterval(_SWITCH_SECONDS)
        _collect_seldom()
        log_sparingly()
        connections = holder.metrics.connections
        works = (holder.follow, connections.watch, keys.follow, desk.follow, shadow.follow)
        tasks = [asyncio.create_task(work()) for work in works]
        try:
            yield {"connections": connections}
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            desk.keeping.close()

    return lifespan


def _collect_seldom() -> None:
    """Answers make next to no cycles, and thousands of open connections many objects to look at."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GARBAGE, 20, 20)


class Beyond(NamedTuple):
    """What else is told of: the shadow, and what the newest look at production said."""

    shadow: Beside
    promise: NewestLook


def _add_routes(app: FastAPI, holder: Holder, keys: ApiKeys, desk: Desk, beyond: Beyond) -> None:
    guarded: Responses = {401: UNAUTHORIZED, 403: FORBIDDEN}

    @app.get("/health", response_model=Health, tags=["service"])
    async def get_health() -> Response:
        """That the service serves, which version, and the last one it refused."""
        told = {"state": desk.told(), "record": record_health(desk.keeping)}
        told |= {"shadow": beyond.shadow.told(), "promise": beyond.promise.told()}
        return JSONResponse(health(holder) | told)

    @app.get("/ready", tags=["service"], response_model=dict[str, str])
    async def get_ready() -> Response:
        """That a tested version is loaded, and whether raw payments are decided on."""
        decisions = desk.why_not or "ready"
        told = {"status": "ready", "model_version": holder.served.version, "decisions": decisions}
        return JSONResponse(told)

    @app.get("/metrics", tags=["service"], response_class=PlainTextResponse, responses=guarded)
    async def get_metrics(request: Request) -> Response:
        """Counters and histograms in Prometheus' text format."""
        served = holder.served
        text = holder.metrics.text(served.version, served.threshold) + desk.metrics()
        text += record_metrics(desk.keeping) + beyond.shadow.metrics() + beyond.promise.metrics()
        return reader_denied(request, keys) or PlainTextResponse(text)

    @app.get("/model", tags=["service"], response_model=dict[str, object], responses=guarded)
    async def get_model(request: Request) -> Response:
        """The version in production, its evidence, and what its features mean."""
        return reader_denied(request, keys) or JSONResponse(model_card(holder.served))

    @app.get("/openapi.json", include_in_schema=False)
    async def get_openapi() -> Response:
        return Response(holder.served.document, media_type="application/json")
