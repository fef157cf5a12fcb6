"""Digest of the code that a step runs, found by walking its imports instead of by a list."""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path

import fraud_assets

_PACKAGE = "fraud_assets"


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
    waiting = [module]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        file = _file(name, root)
        if file is None:
            continue
        for neighbour in [file, *_beside(file, root)]:
            if neighbour not in found:
                found.add(neighbour)
                waiting += _imports(neighbour.read_bytes())
    return sorted(found)


def _beside(file: Path, root: Path) -> list[Path]:
    """The other modules of the file's folder; the package's own top folder has no registry."""
    return [] if file.parent == root else sorted(file.parent.glob("*.py"))


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
def _imports(source: bytes) -> tuple[str, ...]:
    """Names that may be modules: of `from a.b import c` both a.b and a.b.c."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found.append(node.module)
            found += (f"{node.module}.{alias.name}" for alias in node.names)
    return tuple(dict.fromkeys(name for name in found if name.split(".")[0] == _PACKAGE))
