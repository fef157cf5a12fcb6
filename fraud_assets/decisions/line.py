"""The line of a decision from parts that are JSON already, as whoever decides has them at hand.

`segment.encode` of the same `Decision` gives the same bytes; this leaves out making the entry and
looking at each of its fields again. It is for entries without personal values alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from fraud_assets.decisions.segment import encode
from fraud_assets.documents.decision import FORMAT

_BOOLS = {False: b"false", True: b"true"}


@dataclass(frozen=True)
class DecisionLines:
    """Lines of one version's decisions: what is the same in all of them, encoded once."""

    contract: str
    version: str
    manifest: str
    threshold: float

    def line(
        self,
        decision_id: str,
        *,
        payment_id: bytes,
        event_time: int | None,
        decided_at: int,
        payment: bytes,
        features: bytes,
        state: str,
        late: bool,
        probability: bytes,
        is_flagged: bool,
        released: bool,
        release_probability: float | None,
        reasons: bytes,
        latency_us: int,
        api_key: str,
    ) -> bytes:
        """The line, without the newline; `bytes` are values as JSON on one line."""
        return self._template % (
            encode(decision_id),
            payment_id,
            b"null" if event_time is None else b"%d" % event_time,
            decided_at,
            payment,
            features,
            encode(state),
            _BOOLS[late],
            probability,
            _BOOLS[is_flagged],
            _BOOLS[released],
            b"null" if release_probability is None else encode(release_probability),
            reasons,
            latency_us,
            encode(api_key) if api_key else b'""',
        )

    @cached_property
    def _template(self) -> bytes:
        contract, version, manifest, threshold = (
            encode(value).replace(b"%", b"%%")
            for value in (self.contract, self.version, self.manifest, self.threshold)
        )
        return (
            b'{"kind":"decision","format":' + b"%d" % FORMAT + b',"decision_id":%b,'
            b'"payment_id":%b,"event_time":%b,"decided_at":%d,"contract":' + contract
            + b',"version":' + version + b',"manifest":' + manifest
            + b',"payment":%b,"features":%b,"state":%b,"late":%b,"probability":%b,"threshold":'
            + threshold + b',"is_flagged":%b,"released":%b,"release_probability":%b,"reasons":%b,'
            b'"shadow":[],"latency_us":%d,"api_key":%b}'
        )  # fmt: skip
