"""What `fraud-assets serve` was told, as one value that also reaches further worker processes."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import msgspec

from fraud_assets.decisions.log.settings import WhenFailing
from fraud_assets.errors import RefusedError
from fraud_assets.store.storage.registry import Address, parse_address

ENVIRONMENT = "FRAUD_ASSETS_SERVE"
"""Variable by which the first process hands its settings to further workers, as JSON."""

MAX_BODY = 64 * 1024
"""Largest body of one payment, bytes; ten times what a contract of a hundred features needs."""

MAX_BATCH = 1000
"""Most payments in one batch: with all of them flagged it is about a second's work.
The largest body of a batch is as many payments of the contract's size."""

MAX_WAITING = 8
"""Most batches that wait for the one being scored; further ones are told to come later."""

POLL_SECONDS = 0.25
"""How often each worker looks whether the pointer moved; it is one stat call."""

RETRY_SECONDS = 10.0
"""After how long a refused version is tried again though the pointer did not move."""

DRAIN_SECONDS = 10
"""How long SIGTERM lets requests under way finish."""


class ServiceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where to listen, what to serve, who may ask.

    `models` is the store's folder or URL. `version_dir` serves that one signed version without a
    pointer, `refused` even where it did not pass the gate. `last_good` is where a
    copy of what serves is kept, outside the store; `restored` forgets it, for a store out of a
    backup.
    `allowed_hosts` are further names by which the service may be called.
    `metrics_dir` is where several workers leave their counters for each other. `parent` is the
    process with which the service ends. `state` is the folder or server of the online features.
    `decisions` is the folder in which the contract's record of them is found, None where nothing
    is kept; `record_sync` lets answers wait for the disk, `record_failing` says what follows where
    it refuses, and `record_claimed` that the parent has made the folder its own;
    with `record_shared` other services that say so too may write there.
    `contracts` are the names of those that the environment names, empty where it names none: a
    store of another one is not served.
    `one_of_several` is the name under which a contract is served beside others, None of one alone.
    """

    models: str
    keys: Path
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    version_dir: Path | None = None
    refused: bool = False
    last_good: Path | None = None
    restored: bool = False
    api_keys: Path | None = None
    without_keys: bool = False
    allowed_hosts: tuple[str, ...] = ()
    metrics_dir: Path | None = None
    parent: int | None = None
    state: str = "memory:"
    decisions: Path | None = None
    record_sync: bool = False
    record_failing: WhenFailing = "refuse"
    record_claimed: bool = False
    record_shared: bool = False
    contracts: tuple[str, ...] = ()
    one_of_several: str | None = None

    @property
    def store(self) -> Address:
        """The store's address."""
        return parse_address(str(self.models))


def write_settings(settings: ServiceSettings) -> str:
    """The settings as the JSON that `read_settings` reads."""
    return msgspec.json.encode(settings, enc_hook=str).decode()


def read_settings(text: str) -> ServiceSettings:
    """The settings that another process wrote."""
    return msgspec.json.decode(text, type=ServiceSettings, dec_hook=lambda _, value: Path(value))


def check_exposure(settings: ServiceSettings) -> None:
    """Refuse to listen beyond this machine without API keys, unless told so expressly.

    Raises
    ------
    RefusedError
        If the host is no loopback address, no keys are configured and nobody insisted.
    """
    if settings.api_keys is None and not settings.without_keys and not is_loopback(settings.host):
        raise RefusedError(
            "Without API keys the service listens on a loopback address only, "
            f"got --host {settings.host}; name a file of key hashes with --api-keys FILE, "
            "or insist with --without-keys."
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
