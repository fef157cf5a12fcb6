"""S3, or a store that speaks like it: `s3://bucket/prefix`, with AWS's variables for the rest.

`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION` and, for a store that is not Amazon's,
`AWS_ENDPOINT_URL`. An object is created by If-None-Match, which not every store on the market does
atomically: `fraud-assets store check URL` finds out.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from fraud_assets.errors import StoreError
from fraud_assets.store.storage.objects.client import StoredObject
from fraud_assets.store.storage.objects.place import Objects

if TYPE_CHECKING:
    from obstore.store import S3Store

_PATIENCE = timedelta(seconds=30)
"""How long one request is tried anew while a server is restarted."""

_TRIES = 1000
"""More than fit into that: a server that refuses connections answers each try at once."""

_PAUSE, _LONGEST_PAUSE = timedelta(milliseconds=100), timedelta(seconds=1)


def open_storage(url: str) -> Objects:
    """The store at a URL; the server is not asked yet.

    Raises
    ------
    StoreError
        If `obstore` is not installed, or the URL is none of S3's.
    """
    try:
        from obstore.exceptions import BaseError  # noqa: PLC0415 - an extra
        from obstore.store import S3Store  # noqa: PLC0415
    except ImportError as error:
        raise StoreError('A store on S3 needs obstore: pip install "fraud-assets[s3]".') from error
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    if not bucket or "@" in bucket:
        raise StoreError(
            "A store on S3 must be written s3://bucket/prefix, without user or password: these "
            "are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    try:
        store = S3Store(
            bucket,
            prefix=prefix or None,
            client_options={"timeout": _PATIENCE, "allow_http": _is_plain()},
            retry_config={
                "max_retries": _TRIES,
                "retry_timeout": _PATIENCE,
                "backoff": {"init_backoff": _PAUSE, "max_backoff": _LONGEST_PAUSE, "base": 2},
            },
        )
    except (BaseError, ValueError) as error:
        raise StoreError(f"The store {url} cannot be opened: {_first_line(error)}") from error
    return Objects(url, S3(store))


def _is_plain() -> bool:
    """Whether the endpoint was named as one of HTTP without TLS, such as on loopback."""
    names = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT")
    return any(os.environ.get(name, "").startswith("http://") for name in names)


@dataclass(frozen=True)
class S3:
    """A bucket, or a part of one."""

    store: S3Store

    def create(self, key: str, data: bytes) -> bool:
        """One PUT with If-None-Match: *."""
        import obstore  # noqa: PLC0415 - an extra
        from obstore.exceptions import AlreadyExistsError  # noqa: PLC0415

        with _as_os_errors(key):
            try:
                obstore.put(self.store, key, data, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return False
        return True

    def chunks(self, key: str) -> Iterator[bytes]:
        """One GET, in parts as they come."""
        import obstore  # noqa: PLC0415 - an extra

        with _as_os_errors(key):
            for part in obstore.get(self.store, key):
                yield bytes(part)

    def found(self, prefix: str, after: str = "") -> list[StoredObject]:
        """Listing by listing, each of up to a thousand objects."""
        import obstore  # noqa: PLC0415 - an extra

        above, _, begins = prefix.rpartition("/")
        with _as_os_errors(prefix):
            pages = list(obstore.list(self.store, above or None, offset=after or None))
        found = [
            StoredObject(one["path"], one["size"], one["e_tag"] or "", one["last_modified"])
            for page in pages
            for one in page
        ]
        whole = f"{above}/{begins}" if above else begins
        return sorted((one for one in found if one.key.startswith(whole)), key=lambda one: one.key)

    def replace(self, key: str, data: bytes) -> None:
        """One PUT."""
        import obstore  # noqa: PLC0415 - an extra

        with _as_os_errors(key):
            obstore.put(self.store, key, data, use_multipart=False)

    def folders(self, prefix: str) -> list[str]:
        """One listing with a delimiter."""
        import obstore  # noqa: PLC0415 - an extra

        with _as_os_errors(prefix):
            found = obstore.list_with_delimiter(self.store, prefix.rstrip("/") or None)
        return sorted(one.rstrip("/").rpartition("/")[2] for one in found["common_prefixes"])

    def delete(self, key: str) -> None:
        """One DELETE."""
        import obstore  # noqa: PLC0415 - an extra

        with _as_os_errors(key):
            try:
                obstore.delete(self.store, key)
            except FileNotFoundError:
                return


@contextmanager
def _as_os_errors(key: str) -> Iterator[None]:
    """What the library raises, as the operating system would; without its many lines."""
    from obstore.exceptions import (  # noqa: PLC0415 - an extra
        BaseError,
        PermissionDeniedError,
        UnauthenticatedError,
    )

    try:
        yield
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise PermissionError(
            errno.EACCES, f"the keys do not admit to it ({_first_line(error)})", key
        ) from error
    except BaseError as error:
        raise OSError(errno.EIO, _first_line(error), key) from error


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:300]
