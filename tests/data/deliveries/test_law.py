"""Whatever was delivered in whatever order, each week equals a slow account payment by payment."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.data.splits.windows import labels_known_at
from fraud_assets.data.transactions import read_typed, transactions_at
from fraud_assets.errors import DataError
from tests.data.deliveries.test_labels import MATURED
from tests.exports import NOW, export

START = datetime(2025, 1, 1)
PAYMENTS = {"A": 0, "B": 2, "C": 4}
DELIVERY = st.fixed_dictionaries(
    {
        "payment_id": st.sampled_from(sorted(PAYMENTS)),
        "amount": st.sampled_from(["5", "6", ""]),
        "device": st.sampled_from(["a", "b", ""]),
        "is_fraud": st.sampled_from(["0", "1", "1", ""]),
        "reported": st.none() | st.integers(5, 30),
        "delivered": st.integers(6, 40),
        "file": st.integers(0, 2),
    }
)


def day(number: int | None) -> str:
    return "" if number is None else str(START + timedelta(days=number))[:10]


def account(drawn: list[dict], timed: bool, at: int) -> dict[str, tuple]:
    """Amount, device and label in hand on day `at`, one payment and one delivery at a time."""
    ordered = sorted(enumerate(drawn), key=lambda pair: (pair[1]["file"], pair[0]))
    if timed:
        ordered = sorted(ordered, key=lambda pair: pair[1]["delivered"])
    books = {}
    for name, made in PAYMENTS.items():
        own = [one for _, one in ordered if one["payment_id"] == name]
        seen = [one for one in own if made <= at and (not timed or one["delivered"] <= at)]
        if not seen:
            continue
        facts = [
            next((o[key] for o in reversed(seen) if o[key]), "") for key in ("amount", "device")
        ]
        books[name] = (*facts, label_of(seen, made + MATURED, timed, at))
    return books


def label_of(seen: list[dict], matured: int, timed: bool, at: int) -> str:
    told = [one for one in seen if one["is_fraud"]]
    if not told:
        return ""
    if not any(one["is_fraud"] == "1" for one in told):
        return "0"
    known, reported, label = [], None, "0"
    said_so = []
    for one in told:
        times = [one["reported"], one["delivered"] if timed else None]
        said = max((time for time in times if time is not None), default=None)
        if said_so[-1:] != [(one["is_fraud"], said)]:
            said_so.append((one["is_fraud"], said))
    for word, said in said_so:
        fraud = word == "1"
        if reported is None and not fraud:
            start = -1
        elif said is None and len(said_so) == 1:
            start = -1  # one fraud alone without any time counts as known
        elif said is None:
            start = max([matured, *known])
        elif reported is not None and not fraud and said <= reported:
            start = reported if timed else max([matured, *known])
        else:
            start = said
        known.append(start)
        reported = start if fraud else reported
        label = word if start <= at else label
    return label


def told_once(drawn: list[dict]) -> list[dict]:
    """Deliveries that do not contradict each other, and say the label only where it is new."""
    seen, kept = set(), []
    for one in drawn:
        key = (one["payment_id"], one["delivered"])
        if key not in seen and (*key[:1], one["file"]) not in seen:
            seen |= {key, (*key[:1], one["file"])}
            kept.append(one)
    return kept


@settings(max_examples=80, deadline=None)
@given(st.lists(DELIVERY, min_size=1, max_size=12), st.booleans(), st.integers(8, 45))
def test_every_day_equals_the_slow_account(tmp_path_factory, drawn, timed, last):
    """Law: rows as of a day, and labels that a later day knows of that day, are the account's."""
    drawn, folder = told_once(drawn), tmp_path_factory.mktemp("law")
    made = pd.DataFrame(drawn)
    made["paid_at"] = made["payment_id"].map(PAYMENTS).map(day)
    made["reported_at"] = [day(one["reported"]) for one in drawn]
    made["sent"] = [day(one["delivered"]) for one in drawn]
    made = made.assign(customer_id="c", account_age="1", country=made["device"])
    said = {"columns": 'delivered_at = "sent"'} if timed else {}
    contract = export(folder, {f"f{i}": part for i, part in made.groupby("file")}, **said)
    source = read_typed(contract)

    def books(at: int) -> dict[str, tuple]:
        rows = transactions_at(source, contract, instant(at), NOW).rows
        amounts = rows["amount"].map(lambda a: "" if np.isnan(a) else f"{a:g}")
        labels = rows["_label"].astype(object).where(rows["_label"].notna(), "").astype(str)
        parts = zip(amounts, rows["country"].fillna(""), labels, strict=True)
        return dict(zip(rows["payment_id"], parts, strict=True))

    expected = account(drawn, timed, last)
    if not expected:
        try:
            assert books(last) == {}
        except DataError:
            return
    assert books(last) == expected
    later = transactions_at(source, contract, instant(last), NOW).rows
    for earlier in range(8, last, 5):
        known = dict(
            zip(later["payment_id"], labels_known_at(later, instant(earlier)), strict=True)
        )
        before = account(drawn, timed, earlier)
        assert {name: f"{known[name]}" for name in before} == {
            name: label or "0" for name, (_, _, label) in before.items()
        }


def instant(number: int) -> np.datetime64:
    return np.datetime64(START + timedelta(days=number), "us")
