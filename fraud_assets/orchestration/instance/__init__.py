"""What a Dagster instance is made of: its storage and launcher, tries of a run, old runs that go."""
