"""Which files of a folder are payments, which are none, and which nobody may pass over.

A file that is passed over must say by its name that it holds no payments. Whatever else stands
there is refused by name, for it may be a week of payments that nobody reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Handling = Literal["read", "skip", "refuse"]


@dataclass(frozen=True)
class Sorted:
    """What to do with one file or folder, and why."""

    decision: Handling
    why: str = ""


READ = Sorted("read")

HIDDEN = "its name begins with a dot: hidden"
UNDERLINE = "its name begins with an underline, as Spark and Hive mark what is no data"
CHECKPOINT = "checkpoints are copies that a program keeps for itself"
NO_DATA = "by its name no data"
EMPTY = "empty, and of no kind that is read"

_CHECKPOINT = re.compile(r"checkpoints?|.*\.checkpoint(\.\d+)*\.\w+", re.IGNORECASE)

_NO_DATA_NAMES = re.compile(
    r"(readme|licen[cs]e|notice|changelog|(md5|sha\d*|check)sums?|manifest|thumbs\.db|desktop\.ini"
    r"|__macosx)(\..*)?",
    re.IGNORECASE,
)
_NO_DATA_ENDINGS = (
    *(".md", ".rst", ".pdf", ".docx", ".png", ".jpg", ".svg"),
    *(".crc", ".md5", ".sha1", ".sha256", ".sha512", ".sig", ".asc", ".sum"),
    *(".toml", ".yaml", ".yml", ".ini", ".cfg", ".sql", ".py", ".sh", ".ipynb", ".schema"),
    *(".lock", ".done", ".ok", ".ready", ".success", ".trigger", ".ctl"),
)

_HALF = "it may be half written or an older copy; finish it, or move it out"
_SHEET = "save its table as CSV"
_OBJECTS = "write its records as CSV or Parquet"
_ARCHIVE = "unpack it, or pack it as zip, gz, bz2, xz or zst"
_REFUSED = {
    **dict.fromkeys((".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers"), _SHEET),
    **dict.fromkeys((".json", ".jsonl", ".ndjson", ".avro", ".orc", ".xml", ".pkl"), _OBJECTS),
    **dict.fromkeys((".feather", ".arrow", ".h5", ".sav", ".dta", ".sas7bdat", ".dbf"), _OBJECTS),
    **dict.fromkeys((".sqlite", ".db", ".duckdb", ".mdb"), "export its table as CSV or Parquet"),
    **dict.fromkeys((".tar", ".tgz", ".7z", ".rar", ".lz4", ".br", ".z"), _ARCHIVE),
    **dict.fromkeys((".part", ".tmp", ".temp", ".bak", ".old", ".orig", ".filepart"), _HALF),
    **dict.fromkeys((".crdownload", ".partial", ".swp", ".save"), _HALF),
    **dict.fromkeys((".gpg", ".pgp", ".enc", ".aes"), "decrypt it"),
}
UNKNOWN = 'name it .csv or .parquet, or set source.format = "csv"'


def sort_folder(name: str) -> Sorted:
    """Whether a folder of this name is looked into."""
    return _by_first_letter(name) or (
        Sorted("skip", CHECKPOINT) if _CHECKPOINT.fullmatch(name) else READ
    )


def sort_file(name: str, size: int | None, *, readable: bool) -> Sorted:
    """What becomes of a file of a folder; `readable` if its kind is one that is read."""
    lower = name.lower()
    ending = lower[lower.rfind(".") :] if "." in lower else ""
    if marked := _by_first_letter(name):
        return marked
    if _CHECKPOINT.fullmatch(name):
        return Sorted("skip", CHECKPOINT)
    if _NO_DATA_NAMES.fullmatch(name) or ending in _NO_DATA_ENDINGS:
        return Sorted("skip", NO_DATA)
    if readable:
        return READ
    if size == 0:
        return Sorted("skip", EMPTY)
    return Sorted("refuse", kind_advice(name))


def kind_advice(name: str) -> str:
    """What to do with a file of a kind that is not read."""
    lower = name.lower()
    ending = lower[lower.rfind(".") :] if "." in lower else ""
    return _HALF if lower.endswith("~") else _REFUSED.get(ending, UNKNOWN)


def _by_first_letter(name: str) -> Sorted | None:
    if name.startswith("."):
        return Sorted("skip", HIDDEN)
    # _year=2025 is a partition and no mark.
    return Sorted("skip", UNDERLINE) if name.startswith("_") and "=" not in name else None
