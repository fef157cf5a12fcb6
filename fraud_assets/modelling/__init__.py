"""From features to a tuned pipeline and the numbers that judge it. Not here: files, Dagster."""
