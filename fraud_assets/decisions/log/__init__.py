"""The log as a service writes it: one writer a worker, hash-chained blocks, nothing lost unsaid.

The folder holds `log.json`, the log's identity; `service.lock`, held by the service that writes;
and a folder for each writer, `w0`, `w1` and so on. There lie its `writer.lock`, its `counter`,
which survives a kill, and its segments, `00000001.log` and so on, appended to and never changed.
"""

from fraud_assets.decisions.log.decision_log import DecisionLog
from fraud_assets.decisions.log.opening import claim, open_log
from fraud_assets.decisions.log.settings import LogSettings, LogStatus
from fraud_assets.errors import RecordError, UnrecordedError

__all__ = [
    "DecisionLog",
    "LogSettings",
    "LogStatus",
    "RecordError",
    "UnrecordedError",
    "claim",
    "open_log",
]
