"""What a payment could have known about its own past: one definition, two engines, the same bits.

One file for each kind of derived feature (`kinds`): what a contract declares of it, the columns
that it reads, how far back it looks, its sentence, its value for all rows of a frame at once
(`batch`) and its value for one payment that has just come in (`online`). The registry finds the
files. Numpy at most: the service derives what it scores. Not here: frames, stores, contracts.
"""

from fraud_assets.features.registry import Derived, kind_named, kinds

__all__ = ["Derived", "kind_named", "kinds"]
