"""Several contracts in one service: each store under its own path, with pages and metrics apart.

`/contracts/<name>/predict` is what `/predict` is where one contract is served alone; keys, pages,
metrics and the version in production are each contract's own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from html import escape
from pathlib import Path
from typing import Any

import msgspec
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from fraud_assets.errors import StoreError
from fraud_assets.service.app import Front, create_app
from fraud_assets.service.net.parent import end_with
from fraud_assets.service.scoring_routes import Receive, Scope, Send
from fraud_assets.service.settings import ENVIRONMENT, Settings, read_settings

PREFIX = "/contracts/"
_POINTER = "latest.json"


def stores_under(root: Path) -> dict[str, Path]:
    """The stores inside a folder that is none itself, by the contracts' names."""
    if (root / _POINTER).exists() or not root.is_dir():
        return {}
    return {f.name: f for f in sorted(root.iterdir()) if (f / _POINTER).is_file()}


def create(settings: Settings) -> Front | Several:
    """The application of one store, or of all stores that lie in the folder.

    Raises
    ------
    FraudAssetsError
        If one of them cannot be served; nothing is served then.
    """
    stores = {} if settings.version_dir is not None else stores_under(settings.models)
    if not stores:
        return create_app(settings)
    return Several({name: create_app(_own(settings, name, root)) for name, root in stores.items()})


def create_from_environment() -> Front | Several:
    """The application of a further worker process, with the first one's settings."""
    settings = read_settings(os.environ[ENVIRONMENT])
    if settings.parent is not None:
        end_with(settings.parent)
    return create(settings)


def _own(settings: Settings, name: str, root: Path) -> Settings:
    """One contract's settings: its store, its last good copy, its keys where there are several."""
    keys, metrics = settings.api_keys, settings.metrics_dir
    if keys is not None and keys.is_dir():
        keys = keys / name
        if not keys.is_file():
            raise StoreError(
                f"The folder of API keys must hold a file for each contract, but {keys} is none; "
                "add it, or name one file for all with --api-keys FILE."
            )
    if metrics is not None:
        metrics = metrics / name
        metrics.mkdir(exist_ok=True)
    last_good = None if settings.last_good is None else settings.last_good / name
    return msgspec.structs.replace(
        settings, models=root, last_good=last_good, api_keys=keys, metrics_dir=metrics
    )


class Several:
    """Dispatches by the contract's name in the path; `/` lists them."""

    def __init__(self, fronts: Mapping[str, Front]) -> None:
        self._fronts = fronts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand over to the contract's own application."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        path: str = scope["path"]
        name, slash, rest = path.removeprefix(PREFIX).partition("/")
        front = self._fronts.get(name) if path.startswith(PREFIX) else None
        if front is None:
            answer = await self._own_answer(path, scope, receive)
            await answer(scope, receive, send)
        elif not slash:
            await RedirectResponse(f"{name}/")(scope, receive, send)
        else:
            inner = {**scope, "path": f"/{rest}", "raw_path": f"/{rest}".encode()}
            await front(inner, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Start and stop what every application does beside its answers."""
        async with AsyncExitStack() as stack:
            await receive()
            try:
                for front in self._fronts.values():
                    router = front.app.router
                    state = await stack.enter_async_context(router.lifespan_context(front.app))
                    for key, value in (state or {}).items():
                        scope["state"].setdefault(key, value)
            except Exception as error:
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                raise
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def _own_answer(self, path: str, scope: Scope, receive: Receive) -> Response:
        if scope["method"] not in {"GET", "HEAD"} or path not in {"/", "/health", "/ready"}:
            names = ", ".join(f"{PREFIX}{name}/" for name in self._fronts)
            fault = {"loc": ["path"], "msg": f"Ask one of {names}", "type": "not_found"}
            return JSONResponse({"detail": [fault]}, 404)
        if path == "/":
            return HTMLResponse(self._page())
        found = {
            name: await _asked(front, path, scope, receive) for name, front in self._fronts.items()
        }
        status = "ok" if path == "/health" else "ready"
        return JSONResponse({"status": status, "contracts": found})

    def _page(self) -> str:
        links = "".join(
            f'<li><a href="contracts/{escape(name)}/">{escape(name.replace("_", " "))}</a></li>'
            for name in self._fronts
        )
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            "<title>Fraud scoring</title></head><body><main><h1>Fraud scoring</h1>"
            f"<ul>{links}</ul></main></body></html>"
        )


async def _asked(front: Front, path: str, scope: Scope, receive: Receive) -> Any:
    """What one contract's own application answers."""
    body = bytearray()

    async def keep(message: Mapping[str, Any]) -> None:
        body.extend(message.get("body", b""))

    keeping: Callable[..., Any] = keep
    await front({**scope, "path": path, "method": "GET"}, receive, keeping)
    return json.loads(bytes(body))
