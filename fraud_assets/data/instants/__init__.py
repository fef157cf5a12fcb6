"""Turns times as exported into instants: timestamps, texts in many forms, counts from an origin.

Here: every form in which databases and spreadsheets write a time (`forms`), which of day and
month comes first (`order`), zones and clocks that were moved (`zones`), and what a person should
know of it (`notes`). Not here: whether an instant can be believed (`data.plausible`).

Nothing is guessed row by row: what one date leaves open, its column decides, or nobody does.
"""

from fraud_assets.data.instants.read import Instants, parse_times, read_instants

__all__ = ["Instants", "parse_times", "read_instants"]
