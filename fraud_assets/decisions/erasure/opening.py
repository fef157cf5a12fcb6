"""Reads personal values back, for whoever holds the keys."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fraud_assets.decisions.erasure.keys import SubjectKeys
from fraud_assets.decisions.erasure.personal import rewrite_personal
from fraud_assets.decisions.erasure.tokens import key_id_of, open_token
from fraud_assets.documents.decision import Decision, JsonValue
from fraud_assets.errors import RecordError


class DecisionOpener:
    """Opens decisions with the keys in `folder`; those that are gone are gone.

    `at_hand` are keys by their id that a writer has not brought to disk yet.
    """

    def __init__(self, folder: Path, at_hand: Mapping[bytes, AESGCM] | None = None) -> None:
        self._keys, self._at_hand = SubjectKeys(folder), at_hand or {}

    def open(self, decision: Decision) -> Decision:
        """The decision with its values in clear; tokens stay where their key was destroyed."""
        tokens = [*decision.payment.values(), *decision.features.values()]
        tokens += [part for reason in decision.reasons for part in (reason.value, reason.text)]
        ids = {key_id for value in tokens if (key_id := key_id_of(value)) is not None}
        if not ids:
            return decision
        ciphers = {key_id: self._at_hand[key_id] for key_id in ids if key_id in self._at_hand}
        kept = self._keys.get(ids - ciphers.keys())
        ciphers |= {key_id: AESGCM(key) for key_id, key in kept.items()}

        def change(where: str, value: JsonValue) -> JsonValue:
            cipher = ciphers.get(key_id_of(value) or b"")
            if cipher is None or not isinstance(value, str):
                return value
            return open_token(cipher, decision.decision_id, where, value)

        return rewrite_personal(decision, lambda _: True, change)

    def demand(self, decision: Decision) -> Decision:
        """The decision with every feature and reason in clear.

        Raises
        ------
        RecordError
            If one was erased with its subject's key.
        """
        found = self.open(decision)
        needed = [*found.features.values(), *(reason.value for reason in found.reasons)]
        if any(key_id_of(value) is not None for value in needed):
            raise RecordError("Its features were erased with their subject's key.")
        return found
