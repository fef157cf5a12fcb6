"""What is asked about a label that was found."""

from __future__ import annotations

from fraud_assets.draft.guess import Question
from fraud_assets.draft.seen.facts import Facts
from fraud_assets.draft.toml import assigned, quoted, scalars
from fraud_assets.values.counted import counted


def inverted(facts: Facts) -> Question:
    """Its yes seems to mean no fraud."""
    return Question(
        "label.positive",
        f"{quoted(facts.name)} seems to say that a payment is legitimate, so its no is drafted "
        "as fraud. Is that so?",
    )


def by_rarity(positive: list[str], negative: list[str]) -> Question:
    """No value says what it means."""
    return Question(
        "label.positive",
        f"Nothing in the values {', '.join(map(quoted, [*positive, *negative]))} says which means "
        "fraud; the rarer is drafted. Is that so?",
        (scalars("positive", negative), scalars("negative", positive)),
    )


def majority(positive: list[str], negative: list[str], values: dict[str, int]) -> Question:
    """Most labelled rows are frauds."""
    frauds, rows = sum(values[value] for value in positive), sum(values.values())
    return Question(
        "label.positive",
        f"Fraud is the majority: {frauds:,} of {counted(rows, 'labelled row')} have "
        f"{' or '.join(map(quoted, positive))}. Does that mean fraud, and is this a sample with "
        "most legitimate payments left out? Rates and thresholds would then hold for the sample "
        "alone.",
        (scalars("positive", negative), scalars("negative", positive)),
    )


def undecided(undecided: list[str], values: dict[str, int]) -> Question:
    """Some values are neither."""
    told = ", ".join(f"{quoted(value)} ({counted(values[value], 'row')})" for value in undecided)
    return Question(
        "label",
        f"The label's further values {told} are drafted as not yet judged. Do any of them mean "
        "fraud or no fraud? Move those from undecided to positive or negative.",
    )


def many(positive: list[str], negative: list[str]) -> Question:
    """One side has several values."""
    return Question(
        "label.positive",
        f"Several values share a meaning: fraud {', '.join(map(quoted, positive))}; no fraud "
        f"{', '.join(map(quoted, negative))}. Is each on the right side?",
    )


def which(name: str, others: list[str]) -> Question:
    """The name leaves doubt, or another column is as likely."""
    text = f"Is {quoted(name)} the column that says what was fraud?"
    if others:
        text += f" {', '.join(map(quoted, others))} could be it too."
    else:
        text += " Its name does not say so."
    return Question("label.column", text, tuple(assigned("column", other) for other in others))
