"""Where a contract's payments lie, and their rows as exported: every file read, or named.

Here: which files a source has, how each kind of file is read, what was left out and why.
Not here: what a value means; text stays text until `fraud_assets.data.typed`.
"""

from fraud_assets.data.source.columns import contract_columns
from fraud_assets.data.source.export import Export, FileRead, Skipped
from fraud_assets.data.source.files import LocatedRow, located_files, source_files
from fraud_assets.data.source.read import read_source, read_table

__all__ = [
    "Export",
    "FileRead",
    "LocatedRow",
    "Skipped",
    "contract_columns",
    "located_files",
    "read_source",
    "read_table",
    "source_files",
]
