"""The analyst's page: the version that serves, its evidence, and a form made from the contract.

Plain HTML with local scripts and one local style sheet; it asks the same API as everybody.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from fraud_assets.service.api_keys import ApiKeys
from fraud_assets.service.pages.api_docs import render_docs
from fraud_assets.service.pages.evidence import render_evidence
from fraud_assets.service.pages.fields import render_fields
from fraud_assets.service.pages.raw import render_raw
from fraud_assets.service.versions.holder import Holder
from fraud_assets.service.versions.version import Served

_ASSETS = Path(__file__).parent / "assets"
_KINDS = {".css": "text/css", ".js": "text/javascript"}
_FILES = {path.name: path for path in _ASSETS.iterdir() if path.suffix in _KINDS}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}

_GUARDED_POLICY = {
    "content-security-policy": _POLICY.replace(
        "style-src 'self'", "style-src 'self' 'unsafe-inline'"
    )
}
"""With keys the page opens the report from memory, where the page's policy rules its styles."""

_REPORT_POLICY = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
}
"""The report is one file with its styles in it, and reads without scripts."""


def page_routes(holder: Holder, keys: ApiKeys) -> list[Route]:
    """Routes of the page, its two local files, and the version's own report."""

    async def page(request: Request) -> Response:
        admitted = keys.admits(request.scope["headers"], "read")
        headers = _HEADERS | (_GUARDED_POLICY if keys.required else {})
        return HTMLResponse(render_page(holder.served, keys.required, admitted), headers=headers)

    async def asset(request: Request) -> Response:
        path = _FILES.get(request.path_params["name"])
        if path is None:
            return Response("There is no such file.", 404, media_type="text/plain")
        return Response(path.read_bytes(), headers=_HEADERS, media_type=_KINDS[path.suffix])

    async def docs(_: Request) -> Response:
        served = holder.served
        return HTMLResponse(render_docs(served.document, served.example), headers=_HEADERS)

    async def report(request: Request) -> Response:
        if denied := keys.denied(request.scope["headers"], "read"):
            return Response(f"{denied.message}.", denied.status, media_type="text/plain")
        return HTMLResponse(holder.served.report, headers=_HEADERS | _REPORT_POLICY)

    return [
        Route("/", page, methods=["GET"]),
        Route("/docs", docs, methods=["GET"]),
        Route("/report", report, methods=["GET"]),
        Route("/assets/{name}", asset, methods=["GET"]),
    ]


def render_page(served: Served, keys_required: bool, admitted: bool) -> str:
    """The page as HTML; the evidence only for those who may ask for it."""
    template = Template((_ASSETS / "page.html").read_text(encoding="utf-8"))
    spec = served.scorer.spec
    evidence = render_evidence(served) if admitted else _LOCKED
    return template.substitute(
        contract=escape(spec.contract.replace("_", " ")),
        version=escape(served.version),
        threshold=repr(served.threshold),
        case=spec.case,
        evidence=evidence,
        key=_KEY if keys_required else "",
        fields=render_fields(served.scorer, served.example),
        unit=escape(spec.scale),
        raw=render_raw(served),
    )


_LOCKED = '<p id="locked">Enter an API key below and press "Show evidence" to see it.</p>'
_KEY = (
    '<p class="field"><label for="api-key">API key</label>'
    '<input id="api-key" type="password" autocomplete="off">'
    '<button type="button" id="unlock">Show evidence</button></p>'
)
