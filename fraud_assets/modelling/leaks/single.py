"""What the measures of one feature mean: refused, warned of, or nothing to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from fraud_assets.documents.report.leaks import Leak, Severity
from fraud_assets.modelling.leaks import bounds
from fraud_assets.modelling.leaks.alone import Alone
from fraud_assets.modelling.leaks.names import is_suspect


@dataclass(frozen=True)
class Measures:
    """All that is measured of one feature.

    `after` gives the seconds by which its instants lie after their payments (n,), and `lag` these
    alone against the label; both None where the feature holds no instants. `is_fact` says that
    the payment itself makes it, `few_values` that no number of it borders on others.
    """

    alone: Alone
    after: pd.Series | None = None
    lag: Alone | None = None
    is_fact: bool = False
    few_values: bool = False

    @property
    def sample(self) -> str:
        """What the measures rest on, for people."""
        return f"{self.alone.frauds:,} frauds among {self.alone.rows:,} payments"


@dataclass(frozen=True)
class SingleLeak:
    """How grave, by which code, the measure and its value, and one sentence."""

    severity: Severity
    code: str
    measure: str
    value: float
    text: str


def judge_feature(measures: Measures) -> Leak | None:
    """The gravest finding on one feature, or None.

    A fact of the payment itself, its amount or what the chain derives from earlier payments, may
    tell much: it is never refused. Nor is anything where the frauds are few.
    """
    found = [finding for look in LOOKS for finding in look(measures)]
    if not found:
        return None
    gravest = min(found, key=lambda finding: finding.severity)
    few = measures.alone.frauds < bounds.MIN_FRAUDS
    return Leak(
        features=(measures.alone.feature,),
        code=gravest.code,
        severity="warn" if few or measures.is_fact else gravest.severity,
        measure=gravest.measure,
        value=gravest.value,
        n=measures.alone.rows,
        frauds=measures.alone.frauds,
        text=gravest.text,
    )


def _copies(measures: Measures) -> Iterator[SingleLeak]:
    """It ranks frauds as only the label can."""
    alone = measures.alone
    sure = alone.auc_low >= bounds.SURE_AUC or alone.auc >= bounds.COPY_AUC
    if alone.auc >= bounds.REFUSED_AUC and sure:
        what = (
            "though the payment itself makes it, look whether its frauds are frauds of one kind"
            if measures.is_fact
            else "it is the label, or made from it"
        )
        yield _by_auc("refuse", "copies_the_label", measures, what)


def _is_strong(measures: Measures) -> Iterator[SingleLeak]:
    """It ranks frauds better than honest features were seen to."""
    bound = bounds.WARNED_AUC_OF_VALUES if measures.few_values else bounds.WARNED_AUC
    if measures.alone.auc >= bound and not measures.is_fact:
        what = "look whether a payment has this value when it is made"
        yield _by_auc("warn", "strong_alone", measures, what)


def _has_own_values(measures: Measures) -> Iterator[SingleLeak]:
    """Some of its values occur with fraud alone."""
    alone, recall = measures.alone, measures.alone.own.frauds / measures.alone.frauds
    if alone.own.precision_low < bounds.OWN_SHARE or recall < bounds.SUSPECT_RECALL:
        return
    suspect = is_suspect(alone.feature)
    name = ", and its name speaks of what comes after a fraud" if suspect else ""
    yield SingleLeak(
        "refuse" if suspect or recall >= bounds.OWN_RECALL else "warn",
        "only_with_fraud",
        "share of the frauds at its values",
        recall,
        f"Values of {alone.feature} such as {alone.purest} occur with fraud alone, in "
        f"{recall:.1%} of the frauds{name} ({measures.sample}).",
    )


def _is_filled_for_frauds(measures: Measures) -> Iterator[SingleLeak]:
    """It has a value, or an unusual one, where there is fraud and nowhere else."""
    alone, marked = measures.alone, measures.alone.marked
    others = marked.others / max(alone.rows - alone.frauds, 1)
    recall = marked.frauds / alone.frauds
    if marked.precision_low >= bounds.OWN_SHARE and recall >= bounds.SUSPECT_RECALL:
        yield SingleLeak(
            "refuse",
            "filled_only_for_frauds",
            "share of the frauds where it is filled",
            recall,
            f"{alone.feature} has a value, or an unusual one, in {recall:.1%} of the frauds and "
            f"in {others:.2%} of the other payments: it is filled after the fact "
            f"({measures.sample}).",
        )


def _lies_after(measures: Measures) -> Iterator[SingleLeak]:
    """Its times lie after their payments."""
    if measures.after is None or measures.lag is None:
        return
    share = float((measures.after.dropna() > 0).mean())
    if share >= bounds.AFTER_SHARE:
        tells = max(measures.alone.auc, measures.lag.auc) >= bounds.AFTER_AUC
        yield SingleLeak(
            "refuse" if tells else "warn",
            "times_after_the_payment",
            "share of its times after their payments",
            share,
            f"{share:.0%} of the times in {measures.alone.feature} lie after their payments, "
            f"{'and tell fraud' if tells else 'where nobody knows them'} when a payment is made "
            f"({measures.sample}).",
        )


LOOKS: tuple[Callable[[Measures], Iterator[SingleLeak]], ...] = (
    _copies,
    _is_filled_for_frauds,
    _has_own_values,
    _lies_after,
    _is_strong,
)
"""What is looked for; of two findings that are alike grave the first is told."""


def _by_auc(severity: Severity, code: str, measures: Measures, what: str) -> SingleLeak:
    alone = measures.alone
    text = (
        f"{alone.feature} alone ranks frauds with a ROC-AUC of {alone.auc:.4f} "
        f"({measures.sample}): {what}."
    )
    return SingleLeak(severity, code, "ROC-AUC alone", alone.auc, text)
