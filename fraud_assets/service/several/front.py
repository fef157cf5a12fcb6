"""Dispatches by the contract's name in the path; answers for all of them together itself."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from html import escape
from pathlib import Path
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from fraud_assets.service.answers import fault
from fraud_assets.service.app import Front, refuse_foreign
from fraud_assets.service.net.hosts import Hosts
from fraud_assets.service.scoring_routes import Receive, Scope, Send
from fraud_assets.service.settings import RETRY_SECONDS
from fraud_assets.service.several.member import Member

PREFIX = "/contracts/"
_FIRST_RETRY_SECONDS = 1.0
_OWN_PATHS = {"/", "/health", "/ready"}


class Several:
    """The application of several contracts; `/` lists them."""

    def __init__(self, members: Sequence[Member], hosts: Hosts) -> None:
        self._members, self._hosts = {member.name: member for member in members}, hosts

    @property
    def records(self) -> tuple[Path, ...]:
        """The folders in which decisions are kept, of the contracts that can be served."""
        fronts = [member.front for member in self._members.values()]
        return tuple(folder for front in fronts if front for folder in front.records)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand over to the contract's own application."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        if not self._hosts.admits(scope["headers"]):
            await refuse_foreign(send)
            return
        path: str = scope["path"]
        name, slash, rest = path.removeprefix(PREFIX).partition("/")
        member = self._members.get(name) if path.startswith(PREFIX) else None
        if member is None:
            answer = await self._own_answer(path, scope, receive)
            await answer(scope, receive, send)
        elif not slash:
            await RedirectResponse(f"{name}/")(scope, receive, send)
        elif member.front is None:
            await _unavailable(member)(scope, receive, send)
        else:
            inner = {**scope, "path": f"/{rest}", "raw_path": f"/{rest}".encode()}
            await member.front(inner, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Start and stop what every application does beside its answers."""
        async with AsyncExitStack() as stack:
            await receive()
            try:
                for member in self._members.values():
                    if member.front is not None:
                        await _begin(member.front, stack, scope["state"])
            except Exception as error:
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                raise
            await send({"type": "lifespan.startup.complete"})
            retrying = asyncio.create_task(self._retry(stack, scope["state"]))
            await receive()
            retrying.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await retrying
        await send({"type": "lifespan.shutdown.complete"})

    async def _retry(self, stack: AsyncExitStack, state: dict[str, object]) -> None:
        """Try again what could not be served, at growing intervals, until cancelled."""
        pause = _FIRST_RETRY_SECONDS
        while any(member.front is None for member in self._members.values()):
            await asyncio.sleep(pause)
            pause = min(2 * pause, RETRY_SECONDS)
            for member in self._members.values():
                if member.front is None:
                    front = await asyncio.to_thread(member.attempt)
                    if front is not None:
                        await _begin(front, stack, state)

    async def _own_answer(self, path: str, scope: Scope, receive: Receive) -> Response:
        if scope["method"] not in {"GET", "HEAD"} or path not in _OWN_PATHS:
            names = ", ".join(f"{PREFIX}{name}/" for name in self._members)
            return JSONResponse(
                {"detail": fault(["path"], f"Ask one of {names}", "not_found")}, 404
            )
        if path == "/":
            return HTMLResponse(self._page())
        found = {
            name: await _asked(member, path, scope, receive)
            for name, member in self._members.items()
        }
        status = "ok" if path == "/health" else "ready"
        degraded = any(told.get("degraded", "why" in told) for told in found.values())
        more = {"degraded": degraded} if path == "/health" else {}
        return JSONResponse({"status": status, **more, "contracts": found})

    def _page(self) -> str:
        links = "".join(
            f'<li><a href="contracts/{escape(name)}/">{escape(name.replace("_", " "))}</a>'
            f"{'' if member.front else ' is not served at the moment'}</li>"
            for name, member in self._members.items()
        )
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            "<title>Fraud scoring</title></head><body><main><h1>Fraud scoring</h1>"
            f"<ul>{links}</ul></main></body></html>"
        )


async def _begin(front: Front, stack: AsyncExitStack, state: dict[str, object]) -> None:
    """What an application does beside its answers; connections are counted by the first."""
    begun = await stack.enter_async_context(front.app.router.lifespan_context(front.app))
    for key, value in (begun or {}).items():
        state.setdefault(key, value)


def _unavailable(member: Member) -> Response:
    message = f"Contract {member.name} is not served at the moment: {member.why}"
    headers = {"retry-after": f"{RETRY_SECONDS:.0f}"}
    return JSONResponse({"detail": fault(["path"], message, "unavailable")}, 503, headers)


async def _asked(member: Member, path: str, scope: Scope, receive: Receive) -> Any:
    """What one contract's own application answers."""
    if member.front is None:
        return {"status": "unavailable", "why": member.why}
    body = bytearray()

    async def keep(message: Mapping[str, Any]) -> None:
        body.extend(message.get("body", b""))

    keeping: Callable[..., Any] = keep
    await member.front({**scope, "path": path, "method": "GET"}, receive, keeping)
    return json.loads(bytes(body))
