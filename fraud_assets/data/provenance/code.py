"""Digest of the code that a step runs, found by walking its imports instead of by a list."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import fraud_assets

_PACKAGE = "fraud_assets"
_PLAIN = re.compile(
    rb"^[ \t]*from (fraud_assets[\w.]*) import (?:\(([\w\s,]+)\)|([\w, ]+))$", re.MULTILINE
)
"""An import of this package as nearly all are written."""

_OTHER = re.compile(rb"(?:from|import)\b(?:[^\n]|\\\r?\n)*fraud_assets")
"""What may be one that is written in another way."""


@cache
def code_digest(module: str) -> str:
    """SHA-256 over every file of this package that `module` can reach by imports.

    Registries find their members by looking into a folder, so each file beside one that is
    reached counts too. Read once in a process: what was imported does not change with the disk.
    """
    root = Path(fraud_assets.__file__).parent
    digest = hashlib.sha256()
    for file, source in reached(module, root).items():
        digest.update(f"{file.relative_to(root)}\0".encode() + source + b"\0")
    return digest.hexdigest()


def reached(module: str, root: Path) -> dict[Path, bytes]:
    """Files under `root`, the package's folder, that `module` reaches, in order of their names."""
    found: dict[Path, bytes] = {}
    waiting = [module]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for file, source in _with_its_folder(name, root).items():
            if file not in found:
                found[file] = source
                waiting += imports(source)
    return dict(sorted(found.items()))


@cache
def _with_its_folder(name: str, root: Path) -> Mapping[Path, bytes]:
    """The module's file and those beside it; the package's own top folder has no registry."""
    file = _file(name, root)
    if file is None:
        return {}
    files = [file] if file.parent == root else sorted(file.parent.glob("*.py"))
    return {each: _read(each) for each in files}


@cache
def _read(file: Path) -> bytes:
    return file.read_bytes()


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
def imports(source: bytes) -> tuple[str, ...]:
    """Names of this package that may be modules: of `from a.b import c` both a.b and a.b.c.

    Parsing every file takes a second at each start, so only those are parsed in which an import
    may be written in an unusual way.
    """
    if _OTHER.search(_PLAIN.sub(b"", source)):
        return _parsed(source)
    found: list[str] = []
    for of, several, few in _PLAIN.findall(source):
        names = [part.split()[0].decode() for part in (several or few).split(b",") if part.strip()]
        found += [of.decode(), *(f"{of.decode()}.{name}" for name in names)]
    return tuple(dict.fromkeys(found))


def _parsed(source: bytes) -> tuple[str, ...]:
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found.append(node.module)
            found += (f"{node.module}.{alias.name}" for alias in node.names)
    return tuple(dict.fromkeys(name for name in found if name.split(".")[0] == _PACKAGE))
