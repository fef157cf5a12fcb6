"""What a Dagster instance is made of: storage, launcher, tries of a run, old runs that go."""
