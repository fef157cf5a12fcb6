"""Entries for tests: decisions and labels, plain and made by hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from fraud_assets.documents.decision import Decision, Label, Shadow
from fraud_assets.documents.reason import Reason
from tests.decisions.plain import REASON, decision, recorded

__all__ = ["REASON", "decision", "decisions", "labels", "recorded"]

texts = st.text(max_size=20)
numbers = st.floats(allow_nan=False, allow_infinity=False)
values = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | numbers | texts
times = st.integers(0, 2**52)
reasons = st.builds(Reason, texts, texts, st.none() | numbers | texts, numbers, numbers, texts)

decisions = st.builds(
    Decision,
    decision_id=texts,
    payment_id=texts,
    event_time=st.none() | times,
    decided_at=times,
    contract=texts,
    version=texts,
    manifest=texts,
    payment=st.dictionaries(texts, values, max_size=4),
    features=st.dictionaries(texts, values, max_size=4),
    probability=numbers,
    threshold=numbers,
    is_flagged=st.booleans(),
    released=st.booleans(),
    release_probability=st.none() | numbers,
    reasons=st.lists(reasons, max_size=2).map(tuple),
    shadow=st.lists(st.builds(Shadow, texts, texts, numbers, st.booleans()), max_size=2).map(tuple),
)
labels = st.builds(
    Label, payment_id=texts, is_fraud=st.booleans(), known_at=times, received_at=times
)
