"""One file for each family, under the family's name, with its `FAMILY`.

A new file here competes in every contract that does not name its families.
"""
