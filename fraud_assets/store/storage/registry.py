"""Which kind of place a store's address means: the file in `kinds` named like its scheme."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from typing import TypeAlias

from fraud_assets.errors import StoreError
from fraud_assets.masking import is_url
from fraud_assets.store.storage import kinds
from fraud_assets.store.storage.kinds.file import Folder
from fraud_assets.store.storage.port import Storage

Address: TypeAlias = Path | str
"""A folder, or a URL."""


def storage_at(place: Address | Storage) -> Storage:
    """The place of that address; one that is opened already as it is.

    Raises
    ------
    StoreError
        If no kind of place has the URL's scheme.
    """
    if isinstance(place, Path):
        return Folder(place)
    return _opened(place) if isinstance(place, str) else place


def parse_address(text: str) -> Address:
    """The address that a person wrote: a URL of a known scheme, or a folder, made absolute.

    Raises
    ------
    StoreError
        If it is a URL of another scheme.
    """
    if not is_url(text):
        return Path(text).expanduser().absolute()
    scheme = text.partition("://")[0]
    known = [name for name in _kinds() if name not in _OWN]
    if "://" not in text or scheme not in known:
        urls = "".join(f" or a URL such as {name}://..." for name in known)
        raise StoreError(
            f"A store must be a folder{urls}, got a URL of scheme {scheme.partition(':')[0]!a}: "
            "name one with FRAUD_ASSETS_MODELS."
        )
    return text.rstrip("/")


def within(address: Address, name: str) -> Address:
    """The address of that name below another one."""
    return address / name if isinstance(address, Path) else f"{address}/{name}"


_OWN = ("file", "memory")
"""Kinds that nobody writes as a URL: a folder is its path, and memory ends with the process."""


def open_anew(address: Address) -> Storage:
    """A client of its own, which shares nothing with the others of this process.

    Raises
    ------
    StoreError
        If no kind of storage has the URL's scheme, or what it needs is not installed.
    """
    return Folder(address) if isinstance(address, Path) else _open(address)


@cache
def _opened(url: str) -> Storage:
    return _open(url)


def _open(url: str) -> Storage:
    scheme = url.partition("://")[0]
    if scheme not in _kinds():
        raise StoreError(f"No kind of store has URLs of scheme {scheme!a}: name a folder.")
    opened: Storage = importlib.import_module(f"{kinds.__name__}.{scheme}").open_storage(url)
    return opened


def _kinds() -> list[str]:
    return [found.name for found in pkgutil.iter_modules(kinds.__path__)]
