"""A remote storage whose driver says in its errors all that it was given, as many real ones do."""

from __future__ import annotations

import io
from typing import Any, ClassVar
from urllib.parse import unquote

import fsspec
from fsspec.spec import AbstractFileSystem


class Telltale(AbstractFileSystem):
    """`telltale://user:password@host/folder/file?token=...`: whatever the URL, the same content.

    `failing` is the operation that raises: "info", "ls", "open", "read" or none.
    """

    protocol = "telltale"
    cachable = False
    content: ClassVar[bytes] = b"a,y\n1,0\n"
    failing: ClassVar[str] = ""

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return path

    def unstrip_protocol(self, name: str) -> str:
        return name

    def _told(self, operation: str, path: str) -> None:
        if operation == self.failing:
            inner = ConnectionError(f"pool({unquote(path)!r}) is closed")
            raise OSError(f"{operation} of {path}, that is {unquote(path)}, failed") from inner

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        self._told("info", path)
        return {"name": path, "size": len(self.content), "type": "file"}

    def exists(self, path: str, **_: Any) -> bool:
        self._told("info", path)
        return True

    def isfile(self, path: str) -> bool:
        self._told("info", path)
        return True

    def ls(self, path: str, detail: bool = True, **_: Any) -> list[Any]:
        self._told("ls", path)
        return [self.info(path)] if detail else [path]

    def _open(self, path: str, mode: str = "rb", **_: Any) -> Any:
        self._told("open", path)
        return _Stream(self, path)


class _Stream(io.BytesIO):
    def __init__(self, storage: Telltale, path: str) -> None:
        super().__init__(storage.content)
        self._storage, self._path = storage, path

    def read(self, *size: Any) -> bytes:
        self._storage._told("read", self._path)
        return super().read(*size)


fsspec.register_implementation("telltale", Telltale, clobber=True)
