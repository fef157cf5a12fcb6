"""What to do where report and file are not of the same run."""

from __future__ import annotations

ADVICE = (
    "Report and file do not belong together. Run the whole chain again so that what was judged "
    "is what is published; do not mix steps of several runs."
)
