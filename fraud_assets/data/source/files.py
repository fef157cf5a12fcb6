"""The files of a contract's source: which are read, which are not, and the tables in them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import fsspec

from fraud_assets.contract import Contract
from fraud_assets.contract.sections.source import Source
from fraud_assets.data.provenance.sources import SourceFile
from fraud_assets.data.source.export import Skipped
from fraud_assets.data.source.folders.days import is_needed, latest_in
from fraud_assets.data.source.folders.hive import partitions
from fraud_assets.data.source.folders.listing import FoundFile, Listing, list_place, refuse_rest
from fraud_assets.data.source.formats import format_name, open_table
from fraud_assets.data.source.packing import Readable, plain_name, unpack
from fraud_assets.data.source.place import SourcePlace, find_place, plain_errors
from fraud_assets.data.source.stored import Stored
from fraud_assets.data.source.table import SourceTables, Unopened
from fraud_assets.data.source.times import ALL_TIMES, EventTimes
from fraud_assets.errors import DataError
from fraud_assets.masking import Secrets, public

_CHUNK = 1 << 20

TOO_OLD = "its folder's date is older than source.reach lets this week look"


@dataclass(frozen=True)
class LocatedFile:
    """One file of a source: where it lies, its name as people may see it, and what to hide."""

    location: str = field(repr=False)
    shown: str
    secrets: Secrets = field(repr=False)
    is_needed: bool = True

    def seen(self) -> SourceFile:
        """The file as it is now; its content is read whole, unless nobody needs it."""
        if not self.is_needed:
            return SourceFile(self.shown, 0, "")
        size, stamp = _stamp(self.location)
        digest, read = hashlib.sha256(), 0
        reading = plain_errors(
            f"{self.shown} must be a file that can be read to its end, but cannot",
            "Export it again, or grant access.",
            self.secrets,
        )
        with reading, fsspec.open(self.location, "rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                read += len(chunk)
        return SourceFile(self.shown, read if size is None else size, digest.hexdigest(), stamp)

    def differs(self, before: SourceFile) -> bool:
        """Whether the file is no longer what it was; read only where its stamp is another."""
        if not before.sha256:  # nobody read it
            return False
        size, stamp = _stamp(self.location)
        if stamp is not None and (size, stamp) == (before.size, before.stamp):
            return False
        return self.seen().sha256 != before.sha256


def located_files(contract: Contract, times: EventTimes = ALL_TIMES) -> list[LocatedFile]:
    """The source's files in natural order of their names: week_2 before week_10.

    Those that `times` do not need are marked, and witnessed by their names alone.

    Raises
    ------
    DataError
        If nothing is found, the place cannot be reached, or it holds files that are neither read
        nor passed over by a rule, in a sentence that says what to do.
    """
    place, listing = _listing(contract)
    return [
        LocatedFile(
            place.location(found.path),
            place.name(found.path),
            place.secrets,
            _is_needed(found, contract, place, times),
        )
        for found in listing.files
    ]


def file_tables(contract: Contract, times: EventTimes) -> SourceTables:
    """Every table of the files that `times` need, those in archives too. Raises as above."""
    place, listing = _listing(contract)
    readable = _readable(contract.source)
    stored: list[Stored] = []
    skipped, refused = list(listing.skipped), []
    for found in listing.files:
        # The newest is read where all are too old: its payments say how old.
        if not _is_needed(found, contract, place, times) and found is not listing.files[-1]:
            skipped.append(Skipped(place.name(found.path), TOO_OLD))
            continue
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
    unopened = tuple(to_open(one, contract.source) for one in stored)
    return SourceTables(unopened, tuple(skipped))


def to_open(stored: Stored, source: Source) -> Unopened:
    """A stored table, ready to be opened by what its bytes say it is."""
    told = partitions(stored.plain)
    return Unopened(
        stored.shown,
        lambda wanted: open_table(stored, source, wanted),
        stored.size,
        told,
        latest_in(told, source.days, stored.shown),
    )


def single_table(file: str) -> Stored:
    """The one table of a file; of an archive it must be the only member."""
    name = file if "://" not in file else public(file)
    tables, _, refused = unpack(_stored(file, name, None, None), _readable(Source(path=file)))
    refuse_rest(name, refused)
    if len(tables) != 1:
        raise DataError(f"{name} must hold one table, holds {len(tables):,}. Name one of them.")
    return tables[0]


def relative_name(shown: str, base: Path) -> str:
    """A file's name that holds wherever contract and data lie together; other names stay."""
    return os.path.relpath(shown, base) if Path(shown).is_absolute() else shown


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


def _is_needed(found: FoundFile, contract: Contract, place: SourcePlace, times: EventTimes) -> bool:
    told, name = partitions(found.path), place.name(found.path)
    return is_needed(latest_in(told, contract.source.days, name), times)


def _readable(source: Source) -> Readable:
    return partial(_is_readable, source=source)


def _is_readable(name: str, source: Source) -> bool:
    return name.lower().endswith(".zip") or file_format(name, source) is not None


def _stored(location: str, shown: str, size: int | None, place: SourcePlace | None) -> Stored:
    plain = public(location.partition("::")[0])
    secrets = Secrets.of(location) if place is None else place.secrets
    return Stored(shown, plain, size, lambda: fsspec.open(location, "rb"), secrets)


def _stamp(location: str) -> tuple[int | None, tuple[int, ...] | None]:
    path = Path(location.removeprefix("file://").removeprefix("local://"))
    try:
        found = path.stat()
    except OSError:
        return None, None
    return found.st_size, (found.st_ino, found.st_mtime_ns, found.st_ctime_ns)
