"""Not worse than the champion, nor than the best of the last promoted, beyond the margin.

Against the champion the interval's low end of the average-precision difference counts
(non-inferiority); against the best of the last promoted, which is picked on the very rows it is
measured on and so is flattered, the difference itself.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import asdict

from fraud_assets.contract.sections.policy import Policy
from fraud_assets.documents.report.champion import (
    Champion,
    Comparison,
    NoChampion,
    ScoredChampion,
    ScoredModel,
    UnscorableChampion,
)
from fraud_assets.documents.report.whole import Report
from fraud_assets.gate.grounds import Grounds
from fraud_assets.gate.past import PastWeek, Rival
from fraud_assets.gate.rule import GateRule, RuleOutcome, show
from fraud_assets.modelling.statistics.comparison import compare_models


def bound(grounds: Grounds) -> float:
    """The margin by which the challenger may be worse."""
    return -grounds.policy.champion_margin


def judge(grounds: Grounds) -> RuleOutcome:
    """The report compares with what serves now, and the challenger is no worse."""
    champion, serving = grounds.report.champion, grounds.production
    told = None if champion is None else champion.version
    other = serving is not None and (isinstance(champion, NoChampion) or told != serving.version)
    if champion is None or other:
        now = None if serving is None else serving.version
        sentence = (
            f"The report must compare with what serves now ({now}), got a comparison with {told}; "
            "evaluate the model again."
        )
        return RuleOutcome(passed=False, value=None, sentence=sentence)
    if isinstance(champion, NoChampion):
        sentence = "There is no champion yet; the absolute rules decide alone."
        return RuleOutcome(passed=True, value=None, sentence=sentence)
    if isinstance(champion, UnscorableChampion) and grounds.policy.champion_unscorable == "refuse":
        sentence = (
            f"The champion {champion.version} must be scored beside its challenger, but it cannot "
            f"be ({champion.why}), and what cannot be compared is not promoted. Repair it, or "
            "start anew on record: fraud-assets models promote VERSION --override --actor NAME "
            "--reason TEXT, with the refused candidate as VERSION."
        )
        return RuleOutcome(passed=False, value=None, sentence=sentence)
    return _compared(champion, bound(grounds))


def _compared(champion: ScoredChampion | UnscorableChampion, least: float) -> RuleOutcome:
    """The champion's low end and the best earlier model's difference, all above the bound."""
    best = _best_earlier(champion)
    earlier = None if best is None else best.difference.value
    scored = champion.difference if isinstance(champion, ScoredChampion) else None
    measured = [] if scored is None else [scored.low]
    measured += [] if earlier is None else [earlier]
    passed = all(value >= least for value in measured)
    parts = [_opening(champion)]
    if scored is not None:
        parts.append(f"whose low end must be at least {least:g}, got {show(scored.low)}")
    if best is not None:
        parts.append(f"against {best.version}, the best of the last, by {show(earlier)}")
    end = "." if passed else "; keep the champion and look at what the newer data lost."
    sentence = ", ".join(parts) + end
    if scored is None:
        return RuleOutcome(passed, earlier, sentence)
    return RuleOutcome(passed, scored.value, sentence, scored.interval, scored.n)


def _opening(champion: ScoredChampion | UnscorableChampion) -> str:
    if isinstance(champion, UnscorableChampion):
        return f"The champion {champion.version} cannot be scored ({champion.why})"
    value = champion.difference.value
    return f"Average precision against {champion.version} differs by {show(value)}"


def _best_earlier(champion: ScoredChampion | UnscorableChampion) -> ScoredModel | None:
    """Of the last promoted that could be scored, the one with the highest average precision."""
    scored = [model for model in champion.best_of_last if isinstance(model, ScoredModel)]
    return max(scored, key=lambda model: model.average_precision.value, default=None)


def fill(report: Report, past: PastWeek) -> Report:
    """The section that a backtest lacks: its own production in place of a store's."""
    champion: Champion = NoChampion()
    if past.serving is not None:
        # Of earlier models the rule reads the values alone, so their intervals are not drawn.
        earlier = [(rival.version, _compare(rival, past.policy, 1)) for rival in past.earlier]
        champion = ScoredChampion(
            **asdict(_compare(past.serving, past.policy)),
            version=past.serving.version,
            best_of_last=tuple(ScoredModel(**asdict(c), version=v) for v, c in earlier),
        )
    return msgspec.structs.replace(report, champion=champion)


def _compare(rival: Rival, policy: Policy, replicates: int | None = None) -> Comparison:
    floor, margin = policy.min_recall, policy.champion_margin
    return compare_models(
        rival.rows, rival.ours, rival.theirs, floor, margin, replicates=replicates
    )


RULE = GateRule(
    name="champion_non_inferior",
    order=1000,
    bound=bound,
    judge=judge,
    title="No worse than the model in production",
    unit="number",
    advice=(
        "Read the two curves beside each other and the drift of the features; the model in "
        "production goes on serving."
    ),
    section="curves",
    frauds="rests",
    answers_for=("champion",),
    fill=fill,
)
