"""A connection to the database that an environment variable names, and its errors as sentences."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fraud_assets.contract.sections.source import Source
from fraud_assets.data.source.database.refusals import sentence_of
from fraud_assets.data.source.place import first_line
from fraud_assets.errors import DataError, FraudAssetsError
from fraud_assets.masking import Secrets

Connection = Any
"""What ADBC's dbapi gives; the driver brings no types of its own."""

_SCHEMES = ("postgresql://", "postgres://")
_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
"""Every statement of the connection sees one state of the database, and none changes it."""


def source_url(source: Source) -> str:
    """The URL that the environment gives.

    Raises
    ------
    DataError
        If the variable is not set, or holds no URL of PostgreSQL; it is not shown.
    """
    url = os.environ.get(source.database, "").strip()
    if not url:
        raise DataError(
            f"source.{_what(source)} needs the environment variable {source.database} with the "
            "database's URL, such as postgresql://user@host:5432/payments; set it. A password may "
            "stand in it, in PGPASSWORD or in ~/.pgpass."
        )
    if not url.startswith(_SCHEMES):
        raise DataError(
            f"{source.database} must hold a URL that begins with postgresql://, but holds another "
            f"text, which is not shown. Set it, or name another variable in source.database."
        )
    return url


@contextmanager
def snapshot(source: Source) -> Iterator[Connection]:
    """A connection that reads one snapshot; whatever the driver raises becomes one sentence.

    Raises
    ------
    DataError
        If the driver is missing, or the database cannot be reached or refuses; without a password.
    """
    url = source_url(source)
    secrets = Secrets.of(url, {source.database: url})
    sentence: str | None = None
    try:
        dbapi = _driver()
        with dbapi.connect(url) as connection:
            _execute(connection, _SNAPSHOT)
            yield connection
    except FraudAssetsError:
        raise
    except ImportError as error:
        sentence = (
            f"source.{_what(source)} needs ADBC's driver of PostgreSQL ({first_line(error)}): "
            'pip install "fraud-assets[postgres]".'
        )
    except Exception as error:  # noqa: BLE001 - the driver and Arrow each raise their own
        sentence = secrets.mask(sentence_of(error, source))
    if sentence is not None:
        # Raised here and "from None": the driver's error and its frames hold the URL.
        raise DataError(sentence) from None


def _driver() -> Any:
    from adbc_driver_postgresql import dbapi  # noqa: PLC0415 - an extra of its own

    return dbapi


def _execute(connection: Connection, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _what(source: Source) -> str:
    return "table" if source.table is not None else "query"
