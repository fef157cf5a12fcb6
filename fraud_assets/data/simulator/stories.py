"""Fraud: five stories, most of them told by an interaction of features rather than by one.

Every event has an intensity: 1 for the whole story, less for the graded tail, which fades into
ordinary life. A mimic is an ordinary payment that was fraud all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from fraud_assets.data.simulator import pools, settings, world
from fraud_assets.data.simulator.payments import Payments, concatenate
from fraud_assets.data.simulator.world import DAY, WorldSlice

Rng = np.random.Generator
EventPayments = tuple[Payments, np.ndarray]
"""Payments, and for each the number of its event."""


def _intensity(rng: Rng, n: int) -> np.ndarray:
    graded = rng.random(n) < settings.TAIL_SHARE
    return np.where(graded, rng.random(n), 1.0)


def _repeat_events(
    rng: Rng, piece: WorldSlice, repeats: np.ndarray, gap: float
) -> tuple[np.ndarray, np.ndarray]:
    """The event of each payment, and its time: `gap` seconds apart on average."""
    event = np.repeat(np.arange(len(repeats)), repeats)
    order = np.arange(len(event)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    start = world.times(rng, piece, len(repeats))
    delay = (order * gap * rng.uniform(0.5, 1.5, len(repeats))[event]).astype(np.int64)
    return event, np.minimum(start[event] + delay, piece.end - 1)


def _risky(rng: Rng, country: np.ndarray, share: float) -> np.ndarray:
    """The countries, a share of them replaced by risky or unknown ones."""
    draw = rng.random(len(country))
    changed = np.where(draw < share, rng.choice(world.RISKY, len(country)), country)
    return np.where(draw > 1 - share / 5, -1, changed).astype(np.int16)


def _own_address(rng: Rng, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Fresh sender keys of fraudsters, and their countries."""
    sender = rng.integers(0, 2**63, n).astype(np.uint64)
    return sender, _risky(rng, world.countries(sender), settings.RISKY_SHARE)


def _told(
    rng: Rng,
    *,
    time: np.ndarray,
    sender: np.ndarray,
    first_seen: np.ndarray,
    amount: np.ndarray,
    country: np.ndarray,
    gas_factor: np.ndarray | float = 1.0,
) -> Payments:
    chain = world.chains(sender)
    return Payments(
        time=time,
        sender=sender,
        first_seen=first_seen,
        amount=amount,
        gas=world.gas_price(rng, time, chain) * gas_factor,
        chain=chain,
        token=world.tokens(sender, chain),
        country=country,
        is_fraud=np.ones(len(time), dtype=bool),
    )


def _turned(ordinary: Payments, **changes: np.ndarray) -> Payments:
    """Ordinary payments turned into frauds, some columns changed."""
    return replace(ordinary, is_fraud=np.ones(len(ordinary), dtype=bool), **changes)


def cash_out(rng: Rng, piece: WorldSlice, n: int) -> EventPayments:
    """Large amounts from addresses hours old: newcomers pay little, large payers are old."""
    repeats = 1 + rng.poisson(0.9, n)
    event, time = _repeat_events(rng, piece, repeats, 2400)
    s = _intensity(rng, n)
    sender, country = _own_address(rng, n)
    age_days = rng.uniform(0.02, 2.5, n) + (1 - s) * rng.uniform(5, 60, n)
    median = np.exp(s * np.log(1500 * (1 + 0.08 * piece.drift)) + (1 - s) * np.log(150))
    amount = (median * np.exp(0.4 * rng.standard_normal(n)))[event]
    amount = amount * np.exp(0.25 * rng.standard_normal(len(event)))
    start = np.full(n, np.iinfo(np.int64).max)
    np.minimum.at(start, event, time)
    first_seen = start - (age_days * DAY).astype(np.int64)
    return _told(
        rng,
        time=time,
        sender=sender[event],
        first_seen=first_seen[event],
        amount=amount,
        country=country[event],
    ), event


def burst(rng: Rng, piece: WorldSlice, n: int) -> EventPayments:
    """Many middling payments within an hour or two by addresses some weeks old.

    Merchants are as quick but old, bots as quick and young but pay tiny amounts.
    """
    repeats = rng.integers(6, 16, n)
    event, time = _repeat_events(rng, piece, repeats, 240)
    s = _intensity(rng, n)
    sender, country = _own_address(rng, n)
    age_days = np.exp(rng.uniform(np.log(10), np.log(90), n)) + (1 - s) * 200
    amount = (180 * np.exp(0.3 * rng.standard_normal(n)))[event]
    amount = amount * np.exp(0.35 * rng.standard_normal(len(event)))
    first_seen = world.times(rng, piece, n) - (age_days * DAY).astype(np.int64)
    rush = np.exp(0.8 * s)[event]
    told = _told(
        rng,
        time=time,
        sender=sender[event],
        first_seen=first_seen[event],
        amount=amount,
        country=country[event],
        gas_factor=rush,
    )
    return told, event


