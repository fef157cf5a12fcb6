"""The versions that decided, verified and loaded once each, whether they serve or are refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from fraud_assets.contract import parse_contract
from fraud_assets.errors import ContractError, FraudAssetsError
from fraud_assets.payments.reader import RawReader
from fraud_assets.scoring.fallback import AnyScorer, load_any
from fraud_assets.scoring.spec import FOREST, SPEC, TABLES
from fraud_assets.store.store import Store
from fraud_assets.store.versions.trust import load_pipeline
from fraud_assets.store.versions.verified import Verified

_CONTRACT = "contract.toml"
_NEVER = 2**62


@dataclass(frozen=True)
class Version:
    """A version's scorer, the digest of all its files, and what reads its contract's payments.

    `reader` is None where the version carries no contract that this release reads.
    """

    scorer: AnyScorer
    manifest: str
    reader: RawReader | None = None


@dataclass
class Versions:
    """The versions of a store by name; one that cannot be loaded is a sentence for ever."""

    store: Store
    _loaded: dict[str, Version | str] = field(default_factory=dict)

    def get(self, name: str) -> Version | str:
        """The version, or why there is none."""
        if name not in self._loaded:
            try:
                self._loaded[name] = _load(self._verified(name))
            except FraudAssetsError as error:
                self._loaded[name] = str(error)
        return self._loaded[name]

    def _verified(self, name: str) -> Verified:
        verify: Callable[[str], Verified] = self.store.verify
        if name not in self.store.versions() and name in self.store.refused_versions():
            verify = self.store.verify_refused
        return verify(name)


def _load(verified: Verified) -> Version:
    names = [name for name in (SPEC, TABLES, FOREST) if name in verified.files]
    files = {name: verified.read(name) for name in names}
    scorer = load_any(files, lambda: load_pipeline(verified))
    return Version(scorer, verified.manifest, _reader(verified))


def _reader(verified: Verified) -> RawReader | None:
    if _CONTRACT not in verified.files:
        return None
    try:
        contract = parse_contract(verified.read(_CONTRACT).decode(), name=_CONTRACT)
    except (ContractError, UnicodeDecodeError):
        return None
    # Every payment on record was made by then: no clock has a say any more.
    return RawReader(contract, now=lambda: _NEVER)
