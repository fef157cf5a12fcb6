"""From where on a feature is too good to be true: bounds with what honest data was seen to reach.

Measured alone on all three windows: shipped payments .83 (amount), handbook .73 (a terminal's
risk), ULB .951 (V14), twenty simulated gateways at most .84; of features with a few values .81
(a sender's country). The best models' ROC-AUC on judged rows: .98, .87, .98.
"""

from __future__ import annotations

REFUSED_AUC = 0.995
"""ROC-AUC of one feature alone that refuses; a copy of the label has 1."""

REFUSED_AUC_OF_VALUES = 0.98
"""The same for a feature of a few values. A flag that copies the label but for a share p of its
values has 1 - p; no honest one was seen above .81. Past 2 % such a copy is, by its numbers, what
a good rule that knows the payment alone would be: a person is asked, nothing refused."""

SURE_AUC = 0.95
"""What its one-sided 95 % bound must reach, past the strongest honest feature seen, so that a few
lucky frauds refuse nobody."""

COPY_AUC = 0.9995
"""From here on the feature is the label itself, however few the frauds."""

WARNED_AUC = 0.955
"""ROC-AUC of one feature alone that warns."""

WARNED_AUC_OF_VALUES = 0.9
"""The same for a feature of a few values: a flag that copies the label but for 5 % has .95."""

OWN_SHARE = 0.8
"""Values are fraud's own where the one-sided bound of their share of fraud reaches this."""

OWN_RECALL = 0.97
"""Share of the frauds at such values that refuses, whatever the feature is called."""

SUSPECT_RECALL = 0.3
"""The same where a value stands, or another than the usual one, for frauds alone; and what warns
of values that are fraud's own."""

WARNED_RECALL, NAMED_RECALL = 0.1, 0.05
"""What warns of a feature filled for frauds alone; and what refuses where its name says that it
came after the fact, as a reason does that only some frauds have."""

OFTEN_TIMES = 100.0
"""How many times more often frauds than others have a value, by its bound, that warns; honest
countries of one simulated gateway in twenty reach 33."""

NAMED_TIMES = 20.0
"""The same that refuses where the name says that it came after the fact."""

SUSPECT_TIMES = 4.0
"""What warns where the name says so, and refuses of instants after the payment."""

AFTER_SHARE = 0.5
"""Share of a feature's times that lie after their payments."""

AFTER_AUC = 0.75
"""Such a feature is refused where alone it ranks frauds this well."""

MIN_FRAUDS = 20
"""With fewer frauds nothing is refused for what one feature tells."""

WINDOW_FRAUDS = 20
"""Frauds of one window from which on it is looked at by itself."""

REACHED_AUC = 0.9995
"""ROC-AUC of a model on judged rows that no honest data was seen to reach."""

REACHED_RECALL, REACHED_PRECISION = 0.9, 0.98
"""Such a share of the frauds found with a precision whose one-sided bound is this: fewer than one
alarm in fifty is wrong. It takes 150 right alarms in a row to show that."""

REACHED_FRAUDS = 30
"""Judged frauds from which on such an area says something."""

EXPLAINED_AUC = 0.98
"""A model may reach it where a fact of the payment itself, such as its amount, alone has this."""
