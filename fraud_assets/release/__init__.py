"""The gate, the signed store, and publication. Not here: Dagster, HTTP servers."""
