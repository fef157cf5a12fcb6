"""Exact Shapley values of forests of few columns, cut by cut."""
