"""A payment as a caller sends it: its fields, their rules, the parsed row."""
