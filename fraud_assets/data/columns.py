"""Reserved column names under which the rows' roles travel beside the features."""

from __future__ import annotations

ROW = "_row"
"""Position in the source, int64; joins a row to its quarantine entry."""

TIME = "_time"
"""Event time, datetime64[us], UTC without zone; absent where the contract names none."""

SENDER = "_sender"
"""Sender as text, or missing."""

AMOUNT = "_amount"
"""Amount in the contract's currency, float64."""

LABEL = "_label"
"""1 fraud, 0 legitimate, missing where unlabelled; pandas Int8."""

KNOWN_AT = "_known_at"
"""When the label became known, datetime64[us]; missing where never reported."""
