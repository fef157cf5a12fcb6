"""What passed the gate and waits in shadow: the rule by hand and as a law, on a real store."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.cli import main
from fraud_assets.contract import Contract, Policy, load_contract
from fraud_assets.decisions.log import open_log
from fraud_assets.documents.decision import Shadow, Shadowed
from fraud_assets.documents.production import ShadowComparison
from fraud_assets.documents.rates import Measured
from fraud_assets.documents.signed.shadow_naming import ShadowNaming
from fraud_assets.modelling.statistics.intervals import rate
from fraud_assets.orchestration.shown.metadata import of_published
from fraud_assets.orchestration.shown.words import summary_of_published
from fraud_assets.release.case import Case
from fraud_assets.release.judgement import judge_candidate
from fraud_assets.release.publish import publish
from fraud_assets.store.store import Store
from fraud_assets.watch.once import Look, look, settle_on_record
from fraud_assets.watch.shadow.waiting import (
    ScoredBeside,
    scored_beside,
    settle_waiting,
    waiting_version,
)
from tests.decisions.entries import decision
from tests.store.stores import accept, files, metadata, new_store, promoted
from tests.weeks import Week, small_parts

DAY = 86_400_000_000
NAMED = ShadowNaming(
    format=1, store="s", version="new", manifest="m", at="2026-11-01T00:00:00.000+00:00",
    actor="gate", reason="it passed", days=7,
)  # fmt: skip
START = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp()) * 1_000_000
SEEN = ScoredBeside("old", payments=1000, flagged=40, agreed=990, first=START, last=START + 7 * DAY)
POLICY = Policy()


def compared(low: float, high: float, precise: int | None = None) -> ShadowComparison:
    """A comparison whose gain of recall lies between two bounds; precision of 100 alerts."""
    alerts = rate(40, 1000)
    return ShadowComparison(
        version="new", beside="old", payments=1000, frauds=20, recall=rate(18, 20),
        recall_beside=rate(18, 20), gain=Measured(low, high, 20, "m"),
        precision=None if precise is None else rate(precise, 100), precision_beside=None,
        alert_rate=alerts, alert_rate_beside=alerts, sentence="",
    )  # fmt: skip


def shop() -> Contract:
    """The shipped contract by the name of the stores' owner."""
    return load_contract().model_copy(update={"name": "shop"})


def test_before_its_days_are_past_it_waits() -> None:
    """However well it does; the sentence says how far it is, the document until when."""
    found = waiting_version(NAMED, replace(SEEN, last=START + 6 * DAY), compared(0.1, 0.2), POLICY)

    assert found.standing == "waits"
    assert "1,000 payments of 6.0 days beside old, of the 7 days" in found.sentence
    assert found.until == "2026-11-08T00:00:00+00:00"
    assert waiting_version(NAMED, ScoredBeside("old"), None, POLICY).standing == "waits"


@pytest.mark.parametrize(
    ("seen", "found", "standing", "says"),
    [
        (SEEN, None, "promote", "flags 4.00% of them and agrees on 99.0%; no matured label"),
        (SEEN, compared(-0.1, 0.05, 50), "promote", "between -10.0% and +5.0% (n 20)"),
        (SEEN, compared(-0.1, -0.01), "stays", "must not catch fewer frauds than what serves"),
        (SEEN, compared(0.0, 0.1, 9), "stays", "precision must be at least 10.0%, it is 9.0%"),
        (replace(SEEN, flagged=51), None, "stays", "must be at most 5.00%, it is 5.10%"),
        (replace(SEEN, flagged=50), None, "promote", "flags 5.00%"),
    ],
)
def test_afterwards_it_serves_unless_it_is_worse(
    seen: ScoredBeside, found: ShadowComparison | None, standing: str, says: str
) -> None:
    """Recall beyond noise, and the policy's own ceilings; without labels that is said."""
    told = waiting_version(NAMED, seen, found, POLICY)

    assert told.standing == standing
    assert says in told.sentence


def test_the_comparison_of_another_version_says_nothing_of_it() -> None:
    """Such as that of the shadow before it, or beside what served before."""
    other = msgspec.structs.replace(compared(-0.5, -0.4), version="before")

    assert waiting_version(NAMED, SEEN, other, POLICY).standing == "promote"


