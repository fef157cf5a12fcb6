"""Features of one payment that has just come in: what it may ask of its entities' past."""
