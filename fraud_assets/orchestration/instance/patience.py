"""Dagster's PostgreSQL storage that waits while the server is restarted.

`dagster-postgres` tries a connection anew for some two seconds; a restart takes longer, and a run
that cannot write its events is lost. Here a connection waits, and an operation whose connection was
cut is done again: each is a statement of its own, which the server undid. One whose answer alone
was lost may write an event twice, which only repeats a line on the run's page.
Concept: https://docs.dagster.io/guides/deploy/dagster-instance-configuration#dagster-storage
"""

from __future__ import annotations

import functools
import inspect
import logging
import re
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ParamSpec, TypeVar

import sqlalchemy
import sqlalchemy.exc
from dagster._serdes import ConfigurableClassData
from dagster_postgres import DagsterPostgresStorage
from dagster_postgres.utils import pg_url_from_config
from sqlalchemy import event

P = ParamSpec("P")
T = TypeVar("T")

PATIENCE = 120.0
"""Seconds that a server may take to come back."""

_PAUSE = 0.5
_DRIVER = "postgresql+psycopg2://"
"""Dagster's own driver, by name: with the one that SQLAlchemy 2.1 takes unasked, whatever Dagster's
webserver opens is closed at once, since `with connection` means another thing there."""

_PASSING = (
    *("refused", "starting up", "shutting down", "recovery mode", "closed the connection"),
    *("terminating connection", "timeout expired", "No such file", "reset by peer"),
)
"""Parts of what a server says, or the network, that will soon say something else."""

_log = logging.getLogger("fraud_assets.orchestration")


class PatientPostgres(DagsterPostgresStorage):
    """Runs, events and schedules in PostgreSQL, as `postgres` in `dagster.yaml`, with patience."""

    def __init__(self, *told: Any, **named: Any) -> None:
        super().__init__(*told, **named)
        # Made by Dagster, with connections tried and tables created: only what they do is changed.
        for storage in (self._run_storage, self._event_log_storage, self._schedule_storage):
            storage.__class__ = _patient(type(storage))

    @classmethod
    def from_config_value(
        cls,
        inst_data: ConfigurableClassData | None,
        config_value: Mapping[str, Any],
    ) -> PatientPostgres:
        """Made of the same settings as Dagster's own."""
        _wait_for_servers()
        url = pg_url_from_config(config_value)
        return cls(
            re.sub("^postgres(ql)?://", _DRIVER, url),
            should_autocreate_tables=config_value.get("should_autocreate_tables", True),
            inst_data=inst_data,
        )


def connect_patiently(dialect: Any, _record: Any, words: Any, settings: dict[str, Any]) -> Any:
    """A connection for SQLAlchemy, which calls this before it connects; None for another dialect.

    Raises
    ------
    psycopg2.OperationalError
        If the server refuses for good, or does not come back within `PATIENCE`.
    """
    if dialect.name != "postgresql":
        return None
    until, is_said = time.monotonic() + PATIENCE, False
    while True:
        try:
            return dialect.connect(*words, **settings)
        except dialect.loaded_dbapi.OperationalError as error:
            is_passing = any(part in str(error) for part in _PASSING)
            if not is_passing or time.monotonic() > until:
                raise
            if not is_said:
                _log.warning("PostgreSQL does not answer; waiting up to %g s for it.", PATIENCE)
            is_said = True
            time.sleep(_PAUSE)


@cache
def _patient(kind: type) -> type:
    """The class with each public operation done again when its connection was cut."""
    operations = inspect.getmembers(kind, inspect.isfunction)
    own = {name: _repeated(one) for name, one in operations if not name.startswith("_")}
    return type(f"Patient{kind.__name__}", (kind,), own)


def _repeated(operation: Callable[P, T]) -> Callable[P, T]:
    @functools.wraps(operation)
    def done(*told: P.args, **named: P.kwargs) -> T:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return operation(*told, **named)
            except sqlalchemy.exc.DBAPIError as error:
                if not error.connection_invalidated or time.monotonic() > until:
                    raise
                time.sleep(_PAUSE)

    return done


def _wait_for_servers() -> None:
    """Have every engine of this process connect so; Dagster makes its engines itself."""
    if not event.contains(sqlalchemy.Engine, "do_connect", connect_patiently):
        event.listen(sqlalchemy.Engine, "do_connect", connect_patiently)
