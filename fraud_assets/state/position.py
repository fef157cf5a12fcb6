"""How a position of the state is named where it is put on record."""

from __future__ import annotations


def position_on_record(building: str, position: int) -> str:
    """Of which building of the state it is a position, and which; 0 where the place counts none."""
    return f"{building}-{position}" if position else building
