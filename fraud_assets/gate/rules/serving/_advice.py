"""What to do where a version cannot be served."""

from __future__ import annotations

ADVICE = (
    "The version cannot be scored exactly or fast enough outside the training libraries. Read "
    "the proof below; another family on the leaderboard may serve better."
)
