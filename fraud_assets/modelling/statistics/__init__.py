"""Measures and their intervals: plain arrays in, plain figures out."""
