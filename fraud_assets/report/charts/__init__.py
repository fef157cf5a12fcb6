"""Pictures of a report: numbers in, SVG text out; nothing is computed beyond scaling.

Every function tolerates what is missing or not finite by leaving it out, and gives "" when
nothing is left to draw.
"""

from fraud_assets.report.charts.bars import importance_bars, reason_bars
from fraud_assets.report.charts.curves import precision_recall_curve, roc_curve
from fraud_assets.report.charts.histogram import feature_histogram
from fraud_assets.report.charts.history import history_curve
from fraud_assets.report.charts.scores import reliability_bars, score_distribution
from fraud_assets.report.charts.strips import interval_strip, verdict_strip
from fraud_assets.report.charts.svg import standalone
from fraud_assets.report.charts.volume import volume
from fraud_assets.report.charts.weekly import weekly_recall

__all__ = [
    "feature_histogram",
    "history_curve",
    "importance_bars",
    "interval_strip",
    "precision_recall_curve",
    "reason_bars",
    "reliability_bars",
    "roc_curve",
    "score_distribution",
    "standalone",
    "verdict_strip",
    "volume",
    "weekly_recall",
]
