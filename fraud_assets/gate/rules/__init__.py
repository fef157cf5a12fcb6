"""The gate's rules, one file each; a new file beside these is a new rule.

A module states its rule as RULE and bears its name; modules that open with `_` help others.
"""

from fraud_assets.gate.rules import data, lineage, numbers, rates, serving

__all__ = ["data", "lineage", "numbers", "rates", "serving"]
