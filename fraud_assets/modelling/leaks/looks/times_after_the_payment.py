"""A feature whose instants lie after their payments."""

from __future__ import annotations

from fraud_assets.modelling.leaks import bounds
from fraud_assets.modelling.leaks.look import LeakKind, SingleLeak
from fraud_assets.modelling.leaks.measures.measured import MeasuredFeature


def find(measured: MeasuredFeature) -> SingleLeak | None:
    """Refused where the times, or how late they are, tell fraud."""
    after, lag = measured.are_after, measured.lag
    if measured.after is None or after is None or lag is None:
        return None
    share = float((measured.after.dropna() > 0).mean())
    of_frauds = after.times_low >= bounds.SUSPECT_TIMES and after.recall >= bounds.SUSPECT_RECALL
    if share < bounds.AFTER_SHARE and not of_frauds:
        return None
    tells = max(measured.alone.auc, lag.auc) >= bounds.AFTER_AUC or of_frauds
    high = "where {:.0%} is too much to be honest, "
    of_all, of_some = high.format(bounds.AFTER_SHARE), high.format(bounds.SUSPECT_RECALL)
    return SingleLeak(
        "refuse" if tells else "warn",
        "share of its times after their payments",
        share,
        f"{share:.0%} of the times in {measured.name} lie after their payments, "
        f"{'' if of_frauds else of_all}"
        f"{'and tell fraud' if tells else 'where nobody knows them'} when a payment is made: "
        f"{after.recall:.1%} of the frauds have such a time, "
        f"{of_some if of_frauds else ''}and {after.of_other_rows:.2%} of the "
        f"other payments ({measured.sample}).",
    )


LOOK = LeakKind(code="times_after_the_payment", order=400, find=find)
