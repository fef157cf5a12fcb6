"""One table as it lies in storage: a file, or a member of an archive, ready to be opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from fraud_assets.data.source.place import plain_errors
from fraud_assets.masking import NO_SECRETS, Secrets

OpenBytes = Callable[[], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True)
class Stored:
    """Where bytes lie that are one table.

    `shown` is the name in sentences; `plain` the name without endings of packing, which says the
    kind; `size` the bytes as stored, where known. `opening` gives a stream of the unpacked bytes;
    `is_packed` if that stream can only be read from its start.
    """

    shown: str
    plain: str
    size: int | None
    opening: OpenBytes = field(repr=False)
    secrets: Secrets = field(default=NO_SECRETS, repr=False)
    is_packed: bool = False

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The unpacked bytes; whatever storage raises meanwhile is one sentence."""
        with (
            plain_errors(
                f"{self.shown} must be a file that can be read to its end, but cannot",
                "Export it again, or grant access.",
                self.secrets,
            ),
            self.opening() as stream,
        ):
            yield stream

    def head(self, size: int) -> bytes:
        """The first bytes."""
        with self.open() as stream:
            return read_whole(stream, size)


def read_whole(stream: BinaryIO, size: int) -> bytes:
    """As many bytes as there are up to `size`; one call of `read` may give fewer."""
    parts = []
    while size > 0 and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
