"""Features of all rows of a frame at once: histories by entity, ranges of them, exact sums."""
