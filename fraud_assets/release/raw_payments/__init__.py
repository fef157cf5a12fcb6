"""Judged payments, sent raw to the candidate's own service: features, score and reasons compared.

Which ones, with the past that their features look at (`sample`), as the source exports them
(`exported`), in which requests (`script`), and what came back (`replayed`).
"""

from fraud_assets.release.raw_payments.replayed import replay_raw
from fraud_assets.release.raw_payments.script import Script, script_of

__all__ = ["Script", "replay_raw", "script_of"]
