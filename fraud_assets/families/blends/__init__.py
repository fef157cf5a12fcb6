"""One file for each sum of two families, under its own name, with its `FAMILY`.

A blend competes where both of its parts do, by their scores on the same rows: that costs no fit.
"""
