"""An S3 server: SeaweedFS, which keeps If-None-Match; it holds the store."""

from __future__ import annotations

import json

from stack.place import BUCKET, Place, command, write_private
from stack.program import Program, status

_PARTS = ("master", "volume", "filer")


def programs_of(place: Place) -> list[Program]:
    """Master, volume, filer and S3 in one process."""
    ports = place.ports
    flags = {
        "dir": place.folder / "s3",
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "master.volumeSizeLimitMB": 256,
        "volume.max": 20,
        "s3.config": place.private / "s3.json",
        "s3.port": ports["s3"],
        "s3.port.grpc": ports["s3-grpc"],
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "master.port": ports["master"],
        "master.port.grpc": ports["master-grpc"],
        "volume.port": ports["volume"],
        "volume.port.grpc": ports["volume-grpc"],
        "filer.port": ports["filer"],
        "filer.port.grpc": ports["filer-grpc"],
    }
    words = [f"-{name}={value}" for name, value in flags.items()]
    own = ("s3", "s3-grpc", *(f"{part}{end}" for part in _PARTS for end in ("", "-grpc")))
    return [
        Program(
            name="s3",
            stage=1,
            words=[command("weed"), "server", "-filer", "-s3", *words],
            what="SeaweedFS: the store of versions",
            shown=f"{place.url('http', 's3')}  {place.models}",
            is_ready=lambda: _is_ready(place),
            ports=[ports[name] for name in own],
            environment={"HOME": str(place.folder / "s3")},
            prepare=lambda: _make(place),
        )
    ]


def _make(place: Place) -> None:
    (place.folder / "s3").mkdir(exist_ok=True)
    login = {
        "accessKey": place.environment["AWS_ACCESS_KEY_ID"],
        "secretKey": place.environment["AWS_SECRET_ACCESS_KEY"],
    }
    rights = ["Admin", "Read", "List", "Tagging", "Write"]
    identity = {"name": "stack", "credentials": [login], "actions": rights}
    write_private(place.private / "s3.json", json.dumps({"identities": [identity]}))


def _is_ready(place: Place) -> bool:
    """It answers, and so does its filer, of which the bucket is a folder."""
    if status(place.url("http", "s3", "/status")) != 200:
        return False
    made = status(place.url("http", "filer", f"/buckets/{BUCKET}/"), "POST")
    return 0 < made < 500
