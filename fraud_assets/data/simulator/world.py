"""What holds for everybody at the gateway: chains, tokens, countries, gas levels, the clock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fraud_assets.data.simulator import keyed, settings

DAY = 86_400
CHAIN_NAMES = tuple(settings.CHAINS)
TOKEN_NAMES = tuple(sorted({t for chain in settings.CHAINS.values() for t in chain.tokens}))
CHAIN_SHARES = np.array([chain.share for chain in settings.CHAINS.values()])
CHAIN_GAS = np.array([chain.gas for chain in settings.CHAINS.values()])
FOREIGN_GAS = np.array(
    [
        CHAIN_NAMES.index(settings.FOREIGN_GAS[name]) if name in settings.FOREIGN_GAS else -1
        for name in CHAIN_NAMES
    ]
)
_RANKED = 1.0 / (np.arange(len(settings.COUNTRIES)) + settings.COUNTRY_FLATNESS)
COUNTRY_SHARES = _RANKED / _RANKED.sum()
RISKY = np.array([settings.COUNTRIES.index(name) for name in settings.RISKY_COUNTRIES])
_HOURS = 1.0 + 0.55 * np.sin((np.arange(24) - 8) * np.pi / 12)
_END_SECONDS = int(np.datetime64(settings.END, "s").astype(np.int64))


@dataclass(frozen=True)
class WorldSlice:
    """A stretch of time to make payments for: [start, end) in seconds since 1970 UTC.

    `rows_per_day` is the gateway's size, which fixes how many senders there are; `seed` names the
    simulated world, whose senders it fixes.
    """

    start: int
    end: int
    rows_per_day: float
    seed: int

    @property
    def drift(self) -> float:
        """Where the slow drift stands: -1 to 1, there and back in twice `DRIFT_WEEKS`."""
        weeks = (self.start - _END_SECONDS) / DAY / 7
        return float(np.cos(np.pi * weeks / settings.DRIFT_WEEKS))


def times(rng: np.random.Generator, piece: WorldSlice, n: int) -> np.ndarray:
    """Event times (n,) in seconds: more in the afternoon than at night."""
    hours = (np.arange(piece.start, piece.end, 3600) // 3600) % 24
    weights = _HOURS[hours] / _HOURS[hours].sum()
    hour = rng.choice(len(hours), size=n, p=weights)
    moments = piece.start + hour * 3600 + rng.integers(0, 3600, n)
    clipped: np.ndarray = np.minimum(moments, piece.end - 1)
    return clipped


def gas_level(time: np.ndarray, chain: np.ndarray) -> np.ndarray:
    """The usual gas price of a chain at a time: a weekly and a half-yearly wave."""
    weekly = 0.06 * np.sin(2 * np.pi * time / (7 * DAY) + chain)
    yearly = 0.04 * np.sin(2 * np.pi * time / (180 * DAY) + 2.0 * chain)
    level: np.ndarray = CHAIN_GAS[chain] * np.exp(weekly + yearly)
    return level


def gas_price(rng: np.random.Generator, time: np.ndarray, chain: np.ndarray) -> np.ndarray:
    """An ordinary payment's gas price."""
    noise = np.exp(settings.GAS_SPREAD * rng.standard_normal(len(time)))
    price: np.ndarray = gas_level(time, chain) * noise
    return price


def chains(keys: np.ndarray) -> np.ndarray:
    """The chain that each sender uses."""
    return keyed.draw_position(keys, "chain", CHAIN_SHARES)


def countries(keys: np.ndarray) -> np.ndarray:
    """The country that each sender comes from; -1 where the gateway does not know."""
    country = keyed.draw_position(keys, "country", COUNTRY_SHARES)
    return np.where(keyed.uniform(keys, "country known") < 0.03, -1, country).astype(np.int16)


def tokens(keys: np.ndarray, chain: np.ndarray) -> np.ndarray:
    """The token that each sender pays in, by its chain's shares."""
    token = np.zeros(len(keys), dtype=np.int16)
    for position, entry in enumerate(settings.CHAINS.values()):
        names = np.array([TOKEN_NAMES.index(name) for name in entry.tokens], dtype=np.int16)
        picked = keyed.draw_position(keys, "token", np.array(list(entry.tokens.values())))
        token = np.where(chain == position, names[np.minimum(picked, len(names) - 1)], token)
    return token
