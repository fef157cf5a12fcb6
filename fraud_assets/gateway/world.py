"""The payments that come to the gateway, and the truth about them, which only it knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from fraud_assets.data.simulator import pools, settings, stories, world
from fraud_assets.data.simulator.payments import Payments, concatenate
from fraud_assets.data.simulator.world import DAY, WorldSlice
from fraud_assets.gateway.settings import START, LifeSettings

_START = int(np.datetime64(START, "s").astype(np.int64))
NEW_STORY_SHARE = 0.6
"""Share of the frauds that follow the new story, once it has begun."""

_CHAIN, _TOKEN = world.CHAIN_NAMES.index("SOL"), world.TOKEN_NAMES.index("USDC")


@dataclass(frozen=True)
class Sent:
    """One payment as it is posted, when it is made and its fraud is reported, seconds since 1970.

    `reported` is None of a legitimate one.
    """

    raw: dict[str, str | float | None]
    at: int
    amount: float
    reported: int | None

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.raw["transaction_id"])

    @property
    def is_fraud(self) -> bool:
        """The truth."""
        return self.reported is not None


def day_start(day: int) -> int:
    """The first second of a day since 1970; day 0 is the gateway's first, history is before."""
    return _START + day * DAY


def payments_on(life: LifeSettings, day: int) -> list[Sent]:
    """The payments of a day in order of time; the same settings give the same ones."""
    rng = np.random.default_rng([life.seed, day + 10_000])
    piece = WorldSlice(day_start(day), day_start(day + 1), life.payments, life.seed)
    n, is_broken = int(rng.poisson(life.payments)), life.break_day is not None
    is_broken = is_broken and day >= (life.break_day or 0)
    due = int(rng.binomial(n, life.fraud_rate))
    new = int(rng.binomial(due, NEW_STORY_SHARE)) if is_broken and life.what == "new-story" else 0
    parts = [stories.fraudulent(rng, piece, due - new), _new_story(rng, piece, new)]
    made = concatenate([*parts, pools.legitimate(rng, piece, n - due)])
    made = made.take(np.argsort(made.time, kind="stable"))
    delay = settings.REPORT_MIN_DAYS + settings.REPORT_MEDIAN_DAYS * np.exp(
        settings.REPORT_SPREAD * rng.standard_normal(len(made))
    )
    reported = made.time + (delay * DAY).astype(np.int64)
    is_lost = is_broken and life.what == "lost-feature"
    return [_sent(made, i, day, int(reported[i]), is_lost=is_lost) for i in range(len(made))]


def _new_story(rng: np.random.Generator, piece: WorldSlice, n: int) -> Payments:
    """Middling sums in one token of one chain from addresses some months old.

    Nothing of it fits the stories before, and each payment has a sender of its own.
    """
    ordinary = pools.legitimate(rng, piece, n)
    age = (rng.uniform(60, 240, n) * DAY).astype(np.int64)
    chain = np.full(n, _CHAIN, dtype=ordinary.chain.dtype)
    return Payments(
        time=ordinary.time,
        sender=rng.integers(0, 2**63, n).astype(np.uint64),
        first_seen=ordinary.time - age,
        amount=320 * np.exp(0.25 * rng.standard_normal(n)),
        gas=world.gas_price(rng, ordinary.time, chain),
        chain=chain,
        token=np.full(n, _TOKEN, dtype=ordinary.token.dtype),
        country=ordinary.country,
        is_fraud=np.ones(n, dtype=bool),
    )


def _sent(made: Payments, i: int, day: int, reported: int, *, is_lost: bool) -> Sent:
    token, country = int(made.token[i]), int(made.country[i])
    at, amount = int(made.time[i]), round(float(made.amount[i]), 2)
    raw: dict[str, str | float | None] = {
        "transaction_id": f"T{day + 10_000:05d}{i:05d}",
        "created_at": iso_time(at),
        "sender_address": f"0x{int(made.sender[i]) >> 16:012x}",
        "first_seen": None if is_lost else iso_time(int(made.first_seen[i])),
        "amount_usd": amount,
        "gas_price": round(float(made.gas[i]), 2),
        "chain": world.CHAIN_NAMES[int(made.chain[i])],
        "token_type": None if token < 0 else world.TOKEN_NAMES[token],
        "sender_country": None if country < 0 else settings.COUNTRIES[country],
    }
    return Sent(raw, at, amount, reported if made.is_fraud[i] else None)


def iso_time(seconds: int) -> str:
    """An instant as ISO 8601, UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()
