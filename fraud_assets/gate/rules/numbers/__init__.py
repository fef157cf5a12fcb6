"""Rules on the report itself: its numbers are numbers, and follow from each other."""