@given(
    payments=st.integers(0, 10_000),
    share=st.floats(0, 1),
    days=st.floats(0, 30),
    ends=st.none() | st.tuples(st.floats(-1, 1), st.floats(-1, 1)),
)
def test_it_serves_only_after_its_days_and_only_if_nothing_speaks_against_it(
    payments: int, share: float, days: float, ends: tuple[float, float] | None
) -> None:
    """Whatever is seen: early it waits, late it never waits, and a promotion keeps every bound."""
    flagged = round(share * payments)
    last = START + round(days * DAY) if payments else None
    seen = ScoredBeside("old", payments, flagged, payments, START if payments else None, last)
    found = None if ends is None else compared(min(ends), max(ends))

    told = waiting_version(NAMED, seen, found, POLICY)

    assert (told.standing == "waits") == (payments == 0 or seen.days < 7)
    if told.standing == "promote":
        assert flagged <= POLICY.max_alert_rate * payments
        assert ends is None or max(ends) >= 0


def test_only_its_own_scores_beside_what_serves_count() -> None:
    """Not those from before it waited, of another shadow, or of payments another one decided."""
    own, other = Shadow("new", "m", 0.9, True), Shadow("x", "n", 0.9, True)
    rows = [("old", START, own), ("old", START - 1, own), ("old", START, other),
            ("older", START, own), ("old", START + DAY, own)]  # fmt: skip
    made = [
        msgspec.structs.replace(
            decision(), version=v, decided_at=at, shadow=(s,), is_flagged=bool(i)
        )
        for i, (v, at, s) in enumerate(rows)
    ]

    found = scored_beside(made, NAMED, "old")

    assert (found.payments, found.flagged, found.agreed, found.days) == (2, 2, 1, 1.0)


def held(store: Store, mark: str) -> ShadowNaming:
    """A candidate that passed the gate, and waits in shadow for a day."""
    now = store.current()
    assert now is not None
    staged = store.stage(files(mark), metadata())
    act: Any = {"actor": "gate", "reason": "it passed", "judge": accept}
    return store.hold(staged, days=1, expected=now.version, **act)


def waits(store: Store) -> str | None:
    """The version that waits."""
    found = store.waiting()
    return None if found is None else found.version


def lived(store: Store, log: Path, naming: ShadowNaming, flagged: int) -> Look:
    """Thirty hours of 200 payments, of which the shadow flags some; looked at afterwards."""
    now = store.current()
    assert now is not None
    first = round(datetime.now(UTC).timestamp() * 1e6) + 1_000_000
    kept = open_log(log)
    for i in range(200):
        one = decision(
            decision_id=kept.next_id(), payment_id=f"{naming.version}-{i}", version=now.version,
            decided_at=first + i * DAY // 150, event_time=first + i * DAY // 150,
        )  # fmt: skip
        kept.record(one)
        said = Shadow(naming.version, naming.manifest, 0.5, i < flagged)
        at = {"decision": one.decision_id, "scored_at": one.decided_at}
        kept.record(Shadowed(shadow=said, **at))
    kept.close()
    later = datetime.now(UTC) + timedelta(days=3)
    return look(shop(), store, log, later.isoformat())


def test_it_lies_in_the_store_and_serves_by_a_signed_move_after_its_days(tmp_path: Path) -> None:
    """Production stays until then; two that look at once make one move."""
    store = new_store(tmp_path)
    first = promoted(store, "1")
    naming = held(store, "2")
    assert store.current() == first
    assert waits(store) == naming.version
    assert store.shadow() == naming.version
    store.verify(naming.version)
    assert settle_on_record(shop(), store, tmp_path / "log") == ""

    found = lived(store, tmp_path / "log", naming, flagged=4)
    said, again = (settle_waiting(found.document, store) for _ in range(2))

    now = store.current()
    assert now is not None
    assert (now.version, now.kind, now.actor) == (naming.version, "promotion", "monitor")
    assert said.startswith(f"{naming.version} serves from now on: ")
    assert "judged without labels" in now.reason
    assert again.startswith("Production stays: ")
    assert store.waiting() is None
    assert len(store.history(is_thorough=True)) == 2


