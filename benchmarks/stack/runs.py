"""Looks at runs as Dagster's UI does, by its GraphQL."""

from __future__ import annotations

import json
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

_RUN = """query Run($id: ID!) { runOrError(runId: $id) { ... on Run {
  status rootRunId tags { key value } stepStats { stepKey status }
} } }"""
_GROUP = """query Group($id: ID!) { runGroupOrError(runId: $id) { ... on RunGroup {
  runs { runId status parentRunId tags { key value } }
} } }"""
_EVENTS = """query Events($id: ID!) { logsForRun(runId: $id, limit: 1000) { ... on EventConnection {
  events { ... on MessageEvent { eventType message } }
} } }"""
_NEWEST = "query { runsOrError(limit: 1) { ... on Runs { results { runId } } } }"
_PAUSE = 0.3
"""Seconds before each question: whoever waits asks over and over."""

_SETTLES = 5.0
_PROCESS = re.compile(r"\(pid: ([0-9]+)\)")
_ENDED = {"SUCCESS", "FAILURE", "CANCELED"}


@contextmanager
def webhook() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A webhook's URL on loopback, and what is posted there."""
    posted: list[dict[str, str]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", posted
    finally:
        server.shutdown()
        server.server_close()


@dataclass(frozen=True)
class Ui:
    """The webserver at an address; what it cannot say during a restart is asked again."""

    address: str

    def newest(self) -> str:
        """The id of the run that was launched last."""
        found = self._ask(_NEWEST, {})
        if found is None:
            raise SystemExit("No run is listed.")
        return str(found["runsOrError"]["results"][0]["runId"])

    def status(self, run_id: str) -> str:
        """As the list of runs shows it, "" while the database does not answer."""
        found = self._ask(_RUN, {"id": run_id})
        return "" if found is None else str(found["runOrError"]["status"])

    def has_started(self, run_id: str) -> bool:
        """Whether it is under way, or was."""
        return self.status(run_id) in _ENDED | {"STARTED", "CANCELING"}

    def is_ended(self, run_id: str) -> bool:
        """Whether it ended, and will not be tried again."""
        status = self.status(run_id)
        if status not in _ENDED:
            return False
        if status != "SUCCESS":
            time.sleep(_SETTLES)  # whether it is tried again is decided a moment later
        return self.last_try(run_id) == run_id and not self._is_retried(run_id)

    def steps_done(self, run_id: str) -> int:
        """How many steps have succeeded."""
        found = self._ask(_RUN, {"id": run_id})
        steps = [] if found is None else found["runOrError"]["stepStats"]
        return sum(step["status"] == "SUCCESS" for step in steps)

    def last_try(self, run_id: str) -> str:
        """The newest run that repeats it, itself where none does."""
        runs = self._group(run_id)
        now = run_id
        while after := [one["runId"] for one in runs if one["parentRunId"] == now]:
            now = after[0]
        return now

    def tries(self, run_id: str) -> int:
        """How many runs it took."""
        return len(self._group(run_id))

    def why(self, run_id: str) -> list[str]:
        """What failed in each try, in the words of the run's page."""
        events = [
            event
            for one in self._group(run_id)
            for event in (self._ask(_EVENTS, {"id": one["runId"]}) or {})
            .get("logsForRun", {})
            .get("events", [])
        ]
        kinds = {"RUN_FAILURE", "STEP_FAILURE"}
        return [str(event["message"])[:300] for event in events if event.get("eventType") in kinds]

    def process(self, run_id: str) -> int:
        """The id of the run's own process."""
        found = self._ask(_EVENTS, {"id": run_id}) or {}
        said = [str(one.get("message")) for one in found["logsForRun"]["events"]]
        return int(next(pid[1] for text in said if (pid := _PROCESS.search(text))))

    def _is_retried(self, run_id: str) -> bool:
        tags = next((one["tags"] for one in self._group(run_id) if one["runId"] == run_id), [])
        return {"key": "dagster/will_retry", "value": "true"} in tags

    def _group(self, run_id: str) -> list[dict[str, Any]]:
        found = self._ask(_GROUP, {"id": run_id})
        return [] if found is None else list(found["runGroupOrError"].get("runs", []))

    def _ask(self, query: str, variables: dict[str, Any]) -> dict[str, Any] | None:
        time.sleep(_PAUSE)
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(
            f"{self.address}/graphql", body, {"content-type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                found: dict[str, Any] = json.load(answer)
        except (OSError, urllib.error.URLError):
            return None
        return None if found.get("errors") else found["data"]
