"""The only importer of Dagster: assets, checks, job, schedule. Not here: anything that computes."""
