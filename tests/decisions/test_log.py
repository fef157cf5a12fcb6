"""The log as the service uses it: record, settle, find, close, open again."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given

from fraud_assets.decisions.line import encode, read_entry
from fraud_assets.decisions.log import LogSettings, RecordError, UnrecordedError, open_log
from fraud_assets.decisions.log.clock import Clock
from fraud_assets.decisions.log.sound import demand_sound
from fraud_assets.decisions.reading import read_decisions, read_entries
from fraud_assets.decisions.verify import verify_log
from fraud_assets.documents.decision import Gap, Label, Shadow
from fraud_assets.documents.reason import Reason
from tests.decisions.entries import decision, decisions, labels, recorded
from tests.waiting import wait_until


def test_what_is_recorded_is_on_record(tmp_path):
    """Decisions and labels are read back in their order, and the chain verifies."""
    log = open_log(tmp_path)
    made = recorded(log, 3)
    label = Label(payment_id="p1", is_fraud=True, known_at=5, received_at=log.now())
    log.record(label)
    log.close()

    assert list(read_entries(tmp_path)) == [*made, label]
    found = verify_log(tmp_path)
    assert (found.decisions, found.labels, found.difference) == (3, 1, "")


def test_an_entry_reaches_the_disk_by_itself(tmp_path):
    """Nobody waits for it or closes anything: the window is enough."""
    log = open_log(tmp_path, LogSettings(window_seconds=0.01))

    made = recorded(log, 1)

    wait_until(lambda: log.status().flushed == 1)
    assert read_decisions(tmp_path) == made
    log.close()


def test_with_sync_an_answer_waits_for_the_disk(tmp_path):
    """When `settled` returns, the entry is in the file; many wait for one flush."""

    async def ask():
        log = open_log(tmp_path, LogSettings(sync=True))
        tickets = []
        for _ in range(20):
            recorded(log, 1)
            tickets.append(log.status().recorded)
        await asyncio.gather(*(log.settled(ticket) for ticket in tickets))
        found = len(read_decisions(tmp_path))
        log.close()
        return found

    assert asyncio.run(ask()) == 20


def test_the_next_process_goes_on_with_the_chain(tmp_path):
    """Opened again, the same segment is continued and ids stay apart."""
    made = []
    for _ in range(3):
        log = open_log(tmp_path)
        made += recorded(log, 2)
        log.close()

    assert read_decisions(tmp_path) == made
    assert len({one.decision_id for one in made}) == 6
    assert verify_log(tmp_path).segments == 1


@pytest.mark.parametrize(
    "settings",
    [LogSettings(segment_bytes=1), LogSettings(segment_seconds=0)],
    ids=["size", "age"],
)
def test_a_segment_is_closed_by_size_and_by_age(tmp_path, settings):
    """A segment that is large or old enough is left, and the next one follows its digest."""
    log = open_log(tmp_path, settings)
    made = []
    for number in range(1, 4):
        made += recorded(log, 1)
        wait_until(lambda number=number: log.status().flushed == number)
    log.close()

    found = verify_log(tmp_path)
    assert (found.segments, found.difference) == (3, "")
    assert read_decisions(tmp_path) == made


def test_a_decision_is_found_at_once_and_later(tmp_path):
    """By its id: while it waits, when it is flushed, and in an older segment."""
    log = open_log(tmp_path, LogSettings(segment_bytes=1, window_seconds=0.2))
    (first,) = recorded(log, 1)
    assert log.find(first.decision_id) == first
    wait_until(lambda: log.status().flushed == 1)
    recorded(log, 1)
    wait_until(lambda: log.status().flushed == 2)

    assert log.find(first.decision_id) == first
    assert log.find(first.decision_id + "0") is None
    assert log.find("../../etc") is None
    log.close()


def test_each_worker_has_a_chain_of_its_own(tmp_path):
    """Several logs in one folder write beside each other; ids say who wrote."""
    logs = [open_log(tmp_path) for _ in range(3)]
    made = [one for log in logs for one in recorded(log, 2)]
    for log in logs:
        log.close()

    assert {one.decision_id.split("-")[1] for one in made} == {"0", "1", "2"}
    assert read_decisions(tmp_path) == sorted(made, key=lambda d: (d.decided_at, d.decision_id))
    assert all(logs[0].find(one.decision_id) == one for one in made)


def test_a_closed_log_takes_nothing(tmp_path):
    """What comes after the end is refused in a sentence."""
    log = open_log(tmp_path)
    log.close()
    log.close()

    with pytest.raises(UnrecordedError, match="closed"):
        log.record(decision())


@pytest.mark.parametrize(
    "wrong",
    [
        {"probability": float("nan")},
        {"threshold": float("inf")},
        {"decided_at": 1.5},
        {"payment": {"chain": ["ETH"]}},
        {"reasons": (Reason("A", "a", 1.0, float("nan"), 1.0, "A."),)},
        {"shadow": (Shadow("v", "m", float("nan"), True),)},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_could_not_be_read_back_is_not_taken(tmp_path, wrong):
    """A field of another type, a probability that is no number: refused, and nothing is spoiled."""
    log = open_log(tmp_path)

    with pytest.raises(RecordError, match="must be one that can be read back"):
        log.record(decision(**wrong))

    made = recorded(log, 1)
    log.close()
    assert read_decisions(tmp_path) == made
    assert verify_log(tmp_path).missing == 0


@given(decisions | labels)
def test_whatever_is_sound_is_read_back(entry):
    """An entry that passes comes back equal from its line."""
    demand_sound(entry)

    assert read_entry(encode(entry)) == entry


def test_times_never_go_back(tmp_path):
    """A clock that jumps back holds the time; ids go on apart."""
    wall = [1_000_000_000]
    clock = Clock(wall=lambda: wall[0])
    (before,) = clock.unique()
    wall[0] -= 10_000_000

    assert clock.now() == before
    assert [*clock.unique(2)] == [before + 1, before + 2]
    assert clock.behind == 10_000_002


@pytest.mark.parametrize("policy", ["refuse", "count"])
def test_a_clock_behind_the_record_is_said(tmp_path, policy):
    """After a restart with an earlier clock: refused until it caught up, or gone on and said."""
    log = open_log(tmp_path, clock=Clock(wall=lambda: 2_000_000_000))
    recorded(log, 1)
    log.close()
    wall = [1_000_000_000]
    settings = LogSettings(when_failing=policy, window_seconds=0.01)
    log = open_log(tmp_path, settings, clock=Clock(wall=lambda: wall[0]))

    assert "The clock is 1,000 s behind" in log.status().sentence
    if policy == "refuse":
        with pytest.raises(UnrecordedError, match="behind the newest time on record"):
            log.record(decision())
    else:
        assert recorded(log, 1)[0].decided_at >= 2_000_000_000
    wall[0] = 3_000_000_000
    wait_until(lambda: log.status().sentence == "")
    recorded(log, 1)
    log.close()
    assert not [entry for entry in read_entries(tmp_path) if isinstance(entry, Gap)]
