"""The place that a contract's source.path names: a file system, a path in it, and what to hide.

Drivers of remote storage raise errors of their own, of which none is imported here; whatever
they raise ends in one sentence without a password, and without the driver's frames, which may
hold one.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import fsspec
from fsspec.registry import known_implementations

from fraud_assets.contract import Contract
from fraud_assets.errors import DataError, FraudAssetsError
from fraud_assets.masking import NO_SECRETS, Secrets, public

_SETTING = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


@dataclass(frozen=True)
class SourcePlace:
    """Where a source lies.

    `root` is the path inside `filesystem`; `outer` the rest of a chained URL such as
    "zip://a.csv::s3://bucket/a.zip"; `shown` is what people may see of it.
    """

    filesystem: Any = field(repr=False)
    root: str = field(repr=False)
    outer: str = field(repr=False)
    shown: str
    secrets: Secrets = field(repr=False)

    @property
    def is_local(self) -> bool:
        """Whether files lie on this machine's own disks."""
        return "file" in _protocols(self.filesystem) and not self.outer

    @property
    def has_folders(self) -> bool:
        """Whether a folder can be listed; a web server would be asked for a page each time."""
        return not {"http", "https"} & set(_protocols(self.filesystem))

    def location(self, path: str) -> str:
        """What `fsspec.open` opens for a path inside the file system; may hold secrets."""
        return self.filesystem.unstrip_protocol(path) + self.outer

    def name(self, path: str) -> str:
        """The same as people may see it; an absolute path for a local file."""
        if self.is_local:
            return path
        return public(self.secrets.mask(self.location(path)))

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Turn whatever a driver raises inside into one sentence about this place."""
        with plain_errors(
            f"source.path must lead to a place that can be reached, but {self.shown} cannot",
            "Correct the path or grant access.",
            self.secrets,
        ):
            yield


def find_place(contract: Contract) -> SourcePlace:
    """The place of a contract's source; nothing is read yet.

    Raises
    ------
    DataError
        If a variable is not set, or a driver is missing or refuses.
    """
    settings: dict[str, str] = {}
    location = _expanded(contract.source.path, settings)
    secrets = Secrets.of(location, settings)
    if "://" not in location:
        location = str((contract.base / location).resolve())
    shown = public(secrets.mask(location))
    sentence: str | None = None
    try:
        filesystem, root = fsspec.core.url_to_fs(location)
    except ImportError as error:
        sentence = _driver_sentence(location, shown, secrets.mask(str(error)))
    except Exception as error:  # noqa: BLE001 - each driver raises its own
        reason = secrets.mask(first_line(error))
        sentence = (
            f"source.path must lead to a place that can be reached, but {shown} cannot: "
            f"{reason}. Correct the path or grant access."
        )
    if sentence is not None:  # raised here, so that the driver's error is not its context
        raise DataError(sentence)
    # As in zip://a.csv::s3://bucket/a.zip, where only the part before "::" is looked into.
    outer = location[location.index("::") :] if re.search("://.*::", location) else ""
    return SourcePlace(filesystem, root, outer, shown, secrets)


@contextmanager
def plain_errors(failure: str, advice: str, secrets: Secrets = NO_SECRETS) -> Iterator[None]:
    """Turn any error of a library into a DataError: "`failure`: its first line. `advice`"."""
    sentence: str | None = None
    try:
        yield
    except FraudAssetsError:
        raise
    except Exception as error:  # noqa: BLE001 - each driver and codec raises its own
        sentence = f"{failure}: {secrets.mask(_without_content(error))}. {advice}"
    if sentence is not None:
        # "from None", as whoever left the with statement is this error's context all the same.
        raise DataError(sentence) from None


def first_line(error: BaseException) -> str:
    """What an error of another library says, in one line."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _without_content(error: BaseException) -> str:
    """The same, but only the kind of what a parser raises.

    Its words may hold what it parsed: a customer's name, or a file that is no table at all.
    """
    is_parser = isinstance(error, ValueError | csv.Error)  # Arrow's and decoders' are ValueErrors
    return type(error).__name__ if is_parser else first_line(error)


def _expanded(path: str, settings: dict[str, str]) -> str:
    """The path with ${NAME} and ${NAME:-default} replaced; what they were goes to `settings`."""

    def value(match: re.Match[str]) -> str:
        given = os.environ.get(match[1])
        found = given or match[2]
        if found is None:
            raise DataError(f"source.path needs the environment variable {match[1]}; set it.")
        if given:
            settings[match[1]] = given
        return found

    return _SETTING.sub(value, path)


def _protocols(filesystem: Any) -> tuple[str, ...]:
    protocol = filesystem.protocol
    return (protocol,) if isinstance(protocol, str) else tuple(protocol)


def _driver_sentence(location: str, shown: str, reason: str) -> str:
    protocol = location.partition("://")[0].split("::")[-1]
    driver = known_implementations.get(protocol, {})
    root = str(driver.get("class", "")).split(".")[0]
    quoted = re.findall(r'"(\w+)"', str(driver.get("err", "")))
    packages = quoted if root == "fsspec" else [root]
    if not any(packages):
        return f"source.path {shown} needs a driver that is not installed: {reason}."
    names = " and ".join(packages)
    return f"source.path {shown} needs {names}: pip install {' '.join(packages)}"
