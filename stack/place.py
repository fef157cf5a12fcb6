"""The folder of one stack: its ports and passwords, drawn once, and what its programs are told."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import secrets
import shutil
import socket
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

BUCKET = "models"
LOCATION = "fraud_assets.definitions"
"""Dagster's name of the code location, as in `dagster dev`."""

PORTS = {
    "balancer": 8080,
    "scoring-1": 8001,
    "scoring-2": 8002,
    "webserver": 3000,
    "code": 4266,
    "postgres": 15432,
    "valkey": 16379,
    "s3": 18333,
    "dask": 18786,
    "dask-page": 18787,
}
"""Where each program listens if that is free when the stack is made; else on another port."""

_INNER = ("master", "master-grpc", "volume", "volume-grpc", "filer", "filer-grpc", "s3-grpc")
_HANDED = ("FRAUD_ASSETS_CONTRACT", "FRAUD_ASSETS_WEBHOOK", "PYTHONPATH")
_PASSWORDS = ("postgres", "dagster", "fraud", "valkey", "s3")


@dataclass(frozen=True)
class Place:
    """A stack's folder. `ports` and `passwords` are by the names of programs and users.

    `settings` are what whoever made it, or started it since, had in the environment.
    """

    folder: Path
    ports: dict[str, int]
    passwords: dict[str, str]
    settings: dict[str, str]

    @classmethod
    def at(cls, folder: Path, *, is_free: bool = False) -> Place:
        """The stack in a folder, made if need be; `is_free` draws every port at random."""
        folder = folder.absolute()
        kept = folder / "private" / "stack.json"
        if kept.exists():
            known = json.loads(kept.read_text())
        else:
            folder.mkdir(parents=True, exist_ok=True)
            kept.parent.mkdir(mode=0o700, exist_ok=True)
            drawn = {name: secrets.token_hex(16) for name in _PASSWORDS}
            known = {"ports": _ports(is_free=is_free), "passwords": drawn, "settings": {}}
        known["settings"] |= _handed()
        write_private(kept, json.dumps(known, indent=2))
        return cls(folder, **known)

    @staticmethod
    def is_made(folder: Path) -> bool:
        """Whether there is a stack in a folder."""
        return (folder / "private" / "stack.json").exists()

    @property
    def private(self) -> Path:
        """What nobody else may read: settings with passwords in them."""
        return self.folder / "private"

    @property
    def logs(self) -> Path:
        """A log for each program."""
        return self.folder / "logs"

    @property
    def home(self) -> Path:
        """DAGSTER_HOME."""
        return self.folder / "dagster"

    @property
    def mark(self) -> str:
        """A short name of this stack, drawn with its ports."""
        return hashlib.sha256(self.passwords["postgres"].encode()).hexdigest()[:8]

    @property
    def models(self) -> str:
        """The store."""
        return f"s3://{BUCKET}/fraud"

    @cached_property
    def user(self) -> str | None:
        """Whom PostgreSQL runs as, which refuses root; None for this user."""
        return "nobody" if hasattr(os, "geteuid") and os.geteuid() == 0 else None

    @cached_property
    def database(self) -> Path:
        """PostgreSQL's folder; as root apart from here where others may not reach this folder."""
        way = (self.folder, *self.folder.parents)
        if self.user is None or all(above.stat().st_mode & 0o001 for above in way):
            return self.folder / "postgres"
        return Path("/", "var", "lib", f"fraud-assets-stack-{self.mark}")

    def url(self, scheme: str, name: str, path: str = "") -> str:
        """Where a program answers, as people may see it."""
        return f"{scheme}://127.0.0.1:{self.ports[name]}{path}"

    def secret_url(self, scheme: str, name: str, user: str, path: str) -> str:
        """The same with user and password, for the environment of programs."""
        login = f"{user}:{self.passwords[user or name]}"
        return f"{scheme}://{login}@127.0.0.1:{self.ports[name]}{path}"

    @property
    def environment(self) -> dict[str, str]:
        """What every program and every command on this stack is told."""
        own = {
            "FRAUD_ASSETS_MODELS": self.models,
            "FRAUD_ASSETS_KEYS": str(self.folder / "keys"),
            "FRAUD_ASSETS_STATE": self.secret_url("redis", "valkey", "", "/0"),
            "FRAUD_ASSETS_DECISIONS": str(self.folder / "decisions"),
            "FRAUD_ASSETS_DATABASE": self.secret_url("postgresql", "postgres", "fraud", "/fraud"),
            "AWS_ACCESS_KEY_ID": "stack",
            "AWS_SECRET_ACCESS_KEY": self.passwords["s3"],
            "AWS_ENDPOINT_URL": self.url("http", "s3"),
            "AWS_REGION": "us-east-1",
            "DAGSTER_HOME": str(self.home),
            "DAGSTER_POSTGRES_URL": self.secret_url(
                "postgresql", "postgres", "dagster", "/dagster"
            ),
        }
        if importlib.util.find_spec("distributed") is not None:
            own["FRAUD_ASSETS_DASK"] = self.url("tcp", "dask")
        return own | self.settings


def write_private(file: Path, text: str) -> None:
    """Write what only this user may read, whole or not at all."""
    whole = file.with_name(f"{file.name}.new")
    descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)
    whole.replace(file)


def free(port: int) -> int:
    """The port if nothing listens there, any free one for 0, and 0 for one that is taken."""
    with socket.socket() as probe:
        # Connections that ended a moment ago keep no program from listening.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
        return int(probe.getsockname()[1])


def command(name: str) -> str:
    """The path of a program that the environment of this Python brings, or the machine.

    Raises
    ------
    SystemExit
        If there is none.
    """
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise SystemExit(f"The stack needs {name}, which is not installed; run: make stack")
    return found


def _handed() -> dict[str, str]:
    """Settings of this process that the stack's programs get too."""
    found = {name: os.environ[name] for name in _HANDED if os.environ.get(name)}
    contract = found.get("FRAUD_ASSETS_CONTRACT")
    if contract is not None and Path(contract).exists():  # else the name of one that is shipped
        found["FRAUD_ASSETS_CONTRACT"] = str(Path(contract).absolute())
    return found


def _ports(*, is_free: bool) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in (*PORTS, *_INNER):
        port = 0 if is_free else PORTS.get(name, 0)
        while not (taken := free(port)) or taken in found.values():
            port = 0
        found[name] = taken
    return found
