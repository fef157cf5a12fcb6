"""Which version is the shadow: the one that was named, else the newest that does not serve."""

from __future__ import annotations

from fraud_assets.documents.signed.move import Move
from fraud_assets.errors import StoreError
from fraud_assets.service.versions.version import Served, load_version
from fraud_assets.store.store import Store

NONE = "There is no other version that scores the features of {}."


def shadow_names(store: Store, now: Move) -> list[tuple[str, bool]]:
    """Versions that could be the shadow of what serves, newest first, and whether refused.

    Where a person has named one there is no other; while it serves itself there is none.
    """
    named, own = store.shadow(), set(store.versions())
    refused = {name: True for name in store.refused_versions() if name not in own}
    names = dict.fromkeys(own, False) | refused
    those = names.items() if named is None else [(named, names.get(named, True))]
    return sorted(((n, r) for n, r in those if n != now.version), reverse=True)


def load_shadow(store: Store, now: Move) -> Served:
    """The shadow, verified, loaded and tested.

    Raises
    ------
    StoreError
        If no version fits: its features must be among those that the serving one is scored with.
    """
    served = set(store.look_at(now.version).metadata.input_features)
    why = ""
    for name, is_refused in shadow_names(store, now):
        try:
            look, verify = (
                (store.look_at_refused, store.verify_refused)
                if is_refused
                else (store.look_at, store.verify)
            )
            if set(look(name).metadata.input_features) <= served:
                return load_version(verify(name), None)
        except StoreError as error:
            why = f" {error}"
    raise StoreError(NONE.format(now.version) + why)
