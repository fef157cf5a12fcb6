"""From one payment to a score and its reasons, without pandas. Not here: HTTP, Dagster."""
