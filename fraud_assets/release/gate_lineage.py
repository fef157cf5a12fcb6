"""The gate's rules on lineage: which model, data and week, and better than whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fraud_assets.contract.schema import Policy
from fraud_assets.release.rule import Rule, at, count, interval, number, show, text

Report = Mapping[str, Any]
IDENTITY = {
    "model_digest": "model.digest",
    "data_fingerprint": "data.fingerprint",
    "contract_digest": "contract.digest",
}
RESCORED = {"threshold": "threshold.value", "confusion": "metrics.confusion"}


def describes_model(report: Report, expected: Mapping[str, Any] | None) -> Rule:
    """The report speaks of exactly this model, data and contract, and of its scores."""
    name = "describes_model"
    if expected is None:
        return Rule(name, None, None, None, "Model, data and contract are compared at publication.")
    wrong = [key for key, path in IDENTITY.items() if not _same_text(report, path, expected, key)]
    wrong += [key for key in RESCORED if key in expected and not _same(report, expected, key)]
    wrong += [str(section) for section in expected.get("wrongly_told", ())]
    sentence = (
        f"The report must describe what is published; it differs in {', '.join(wrong)}. "
        "Evaluate this very model on this data and publish again."
        if wrong
        else "The report describes exactly this model, data and contract."
    )
    digest = expected.get("model_digest")
    bound = digest if isinstance(digest, str) else None
    return Rule(name, bound, text(report, "model.digest"), not wrong, sentence)


def as_of_not_older(report: Report, production: Mapping[str, Any] | None) -> Rule:
    """The judged week is not older than production's; the same week may be judged again."""
    name, told = "as_of_not_older", at(report, "as_of")
    own, bound = _date(told), None if production is None else at(production, "as_of")
    current = _date(bound)
    if own is None:
        sentence = f"as_of must be an ISO date, got {told!r}; evaluate the model again."
        return Rule(name, _text(bound), _text(told), passed=False, sentence=sentence)
    if production is None:
        sentence = f"Nothing serves yet, so as_of {told} is not older than production's."
        return Rule(name, None, _text(told), passed=True, sentence=sentence)
    if current is None:
        sentence = f"Production's as_of must be an ISO date, got {bound!r}; verify the store."
        return Rule(name, _text(bound), _text(told), passed=False, sentence=sentence)
    passed = own >= current
    hint = "" if passed else "; a replayed older week is judged but never published over a newer"
    sentence = f"as_of must not be older than production's {bound}, got {told}{hint}."
    return Rule(name, _text(bound), _text(told), passed, sentence)


def champion_non_inferior(
    report: Report, policy: Policy, production: Mapping[str, Any] | None
) -> Rule:
    """Not worse than the champion, nor than the best of the last promoted, beyond the margin.

    Against the champion the interval's low end of the average-precision difference counts
    (non-inferiority); against the best of the last promoted, which is picked on the very rows
    it is measured on and so is flattered, the difference itself.
    """
    outcome, bound = text(report, "champion.outcome"), -policy.champion_margin
    name, version = "champion_non_inferior", text(report, "champion.version")
    serving = None if production is None else text(production, "version")
    stale = production is not None and (outcome == "none" or serving not in {None, version})
    if stale or outcome not in {"none", "scored", "unscorable"}:
        sentence = (
            f"The report must compare with what serves now ({serving}), got outcome {outcome!r} "
            f"for {version}; evaluate the model again."
        )
        return Rule(name, bound, None, passed=False, sentence=sentence)
    if outcome == "none":
        sentence = "There is no champion yet; the absolute rules decide alone."
        return Rule(name, bound, None, passed=True, sentence=sentence)
    if outcome == "unscorable" and policy.champion_unscorable == "refuse":
        sentence = (
            f"The champion {version} must be scored beside its challenger, but it cannot be "
            f"({text(report, 'champion.why')}), and what cannot be compared is not promoted. "
            "Repair it, or start anew on record: fraud-assets models promote VERSION --override "
            "--actor NAME --reason TEXT, with the refused candidate as VERSION."
        )
        return Rule(name, bound, None, passed=False, sentence=sentence)
    lows = [number(report, "champion.difference.low")] if outcome == "scored" else []
    if outcome == "unscorable":
        sentence = f"The champion {version} cannot be scored ({text(report, 'champion.why')})"
    else:
        value = number(report, "champion.difference.value")
        sentence = f"Average precision against {version} differs by {show(value)}"
    return _against(report, bound, sentence, lows)


def _against(report: Report, bound: float, opening: str, lows: list[float | None]) -> Rule:
    """The champion's low end and the best earlier model's difference, all above the bound."""
    best = _best_earlier(report)
    earlier = None if best is None else number(best, "difference.value")
    measured = [*lows, *([] if best is None else [earlier])]
    passed = all(value is not None and value >= bound for value in measured)
    parts = [opening]
    if lows:
        parts.append(f"whose low end must be at least {bound:g}, got {show(lows[0])}")
    if best is not None:
        parts.append(f"against {at(best, 'version')}, the best of the last, by {show(earlier)}")
    end = "." if passed else "; keep the champion and look at what the newer data lost."
    value = number(report, "champion.difference.value") if lows else earlier
    between = interval(report, "champion.difference") if lows else None
    n = count(report, "champion.difference.n")
    sentence = ", ".join(parts) + end
    return Rule("champion_non_inferior", bound, value, passed, sentence, between, n)


def _best_earlier(report: Report) -> Mapping[str, Any] | None:
    """Of the last promoted that could be scored, the one with the highest average precision.

    Anything in the list that cannot be read as such a model is returned and so fails the rule.
    """
    models = at(report, "champion.best_of_last") or []
    if not isinstance(models, (list, tuple)):
        return {}
    scored = [model for model in models if at(model, "outcome") != "unscorable"]
    odd = [m for m in scored if number(m, "average_precision.value") is None]
    if odd:
        return {}
    return max(scored, key=lambda m: number(m, "average_precision.value") or 0.0, default=None)


def _same_text(report: Report, path: str, expected: Mapping[str, Any], key: str) -> bool:
    found = text(report, path)
    return found is not None and found == expected.get(key)


def _same(report: Report, expected: Mapping[str, Any], key: str) -> bool:
    found = at(report, RESCORED[key])
    return found is not None and bool(found == expected[key])


def _date(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if moment is not None and moment.tzinfo is not None:
        return moment.astimezone(UTC).replace(tzinfo=None)
    return moment


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
