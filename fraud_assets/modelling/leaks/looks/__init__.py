"""Kinds of leak, each in the file of its code: a LOOK at what was measured of one feature."""
