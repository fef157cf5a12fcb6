"""One look at a source: every column's role with its reason, and what only the owner knows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fraud_assets.contract.sections.source import Source
from fraud_assets.draft.guess import Question, Roles
from fraud_assets.draft.roles.entities import find_entities
from fraud_assets.draft.roles.features import find_features
from fraud_assets.draft.roles.labels import DraftedLabel, find_label, frauds_among
from fraud_assets.draft.roles.money import find_currency
from fraud_assets.draft.roles.times.clocks import Clocks
from fraud_assets.draft.roles.times.finding import find_times
from fraud_assets.draft.seen.database import sample_relation
from fraud_assets.draft.seen.files import sample_files
from fraud_assets.draft.seen.sample import SourceSample
from fraud_assets.errors import DataError


@dataclass(frozen=True)
class FirstLook:
    """What was found: where, the sample, and the roles."""

    source: Source
    sample: SourceSample
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


def take_first_look(
    source: Source | str, base: Path = Path(), label: str | None = None
) -> FirstLook:
    """Guess each column's role; `label` is the owner's word for the label's column.

    `source` says where payments lie, or is the path of files, which starts from the folder `base`.

    Raises
    ------
    DataError
        If the source cannot be read, or no column looks like a label or a feature; of a database,
        none like an id or a time.
    """
    source = Source(path=source) if isinstance(source, str) else source
    sample = sample_relation(source) if source.is_database else sample_files(source, base)
    found = find_label(list(sample.columns.values()), label)
    fraud = frauds_among(sample.columns[found.column], found)
    rest = {name: facts for name, facts in sample.columns.items() if name != found.column}
    clocks = find_times(list(rest.values()), fraud)
    roles = Roles(left_out=dict(sample.left_out))
    timeless = {name: facts for name, facts in rest.items() if name not in clocks.names}
    find_entities(timeless.values(), fraud, clocks.at, roles)
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
        raise DataError(
            f"{source.path} must have a column to learn from besides roles, but has none."
        )
    if source.is_database:
        _demand_order(source, clocks, roles)
    return FirstLook(source, sample, found, clocks, roles)


def _demand_order(source: Source, clocks: Clocks, roles: Roles) -> None:
    """Rows of a database have no order: a payment is found again by its id and its time."""
    lacking = [what for what, found in (("id", roles.id), ("time", clocks.event)) if found is None]
    if lacking:
        names = " and ".join(_LIKELY[what] for what in lacking)
        raise DataError(
            f"The {source.path} must have a column that is each payment's "
            f"{' and one that is its '.join(lacking)}, as rows of a database have no order, but "
            f"none looks like it. Name such columns {names} by a --query."
        )


_LIKELY = {"id": "payment_id", "time": "paid_at"}
"""Names that a draft knows."""
