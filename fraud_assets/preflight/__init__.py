"""Can a run work here at all? Asked at its first step, so that nothing fails after the training.

Each module of `looks` looks at one thing: home folder, keys, store, clock, packages, room. All
that is wrong is said at once. Not here: what the data hold (`fraud_assets.checkup`).
"""

from fraud_assets.preflight.demand import demand_workable, found
from fraud_assets.preflight.place import Obstacle, Workplace

__all__ = ["Obstacle", "Workplace", "demand_workable", "found"]
