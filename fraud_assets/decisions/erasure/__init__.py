"""Personal values under a key of their subject's own: destroy the key, and nobody reads them.

The log, its chain and every copy hold tokens; the keys lie in a folder of their own, beside the
log's. Backups of that folder hold the keys too: who keeps any must forget in them as well.
"""

from fraud_assets.decisions.erasure.guard import SubjectGuard
from fraud_assets.decisions.erasure.keys import SubjectKeys, keys_folder
from fraud_assets.decisions.erasure.opening import DecisionOpener
from fraud_assets.decisions.erasure.personal import Personal, personal_of

__all__ = [
    "DecisionOpener",
    "Personal",
    "SubjectGuard",
    "SubjectKeys",
    "keys_folder",
    "personal_of",
]
