"""Can these data serve? The first step and the windows, without a model: counts and warnings.

`check_up` reads as `raw_transactions` does. Not here: how a person is told (`fraud_assets.cli`),
and whether a run could work on this machine (`fraud_assets.preflight`).
"""

from fraud_assets.checkup.result import Checkup, Month, Warned
from fraud_assets.checkup.run import check_up

__all__ = ["Checkup", "Month", "Warned", "check_up"]
