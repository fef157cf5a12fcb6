"""Every file and folder of a place: to be read, passed over by a rule, or refused by name."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NotRequired, TypedDict

from fraud_assets.data.source.export import Skipped
from fraud_assets.data.source.folders.lakes import refuse_lake
from fraud_assets.data.source.folders.sorting import Sorted, sort_file, sort_folder
from fraud_assets.data.source.packing import Readable
from fraud_assets.data.source.place import SourcePlace
from fraud_assets.errors import DataError

MOST_NAMED = 10
"""How many refused files a sentence names; the others are counted."""

SECOND_LINK = "a link to a folder that is read already"
_PATTERN = re.compile(r"[*?\[]")
_PACKED = (".gz", ".bz2", ".xz", ".zst", ".zip")


class DirectoryEntry(TypedDict):
    """What fsspec says of a path; `type` is "file", "directory" or another word."""

    name: str
    type: str
    size: NotRequired[int | None]
    islink: NotRequired[bool]


@dataclass(frozen=True)
class FoundFile:
    """A file to be read: its path in the file system, its size in bytes where that is known."""

    path: str
    size: int | None


@dataclass(frozen=True)
class Listing:
    """The files to be read, in natural order of their names, and what is not read."""

    files: tuple[FoundFile, ...]
    skipped: tuple[Skipped, ...]


def list_place(place: SourcePlace, readable: Readable) -> Listing:
    """What lies at a place: one file, or all that a folder or a pattern holds.

    Raises
    ------
    DataError
        If the place cannot be reached, holds a table that keeps versions, or holds files that
        are neither read nor passed over by a rule (all named).
    """
    with place.reached():
        walk = _Walk(place, readable)
        walk.start()
    refuse_rest(place.shown, list(walk.refused.values()))
    _refuse_twins(place, walk.files)
    names = sorted(walk.files, key=natural)
    skipped = tuple(walk.skipped[path] for path in sorted(walk.skipped))
    return Listing(tuple(walk.files[name] for name in names), skipped)


def natural(path: str) -> list[list[tuple[int, int, str]]]:
    """A key that sorts folder by folder and puts week_2 before week_10."""
    return [
        [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", p)]
        for p in path.split("/")
    ]


def refuse_rest(place: str, refused: list[str]) -> None:
    """Raise DataError where files are left that are neither read nor passed over by a rule."""
    if refused:
        more = len(refused) - MOST_NAMED
        raise DataError(
            f"Each file of the source must be read, or be no data by its name, but of {place} "
            f"these are neither: {'; '.join(sorted(refused)[:MOST_NAMED])}"
            f"{f'; and {more:,} more' if more > 0 else ''}. Or name the files to read by a "
            'pattern, such as source.path = "folder/*.csv".'
        )


class _Walk:
    """Collects files, skipped and refused ones on the way through a place's folders."""

    def __init__(self, place: SourcePlace, readable: Readable) -> None:
        self.place, self.readable = place, readable
        self.files: dict[str, FoundFile] = {}
        self.skipped: dict[str, Skipped] = {}
        self.refused: dict[str, str] = {}
        self.seen: set[str] = set()

    def start(self) -> None:
        filesystem, root = self.place.filesystem, self.place.root
        if _PATTERN.search(root) and not filesystem.exists(root):
            self._matches(root)
        elif filesystem.isfile(root):  # asked for by name, so it is read whatever its name
            self._parents_are_no_lake([root])
            self._keep(root, filesystem.info(root))
        elif filesystem.isdir(root):
            self._folder(root)

    def _matches(self, pattern: str) -> None:
        fixed = pattern[: _PATTERN.search(pattern).start()].count("/")  # type: ignore[union-attr]
        paths = [str(path).rstrip("/") for path in self.place.filesystem.glob(pattern)]
        self._parents_are_no_lake(paths)
        for path in paths:
            folders = [sort_folder(name) for name in path.split("/")[fixed:-1]]
            why = next((found.why for found in folders if found.decision == "skip"), None)
            if why is None:
                self._entry(self.place.filesystem.info(path))
            else:
                self._skip(path, why)

    def _parents_are_no_lake(self, paths: list[str]) -> None:
        for folder in dict.fromkeys(path.rpartition("/")[0] for path in paths):
            refuse_lake(folder, self.place.name(folder), self._names)

    def _folder(self, path: str) -> None:
        if self._is_seen(path):
            return
        refuse_lake(path, self.place.name(path), self._names)
        for entry in self._entries(path):
            self._entry(entry)

    def _entries(self, path: str) -> list[DirectoryEntry]:
        listed = self.place.filesystem.ls(path, detail=True)
        return [one for one in listed if _path(one) != path.rstrip("/")]

    def _names(self, path: str) -> set[str]:
        if not self.place.has_folders:
            return set()
        try:
            return {_path(entry).rpartition("/")[2] for entry in self._entries(path)}
        except (FileNotFoundError, NotADirectoryError):
            return set()

    def _entry(self, entry: DirectoryEntry) -> None:
        path = _path(entry)
        name = path.rpartition("/")[2]
        if entry.get("islink") and entry["type"] == "other":
            entry = self._target(path) or entry
        if entry["type"] != "directory":
            found = sort_file(name, entry.get("size"), readable=self.readable(name))
            self._file(path, entry, found)
        elif (folder := sort_folder(name)).decision == "skip":
            self._skip(f"{path}/", folder.why)
        else:
            self._folder(path)

    def _file(self, path: str, entry: DirectoryEntry, found: Sorted) -> None:
        if found.decision == "skip":
            self._skip(path, found.why)
        elif entry["type"] != "file":
            self.refused[path] = f"{self.place.name(path)} (no file but a link, pipe or device)"
        elif found.decision == "refuse":
            self.refused[path] = f"{self.place.name(path)} ({found.why})"
        else:
            self._keep(path, entry)

    def _keep(self, path: str, entry: DirectoryEntry) -> None:
        self.files[path] = FoundFile(path, entry.get("size"))

    def _skip(self, path: str, why: str) -> None:
        self.skipped[path] = Skipped(self.place.name(path), why)

    def _target(self, path: str) -> DirectoryEntry | None:
        """What a link leads to."""
        try:
            found: DirectoryEntry = self.place.filesystem.info(path)
        except FileNotFoundError:
            return None
        return found | {"name": path}

    def _is_seen(self, path: str) -> bool:
        """Whether a folder was walked before, by a link or by two matches of a pattern."""
        real = os.path.realpath(path) if self.place.is_local else path
        known = real in self.seen
        self.seen.add(real)
        if known and self.place.is_local and Path(path).is_symlink():
            self._skip(f"{path}/", SECOND_LINK)
        return known


def _path(entry: DirectoryEntry) -> str:
    return str(entry["name"]).rstrip("/")


def _refuse_twins(place: SourcePlace, files: dict[str, FoundFile]) -> None:
    """A file beside its own packed copy would count each payment twice."""
    twins = [
        path
        for path in files
        if path.lower().endswith(_PACKED) and path.rpartition(".")[0] in files
    ]
    if twins:
        raise DataError(
            "A file must not lie beside its packed copy, for each payment would count twice, but "
            f"{', '.join(place.name(path) for path in sorted(twins)[:MOST_NAMED])} does. Move one "
            "of the two out."
        )
