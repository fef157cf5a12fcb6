"""What the newest look at production said, as /health and /metrics tell it.

`monitor` or the daily asset leaves production.json in the contract's place; here it is only read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from fraud_assets.decisions.places import DOCUMENT, pages_of, places_of
from fraud_assets.documents.production import Production
from fraud_assets.documents.unread import readable
from fraud_assets.service.settings import ServiceSettings
from fraud_assets.service.versions.version import Served
from fraud_assets.store.files import file_stamp, read_file

_MOST = 16 * 1024 * 1024


def own_places(settings: ServiceSettings, served: Served) -> tuple[ServiceSettings, NewestLook]:
    """The settings with the record of the contract that serves, and what was last seen of it."""
    contract = settings.one_of_several or _name_of(served)
    if settings.decisions is None:
        return settings, NewestLook((), contract)
    is_one = settings.one_of_several is not None
    record = places_of(contract, settings.decisions, is_one_of_several=is_one).record
    promise = NewestLook(pages_of(contract, settings.decisions), _name_of(served))
    return msgspec.structs.replace(settings, decisions=record), promise


def signed_contract(served: Served) -> str | None:
    """The name of the contract that a version was made for, by its signed metadata."""
    return readable(lambda: served.metadata.contract.name)


def _name_of(served: Served) -> str:
    return signed_contract(served) or "" if served.contract is None else served.contract.name


class NewestLook:
    """Looks into the folders `pages`, the likeliest first, for what was said of a contract."""

    def __init__(self, pages: Sequence[Path], contract: str) -> None:
        self._contract = contract
        self._pages = [_Page(folder / DOCUMENT) for folder in pages]

    def told(self) -> dict[str, object] | None:
        """What /health says; None where nobody has looked yet, or what is there cannot be read."""
        found = self._newest()
        if found is None or not found.versions:
            return None
        now = found.versions[-1]
        return {
            "until": found.until,
            "version": now.version,
            "alarm": found.is_broken,
            "evidence": now.worth,
            "limit": found.limit,
            "warnings": [warning.code for warning in found.warnings],
            "sentence": found.sentence,
        }

    def metrics(self) -> str:
        """The same in Prometheus' text format; nothing where nobody has looked."""
        found = self._newest()
        if found is None or not found.versions:
            return ""
        now = found.versions[-1]
        values: dict[str, tuple[str, float | int]] = {
            "alarm": ("1 where recall or precision is called bad.", int(found.is_broken)),
            "evidence": ("Worth of the evidence against the recall.", now.worth),
            "limit": ("Worth at which the alarm is raised.", found.limit),
            "warnings": ("Warnings of the newest look.", len(found.warnings)),
            "looked_timestamp_seconds": ("When it was looked, Unix time.", _unix(found.until)),
        }
        if now.recall is not None and now.recall.value is not None:
            values["recall"] = ("Realised recall of what serves.", now.recall.value)
            values["recall_low"] = ("Low end of its interval.", now.recall.low)
        lines = []
        for name, (text, value) in values.items():
            full = f"fraud_assets_promise_{name}"
            lines += [f"# HELP {full} {text}", f"# TYPE {full} gauge", f"{full} {value!r}"]
        return "\n".join(lines) + "\n"

    def _newest(self) -> Production | None:
        found = (page.document() for page in self._pages)
        return next((one for one in found if one and one.contract == self._contract), None)


@dataclass
class _Page:
    """A document that is read again when it was replaced."""

    path: Path
    _stamp: object = None
    _document: Production | None = None

    def document(self) -> Production | None:
        """What lies there; None where nothing does that can be read."""
        stamp = file_stamp(self.path)
        if stamp != self._stamp:
            self._stamp, self._document = stamp, _read(self.path)
        return self._document


def _read(path: Path) -> Production | None:
    try:
        return msgspec.json.decode(read_file(path, _MOST), type=Production)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _unix(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
