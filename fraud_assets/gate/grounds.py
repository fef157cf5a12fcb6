"""What a verdict rests on: the report as far as it can be read, the policy, and what is known."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from fraud_assets.contract.sections.policy import Policy
from fraud_assets.documents.report.judged import Confusion
from fraud_assets.documents.report.proof import Proof
from fraud_assets.documents.report.whole import Report
from fraud_assets.errors import Fault


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What the report must describe, as the publisher finds it.

    `threshold`, `confusion` and `wrongly_told` (the report's sections that were not what this
    run finds) are there where the judged rows were scored again.
    """

    model_digest: str
    data_fingerprint: str
    contract_digest: str
    threshold: float | None = None
    confusion: Confusion | None = None
    wrongly_told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Serving:
    """What serves now: a version, and as an ISO time the week that binds later ones."""

    version: str
    as_of: str


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """All that a rule may read; a part of report or proof that is faulty raises when it is read.

    `faults` are those of the report that no other rule answers for. `expected`, `production` and
    `proof` are None where nobody has compared, nothing serves, or nothing is proved yet.
    """

    report: Report
    faults: tuple[Fault, ...]
    policy: Policy
    expected: Expected | None = None
    production: Serving | None = None
    proof: Proof | None = None
