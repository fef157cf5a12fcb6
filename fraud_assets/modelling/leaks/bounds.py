"""From where on a feature is too good to be true: bounds with what honest data was seen to reach.

Measured alone on all three windows: shipped payments .82 (amount), handbook .73 (a terminal's
risk), ULB .949 (V14), twenty simulated gateways at most .84; the best models' ROC-AUC on judged
rows: .98, .87, .98.
"""

from __future__ import annotations

REFUSED_AUC = 0.995
"""ROC-AUC of one feature alone that refuses; a copy of the label has 1."""

SURE_AUC = 0.97
"""What its one-sided 95 % bound must reach, so that a few lucky frauds refuse nobody."""

COPY_AUC = 0.9995
"""From here on the feature is the label itself, however few the frauds."""

WARNED_AUC = 0.955
"""ROC-AUC of one feature alone that warns."""

WARNED_AUC_OF_VALUES = 0.93
"""The same for a feature of a few values: a flag that copies the label but for 5 % has .95."""

OWN_SHARE = 0.8
"""Values are fraud's own where the one-sided bound of their share of fraud reaches this."""

OWN_RECALL = 0.97
"""Share of the frauds at such values that refuses, whatever the feature is called."""

SUSPECT_RECALL = 0.3
"""The same where the name says that it came after the fact, or where a value stands, or another
than the usual one, for frauds alone; and what warns in other features."""

AFTER_SHARE = 0.5
"""Share of a feature's times that lie after their payments."""

AFTER_AUC = 0.75
"""Such a feature is refused where alone it ranks frauds this well."""

MIN_FRAUDS = 20
"""With fewer frauds nothing is refused for what one feature tells."""

REACHED_AUC = 0.9995
"""ROC-AUC of a model on judged rows that no honest data was seen to reach."""

REACHED_FRAUDS = 30
"""Judged frauds from which on such an area says something."""

EXPLAINED_AUC = 0.98
"""A model may reach it where a fact of the payment itself, such as its amount, alone has this."""
