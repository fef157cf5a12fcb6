"""Which contracts a service serves, and the application of one of them or of all."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import msgspec

from fraud_assets.errors import StoreError
from fraud_assets.service.app import Front, create_app
from fraud_assets.service.net.hosts import hosts_of
from fraud_assets.service.net.parent import end_with
from fraud_assets.service.settings import ENVIRONMENT, ServiceSettings, read_settings
from fraud_assets.service.several.front import Several
from fraud_assets.service.several.member import Member
from fraud_assets.service.versions.last_good import LastGood
from fraud_assets.store.places import is_store, stores_under
from fraud_assets.store.storage.registry import Address, within


def create(settings: ServiceSettings) -> Front | Several:
    """The application of one store, or of all stores that lie in the folder.

    Raises
    ------
    FraudAssetsError
        If none of them can be served.
    """
    members = [] if settings.version_dir is not None else _members(settings)
    if not members:
        return create_app(settings)
    fronts = [member.attempt() for member in members]
    if not any(fronts):
        told = " ".join(f"{member.name}: {member.why}" for member in members)
        raise StoreError(f"None of the contracts in {settings.models} can be served. {told}")
    return Several(members, hosts_of(settings))


def create_from_environment() -> Front | Several:
    """The application of a further worker process, with the first one's settings."""
    settings = read_settings(os.environ[ENVIRONMENT])
    if settings.parent is not None:
        end_with(settings.parent)
    return create(settings)


def _members(settings: ServiceSettings) -> list[Member]:
    """The stores inside a place that is none itself, and those that were served from it before.

    A URL that does not answer is the place that it was before, by the copies of what served.
    """
    root = settings.store
    try:
        if is_store(root):
            return []
        found = stores_under(root)
    except (OSError, StoreError):
        found = []
    names = {_name(store) for store in found} | _served_before(settings.last_good)
    return [Member(name, partial(_make, settings, name)) for name in sorted(names)]


def _name(store: Address) -> str:
    return str(store).rpartition("/")[2]


def _make(settings: ServiceSettings, name: str) -> Front:
    return create_app(_own(settings, name))


def _served_before(last_good: Path | None) -> set[str]:
    """Contracts whose store may be gone, while a copy of what served last is kept."""
    if last_good is None or not last_good.is_dir():
        return set()
    return {path.name for path in last_good.iterdir() if LastGood(path).read() is not None}


def _own(settings: ServiceSettings, name: str) -> ServiceSettings:
    """One contract's settings: its store, its last good copy, its keys where there are several."""
    keys, metrics = settings.api_keys, settings.metrics_dir
    if keys is not None and keys.is_dir():
        keys = keys / name
        if not keys.is_file():
            raise StoreError(
                f"The folder of API keys must hold a file for each contract, but {keys} is none; "
                "add it, or name one file for all with --api-keys FILE."
            )
    if metrics is not None:
        metrics = metrics / name
        metrics.mkdir(exist_ok=True)
    last_good = None if settings.last_good is None else settings.last_good / name
    return msgspec.structs.replace(
        settings,
        models=str(within(settings.store, name)),
        last_good=last_good,
        api_keys=keys,
        metrics_dir=metrics,
        one_of_several=name,
    )
