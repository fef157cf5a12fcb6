"""Services on hosts of their own follow one store on S3."""

from __future__ import annotations

import time
import uuid
from contextlib import ExitStack
from pathlib import Path

import pytest

from fraud_assets.store.keys import Keys
from fraud_assets.store.store import Store
from tests.service import stores as service
from tests.store.storage.hosts import hosts
from tests.store.storage.servers import BUCKET, s3_server
from tests.waiting import wait_until

WITHIN = 2.0
"""Seconds from a promotion to the last host's serving it."""


@pytest.mark.slow
@pytest.mark.alone
def test_two_services_on_two_addresses_follow_a_promotion_within_two_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each host has an address and a loopback of its own."""
    keys = Keys(tmp_path / "keys").ensure()
    with ExitStack() as open_now:
        pair = open_now.enter_context(hosts(2))
        server = open_now.enter_context(s3_server(tmp_path, pair[0].outside))
        for name, value in server.variables.items():
            monkeypatch.setenv(name, value)
        store = Store(f"s3://{BUCKET}/{uuid.uuid4().hex}", keys)
        service.promote(store, "logistic_regression")
        running = []
        for number, host in enumerate(pair):
            endpoint = f"http://{host.outside}:{server.port}"
            monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
            options = ("--host", host.address, "--without-keys")
            folder = ("--last-good", str(tmp_path / f"good-{number}"))
            started = service.serving(
                store, *options, *folder, wait=120, through=host.through, host=host.address
            )
            running.append(open_now.enter_context(started))
        taken = []
        for family in ("gradient_boosting", "logistic_regression"):
            version = service.promote(store, family)
            promoted_at = time.monotonic()
            for one in running:
                wait_until(lambda one=one, v=version: one.ask("/health")[1]["model_version"] == v)
            taken.append(time.monotonic() - promoted_at)

    assert len({host.address for host in pair}) == 2
    assert max(taken) < WITHIN, taken
