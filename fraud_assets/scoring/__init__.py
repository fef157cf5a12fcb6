"""From one payment to a score and its reasons, without pandas or scikit-learn. Not here: HTTP, Dagster."""
