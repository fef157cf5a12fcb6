"""How a fitted pipeline becomes the files that serve (training side)."""
