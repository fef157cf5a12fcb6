"""Where a contract's payments lie, and their rows as exported: every file read, or named.

Here: who provides a source's tables (`providers`: files, the record, a database), how each kind
of file is read (`formats`), what was left out and why.
Not here: what a value means; text stays text until `fraud_assets.data.typed`.
"""

from fraud_assets.data.source.columns import contract_columns
from fraud_assets.data.source.export import Export, FileRead, Skipped
from fraud_assets.data.source.providers import is_living, source_files, witnesses
from fraud_assets.data.source.read import read_source, read_table
from fraud_assets.data.source.times import EventTimes, times_needed

__all__ = [
    "EventTimes",
    "Export",
    "FileRead",
    "Skipped",
    "contract_columns",
    "is_living",
    "read_source",
    "read_table",
    "source_files",
    "times_needed",
    "witnesses",
]
