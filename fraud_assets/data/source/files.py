"""The files of a contract's source: which are read, which are not, and the tables in them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import fsspec

from fraud_assets.contract import Contract
from fraud_assets.contract.sections.source import Source
from fraud_assets.data.source.export import Skipped
from fraud_assets.data.source.formats import format_name
from fraud_assets.data.source.listing import Listing, list_place, refuse_rest
from fraud_assets.data.source.packing import Readable, plain_name, unpack
from fraud_assets.data.source.place import SourcePlace, find_place
from fraud_assets.data.source.record import record_table
from fraud_assets.data.source.stored import Stored
from fraud_assets.errors import DataError
from fraud_assets.masking import Secrets, public


@dataclass(frozen=True)
class SourceTables:
    """The tables of a source in order, and what in it is none."""

    stored: tuple[Stored, ...]
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True)
class LocatedRow:
    """One file of a source: where it lies, its name as people may see it, and what to hide."""

    location: str = field(repr=False)
    shown: str
    secrets: Secrets = field(repr=False)


def source_files(contract: Contract) -> list[str]:
    """Paths or URLs of the source's files; they may hold passwords. Raises as `located_files`."""
    return [file.location for file in located_files(contract)]


def located_files(contract: Contract) -> list[LocatedRow]:
    """The source's files in natural order of their names: week_2 before week_10.

    Raises
    ------
    DataError
        If nothing is found, the place cannot be reached, or it holds files that are neither read
        nor passed over by a rule, in a sentence that says what to do.
    """
    if contract.source.decisions:
        return []  # the record is appended to alone: what was read of it stays true
    place, listing = _listing(contract)
    return [
        LocatedRow(place.location(found.path), place.name(found.path), place.secrets)
        for found in listing.files
    ]


def source_tables(contract: Contract) -> SourceTables:
    """Every table of the source, those inside of archives too. Raises as `source_files`."""
    if contract.source.decisions:
        return SourceTables((record_table(contract),), ())
    place, listing = _listing(contract)
    readable = _readable(contract.source)
    stored: list[Stored] = []
    skipped, refused = list(listing.skipped), []
    for found in listing.files:
        outside = _stored(place.location(found.path), place.name(found.path), found.size, place)
        inside = unpack(outside, readable)
        stored += inside[0]
        skipped += inside[1]
        refused += inside[2]
    refuse_rest(place.shown, refused)
    if not stored:
        raise DataError(
            f"source.path must lead to CSV or Parquet files, but what lies at {place.shown} holds "
            f"none{_passed(skipped)}. Correct the path, or export again."
        )
    return SourceTables(tuple(stored), tuple(skipped))


def single_table(file: str) -> Stored:
    """The one table of a file; of an archive it must be the only member."""
    name = file if "://" not in file else public(file)
    tables, _, refused = unpack(_stored(file, name, None, None), _readable(Source(path=file)))
    refuse_rest(name, refused)
    if len(tables) != 1:
        raise DataError(f"{name} must hold one table, holds {len(tables):,}. Name one of them.")
    return tables[0]


def relative_name(shown: str, base: Path) -> str:
    """A file's name that holds wherever contract and data lie together."""
    return shown if "://" in shown else os.path.relpath(shown, base)


def file_format(name: str, source: Source) -> str | None:
    """Either "csv" or "parquet", by the source's word or the file's name; None if neither."""
    return format_name(plain_name(public(name.partition("::")[0])), source)


def _listing(contract: Contract) -> tuple[SourcePlace, Listing]:
    place = find_place(contract)
    listing = list_place(place, _readable(contract.source))
    if not listing.files:
        raise DataError(
            f"source.path of contract {contract.name} must lead to CSV or Parquet files, but "
            f"nothing lies at {place.shown}{_passed(listing.skipped)}. Correct the path, or make "
            "sample data with `fraud-assets simulate --out DIR` and set "
            "FRAUD_ASSETS_CONTRACT=DIR/contract.toml."
        )
    return place, listing


def _passed(skipped: Sequence[Skipped]) -> str:
    if not skipped:
        return ""
    first = skipped[0]
    return f" but {len(skipped):,} that are not read, such as {first.path} ({first.why})"


def _readable(source: Source) -> Readable:
    return partial(_is_readable, source=source)


def _is_readable(name: str, source: Source) -> bool:
    return name.lower().endswith(".zip") or file_format(name, source) is not None


def _stored(location: str, shown: str, size: int | None, place: SourcePlace | None) -> Stored:
    plain = public(location.partition("::")[0])
    secrets = Secrets.of(location) if place is None else place.secrets
    return Stored(shown, plain, size, lambda: fsspec.open(location, "rb"), secrets)
