"""Legitimate life: each pool's senders, with histories, and their payments in a slice of time."""

from __future__ import annotations

import numpy as np

from fraud_assets.data.simulator import keyed, settings, world
from fraud_assets.data.simulator.payments import Payments, concatenate
from fraud_assets.data.simulator.settings import Pool
from fraud_assets.data.simulator.world import DAY, WorldSlice


def seats(pool: Pool, piece: WorldSlice) -> int:
    """How many senders of the pool are active at a time: grows with the gateway's size."""
    return max(3, round(piece.rows_per_day * pool.share / pool.rate))


def busy_seats(rng: np.random.Generator, name: str, piece: WorldSlice, n: int) -> np.ndarray:
    """`n` seats drawn as payments fall on them; the most active senders have the lowest."""
    pool = settings.POOLS[name]
    seat: np.ndarray = (seats(pool, piece) * rng.random(n) ** pool.skew).astype(np.int64)
    return seat


def occupants(
    name: str, seat: np.ndarray, time: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Who sits on each seat at a time: sender keys, and when each was first seen (seconds).

    Seats change hands after the pool's tenure, each at its own date, so that senders come and go
    while the gateway stays the same size.
    """
    pool = settings.POOLS[name]
    tenure = int(pool.tenure * DAY)
    place = keyed.mix(seat.astype(np.uint64), name, seed)
    phase = (keyed.uniform(place, "phase") * tenure).astype(np.int64)
    term = (time + phase) // tenure
    sender = keyed.mix(place ^ term.astype(np.uint64), "sender")
    age_at_start = pool.age * np.exp(pool.age_spread * keyed.draw_normal(sender, "age"))
    return sender, term * tenure - phase - (age_at_start * DAY).astype(np.int64)


def usual_amount(name: str, sender: np.ndarray) -> np.ndarray:
    """The median amount in USD of each sender."""
    pool = settings.POOLS[name]
    amount: np.ndarray = pool.amount * np.exp(pool.between * keyed.draw_normal(sender, "amount"))
    return amount


def ordinary_payments(
    rng: np.random.Generator, name: str, seat: np.ndarray, time: np.ndarray, seed: int
) -> Payments:
    """Ordinary payments by the senders on `seat` at `time`."""
    pool = settings.POOLS[name]
    n = len(time)
    sender, first_seen = occupants(name, seat, time, seed)
    chain = world.chains(sender)
    country = world.countries(sender)
    amount = usual_amount(name, sender) * np.exp(pool.within * rng.standard_normal(n))
    return Payments(
        time=time,
        sender=sender,
        first_seen=first_seen,
        amount=amount,
        gas=world.gas_price(rng, time, chain),
        chain=chain,
        token=world.tokens(sender, chain),
        country=country,
        is_fraud=np.zeros(n, dtype=bool),
    )


def legitimate(rng: np.random.Generator, piece: WorldSlice, n: int) -> Payments:
    """`n` ordinary payments of all pools."""
    shares = np.array([pool.share for pool in settings.POOLS.values()])
    parts = []
    counts = rng.multinomial(n, shares / shares.sum())
    for name, count in zip(settings.POOLS, counts, strict=True):
        seat = busy_seats(rng, name, piece, int(count))
        parts.append(ordinary_payments(rng, name, seat, world.times(rng, piece, count), piece.seed))
    return concatenate(parts)
