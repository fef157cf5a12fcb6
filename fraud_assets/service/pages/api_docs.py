"""The API for people: every path of the OpenAPI document as a page, without network or scripts."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

Part = Mapping[str, Any]

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
<body class="docs">
<header><h1>{title}</h1><p><a href="./">Back to the page</a> &middot;
<a href="openapi.json">The same for machines: OpenAPI</a></p>
<nav aria-label="Requests"><ul>{contents}</ul></nav></header>
<main>{operations}
<section aria-labelledby="shapes"><h2 id="shapes">Shapes</h2>{shapes}</section></main>
</body>
</html>
"""


def render_docs(document: bytes, example: Mapping[str, object]) -> str:
    """The page of an OpenAPI document; `example` is a payment that `POST /predict` takes."""
    api = json.loads(document)
    schemas = (api.get("components") or {}).get("schemas") or {}
    operations = [
        (f"{method.upper()} {path}", operation)
        for path, methods in api["paths"].items()
        for method, operation in methods.items()
    ]
    return _PAGE.format(
        title=escape(f"{api['info']['title']}: the API"),
        contents="".join(
            f'<li><a href="#{_identity(name)}"><code>{escape(name)}</code></a></li>'
            for name, _ in operations
        ),
        operations="".join(_operation(name, part, example) for name, part in operations),
        shapes="".join(_shape(name, shape) for name, shape in sorted(schemas.items())),
    )


def _operation(name: str, operation: Part, example: Mapping[str, object]) -> str:
    said = escape(str(operation.get("description") or operation.get("summary") or ""))
    parts = [f"<p>{said}</p>", _parameters(operation)]
    for kind, content in ((operation.get("requestBody") or {}).get("content") or {}).items():
        parts.append(f"<p>Send {escape(kind)}: {_kind(content.get('schema') or {})}.</p>")
    if name == "POST /predict":
        parts.append(_example(example))
    answers = "".join(
        f"<li><code>{escape(str(code))}</code> {_answer(answer)}</li>"
        for code, answer in (operation.get("responses") or {}).items()
    )
    identity = _identity(name)
    return (
        f'<section aria-labelledby="{identity}">'
        f'<h2 id="{identity}"><code>{escape(name)}</code></h2>'
        f"{''.join(parts)}<h3>Answers</h3><ul>{answers}</ul></section>"
    )


def _parameters(operation: Part) -> str:
    items = "".join(
        f"<li><code>{escape(found['name'])}</code> in the {escape(str(found.get('in')))}: "
        f"{_kind(found.get('schema') or {})}. {escape(str(found.get('description') or ''))}</li>"
        for found in operation.get("parameters") or ()
    )
    return f"<h3>Parameters</h3><ul>{items}</ul>" if items else ""


def _example(example: Mapping[str, object]) -> str:
    body = shlex.quote(json.dumps(example))
    command = f"curl -H 'content-type: application/json' -d {body} http://HOST:PORT/predict"
    return f"<h3>Example</h3><pre><code>{escape(command)}</code></pre>"


def _answer(answer: Part) -> str:
    shapes = {_kind(c["schema"]) for c in (answer.get("content") or {}).values() if "schema" in c}
    said = escape(str(answer.get("description") or ""))
    return f"{said}: {', '.join(sorted(shapes))}" if shapes else said


def _shape(name: str, shape: Part) -> str:
    identity, needed = _identity(f"shape {name}"), set(shape.get("required") or ())
    rows = "".join(
        f"<tr><th scope=row><code>{escape(field)}</code></th><td>{_kind(found)}</td>"
        f"<td>{'yes' if field in needed else 'no'}</td>"
        f"<td>{escape(str(found.get('description') or ''))}</td></tr>"
        for field, found in (shape.get("properties") or {}).items()
    )
    said = escape(str(shape.get("description") or ""))
    return (
        f'<h3 id="{identity}">{escape(name)}</h3><p>{said}</p>'
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(name)}"><table>'
        "<thead><tr><th scope=col>Field<th scope=col>Value<th scope=col>Needed"
        f"<th scope=col>Meaning</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _kind(field: Part) -> str:
    """What a value may be, as HTML; a shape of its own is a link to it."""
    if "$ref" in field:
        name = str(field["$ref"]).rpartition("/")[2]
        return f'<a href="#{_identity(f"shape {name}")}">{escape(name)}</a>'
    if "anyOf" in field:
        return " or ".join(map(_kind, field["anyOf"]))
    if field.get("type") == "array":
        return f"list of {_kind(field.get('items') or {})}"
    if "enum" in field:
        return escape(", ".join(map(str, field["enum"])))
    kind = escape(str(field.get("type") or "anything"))
    return " ".join([kind, *_bounds(field)])


def _bounds(field: Part) -> Iterator[str]:
    if "const" in field:
        yield f"<code>{escape(str(field['const']))}</code>"
    for name, words in (("minimum", "from"), ("maximum", "up to"), ("maxLength", "of at most")):
        if name in field and abs(field[name]) < 1e30:
            yield f"{words} {field[name]:g}{' characters' if name == 'maxLength' else ''}"


def _identity(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name)
