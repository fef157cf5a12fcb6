"""Starts the service: uvicorn with uvloop, one process or several."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from filelock import BaseFileLock

from fraud_assets.decisions.log import claim
from fraud_assets.errors import StoreError
from fraud_assets.service.net.parent import end_with
from fraud_assets.service.net.protocol import BoundedProtocol
from fraud_assets.service.settings import (
    DRAIN_SECONDS,
    ENVIRONMENT,
    ServiceSettings,
    check_exposure,
    write_settings,
)
from fraud_assets.service.several import create
from fraud_assets.service.versions.last_good import LastGood
from fraud_assets.store.lock import SharedHold


def run_service(settings: ServiceSettings) -> int:
    """Serve until told to stop; returns the exit code.

    Raises
    ------
    FraudAssetsError
        If the service may not listen there, or nothing can be served.
    """
    check_exposure(settings)
    if settings.parent is not None:
        end_with(settings.parent)
    if settings.restored and settings.last_good is not None:
        LastGood(settings.last_good).forget()
    if settings.workers == 1:
        # Told expressly: without a number uvicorn takes WEB_CONCURRENCY from the environment.
        uvicorn.run(create(settings), workers=1, **_options(settings))
        return 0
    with tempfile.TemporaryDirectory(prefix="fraud-assets-") as folder:
        shared = msgspec.structs.replace(settings, metrics_dir=Path(folder), parent=os.getpid())
        # Loaded here too, so that what cannot be served is told once, before workers are started,
        # and so that they find which version was good.
        records = create(shared).records
        # Those who share it hold it each by themselves.
        claims = [] if settings.record_shared else [_claimed(record) for record in records]
        claimed = len(claims) > 0 and None not in claims
        shared = msgspec.structs.replace(shared, record_claimed=claimed)
        os.environ[ENVIRONMENT] = write_settings(shared)
        uvicorn.run(
            "fraud_assets.service.several:create_from_environment",
            factory=True,
            workers=settings.workers,
            **_options(settings),
        )
    return 0


def _claimed(folder: Path) -> BaseFileLock | SharedHold | None:
    """The record's folder, this service's own for as long as the lock is held.

    Raises
    ------
    RecordError
        If another service writes there. What the disk refuses the workers tell who need it.
    """
    try:
        return claim(folder)
    except StoreError:
        return None


def _options(settings: ServiceSettings) -> dict[str, Any]:
    return {
        "host": settings.host,
        "port": settings.port,
        "loop": "auto",
        "http": BoundedProtocol,
        "ws": "none",
        "log_level": "info",
        "access_log": False,
        "server_header": False,
        "date_header": False,
        "proxy_headers": False,
        "timeout_graceful_shutdown": DRAIN_SECONDS,
    }
