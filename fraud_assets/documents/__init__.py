"""What this package writes for others to read, as types: report, verdict, proof, metadata.

Here: the shape of each document, its format number, and strict reading, which finds every fault
at once. Not here: how a number is computed, judged or drawn. Whoever bumps a FORMAT adds the
upgrade from the format before beside it, keeps a real document of that format among the tests'
files, and writes the schemas anew with `fraud-assets schema`.
"""
