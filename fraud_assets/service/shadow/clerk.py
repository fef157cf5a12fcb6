"""Scores what was decided by the shadow, from the record, and puts it on record."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from fraud_assets.decisions.erasure import DecisionOpener, keys_folder
from fraud_assets.decisions.erasure.tokens import key_id_of
from fraud_assets.decisions.follow import Follower
from fraud_assets.decisions.log import DecisionLog, LogSettings, open_log
from fraud_assets.decisions.segment import Block
from fraud_assets.documents.decision import Decision, Shadow, Shadowed
from fraud_assets.service.shadow.progress import ShadowProgress, read_progress, write_progress
from fraud_assets.service.versions.version import Served

_AT_ONCE = 256


class Clerk:
    """One shadow on one record, from where it stopped, or from the decisions since `since`."""

    def __init__(self, folder: Path, shadow: Served, since: int) -> None:
        self._folder, self._shadow = folder, shadow
        before = read_progress(folder)
        if before is None or before.manifest != shadow.manifest:
            before = ShadowProgress(shadow.version, shadow.manifest, since)
        self.progress = before
        self._follower = Follower(folder, before.places)
        self._opener = DecisionOpener(keys_folder(folder))
        self._log: DecisionLog | None = None
        before.why = ""
        write_progress(folder, before)

    async def turn(self) -> int:
        """Score what was decided since the last turn; how many decisions."""
        done = 0
        for block in self._follower.blocks():
            due = list(self._due(block))
            for start in range(0, len(due), _AT_ONCE):
                await self._keep(self._scored(due[start : start + _AT_ONCE]))
            done += len(due)
        if done:
            self.progress.places = self._follower.places
            write_progress(self._folder, self.progress)
        return done

    def close(self) -> None:
        """Let the record go."""
        if self._log is not None:
            self._log.close()

    def _due(self, block: Block) -> Iterator[Decision]:
        for entry in block.entries():
            if isinstance(entry, Decision) and self._is_due(entry):
                yield self._opener.open(entry)

    def _is_due(self, one: Decision) -> bool:
        return one.decided_at >= self.progress.since and one.version != self._shadow.version

    def _scored(self, decisions: Sequence[Decision]) -> list[Shadowed]:
        """What the shadow would have decided, left out where a value was erased meanwhile."""
        scorer = self._shadow.scorer
        whole = [one for one in decisions if not any(map(key_id_of, one.features.values()))]
        self.progress.passed_over += len(decisions) - len(whole)
        rows = [scorer.encoder.row(one.features) for one in whole]
        return [
            Shadowed(
                decision=one.decision_id,
                scored_at=time.time_ns() // 1000,
                shadow=Shadow(
                    self._shadow.version,
                    self._shadow.manifest,
                    probability,
                    probability >= self._shadow.threshold,
                ),
            )
            for one, probability in zip(whole, scorer.score_batch(rows).tolist(), strict=True)
        ]

    async def _keep(self, scored: Sequence[Shadowed]) -> None:
        if self._log is None:
            self._log = open_log(self._folder, LogSettings(sync=True))
        for one in scored:
            self._log.record(one)
        await self._log.settled(self._log.recorded)
        self.progress.scored += len(scored)
