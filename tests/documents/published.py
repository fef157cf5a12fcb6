"""Documents of versions that older releases really wrote, by release and version."""

from __future__ import annotations

import tarfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent


class Published(NamedTuple):
    """The documents of one version, as they lay in its folder."""

    report: bytes
    metadata: bytes


@cache
def published_by(release: str) -> dict[str, Published]:
    """Two promoted versions and a refused one, by folder: a tiny simulated week each.

    Made by running the release's own chain; the first had no champion, the others one.
    """
    files: dict[str, dict[str, bytes]] = {}
    with tarfile.open(HERE / f"published_by_{release}.tar.xz") as archive:
        for member in archive:
            path, stream = Path(member.name), archive.extractfile(member)
            assert stream is not None
            files.setdefault(str(path.parent), {})[path.name] = stream.read()
    return {
        folder: Published(found["report.json"], found["metadata.json"])
        for folder, found in files.items()
    }
