"""A table or query of PostgreSQL: `[source] table` or `query`, its URL by the environment alone."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from fraud_assets.contract import Contract
from fraud_assets.contract.sections.source import Source
from fraud_assets.data.provenance.sources import SourceFile, Witness
from fraud_assets.data.source.database.connection import source_url
from fraud_assets.data.source.database.rows import open_relation
from fraud_assets.data.source.table import SourceTables, Table, Unopened
from fraud_assets.data.source.times import EventTimes


class _PostgreSql:
    name = "postgresql"
    is_living = True

    def serves(self, source: Source) -> bool:
        """Whether the contract names a table or a query."""
        return source.is_database

    def tables(self, contract: Contract, times: EventTimes) -> SourceTables:
        """The one table."""

        def opened(wanted: Collection[str]) -> tuple[str, Table]:  # noqa: ARG001 - all it has
            return self.name, open_relation(contract, times)

        return SourceTables((Unopened(shown_name(contract.source), opened),))

    def witnesses(self, contract: Contract, times: EventTimes) -> Sequence[Witness]:  # noqa: ARG002
        """Where the table is and what is asked of it; its rows go on changing."""
        return (DatabaseWitness(shown_name(contract.source), contract.source),)


PROVIDER = _PostgreSql()

_SECRET = ("user", "password", "sslpassword", "passfile")


def shown_name(source: Source) -> str:
    """How sentences and reports name it."""
    return f"{source.path} of the database in {source.database}"


@dataclass(frozen=True)
class DatabaseWitness:
    """Which database is asked for which table or query; asks the server nothing."""

    shown: str
    source: Source

    def seen(self) -> SourceFile:
        """A digest of server, database and what is asked, without user and password."""
        # By hand: the standard parser's errors repeat what they could not parse.
        rest, _, query = source_url(self.source).partition("://")[2].partition("?")
        server = (
            rest.rpartition("@")[2],
            *sorted(pair for pair in query.split("&") if not pair.startswith(_SECRET)),
        )
        asked = self.source.table or "", self.source.query or ""
        digest = hashlib.sha256("\0".join((*server, *asked)).encode()).hexdigest()
        return SourceFile(self.shown, 0, digest)

    def differs(self, before: SourceFile) -> bool:
        """Whether another server, database, table or query is meant now."""
        return self.seen().sha256 != before.sha256
