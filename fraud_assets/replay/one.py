"""One decision, replayed: it matches, or the fields that differ, or why it cannot be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

from fraud_assets.decisions.erasure.tokens import key_id_of
from fraud_assets.documents.decision import Decision
from fraud_assets.errors import PaymentError, RecordError
from fraud_assets.replay.answer import Deviation, differences, same_bits
from fraud_assets.replay.versions import Version, Versions

ReplayStanding: TypeAlias = Literal["match", "differs", "erased", "unavailable"]

Open: TypeAlias = Callable[[Decision], Decision]
"""Uncovers a decision's personal values.

Raises
------
RecordError
    If their key is gone.
"""


class Replayed(msgspec.Struct, frozen=True):
    """How a replay went.

    `erased`: a feature went with its subject's key. `unavailable`: the version cannot be loaded,
    and `why` says so.
    """

    decision_id: str
    version: str
    standing: ReplayStanding
    differences: tuple[Deviation, ...] = ()
    why: str = ""

    def sentence(self) -> str:
        """What to tell a person."""
        if self.standing == "match":
            return f"{self.decision_id}: match, every bit, by {self.version}."
        if self.standing == "differs":
            return f"{self.decision_id}: differs. {'; '.join(map(str, self.differences))}."
        return f"{self.decision_id}: {self.standing}. {self.why}"


def replay(decision: Decision, versions: Versions, opened: Open | None = None) -> Replayed:
    """Score the decision's features again by its version, and each shadow by its own."""
    if opened is not None:
        try:
            decision = opened(decision)
        except RecordError as error:
            return _replayed(decision, "erased", why=str(error))
    version = versions.get(decision.version)
    if isinstance(version, str):
        return _replayed(decision, "unavailable", why=version)
    found = [
        *_of_payment(decision, version),
        *_of_version(decision, version),
        *_of_shadows(decision, versions),
    ]
    return _replayed(decision, "differs" if found else "match", tuple(found))


def _of_payment(decision: Decision, version: Version) -> list[Deviation]:
    """Features that a payment itself tells, read from it again; not where it was erased."""
    if version.reader is None or any(key_id_of(value) for value in decision.payment.values()):
        return []
    if not set(version.reader.columns) <= set(decision.payment):
        return []
    try:
        read = version.reader.read(decision.payment)
    except PaymentError as error:
        return [Deviation("payment", "a payment by its contract", str(error))]
    return [
        Deviation(f"features.{name}", decision.features.get(name), value)
        for name, value in read.features.items()
        if not same_bits(decision.features.get(name), value)
    ]


def _of_version(decision: Decision, version: Version) -> list[Deviation]:
    if decision.manifest != version.manifest:
        return [Deviation("manifest", decision.manifest, version.manifest)]
    return list(differences(decision, version.scorer))


def _of_shadows(decision: Decision, versions: Versions) -> list[Deviation]:
    """What shadows would have decided; one whose version is gone is passed over."""
    found = []
    for shadow in decision.shadow:
        version = versions.get(shadow.version)
        if isinstance(version, str):
            continue
        whole = msgspec.structs.replace(
            decision,
            manifest=shadow.manifest,
            probability=shadow.probability,
            is_flagged=shadow.is_flagged,
            threshold=version.scorer.threshold,
            reasons=(),
        )
        names = {"manifest", "features", "probability", "is_flagged"}
        found += [
            Deviation(f"shadow.{shadow.version}.{one.field}", one.recorded, one.replayed)
            for one in _of_version(whole, version)
            if one.field in names
        ]
    return found


def _replayed(
    decision: Decision, standing: ReplayStanding, found: tuple[Deviation, ...] = (), why: str = ""
) -> Replayed:
    return Replayed(decision.decision_id, decision.version, standing, found, why)
