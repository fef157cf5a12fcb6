"""The only importer of FastAPI: the scoring service. Not here: training, Dagster."""
