"""Data that lie beside the repository and are never copied into it; tests skip where they do not.

The folder is `../shared` of the repository, or of a worktree's folder.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent


def shared(*parts: str) -> Path:
    """A file or folder of `../shared`; skips the test where it is not there."""
    places = [above / "shared" / Path(*parts) for above in _ROOT.parents[:2]]
    for place in places:
        if place.exists():
            return place
    pytest.skip(f"needs {Path('..', 'shared', *parts)}, which is not beside this repository")


def make_cases(folder: Path) -> Path:
    """Write the cases of `../shared/cases` into a folder; each with its contract."""
    script = shared("cases", "make_cases.py")
    subprocess.run([sys.executable, str(script), str(folder)], check=True)
    return folder
