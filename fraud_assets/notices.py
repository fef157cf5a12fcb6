"""Tells people outside of what they should know at once: refusals and alarms, by a webhook.

Where `FRAUD_ASSETS_WEBHOOK` names a URL, a JSON object is posted there. A webhook that does not
answer stops nothing: the sentence that says so is the caller's to log.
"""

from __future__ import annotations

import http.client
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping

from fraud_assets.masking import without_secrets

VARIABLE = "FRAUD_ASSETS_WEBHOOK"
SECONDS = 5.0
"""Longest wait for the other side; nothing here is worth more of a run's time."""


def notify(event: str, text: str, details: Mapping[str, str] | None = None) -> str | None:
    """Post one notice; None where it arrived or nobody asked for it, else why it did not.

    The body is {"event", "text", ...details}; "text" alone is what chat systems show.
    """
    url = os.environ.get(VARIABLE)
    if not url:
        return None
    where = _host(url)
    if where is None:
        return f"{VARIABLE} must be an http or https URL, got {without_secrets(url)!r}."
    body = json.dumps({"event": event, "text": text, **(details or {})}).encode()
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked
        url, body, {"content-type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310
            return None
    except (OSError, ValueError, http.client.HTTPException) as error:
        return f"The webhook at {where} did not take the notice ({type(error).__name__}): {text}"


def _host(url: str) -> str | None:
    """The host of an http or https URL; None where it is none."""
    try:
        parts = urllib.parse.urlsplit(url)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in {"http", "https"} else None
