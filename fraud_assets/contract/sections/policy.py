"""[policy]: what a candidate must show before it may serve."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from fraud_assets.contract.names import DEFAULT_AIM
from fraud_assets.contract.sections.words import Share
from fraud_assets.profiles import (
    CONFIDENCE,
    LEAST_JUDGED_FRAUDS,
    MIN_JUDGED_FRAUDS,
    MOST_ALERTS,
    MOST_MARGIN,
    MOST_SHADOW_DAYS,
    RECALL_FLOOR,
)
from fraud_assets.terms.section import Section


class ThresholdRule(Section):
    """How the threshold is chosen: with a guarantee at a confidence, or by a plain aim.

    As with the recall, more confidence may be demanded, never less.
    """

    LATER: ClassVar[frozenset[str]] = frozenset({"earlier"})

    rule: Literal["guarantee", "aim"] = "guarantee"
    """A guarantee for later frauds, or a plain aim, which promises nothing."""

    confidence: Annotated[float, Field(ge=CONFIDENCE, lt=1)] = CONFIDENCE
    """Confidence of the guarantee; more may be demanded, never less."""

    aim: Annotated[float, Field(ge=RECALL_FLOOR, lt=1)] = DEFAULT_AIM
    """Recall that a plain aim goes for."""

    earlier: Literal["where_alike", "never"] = "where_alike"
    """Whether a guarantee counts the frauds of the fitted weeks too, scored by fits that had left
    their weeks out: where the threshold window does not show another law, or never. They need 100
    frauds and some of search.minutes, else the threshold's sentence says what is lacking; a window
    with too few frauds of its own to promise anything is refused all the same.
    """


class Policy(Section):
    """What a candidate must show before it may serve; recall may only be demanded higher.

    `checked` names features that are too good to be true and that a person has checked, each with
    the reason why a payment does have that value when it is made. The report shows it.
    """

    LATER: ClassVar[frozenset[str]] = frozenset(
        {
            "champion_unscorable",
            "max_quarantined_fraud_share",
            "max_quarantined_amount_share",
            "checked",
            "shadow_days",
        }
    )

    min_recall: Annotated[float, Field(ge=RECALL_FLOOR, le=1)] = RECALL_FLOOR
    """Lowest recall on the judged rows."""

    max_alert_rate: Annotated[float, Field(gt=0, le=MOST_ALERTS)] = 0.05
    """Largest share of payments that may be flagged."""

    min_precision: Annotated[float, Field(gt=0, le=1)] = 0.10
    """Lowest precision."""

    min_judged_frauds: int = Field(default=MIN_JUDGED_FRAUDS, ge=LEAST_JUDGED_FRAUDS)
    """Fewest matured frauds that may judge."""

    strict: bool = False
    """Whether the lower bound of the recall must reach the floor as well."""

    threshold: ThresholdRule = ThresholdRule()
    """How the threshold is chosen."""

    champion_margin: float = Field(default=0.02, ge=0, le=MOST_MARGIN)
    """By how much average precision may be worse than the champion's."""

    champion_lookback: int = Field(default=8, ge=1)
    """How many of the last promoted are compared with too."""

    champion_unscorable: Literal["refuse", "absolute"] = "refuse"
    """What follows where the champion cannot be scored: refuse, or let the other rules
    decide alone.
    """

    max_p95_ms: float = Field(default=50, gt=0, le=50)
    """Longest time for one payment in the service, 95th percentile in milliseconds."""

    max_quarantine_share: Share = 0.05
    """Largest share of rows in quarantine."""

    max_quarantined_fraud_share: Share = 0.05
    """Largest share of the frauds in quarantine."""

    max_quarantined_amount_share: Share = 0.10
    """Largest share of the amount in quarantine."""

    shadow_days: int = Field(default=0, ge=0, le=MOST_SHADOW_DAYS)
    """Days for which what passed the gate scores live payments beside what serves, before it
    serves itself; 0: it serves at once. Needs `live.shadow`.
    """

    checked: dict[str, str] = Field(default_factory=dict)
    """Features that look like a leak and were checked by a person, each with the reason;
    the report shows them.
    """
