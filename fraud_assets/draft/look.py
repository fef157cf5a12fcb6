"""One look at a source: every column's role with its reason, and what only the owner knows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fraud_assets.draft.guess import Question, Roles
from fraud_assets.draft.roles.entities import find_entities
from fraud_assets.draft.roles.features import find_features
from fraud_assets.draft.roles.labels import DraftedLabel, find_label, frauds_among
from fraud_assets.draft.roles.money import find_currency
from fraud_assets.draft.roles.times.clocks import Clocks
from fraud_assets.draft.roles.times.finding import find_times
from fraud_assets.draft.seen.sample import FileSample, take_sample
from fraud_assets.errors import DataError


@dataclass(frozen=True)
class FirstLook:
    """What was found: where, the sample, and the roles."""

    path: str
    sample: FileSample
    label: DraftedLabel
    clocks: Clocks
    roles: Roles

    @property
    def questions(self) -> list[Question]:
        """All questions in the order of the contract's sections."""
        return [
            *self.sample.questions,
            *self.clocks.questions,
            *(asked for asked in self.roles.questions if asked.key.startswith("columns")),
            *self.label.questions,
            *(asked for asked in self.roles.questions if not asked.key.startswith("columns")),
        ]


def take_first_look(path: str, base: Path = Path(), label: str | None = None) -> FirstLook:
    """Guess each column's role; `label` is the owner's word for the label's column.

    Raises
    ------
    DataError
        If the source cannot be read, or no column looks like a label or a feature.
    """
    sample = take_sample(path, base)
    found = find_label(list(sample.columns.values()), label)
    fraud = frauds_among(sample.columns[found.column], found)
    rest = {name: facts for name, facts in sample.columns.items() if name != found.column}
    clocks = find_times(list(rest.values()), fraud)
    roles = Roles(left_out=dict(sample.left_out))
    timeless = {name: facts for name, facts in rest.items() if name not in clocks.names}
    find_entities(timeless.values(), roles)
    find_currency(rest, roles)
    used = {time.name for time in (clocks.event, clocks.known_at) if time is not None}
    find_features(
        [facts for name, facts in rest.items() if name not in used],
        clocks.names,
        fraud,
        roles,
        clocks.at,
    )
    if not roles.numeric and not roles.categorical:
        raise DataError(f"{path} must have a column to learn from besides roles, but has none.")
    return FirstLook(path, sample, found, clocks, roles)
