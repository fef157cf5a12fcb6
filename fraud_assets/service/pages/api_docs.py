"""The API for people: every path of the OpenAPI document as a page, without network or scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="assets/page.css">
</head>
<body>
<header><h1>{title}</h1><p><a href="./">Back to the page</a> &middot;
<a href="openapi.json">The same for machines: OpenAPI</a></p></header>
<main>{paths}</main>
</body>
</html>
"""


def render_docs(document: bytes) -> str:
    """The page of an OpenAPI document; the same document gives the same page."""
    api = json.loads(document)
    schemas = (api.get("components") or {}).get("schemas") or {}
    paths = "".join(
        _operation(f"{method.upper()} {path}", operation, schemas)
        for path, methods in api["paths"].items()
        for method, operation in methods.items()
    )
    return _PAGE.format(title=escape(f"{api['info']['title']}: the API"), paths=paths)


def _operation(name: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    identity = "".join(letter if letter.isalnum() else "-" for letter in name)
    parts = [
        f"<p>{escape(str(operation.get('description') or operation.get('summary') or ''))}</p>"
    ]
    for parameter in operation.get("parameters") or ():
        about = escape(str(parameter.get("description") or ""))
        parts.append(f"<p><code>{escape(parameter['name'])}</code> {about}</p>")
    body = (operation.get("requestBody") or {}).get("content") or {}
    for kind, content in body.items():
        parts.append(_fields(f"Send {kind}", content.get("schema") or {}, schemas))
    answers = "".join(
        f"<li><code>{escape(str(code))}</code> {escape(str(answer.get('description') or ''))}</li>"
        for code, answer in (operation.get("responses") or {}).items()
    )
    return (
        f'<section aria-labelledby="{identity}">'
        f'<h2 id="{identity}"><code>{escape(name)}</code></h2>'
        f"{''.join(parts)}<h3>Answers</h3><ul>{answers}</ul></section>"
    )


def _fields(title: str, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><th scope=row><code>{escape(name)}</code></th><td>{escape(_kind(field))}</td>"
        f"<td>{escape(str(field.get('description') or ''))}</td></tr>"
        for name, field in _properties(schema, schemas)
    )
    if not rows:
        return ""
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(title)}"><table>'
        f"<caption>{escape(title)}</caption><thead><tr><th scope=col>Field<th scope=col>Value"
        f"<th scope=col>Meaning</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _properties(
    schema: Mapping[str, Any], schemas: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    found = schemas.get(str(schema.get("$ref", "")).rpartition("/")[2], schema)
    yield from (found.get("properties") or {}).items()


def _kind(field: Mapping[str, Any]) -> str:
    kinds = [part.get("type") for part in field.get("anyOf") or () if part.get("type")]
    return " or ".join(kinds or [str(field.get("type") or "see OpenAPI")])
