"""The payments of one entity, as the state keeps them: pages of them, their sums, known frauds."""
