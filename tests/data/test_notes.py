"""Notes: what was noticed about the data, once each, in order."""

from __future__ import annotations

from fraud_assets.data.notes import Note, each_once


def test_a_note_stands_once_in_the_order_of_its_first_mention() -> None:
    """Two files that show the same thing make one note."""
    first, second = Note("a_code", "A sentence.", 3, "amount"), Note("b_code", "Another.")

    found = each_once([first, second, Note("a_code", "A sentence.", 3, "amount")])

    assert found == (first, second)
