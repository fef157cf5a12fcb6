"""Finds the label by name, by what its values say and by how rare they are, together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fraud_assets.draft.guess import Question, Sure
from fraud_assets.draft.language.meanings import FRAUD_WORDS
from fraud_assets.draft.language.words import FLAG, LEGITIMATE, NO_LABEL
from fraud_assets.draft.roles import label_questions as ask
from fraud_assets.draft.roles.label_values import by_meaning, is_inverted, meaning
from fraud_assets.draft.seen.facts import Facts
from fraud_assets.draft.toml import quoted
from fraud_assets.errors import DataError
from fraud_assets.modelling.leaks.names import AFTERWARDS, FRAUD, LABEL, plain_words
from fraud_assets.values.counted import counted

MOST_VALUES = 12
"""A label may tell kinds of fraud apart; beyond this a column is a category."""

RARE = 0.2
"""Share of the rows below which a value is rare as frauds are."""


@dataclass(frozen=True)
class DraftedLabel:
    """The column, its values by meaning with their rows, and what remains doubtful.

    `blank` counts rows without a value; `undecided` are values of rows that nobody has judged.
    """

    column: str
    positive: dict[str, int]
    negative: dict[str, int]
    undecided: dict[str, int]
    blank: int
    why: str
    sure: Sure
    questions: tuple[Question, ...] = ()

    @property
    def frauds(self) -> int:
        """Rows whose value means fraud."""
        return sum(self.positive.values())


def find_label(columns: Sequence[Facts], named: str | None = None) -> DraftedLabel:
    """The label among the columns; `named` is the owner's word for it.

    Raises
    ------
    DataError
        If no column could be it; the sentence names those that have two values.
    """
    found = [facts for facts in columns if named is None or facts.name == named]
    scored = sorted(
        ((_score(facts), -at, facts) for at, facts in enumerate(found) if _is_possible(facts)),
        key=lambda item: item[:2],
        reverse=True,
    )
    scored = [item for item in scored if item[0] >= (0 if named else 2)]
    if not scored:
        raise DataError(_none_found(columns, named))
    best, _, facts = scored[0]
    others = [other.name for score, _, other in scored[1:] if score >= max(best - 1, 3)]
    return _label(facts, best, others)


def _is_possible(facts: Facts) -> bool:
    if facts.levels > MOST_VALUES or pd.api.types.is_datetime64_any_dtype(facts.values.dtype):
        return False
    return 1 <= len(facts.words) <= MOST_VALUES and sum(facts.words.values()) > len(facts.words)


def _score(facts: Facts) -> int:
    """Evidence in points: 2 is the least on which a label is drafted."""
    values = facts.words
    if len(values) < 2:
        return -1
    name = 4 if facts.named(FRAUD, LEGITIMATE) else 3 if facts.named(LABEL) else 0
    name = name or int(facts.named(FLAG))
    if facts.named(NO_LABEL) and not facts.named(LABEL):
        name -= 3
    elif name < 3 and facts.named(AFTERWARDS) and not facts.named(FLAG):
        name -= 1
    says = {meaning(value) for value in values}
    words = 2 if any(plain_words(value) in FRAUD_WORDS for value in values) else 0
    words = words or (1 if {"fraud", "legitimate"} <= says else 0)
    rare = min(values.values()) < RARE * sum(values.values())
    return name + words + int(rare and len(values) == 2)


def _label(facts: Facts, score: int, others: list[str]) -> DraftedLabel:
    values = facts.words
    positive, negative, undecided, how = by_meaning(facts, values)
    rows = sum(values.values())
    asked = [ask.inverted(facts)] if is_inverted(facts) else []
    sure: Sure = "sure" if score >= 5 and how == "words" else "likely"
    if how == "rarity":
        asked.append(ask.by_rarity(positive, negative))
    if 2 * sum(values[value] for value in positive) >= rows:
        asked.append(ask.majority(positive, negative, values))
    if undecided:
        asked.append(ask.undecided(undecided, values))
    if len(positive) > 1 or len(negative) > 1:
        asked.append(ask.many(positive, negative))
    if others or score < 4:
        asked.append(ask.which(facts.name, others))
    if asked:
        sure = "doubtful"
    why = "its name and its values" if score >= 4 else "its values; the name does not say"
    return DraftedLabel(
        facts.name,
        {value: values[value] for value in positive},
        {value: values[value] for value in negative},
        {value: values[value] for value in undecided},
        int(facts.every.isna().sum()),
        why,
        sure,
        tuple(asked),
    )


def _none_found(columns: Sequence[Facts], named: str | None) -> str:
    if named is not None:
        names = ", ".join(quoted(facts.name) for facts in columns)
        return (
            f"--label must name a column of two to {MOST_VALUES} values, but {quoted(named)} is "
            f"none. The columns are: {names}."
        )
    half = [f for f in columns if len(f.words) == 1 and f.missing.any() and f.named(FRAUD, FLAG)]
    if half:
        return (
            f"The label must have a value for frauds and one for the other payments, but "
            f"{quoted(half[0].name)} has {quoted(next(iter(half[0].words)))} alone and is empty "
            "elsewhere. Write what the others are, such as 0 or N, and draft again."
        )
    two = [facts for facts in columns if facts.levels == 2][:8]
    told = "; ".join(
        f"{quoted(facts.name)} ({' and '.join(map(quoted, facts.counts.index))})" for facts in two
    )
    hint = f"If one of those with two values is it, name it with --label: {told}." if told else ""
    return (
        "One column must hold the label (fraud or not), but none of the "
        f"{counted(len(columns), 'column')} looks like it by name and values. "
        f"{hint or 'Add labels first; without them nothing can be learned.'}"
    )


def frauds_among(facts: Facts, label: DraftedLabel) -> np.ndarray:
    """Which of the rows looked at (n,) are frauds by the label found."""
    text = facts.text.astype("string").str.lower().str.replace(r"\.0+$", "", regex=True)
    fraud = np.zeros(len(facts.values), dtype=bool)
    fraud[text.index[text.isin(list(label.positive))]] = True
    return fraud
