"""Families of libraries that the extra `boosting` brings: pip install 'fraud-assets[boosting]'.

One file for each, under the name of the library that it needs. They compete where a contract
names them and their library is installed; serving a winner needs neither.
"""

EXTRA = "boosting"
"""Name of the extra in pyproject.toml."""
