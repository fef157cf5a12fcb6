"""Twenty promotions during a minute of full load, every answer checked against its version."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from benchmarks.serve_world import (
    FLAGGED_SHARE,
    fit,
    new_store,
    payments,
    publish,
    threshold_for,
)
from fraud_assets.scoring.scorer import Scorer, load_scorer
from fraud_assets.store.store import Store

PROMOTIONS, SECONDS, QUIET_SECONDS = 20, 60.0, 15.0
FAMILIES = ("gradient_boosting", "hist_gradient_boosting")

Running = Callable[..., AbstractContextManager[int]]
Measure = Callable[..., dict[str, Any]]


def swap_run(
    folder: Path, running: Running, measure: Measure, command: list[str]
) -> dict[str, Any]:
    """Quiet load, then load under promotions; returns both runs and what was asked."""
    store, sent = new_store(folder), payments(500, 5)
    records = sent.features.to_dict("records")
    bodies = folder / "payments.json"
    bodies.write_text(json.dumps(records))
    versions = []
    for family in FAMILIES:
        pipeline = fit(family)
        threshold = threshold_for(pipeline, sent, FLAGGED_SHARE)
        versions.append(publish(store, pipeline, threshold, family))
    scorers = {v: _scorer(store, v) for v in versions}
    kept = folder / "answers.json"
    with running(command, port := _free_port(), store) as pid:
        quiet = measure(pid, port, bodies, QUIET_SECONDS)
        stop, moved = threading.Event(), []
        mover = threading.Thread(target=_promote, args=(store, versions, stop, moved))
        mover.start()
        swapped = measure(pid, port, bodies, SECONDS, "--keep", str(kept))
        stop.set()
        mover.join()
        served = _reloads(port, len(moved))
    answers = json.loads(kept.read_text())["answers"]
    wrong, seen, flagged = _wrong(answers, records, scorers)
    bound = max(2 * quiet["p99_ms"], 5.0)
    asked = {
        f"promotions (at least {PROMOTIONS})": (len(moved), len(moved) >= PROMOTIONS),
        "promotions taken into service (all)": (served, served == len(moved)),
        f"share flagged ({FLAGGED_SHARE})": (flagged, abs(flagged - FLAGGED_SHARE) < 0.005),
        "failed requests (0)": (swapped["failed"], swapped["failed"] == 0),
        "answers that do not belong together (0)": (wrong, wrong == 0),
        "versions seen among the answers": (len(seen), len(seen) == len(versions)),
        f"p99 ms (at most {bound:.2f})": (swapped["p99_ms"], swapped["p99_ms"] <= bound),
    }
    told = {name: {"value": value, "met": bool(met)} for name, (value, met) in asked.items()}
    return {"quiet": quiet, "swapped": swapped, "answers": len(answers), "asked": told}


def _promote(store: Store, versions: list[str], stop: threading.Event, moved: list[str]) -> None:
    """Move production to and fro, evenly over the minute."""
    pause = SECONDS / (PROMOTIONS + 1)
    while len(moved) < PROMOTIONS and not stop.wait(pause):
        now = store.current()
        target = next(version for version in versions if now is None or version != now.version)
        store.rollback(target, actor="benchmark", reason="to and fro")
        moved.append(target)
    time.sleep(0.5)


def _wrong(
    answers: list[tuple[int, str]], records: list[dict[str, Any]], scorers: dict[str, Scorer]
) -> tuple[int, set[str], float]:
    """How many answers are not wholly one version's, the versions seen, and the share flagged."""
    expected = {
        version: scorer.score_batch([scorer.encoder.row(record) for record in records])
        for version, scorer in scorers.items()
    }
    wrong, alerts, seen = 0, 0, set()
    for at, body in answers:
        answer = json.loads(body)
        version = answer["model_version"]
        seen.add(version)
        probability = float(expected[version][at])
        flagged = bool(probability >= scorers[version].threshold)
        same = abs(answer["fraud_probability"] - probability) <= 1e-12
        alerts += answer["is_flagged"]
        wrong += not (same and answer["is_flagged"] == flagged == bool(answer["reasons"]))
    return wrong, seen, alerts / max(1, len(answers))


def _reloads(port: int, expected: int, seconds: float = 5.0) -> int:
    """How many versions the service took over since it started; waits for the last ones."""
    deadline = time.monotonic() + seconds
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/health")
        found = int(json.loads(connection.getresponse().read())["reloads"])
        connection.close()
        if found >= expected or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def _scorer(store: Store, version: str) -> Scorer:
    verified = store.verify(version)
    return load_scorer({name: verified.read(name) for name in verified.files})


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
