"""Random numbers that belong to a key: a sender's traits need no memory, only its key.

Each trait is drawn from the key and the trait's own salt, so the same sender has the same traits
in every week and slice, and any number of senders costs nothing to keep.
"""

from __future__ import annotations

import hashlib

import numpy as np
from scipy.special import ndtri

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def mix(values: np.ndarray, salt: str, seed: int = 0) -> np.ndarray:
    """64-bit keys (n,) from 64-bit values: the finaliser of splitmix64 (Steele et al. 2014)."""
    digest = hashlib.blake2b(f"{salt} {seed}".encode(), digest_size=8).digest()
    start = np.uint64(int.from_bytes(digest, "little"))
    with np.errstate(over="ignore"):
        z = (values.astype(np.uint64) ^ start) + _GOLDEN
        z = (z ^ (z >> np.uint64(30))) * _MIX_1
        z = (z ^ (z >> np.uint64(27))) * _MIX_2
        mixed: np.ndarray = z ^ (z >> np.uint64(31))
    return mixed


def uniform(keys: np.ndarray, trait: str) -> np.ndarray:
    """One uniform number in (0, 1) for each key."""
    high = (mix(keys, trait) >> np.uint64(11)).astype(np.float64)
    return (high + 0.5) / 2.0**53


def draw_normal(keys: np.ndarray, trait: str) -> np.ndarray:
    """One standard normal number for each key."""
    deviates: np.ndarray = ndtri(uniform(keys, trait))
    return deviates


def draw_position(keys: np.ndarray, trait: str, shares: np.ndarray) -> np.ndarray:
    """One position (int16) for each key, drawn by `shares` (summing to 1)."""
    edges = np.cumsum(shares)[:-1]
    return np.searchsorted(edges, uniform(keys, trait)).astype(np.int16)