def _seats_on_foreign_gas(rng: Rng, piece: WorldSlice, time: np.ndarray) -> np.ndarray:
    """A retail seat for each time whose sender's chain has a foreign gas price, if one is met."""
    n, tries = len(time), 6
    seats = (pools.seats(settings.POOLS["retail"], piece) * rng.random((n, tries))).astype(np.int64)
    sender, _ = pools.occupants("retail", seats.ravel(), np.repeat(time, tries), piece.seed)
    fits = (world.FOREIGN_GAS[world.chains(sender)] >= 0).reshape(n, tries)
    chosen: np.ndarray = seats[np.arange(n), fits.argmax(axis=1)]
    return chosen


def gas(rng: Rng, piece: WorldSlice, n: int) -> EventPayments:
    """Ordinary payments by a script with the wrong fees: ordinary ones, but of another chain."""
    time = world.times(rng, piece, n)
    s = _intensity(rng, n)
    seat = _seats_on_foreign_gas(rng, piece, time)
    ordinary = pools.ordinary_payments(rng, "retail", seat, time, piece.seed)
    other = world.FOREIGN_GAS[ordinary.chain]
    foreign = world.gas_price(rng, time, np.where(other < 0, ordinary.chain, other))
    price = np.exp(s * np.log(foreign) + (1 - s) * np.log(ordinary.gas))
    return _turned(ordinary, gas=price), np.arange(n)


def _victims(
    rng: Rng, piece: WorldSlice, time: np.ndarray, event: np.ndarray, n: int
) -> np.ndarray:
    """Seats of active retail senders, one for each of `n` events, repeated by `event`."""
    tries = settings.VICTIM_TRIES
    places = pools.seats(settings.POOLS["retail"], piece)
    seats = (places * rng.uniform(0.001, 0.15, (n, tries))).astype(np.int64)
    start = np.full(n, piece.start)
    start[event] = time
    sender, _ = pools.occupants("retail", seats.ravel(), np.repeat(start, tries), piece.seed)
    risky = np.isin(world.countries(sender), world.RISKY).reshape(n, tries)
    chosen: np.ndarray = seats[np.arange(n), risky.argmax(axis=1)][event]
    return chosen


def takeover(rng: Rng, piece: WorldSlice, n: int) -> EventPayments:
    """Old, active addresses suddenly pay many times what they used to."""
    repeats = 1 + (rng.random(n) < 0.1)
    event, time = _repeat_events(rng, piece, repeats, 1800)
    s = _intensity(rng, n)
    seat = _victims(rng, piece, time, event, n)
    ordinary = pools.ordinary_payments(rng, "retail", seat, time, piece.seed)
    usual = pools.usual_amount("retail", ordinary.sender)
    factor = np.exp(s * rng.uniform(np.log(16), np.log(40), n))[event]
    least = 700 * np.exp(0.3 * rng.standard_normal(len(event))) * s[event]
    amount = np.maximum(usual * factor * np.exp(0.2 * rng.standard_normal(len(event))), least)
    return _turned(ordinary, amount=amount), event


def mimic(rng: Rng, piece: WorldSlice, n: int) -> EventPayments:
    """Payments that nothing separates from ordinary ones."""
    return _turned(pools.legitimate(rng, piece, n)), np.arange(n)


STORIES: dict[str, Callable[[Rng, WorldSlice, int], EventPayments]] = {
    "cash_out": cash_out,
    "burst": burst,
    "gas": gas,
    "takeover": takeover,
    "mimic": mimic,
}


def fraudulent(rng: Rng, piece: WorldSlice, budget: int) -> Payments:
    """Whole events until at least `budget` frauds are told, so the last may go beyond it."""
    sizes = np.array([settings.EVENT_SIZES[name] for name in STORIES])
    shares = np.array([settings.STORIES[name] for name in STORIES]) / sizes
    counts = rng.multinomial(max(budget, 0), shares / shares.sum())
    told = [STORIES[name](rng, piece, int(n)) for name, n in zip(STORIES, counts, strict=True)]
    payments = concatenate([part for part, _ in told])
    firsts = np.cumsum([0, *counts[:-1]])
    event = np.concatenate([first + e for first, (_, e) in zip(firsts, told, strict=True)])
    turn = rng.permutation(int(counts.sum()))[event]
    size_in_turn = np.bincount(turn, minlength=int(counts.sum()))
    before = np.cumsum(size_in_turn) - size_in_turn
    return payments.take(before[turn] < budget)