def test_one_that_is_worse_stays_and_is_not_asked_again(tmp_path: Path) -> None:
    """Signed with the reason; only a person lets it serve."""
    store = new_store(tmp_path)
    first = promoted(store, "1")
    naming = held(store, "2")

    found = lived(store, tmp_path / "log", naming, flagged=60)
    said = settle_waiting(found.document, store)

    assert "is not promoted: its alert rate must be at most 5.00%, it is 30.00%" in said
    assert store.current() == first
    assert store.waiting() is None
    later = (datetime.now(UTC) + timedelta(days=9)).isoformat()
    again = look(shop(), store, tmp_path / "log", later)
    assert again.document.waiting is msgspec.UNSET
    assert settle_waiting(again.document, store) == ""
    move = store.override(naming.version, actor="ada", reason="a holiday")
    assert move.kind == "override"


def test_a_newer_candidate_replaces_what_waits_and_its_days_start_anew(tmp_path: Path) -> None:
    """What was seen of the older one counts for nothing."""
    store = new_store(tmp_path)
    promoted(store, "1")
    older = held(store, "2")
    newer = held(store, "3")

    found = lived(store, tmp_path / "log", older, flagged=4)

    assert waits(store) == newer.version
    waiting: Any = found.document.waiting
    assert (waiting.version, waiting.standing, waiting.payments) == (newer.version, "waits", 0)


@pytest.mark.parametrize("by", ["override", "promotion", "naming"])
def test_it_waits_no_longer_once_it_serves_or_another_one_was_chosen(
    tmp_path: Path, by: str
) -> None:
    """A person's override, a newer promotion, or another shadow's naming ends the wait."""
    store = new_store(tmp_path)
    first = promoted(store, "1")
    second = promoted(store, "2")
    naming = held(store, "3")
    act = {"actor": "ada", "reason": "it is urgent"}
    if by == "override":
        store.override(naming.version, **act)
        assert store.current().version == naming.version  # type: ignore[union-attr]
    elif by == "promotion":
        promoted(store, "4")
    else:
        store.name_shadow(first.version, **act)
        assert store.current() == second

    assert store.waiting() is None


def test_list_and_show_say_that_it_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Until when at the earliest, by whom and why; the others stand as ever."""
    store = new_store(tmp_path)
    first = promoted(store, "1")
    naming = held(store, "2")
    monkeypatch.setenv("FRAUD_ASSETS_MODELS", str(store.root))
    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(store.keys.folder))
    until = datetime.fromisoformat(naming.at) + timedelta(days=1)

    assert main(["models", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["versions"]
    assert {row["version"]: row["state"] for row in rows} == {
        first.version: "serves",
        naming.version: f"waits in shadow until {until.date()}",
    }
    assert main(["models", "show", naming.version]) == 0
    shown = capsys.readouterr().out
    assert f"waits in shadow until {until.isoformat(timespec='seconds')} at the earliest" in shown
    assert "By gate: it passed" in shown


@pytest.mark.slow
def test_the_chain_publishes_into_shadow_but_for_the_first(week: Week) -> None:
    """The verdict lets it serve, production stays; a try that repeats it publishes nothing more."""
    text = week.contract.read_text().replace("[policy]", "[policy]\nshadow_days = 1", 1)
    week.contract.write_text(text + "\n[live]\nshadow = true\n")
    parts, store = small_parts(), week.settings.store()
    case = Case(week.settings.contract(), parts.cleaned, parts.tuned, store)
    judgement = judge_candidate(case, run_id="first")
    first = publish(case, judgement, actor="test", run_id="first")

    second = publish(case, judgement, actor="test", run_id="second")
    again = publish(case, judgement, actor="test", run_id="third", tries=["second"])
    newer = publish(case, judgement, actor="test", run_id="fourth")

    assert first.move == store.current()
    assert second.move is None
    assert "It waits in shadow until" in second.sentence
    assert summary_of_published(second) == f"{second.version} waits in shadow for 1 day"
    assert "waits_in_shadow" in of_published(second)
    assert (again.version, again.is_repeated) == (second.version, True)
    assert newer.sentence.endswith(f"It waits instead of {second.version}.")
    assert waits(store) == newer.version
    assert len(store.history()) == 1
