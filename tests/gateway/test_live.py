"""A simulated gateway on the real factory; and its parts by hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fraud_assets.cli import main
from fraud_assets.cli.live import account_lines
from fraud_assets.contract import load_contract, parse_contract
from fraud_assets.data.simulator.world import DAY
from fraud_assets.gateway.account import Account, OnRecord, Stretch
from fraud_assets.gateway.clock import SimulatedClock
from fraud_assets.gateway.diary import AnsweredPayment, Diary
from fraud_assets.gateway.opening import contract_of_life
from fraud_assets.gateway.settings import MATURITY_DAYS, LifeSettings
from fraud_assets.gateway.world import Sent, day_start, payments_on

LIFE = LifeSettings(Path("nowhere"), payments=400, what="none")


def answered(day: int, amount: float, *, fraud: bool, flagged: bool, released: bool = False):
    sent = Sent({"transaction_id": f"{day}{amount}"}, day_start(day), amount, 1 if fraud else None)
    return AnsweredPayment(sent, day, "v", flagged, released, f"d{day}{amount}")


def test_a_seed_names_a_world() -> None:
    """The same payments again; another seed, another day, others; in order, within the day."""
    first = payments_on(LIFE, 3)

    assert first == payments_on(LIFE, 3)
    assert first != payments_on(replace(LIFE, seed=8), 3)
    times = [one.at for one in first]
    assert times == sorted(times)
    assert day_start(3) <= times[0] <= times[-1] < day_start(4)
    ids = [one.id for day in range(-56, 3) for one in payments_on(LIFE, day)]
    assert len(ids) == len(set(ids))


def test_a_world_is_whole_until_it_breaks() -> None:
    """Before the break each world is that of no break; after it a column is empty."""
    lost = replace(LIFE, what="lost-feature", break_week=2)

    assert payments_on(lost, 6) == payments_on(LIFE, 6)
    assert all(one.raw["first_seen"] is None for one in payments_on(lost, 7))


def test_the_new_story_is_most_frauds_of_one_kind() -> None:
    """About six in ten come over one chain with middling sums; reports come after payments."""
    broken = replace(LIFE, what="new-story", break_week=1, payments=5000)
    frauds = [one for one in payments_on(broken, 0) if one.is_fraud]
    new = [one for one in frauds if (one.raw["chain"], one.raw["token_type"]) == ("SOL", "USDC")]

    assert 0.5 < len(new) / len(frauds) < 0.75
    assert 200 < np.median([one.amount for one in new]) < 450
    assert all(one.reported > one.at for one in frauds)


def test_what_days_cost_by_hand() -> None:
    """Two frauds missed for 30, one caught, one of the caught let through, one false alarm."""
    diary = Diary(decided=[
        answered(0, 99.0, fraud=True, flagged=False),
        answered(1, 10.0, fraud=True, flagged=False),
        answered(1, 20.0, fraud=True, flagged=False),
        answered(1, 40.0, fraud=True, flagged=True),
        answered(2, 50.0, fraud=True, flagged=True, released=True),
        answered(2, 60.0, fraud=False, flagged=True),
        answered(3, 60.0, fraud=False, flagged=False),
    ])  # fmt: skip

    cost = diary.cost(1, 4)

    assert (cost.payments, cost.frauds, cost.missed, cost.missed_amount) == (6, 4, 2, 30.0)
    assert (cost.let_through, cost.alerts, cost.false_alerts, cost.recall) == (1, 3, 1, 0.5)


def test_the_table_tells_all_of_it() -> None:
    """When it broke, was noticed and by what, what was done, what it cost, what was lost."""
    cost = Diary(decided=[answered(0, 9.0, fraud=True, flagged=False)]).cost(0, 7)
    stretches = (Stretch("whole", cost), Stretch("unnoticed", cost))
    account = Account(
        "lost-feature", 3, 7, 7, 8, "age is missing", 12, 0, stretches, ("day 9: moved, back",),
        (), OnRecord(100, 0, 20, 0),
    )  # fmt: skip
    told = "\n".join(account_lines(account))

    for part in ("day 7", "after 2 days and 12 labels: age is missing", "day 9: moved, back",
                 "0 of 100 decisions and 0 of 20 labels"):  # fmt: skip
        assert part in told
    assert account.is_well
    assert not replace(account, noticed_on=None).is_well
    assert not replace(account, cried_wolf=1).is_well
    assert not replace(account, kept=OnRecord(100, 1, 20, 0)).is_well
    assert all(len(line) <= 80 for line in told.splitlines())


def test_the_contract_of_a_life_is_the_shipped_one_at_its_size() -> None:
    """Every change applies; on its own record it stops flagged payments and goes back on alarms."""
    closed = parse_contract(contract_of_life(LIFE, is_open=False, aim=0.95), name="closed")
    opened = parse_contract(contract_of_life(LIFE, is_open=True), name="opened")

    assert closed.name == opened.name == load_contract("crypto_gateway").name
    assert closed.policy.threshold.aim == 0.95
    assert (closed.source.decisions, closed.live) == (False, None)
    assert opened.source.decisions
    assert (opened.live.release_share, opened.live.rollback) == (0.5, "alarm")
    assert opened.label.maturity_days == MATURITY_DAYS
    assert opened.windows.judged_frauds == 100
    assert opened.policy.champion_margin == 0.05


def test_a_process_goes_by_the_clock_in_the_file(tmp_path: Path) -> None:
    """Also one that it starts, and when the clock is set on; the monotonic clock is not moved."""
    clock = SimulatedClock(tmp_path)
    clock.set(day_start(0))
    told = "import time; t = time.time(); print(t, time.monotonic())"
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {told!r}])"
    ran = subprocess.run(
        [sys.executable, "-c", nested],
        env={"PATH": "", **clock.clocked_environment()},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    now, monotonic = map(float, ran.stdout.split())

    assert day_start(0) <= now < day_start(0) + DAY
    assert monotonic < 3e8


def test_wrong_settings_are_named_all_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2, and nothing is simulated."""
    assert main(["live", "--weeks", "0", "--payments", "1", "--release", "0"]) == 2

    said = capsys.readouterr().err
    for part in ("weeks must be", "payments must be", "released share must be"):
        assert part in said


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_lost_feature_is_noticed_and_nothing_is_lost(tmp_path: Path) -> None:
    """A week on the real service, chain and monitor: told within three days, in the table."""
    ran = subprocess.run(
        [sys.executable, "-m", "fraud_assets", "live", "--json", "--break", "lost-feature",
         "--weeks", "1", "--break-week", "1", "--payments", "300", "--out", str(tmp_path / "life")],
        capture_output=True, text=True, cwd=tmp_path, check=False,
        env=os.environ | {"LOKY_MAX_CPU_COUNT": "1"},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    (account,) = json.loads(ran.stdout)

    assert account["noticed_on"] - account["broke_on"] <= 2
    assert account["noticed_by"].startswith("address_age_days is missing in")
    assert account["kept"]["decisions"] > 15_000
    assert account["kept"]["decisions_lost"] == account["kept"]["labels_lost"] == 0
    assert "day   0  broke" in ran.stderr
    page = tmp_path / "life" / "lost-feature" / "production" / "production.html"
    assert page.read_text().startswith("<!DOCTYPE html>")
