"""Rules on the data: what the quarantine took."""
