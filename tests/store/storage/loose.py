"""A server that speaks S3 and is not atomic: it looks whether an object is there, then writes it.

Some stores on the market did so, and mocks do; every answer by itself is right.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

THINKS = 0.01
"""Seconds between the look and the write."""


class _Bucket(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    objects: dict[str, bytes]

    def do_PUT(self) -> None:
        data = self.rfile.read(int(self.headers["content-length"]))
        if self.headers.get("if-none-match") == "*" and self._key in self.objects:
            return self._answer(412)
        time.sleep(THINKS)
        self.objects[self._key] = data
        return self._answer(200, tag=data)

    def do_GET(self) -> None:
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        if "list-type" in query:
            return self._answer(200, _listing(self.objects, query).encode())
        data = self.objects.get(self._key)
        return self._answer(404) if data is None else self._answer(200, data, tag=data)

    def do_POST(self) -> None:
        """Delete what is listed."""
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        keys = re.findall(r"<Key>([^<]*)</Key>", body)
        for key in keys:
            self.objects.pop(key, None)
        deleted = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{deleted}</DeleteResult>".encode())

    def do_DELETE(self) -> None:
        self.objects.pop(self._key, None)
        self._answer(204)

    @property
    def _key(self) -> str:
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        return path.lstrip("/").partition("/")[2]

    def _answer(self, status: int, body: bytes = b"", tag: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.send_header("etag", f'"{hashlib.md5(tag).hexdigest()}"')
        self.send_header("last-modified", format_datetime(datetime.now(UTC), usegmt=True))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


def _listing(objects: dict[str, bytes], query: dict[str, str]) -> str:
    prefix, after = query.get("prefix", ""), query.get("start-after", "")
    found = sorted(key for key in objects.copy() if key.startswith(prefix) and key > after)
    contents = "".join(
        f"<Contents><Key>{escape(key)}</Key><Size>{len(objects[key])}</Size><ETag>x</ETag>"
        "<LastModified>2026-11-23T06:30:00.000Z</LastModified></Contents>"
        for key in found
        if key in objects
    )
    return f"<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"


@contextmanager
def loose_server(port: int = 0) -> Iterator[str]:
    """Its endpoint, on loopback."""
    handler = type("Bucket", (_Bucket,), {"objects": {}})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
