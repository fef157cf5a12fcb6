"""From files to point-in-time features. Not here: models, judgement, Dagster."""
