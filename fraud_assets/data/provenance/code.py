"""Digest of the code that a step runs, found by walking its imports instead of by a list."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

import fraud_assets

_PACKAGE = "fraud_assets"
_IMPORT = re.compile(
    rb"^\s*(?:from (?P<of>fraud_assets[\w.]*) import (?P<names>\([^)]*\)|[^\n]*)"
    rb"|import (?P<modules>fraud_assets[^\n]*))",
    re.MULTILINE,
)
"""An import of this package as the formatter writes it. Parsing whole files takes a second."""

_NAMED = re.compile(rb"(?m)#.*$|\bas \w+|([\w.]+)")
"""A name that is imported; comments and what it is called from then on are none."""


@cache
def code_digest(module: str) -> str:
    """SHA-256 over every file of this package that `module` can reach by imports.

    Registries find their members by looking into a folder, so each file beside one that is
    reached counts too. Read once in a process: what was imported does not change with the disk.
    """
    root = Path(fraud_assets.__file__).parent
    digest = hashlib.sha256()
    for file in reached(module, root):
        digest.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


def reached(module: str, root: Path) -> list[Path]:
    """Files under `root`, the package's folder, that `module` reaches, in order of their names."""
    found: set[Path] = set()
    waiting, seen = [module], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for file in _with_its_folder(name, root):
            if file not in found:
                found.add(file)
                waiting += imports(file)
    return sorted(found)


@cache
def _with_its_folder(name: str, root: Path) -> tuple[Path, ...]:
    """The module's file and those beside it; the package's own top folder has no registry."""
    file = _file(name, root)
    if file is None:
        return ()
    return (file,) if file.parent == root else tuple(sorted(file.parent.glob("*.py")))


def _file(name: str, root: Path) -> Path | None:
    parts = name.split(".")
    if parts[0] != _PACKAGE:
        return None
    path = root.joinpath(*parts[1:])
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


@cache
def imports(file: Path) -> tuple[str, ...]:
    """Names that may be modules: of `from a.b import c` both a.b and a.b.c."""
    found: list[str] = []
    for match in _IMPORT.finditer(file.read_bytes()):
        if match["of"] is None:
            found += _names(match["modules"])
        else:
            of = match["of"].decode()
            found += [of, *(f"{of}.{name}" for name in _names(match["names"]))]
    return tuple(dict.fromkeys(found))


def _names(text: bytes) -> list[str]:
    return [match[1].decode() for match in _NAMED.finditer(text) if match[1] is not None]
