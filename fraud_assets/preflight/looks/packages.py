"""Packages that a later step needs: publishing proves each version in the real service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import metadata

from fraud_assets.preflight.place import Workplace

CODE = "packages"

_NAME = re.compile(r"^([A-Za-z0-9._-]+)[^;]*(?:;(.*))?$")
_EXTRAS = ("chain", "serve")


def faults(place: Workplace) -> Iterator[str]:  # noqa: ARG001, the same everywhere
    """Which packages of the extras are not installed."""
    missing = [name for name in needed() if not _is_installed(name)]
    if missing:
        yield (
            f"A run needs {', '.join(missing)}, not installed here: "
            "pip install 'fraud-assets[chain,serve]'."
        )


def needed() -> list[str]:
    """Packages that the extras of a run name; none where this software itself is not installed."""
    try:
        requirements = metadata.requires("fraud-assets") or []
    except metadata.PackageNotFoundError:
        return []
    names = []
    for requirement in requirements:
        match = _NAME.match(requirement)
        marker = (match[2] or "") if match else ""
        asked = re.search(r"extra == ['\"](\w+)['\"]", marker)
        if match and (asked is None or asked[1] in _EXTRAS) and "sys_platform" not in marker:
            names.append(match[1])
    return names


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True
