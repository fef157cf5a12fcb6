"""Too good to be true: features that know the label, and windows that share rows.

Each feature alone against the label (`alone`, on `levels`), times that lie after the payment
(`times`), names of what is filled after the fact (`names`), the judgement of these measures
(`single`), scores that no honest data gives (`reached`), and rows in two windows (`shared`).

What refuses is what no honest data was seen to do: the shipped payments, the handbook's cards,
ULB's cards and twenty simulated gateways stay under every bound (see `bounds`).
"""

from fraud_assets.modelling.leaks.find import find_leaks
from fraud_assets.modelling.leaks.reached import reached_too_much, with_reached
from fraud_assets.modelling.leaks.verdict import leak_notes, leak_refusal, refused, unchecked

__all__ = [
    "find_leaks",
    "leak_notes",
    "leak_refusal",
    "reached_too_much",
    "refused",
    "unchecked",
    "with_reached",
]
