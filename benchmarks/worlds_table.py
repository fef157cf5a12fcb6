"""The figures of `benchmarks.worlds` and their table; worlds, not weeks, are independent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fraud_assets.documents.formats import to_plain
from fraud_assets.modelling.statistics.bootstrap import bootstrap, percentile_estimate
from fraud_assets.modelling.statistics.intervals import clustered_rate

SIDES = {
    "before": "before",
    "window": "today, the window's frauds alone",
    "today": "today",
    "informed": "who knew the law, same frauds",
    "best": "the best threshold",
}
REPLICATES = 2000

Weeks = dict[str, list[dict[str, Any]]]
"""What each side made of the weeks of one world."""


def summary(worlds: Sequence[Weeks]) -> dict[str, dict[str, Any]]:
    """Each side's means and rates; intervals draw whole worlds where there are several."""
    return {side: _of_side(worlds, side) for side in SIDES}


def _of_side(worlds: Sequence[Weeks], side: str) -> dict[str, Any]:
    weeks = [week for one in worlds for week in one[side]]
    world = np.repeat(np.arange(len(worlds)), [len(one[side]) for one in worlds])
    world = world if len(worlds) > 1 else np.arange(len(weeks))

    def share(of: str, among: str | None = None) -> dict[str, Any]:
        hits = np.array([week[of] for week in weeks])
        kept = np.array([among is None or week[among] for week in weeks], dtype=bool)
        return dict(to_plain(clustered_rate(hits[kept], world[kept])))

    names = ("recall", "precision", "alert_rate", "threshold_frauds")
    return {name: float(np.mean([week[name] for week in weeks])) for name in names} | {
        "earlier_left_out": float(np.mean([week["left_out"] for week in weeks])),
        "promise_held": share("held"),
        "promise_held_where_published": share("held", "published"),
        "refused_for_alerts_alone": share("refused"),
        "refused_though_mendable": share("mendable"),
        "refused_for_recall": share("refused_for_recall"),
        "refused_beside_before": ratio(worlds, side),
    }


def ratio(worlds: Sequence[Weeks], side: str) -> dict[str, Any]:
    """Weeks refused for alerts alone over those before; the interval draws worlds, 95 %."""
    then, now = (
        np.array([sum(week["refused"] for week in one[which]) for one in worlds], dtype=float)
        for which in ("before", side)
    )
    if not then.sum():
        return {"value": None, "low": None, "high": None, "n": len(worlds)}
    drawn = bootstrap(
        lambda weight: (float(weight @ now / (weight @ then)) if weight @ then else np.nan,),
        np.arange(len(worlds)),
        0,
        REPLICATES,
    )
    found = percentile_estimate(float(now.sum() / then.sum()), drawn[:, 0], len(worlds))
    return {"value": found.value, "low": found.low, "high": found.high, "n": len(worlds)}


COLUMNS = {
    "promise_held": "promise held",
    "promise_held_where_published": "where published",
    "refused_for_alerts_alone": "refused for alerts alone",
    "refused_beside_before": "beside before",
    "refused_though_mendable": "mendable",
}


def table(result: dict[str, Any]) -> str:
    """For each group of worlds one line for each side."""
    lines = [f"{result['weeks']:,} weeks of each world; before {result['before']}"]
    for name, sides in result["groups"].items():
        heads = "".join(f"{head:>26}" for head in COLUMNS.values())
        lines.append(
            f"\n{name:33}{'frauds':>7}{heads}{'for recall':>11}{'recall':>8}{'precision':>10}"
            f"{'alerts':>8}{'another law':>12}"
        )
        for side, found in sides.items():
            cells = "".join(f"{_shown(found[column]):>26}" for column in COLUMNS)
            lines.append(
                f"{SIDES[side]:33}{found['threshold_frauds']:7.0f}{cells}"
                f"{found['refused_for_recall']['value']:11.3f}{found['recall']:8.3f}"
                f"{found['precision']:10.3f}{found['alert_rate']:8.2%}"
                f"{found['earlier_left_out']:12.3f}"
            )
    return "\n".join(lines)


def _shown(part: dict[str, Any]) -> str:
    if part["value"] is None:
        return "none"
    return f"{part['value']:.3f} ({part['low']:.3f} to {part['high']:.3f})"
