"""[decisions]: what is kept of each decision, for how long, and what may be erased of it."""

from __future__ import annotations

from fraud_assets.terms.duration import Duration
from fraud_assets.terms.section import Section


class Decisions(Section):
    """How long decisions are kept, and which of their values can be made unreadable."""

    subject: str | None = None
    """The column that names whose payment it is, for erasure; by default the sender's."""

    personal: tuple[str, ...] = ()
    """Columns whose values are kept under a key of their subject's own, the subject itself
    among them; `fraud-assets decisions forget SUBJECT` destroys the key.
    """

    keep: Duration | None = None
    """For how long decisions and labels are kept; without it for ever."""
