"""What the newest look at production said, as /health and /metrics tell it.

`monitor` or the daily asset leaves production.json beside the record; here it is only read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from fraud_assets.documents.production import Production
from fraud_assets.store.files import file_stamp, read_file

PLACE = Path("production", "production.json")
_MOST = 16 * 1024 * 1024


@dataclass
class NewestLook:
    """`record` is the folder of decisions, None where nothing is kept."""

    record: Path | None
    _stamp: object = None
    _document: Production | None = None

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
        if self.record is None:
            return None
        path = self.record.parent / PLACE
        stamp = file_stamp(path)
        if stamp != self._stamp:
            self._stamp, self._document = stamp, _read(path)
        return self._document


def _read(path: Path) -> Production | None:
    try:
        return msgspec.json.decode(read_file(path, _MOST), type=Production)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _unix(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
