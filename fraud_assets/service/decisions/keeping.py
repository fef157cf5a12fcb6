"""The record of decisions as the service keeps it: opened for the contract that serves.

Without a folder nothing is kept: ids are drawn, and every entry may be answered at once. That is
how one signed version is served for its proof.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from filelock import BaseFileLock
from msgspec import Raw

from fraud_assets.contract import Contract
from fraud_assets.decisions.erasure import DecisionOpener, SubjectGuard, keys_folder, personal_of
from fraud_assets.decisions.find import (
    find_decision,
    find_decisions_of,
    find_entry_of,
    find_shadows,
)
from fraud_assets.decisions.line import DOCUMENT, Brief, Frame, LineSource, read_entry
from fraud_assets.decisions.log import DecisionLog, LogSettings, LogStatus, claim, open_log
from fraud_assets.decisions.log.identity import demand_free
from fraud_assets.decisions.lost import frame_near
from fraud_assets.decisions.reading import beside_of
from fraud_assets.decisions.release import KEY_BYTES, Release, release_key
from fraud_assets.documents.decision import Decision, Label
from fraud_assets.errors import FraudAssetsError, UnrecordedError
from fraud_assets.service.decisions.answer import answer_of
from fraud_assets.service.decisions.unsettled import Unsettled
from fraud_assets.service.shadow.progress import read_progress
from fraud_assets.store.lock import SharedHold

_ID_SAID = re.compile(rb'"decision_id":"([0-9a-f-]+)"')

RETRY_SECONDS = 1.0
"""After how long a log that could not be opened is tried again."""

_FLUSH_SECONDS = 1.0
"""How long a reader waits for what was recorded before it asked."""


class Keeping:
    """One worker's record. All but `find` belongs to the event loop's thread.

    `is_claimed` where the process that started the workers has made the folder its own;
    `is_shared` where other services may write there that share it too.
    """

    def __init__(
        self,
        folder: Path | None = None,
        settings: LogSettings | None = None,
        *,
        is_claimed: bool = False,
        is_shared: bool = False,
    ) -> None:
        self._folder, self._settings = folder, settings or LogSettings()
        self._is_claimed, self._is_shared = is_claimed, is_shared
        self._claim: BaseFileLock | SharedHold | None = None
        self._log: DecisionLog | None = None
        self._contract: Contract | None = None
        self._guard: SubjectGuard | None = None
        self._why, self._retry_at = "", 0.0
        self.unsettled = Unsettled()

    @property
    def is_sync(self) -> bool:
        """Whether an answer waits until it is on disk."""
        return self._folder is not None and self._settings.sync

    @property
    def is_open(self) -> bool:
        """Whether entries are kept."""
        return self._log is not None

    @property
    def covers(self) -> bool:
        """Whether entries may hold personal values, which are covered."""
        return self._guard is not None

    def promise(self, contract: Contract, entries: int) -> None:
        """Promise to record so many decisions or labels under this contract; `take` follows.

        Raises
        ------
        RecordError
            If they cannot be kept, and the policy is to refuse then; one sentence.
        """
        if self._folder is None:
            return
        if self._log is None:
            self._open(contract)
        elif contract is not self._contract:
            self._guard = self._guard_of(contract)
            self._log.guard_with(self._guard)
            self._contract = contract
        if self._log is not None:
            self._log.promise(entries)

    def why_not(self, contract: Contract) -> str:
        """Why a decision under this contract could not be kept now; else nothing.

        Asking makes the folder nobody's own: that comes with the first decision.
        """
        try:
            if self._folder is not None and self._log is None and not self._why:
                self._look(self._folder, contract)
                return ""
            self.promise(contract, 1)
        except FraudAssetsError as error:
            return str(error)
        self.take([], promised=1)
        return ""

    def take(self, entries: Sequence[LineSource], promised: int) -> None:
        """Put entries on record that were promised; the promise of what did not come ends."""
        if self._log is None:
            return
        if promised > len(entries):
            self._log.promise(len(entries) - promised)
        if entries:
            self._log.take(entries)

    def encoded(self, entry: Decision | Label) -> LineSource:
        """An entry as `take` wants it; RecordError where it could not be read back."""
        return Raw(self._document(entry))

    def framed(self, frame: Frame) -> int:
        """The number by which decisions in brief name their frame; the record must be open."""
        return 0 if self._log is None else self._log.framed(frame)

    def covered(self, brief: Brief, frame: Frame) -> tuple[LineSource, bytes]:
        """A decision as a document whose personal values are covered, and what the state may keep.

        That is the answer, for when the payment comes again; the document where a feature is
        personal: the state is no place that forgetting a subject reaches. RecordError where it
        could not be read back.
        """
        decision = brief.decision(frame)
        document = self._document(decision)
        is_personal = self._guard is not None and self._guard.covers(decision)
        return Raw(document), document if is_personal else bytes(brief.answer)

    def answered_before(self, kept: bytes) -> bytes:
        """The answer again; what was erased meanwhile is null in it."""
        if not kept.startswith(DOCUMENT):
            return kept
        entry = read_entry(kept)
        if self._folder is None or not isinstance(entry, Decision):
            raise UnrecordedError(
                "The first answer to this payment is covered, and what opens it is not here: start "
                "the service with the FRAUD_ASSETS_DECISIONS that it was decided with."
            )
        opener = self._guard or DecisionOpener(keys_folder(self._folder))
        return answer_of(opener.open(entry))

    def lost(self, kept: bytes) -> str:
        """The id of a decision that the state answers by and the record has lost, else "".

        `kept` is what the state kept of its answer.
        """
        if self._log is None:
            return ""
        said = _ID_SAID.search(kept)
        decision_id = "" if said is None else said[1].decode()
        return decision_id if self._log.losses.holds(decision_id) else ""

    def recall(self, decision_id: str, decision: Decision) -> LineSource:
        """The entry by which a lost decision comes on record, marked so; once for each."""
        assert self._log is not None
        marked = msgspec.structs.replace(decision, recalled_at=self.now())
        entry = Raw(self._document(marked))
        self._log.losses.found(decision_id)
        return entry

    def frame_near(self, decision_id: str, version: str) -> Frame | None:
        """The frame of another version than serves, by what it decided beside a lost decision."""
        return None if self._folder is None else frame_near(self._folder, decision_id, version)

    def on_record(self, payment_id: str | None) -> bytes:
        """What stands on record for a payment that was met before and not answered; else empty.

        Another service may have been killed between writing it there and answering, or this one.
        """
        if self._folder is None or payment_id is None:
            return b""
        return find_entry_of(self._folder, payment_id) or b""

    def release(self, contract: Contract) -> Release | None:
        """Who passes though flagged, None where the contract stops nothing.

        Without a folder nothing is kept, and a key of this process draws.

        Raises
        ------
        RecordError
            If the key of the draws cannot be read.
        """
        if contract.live is None:
            return None
        if self._folder is None:
            return Release(contract.live, os.urandom(KEY_BYTES))
        return Release(contract.live, release_key(self._folder))

    def next_ids(self, many: int) -> list[str]:
        """The ids of the next decisions."""
        if self._log is None:
            return [os.urandom(16).hex() for _ in range(many)]
        return self._log.next_ids(many)

    def now(self) -> int:
        """Microseconds since 1970, UTC."""
        return time.time_ns() // 1000 if self._log is None else self._log.now()

    async def settled(self) -> None:
        """Wait until all that was recorded may be answered; raises as `promise` does."""
        if self._log is not None:
            await self._log.settled(self._log.recorded)

    def find(self, decision_id: str) -> Decision | None:
        """A decision by its id, with its shadows and what its subject's key opens.

        May run in any thread.
        """
        if self._folder is None:
            return None
        log, folder = self._log, self._folder
        if log is not None:
            log.wait_for_flush(_FLUSH_SECONDS)  # its keys are on disk by then
        found = find_decision(folder, decision_id) if log is None else log.find(decision_id)
        if found is None:
            return None
        if read_progress(folder) is not None:  # else no shadow has scored here
            found = beside_of(found, find_shadows(folder, found))
        return DecisionOpener(keys_folder(folder)).open(found)

    def find_of(self, payment_id: str) -> list[Decision]:
        """All decisions on a payment, in the order of their time; may run in any thread."""
        if self._folder is None:
            return []
        if self._log is not None:
            self._log.wait_for_flush(_FLUSH_SECONDS)
        opener = DecisionOpener(keys_folder(self._folder))
        return [opener.open(one) for one in find_decisions_of(self._folder, payment_id)]

    @property
    def status(self) -> LogStatus | None:
        """How the log is, None where nothing is kept."""
        if self._folder is None:
            return None
        if self._log is not None:
            return self._log.status()
        return LogStatus(recorded=0, flushed=0, missing=0, lost=0, sentence=self._why, notes=())

    def close(self) -> None:
        """Bring all to disk, and let the folder go."""
        if self._log is not None:
            self._log.close()
        if self._claim is not None:
            self._claim.release()

    def _document(self, entry: Decision | Label) -> bytes:
        return b"" if self._log is None else self._log.encoded(entry)

    def _open(self, contract: Contract) -> None:
        """Open the log; while it cannot be, refuse with the reason, whatever the policy.

        Going on without a log would leave nothing by which to count what is missing.
        """
        if self._folder is None or time.monotonic() < self._retry_at:
            raise UnrecordedError(self._why)
        try:
            if not self._is_claimed and self._claim is None:
                self._claim = claim(self._folder, is_shared=self._is_shared)
            self._guard = self._guard_of(contract)
            self._log = open_log(self._folder, self._settings, self._guard, contract=contract.name)
        except FraudAssetsError as error:
            self._why, self._retry_at = str(error), time.monotonic() + RETRY_SECONDS
            raise UnrecordedError(self._why) from error
        self._contract, self._why = contract, ""

    def _look(self, folder: Path, contract: Contract) -> None:
        """Raise what opening the log would raise now, and leave it to whoever comes first."""
        if not self._is_claimed and self._claim is None:
            claim(folder, is_shared=self._is_shared).release()
        demand_free(folder, contract.name)

    def _guard_of(self, contract: Contract) -> SubjectGuard | None:
        personal = personal_of(contract)
        if personal is None or self._folder is None:
            return None
        return SubjectGuard(personal, keys_folder(self._folder))
