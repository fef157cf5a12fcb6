"""Many batches at once: a bounded queue, and word when it is full."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

from fraud_assets.service.api_keys import ApiKeys
from fraud_assets.service.metrics import ServiceMetrics
from fraud_assets.service.scoring_routes import Scoring
from fraud_assets.service.settings import MAX_WAITING

SCOPE = {"headers": [(b"content-type", b"application/json")], "query_string": b""}


def test_a_batch_past_the_queue_is_told_to_come_later():
    """503 with Retry-After at once; those that wait are answered in their turn."""
    free = threading.Event()
    answers = asyncio.run(asked(MAX_WAITING + 3, free))

    statuses = [status for status, _ in answers]
    assert statuses[:2] == [503, 503]
    assert statuses[2:] == [200] * (MAX_WAITING + 1)
    assert dict(answers[0][1])[b"retry-after"] == b"1"


async def asked(count: int, free: threading.Event) -> list[tuple[int, list[tuple[bytes, bytes]]]]:
    def many(_: bytes) -> list[object]:
        free.wait(10)
        return []

    scorer = SimpleNamespace(score_batch=lambda _: SimpleNamespace(tolist=list))
    reader = SimpleNamespace(batch_limit=1000, many=many)
    served = SimpleNamespace(reader=reader, scorer=scorer, threshold=0.5, version="v")
    scoring = Scoring(
        SimpleNamespace(served=served, metrics=ServiceMetrics()), ApiKeys(), batch=True
    )
    answers = []

    async def receive():
        return {"type": "http.request", "body": b"{}"}

    async def send(message):
        if message["type"] == "http.response.start":
            answers.append((message["status"], message["headers"]))
            if len(answers) == 2:
                free.set()

    await asyncio.gather(*(scoring(SCOPE, receive, send) for _ in range(count)))
    return answers
