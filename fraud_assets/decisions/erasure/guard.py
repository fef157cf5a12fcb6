"""Covers personal values on their way to the log; a new key is on disk before what it covers."""

from __future__ import annotations

from collections import OrderedDict, deque
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fraud_assets.decisions.erasure.keys import SubjectKey, SubjectKeys, mark_of
from fraud_assets.decisions.erasure.opening import DecisionOpener
from fraud_assets.decisions.erasure.personal import Personal
from fraud_assets.decisions.erasure.tokens import KEY_BYTES, covered, new_key_id
from fraud_assets.decisions.log.flusher import Recordable
from fraud_assets.documents.decision import Decision, JsonValue

MOST_KEPT = 20_000
"""Subjects whose keys a process keeps at hand; of one that comes back later it draws another."""

_NOBODY = ""
"""Stands for the subject where a payment names none; never forgotten."""


class SubjectGuard:
    """A worker's guard. `cover` belongs to the event loop's thread, `flush` to the log's."""

    def __init__(self, personal: Personal, folder: Path) -> None:
        self._personal, self._keys = personal, SubjectKeys(folder)
        self._secret = self._keys.ensure()
        self._stamp = self._keys.stamp
        self._at_hand: OrderedDict[str, tuple[bytes, AESGCM]] = OrderedDict()
        self._new: deque[SubjectKey] = deque()

    def cover(self, entry: Recordable) -> Recordable:
        """The entry with a token for each personal value; labels hold none."""
        if not isinstance(entry, Decision):
            return entry
        key_id, cipher = self._key(self._personal.subject_of(entry) or _NOBODY)

        def change(where: str, value: JsonValue) -> str:
            return covered(cipher, key_id, entry.decision_id, where, value)

        return self._personal.changed(entry, change)

    def covers(self, entry: Decision) -> bool:
        """Whether a feature as scored is personal, so that an answer to its payment is."""
        return any(self._personal.columns.intersection(entry.features))

    def open(self, entry: Decision) -> Decision:
        """What this guard has covered, in clear; tokens stay where the subject was forgotten."""
        self._let_go_of_stale()
        at_hand = dict(self._at_hand.values())
        return DecisionOpener(self._keys.folder, at_hand).open(entry)

    def flush(self) -> None:
        """Bring new keys to disk, but for those of subjects that were forgotten meanwhile.

        Raises
        ------
        RecordError
            If they cannot be written; nothing that they cover may be then.
        """
        count = len(self._new)
        if count:
            self._keys.add([self._new[i] for i in range(count)])
            for _ in range(count):
                self._new.popleft()

    def _key(self, subject: str) -> tuple[bytes, AESGCM]:
        self._let_go_of_stale()
        found = self._at_hand.get(subject)
        if found is None:
            found = self._drawn(subject)
        else:
            self._at_hand.move_to_end(subject)
        return found

    def _let_go_of_stale(self) -> None:
        """Whoever was forgotten gets a new key from now on; which one it was is not asked."""
        if (stamp := self._keys.stamp) != self._stamp:
            self._stamp = stamp
            self._at_hand.clear()

    def _drawn(self, subject: str) -> tuple[bytes, AESGCM]:
        key_id, key = new_key_id(), AESGCM.generate_key(KEY_BYTES * 8)
        self._new.append(SubjectKey(key_id, mark_of(self._secret, subject), key, self._stamp))
        found = self._at_hand[subject] = key_id, AESGCM(key)
        if len(self._at_hand) > MOST_KEPT:
            self._at_hand.popitem(last=False)
        return found
