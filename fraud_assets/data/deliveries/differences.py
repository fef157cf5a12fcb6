"""How deliveries of the same id differ: not at all, as corrections do, or as no correction may."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.columns import AMOUNT, KNOWN_AT, LABEL, ROW, SENDER, TIME
from fraud_assets.data.deliveries.arrivals import delivery_column, first_of_each, label_columns
from fraud_assets.features.arrays import Mask, Positions

CORRECTION = np.timedelta64(1, "h")
"""Within an hour another time and amount correct a payment; beyond, they are another payment."""

ROLES = (ROW, TIME, SENDER, AMOUNT, LABEL, KNOWN_AT)
"""Columns that repeat or follow from the exported ones."""


@dataclass(frozen=True)
class Differences:
    """What each of the deliveries (m,) is, these standing by payment and in order.

    `first` and `latest` are the positions of its payment's first delivery, and of the last that
    said anything new; `repeats` marks those equal to the one before. `counts` marks the delivery
    that counts, `spoken` all whose label is heard; `contradicts` and `id_reused` are rules broken.
    `changed` counts for each column the payments of which a later delivery changed the value.
    """

    first: Positions
    latest: Positions
    repeats: Mask
    counts: Mask
    spoken: Mask
    contradicts: Mask
    id_reused: Mask
    changed: dict[str, int]

    @classmethod
    def of(cls, deliveries: pd.DataFrame, moment: pd.Series, contract: Contract) -> Differences:
        """Compare deliveries (m,); `moment` (m,) is equal where deliveries came at once."""
        first = first_of_each(deliveries[contract.columns.id])
        apart = [*ROLES, delivery_column(contract)]
        differs = {
            str(name): _from_previous(deliveries[name], first)
            for name in deliveries.columns.difference(apart, sort=False)
        }
        own = np.arange(len(first))
        repeats = ~np.logical_or.reduce([own == first, *differs.values()])
        latest = _largest(np.where(repeats, -1, own), first)
        when = moment.to_numpy()
        contradicts = _unequal(deliveries, when == when[_largest(own, first)], first)
        contested = _any(contradicts, first)
        reused = _any(_another_payment(deliveries, latest), first) & ~contested
        spoken = ~repeats & ~contested & ~reused
        changed = {
            name: len(np.unique(first[mask & spoken]))
            for name, mask in differs.items()
            if name not in label_columns(contract)
        }
        return cls(
            first,
            latest,
            repeats,
            counts=spoken & (own == latest),
            spoken=spoken,
            contradicts=contradicts,
            id_reused=reused & ~repeats,
            changed={name: count for name, count in changed.items() if count},
        )


def _from_previous(values: pd.Series, first: Positions) -> Mask:
    """Where a value is another than in the payment's delivery before."""
    before, own = (values.iloc[part].reset_index(drop=True) for part in (slice(-1), slice(1, None)))
    same = (own == before).fillna(value=False).astype(bool) | (own.isna() & before.isna())
    differs = np.ones(len(values), dtype=bool)
    differs[1:] = ~same.to_numpy(dtype=bool)
    return differs & (first != np.arange(len(values)))


def _unequal(deliveries: pd.DataFrame, inside: Mask, first: Positions) -> Mask:
    """Which of the deliveries `inside` have a payment whose sender, time or amount differ there."""
    found = np.zeros(len(inside), dtype=bool)
    for name in (name for name in (SENDER, TIME, AMOUNT) if name in deliveries):
        values = deliveries[name][inside].groupby(first[inside]).transform("nunique")
        found[inside] |= (values > 1).to_numpy()
    return found


def _another_payment(deliveries: pd.DataFrame, latest: Positions) -> Mask:
    """Which deliveries cannot be of the payment that the latest one tells of."""

    def differs(name: str) -> Mask:
        own = deliveries[name]
        its = own.take(latest).set_axis(own.index)
        return ((own != its) & own.notna() & its.notna()).to_numpy(dtype=bool)

    another = differs(SENDER) if SENDER in deliveries else np.zeros(len(latest), dtype=bool)
    if TIME in deliveries:
        times = deliveries[TIME].to_numpy(dtype="datetime64[us]")
        apart: Mask = np.abs(times - times[latest]) > CORRECTION
        another = another | (apart & differs(AMOUNT) if AMOUNT in deliveries else apart)
    return another


def _largest(values: Positions, first: Positions) -> Positions:
    found: Positions = pd.Series(values).groupby(first).transform("max").to_numpy()
    return found


def _any(mask: Mask, first: Positions) -> Mask:
    found: Mask = pd.Series(mask).groupby(first).transform("any").to_numpy()
    return found
