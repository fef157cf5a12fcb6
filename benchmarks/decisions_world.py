"""Raw payments of the crypto gateway, a state with their senders' past, and a version that decides.

The version flags `FLAGGED_SHARE` of the payments as the state makes them, not as they are sent.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import serve_world as world
from benchmarks.serve_world import COUNTRIES, FLAGGED_SHARE, payments, publish
from fraud_assets.contract import Contract, load_contract
from fraud_assets.payments.kept import plan_for
from fraud_assets.payments.reader import RawReader
from fraud_assets.scoring.making.export import export_scorer
from fraud_assets.scoring.scorer import load_scorer
from fraud_assets.state.acts.filling import fill
from fraud_assets.state.opening import MEMORY, begin, close, finish, open_adapter
from fraud_assets.state.state import State
from fraud_assets.store.store import Store

FAMILY = "gradient_boosting"
SENDERS, PAST, PAST_DAYS, _YEARS = 3000, 60_000, 35, 3
_DAY, _BATCH = 86_400.0, 500


class Gateway:
    """A stream of payments that goes on at one pace, each with an id of its own.

    So the senders' habits stay, and with them the share that is flagged, however many are asked
    for. It begins long ago: a payment may not be made after now.
    """

    def __init__(self, seed: int = 3) -> None:
        self._rng = np.random.default_rng(seed)
        self._at = 0
        self._moment = time.time() - _YEARS * 365 * _DAY

    def past(self) -> Iterator[dict[str, Any]]:
        """`PAST` payments over `PAST_DAYS` days."""
        yield from self._made(PAST)

    def now(self, n: int) -> list[dict[str, Any]]:
        """The next `n` payments."""
        return list(self._made(n))

    def _made(self, n: int) -> Iterator[dict[str, Any]]:
        draw = self._rng
        senders, sums = draw.integers(SENDERS, size=n), draw.lognormal(4.5, 1.6, n).round(2)
        gas = draw.lognormal(3, 0.7, n).round(3)
        for sender, amount, price in zip(senders, sums, gas, strict=True):
            self._moment += PAST_DAYS * _DAY / PAST
            self._at += 1
            yield {
                "transaction_id": f"0x{self._at:032x}",
                "created_at": _written(self._moment),
                "sender_address": f"0x{int(sender) * 7919:040x}",
                "amount_usd": float(amount),
                "gas_price": float(price),
                "first_seen": _written(self._moment - _DAY * (1 + int(sender) % 300)),
                "chain": ("eth", "BTC", "SOL", "TRX", "BSC", "MATIC")[self._at % 6],
                "token_type": ("NATIVE", "STABLE", "ERC20", "NFT")[self._at % 4],
                "sender_country": COUNTRIES[self._at % len(COUNTRIES)],
            }


def _written(seconds: float) -> str:
    whole = int(seconds)
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
    return f"{text}.{int((seconds - whole) * 1e6):06}Z"


def remember(place: str, contract: Contract, raws: list[dict[str, Any]]) -> State:
    """A state at `place` that holds these payments and no other; open."""
    reader, adapter = RawReader(contract), open_adapter(place, contract.name)
    state = begin(adapter, plan_for(contract))
    for start in range(0, len(raws), _BATCH):
        part = raws[start : start + _BATCH]
        fill(state, [(reader.read(raw).payment, []) for raw in part])
    finish(state, None)
    return state


def publish_for(store: Store, gateway: Gateway, past: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A version whose threshold flags `FLAGGED_SHARE` of what the gateway sends.

    Payments as /predict takes them: with the features that the state derives of them.
    """
    contract, pipeline = load_contract("crypto_gateway"), world.fit(FAMILY)
    legitimate = payments(4000, 77)
    sample = legitimate.take(legitimate.label == 0)
    scorer = load_scorer(export_scorer(pipeline, contract, sample, 0.5, legitimate))
    state, reader = remember(MEMORY, contract, past), RawReader(contract)
    sent = []
    for raw in gateway.now(4000):
        read = reader.read(raw)
        sent.append(read.features | state.meet([read.payment])[0].features)
    scores = [scorer.score(one) for one in sent]
    publish(store, pipeline, float(np.quantile(scores, 1 - FLAGGED_SHARE)), FAMILY)
    return sent


def left(place: Path | str, raws: list[dict[str, Any]]) -> None:
    """The same as `remember`, brought to disk and let go, for a service to open."""
    close(remember(str(place), load_contract("crypto_gateway"), raws))
