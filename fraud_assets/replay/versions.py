"""The versions that decided, verified and loaded once each, whether they serve or are refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from fraud_assets.errors import FraudAssetsError
from fraud_assets.scoring.fallback import AnyScorer, load_any
from fraud_assets.scoring.spec import FOREST, SPEC, TABLES
from fraud_assets.store.store import Store
from fraud_assets.store.trust import load_pipeline
from fraud_assets.store.verified import Verified


@dataclass(frozen=True)
class Version:
    """A version's scorer and the digest of all its files."""

    scorer: AnyScorer
    manifest: str


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
    return Version(load_any(files, lambda: load_pipeline(verified)), verified.manifest)
