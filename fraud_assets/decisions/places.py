"""Where a contract's record and the page about its production lie, with others' in one place too.

Whoever comes first has `decisions/` and `production/` themselves; what belongs to another contract
lies in a folder of its name in them, as each of several contracts' does: `decisions/<contract>/`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from fraud_assets.decisions.log.identity import read_identity
from fraud_assets.decisions.log.settings import DEFAULT, default_log_folder
from fraud_assets.decisions.segment import writer_folders
from fraud_assets.errors import RecordError
from fraud_assets.store.files import read_file
from fraud_assets.store.places import default_root

PAGE, DOCUMENT = "production", "production.json"
"""Folder of the page about production, and its numbers in there."""

_MOST = 16 * 1024 * 1024


class RecordPlaces(NamedTuple):
    """Folders of a contract: of its record of decisions, and of the page about its production."""

    record: Path
    page: Path


def places_of(
    contract: str,
    base: Path | None = None,
    *,
    is_one_of_several: bool = False,
) -> RecordPlaces:
    """Where a contract's things lie, by its name.

    `base` is the folder that is named for the record, None for the default; one of several
    contracts that are served together does not take it for itself. A record that says no owner, as
    those of earlier releases, is whose service opens it first.
    """
    base = _default_base(contract) if base is None else base
    record = _own(base, contract, _record_owner, is_one_of_several)
    page = _own(base.with_name(PAGE), contract, _page_owner, is_one_of_several and record != base)
    return RecordPlaces(record, page)


def pages_of(contract: str, base: Path) -> tuple[Path, Path]:
    """Folders in which a page about a contract's production may lie, its own first."""
    shelf = base.with_name(PAGE)
    return shelf / contract, shelf


def records_under(base: Path) -> list[Path]:
    """The records at `base` and one level below."""
    below = sorted(path for path in base.iterdir() if path.is_dir()) if base.is_dir() else []
    return [folder for folder in (base, *below) if _record_owner(folder) is not None]


def _own(base: Path, contract: str, owner_of: Callable[[Path], str | None], is_taken: bool) -> Path:
    """`base` itself, or the contract's own folder in it; `owner_of` gives None where nothing is."""
    own = base / contract
    if owner_of(own) is not None:
        return own
    owner = owner_of(base)
    if owner == contract:
        return base
    return own if owner or is_taken else base


def _default_base(contract: str) -> Path:
    """The default folder; of a store that is one of several, such as models/<contract>/, theirs."""
    base, store = default_log_folder(), default_root()
    if os.environ.get("FRAUD_ASSETS_DECISIONS") or not isinstance(store, Path):
        return base
    theirs = store.parent.parent / DEFAULT
    is_theirs = store.name == contract and not records_under(base)
    return theirs if is_theirs and _record_owner(theirs / contract) is not None else base


def _record_owner(folder: Path) -> str | None:
    """Whose record lies in a folder, "" where it does not say so; None where none does."""
    try:
        found = read_identity(folder)
    except RecordError:
        return ""  # whoever reads or opens it is told
    except OSError:
        return None
    if found is not None:
        return found.contract
    return "" if folder.is_dir() and writer_folders(folder) else None


def _page_owner(folder: Path) -> str | None:
    """Of which contract's production a page tells; None where there is none that can be read."""
    try:
        data = read_file(folder / DOCUMENT, _MOST)
        return msgspec.json.decode(data, type=_OwnedPage).contract
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


class _OwnedPage(msgspec.Struct):
    contract: str
