"""From a payment's JSON to typed values, or to every rule that it breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from time import time_ns
from typing import Any

import msgspec

from fraud_assets.contract import Contract
from fraud_assets.contract.names import TOO_LARGE, UNPARSABLE
from fraud_assets.contract.sections.rules import Rule
from fraud_assets.errors import Fault, PaymentError
from fraud_assets.payments.clock import with_time_of_day
from fraud_assets.payments.instants import NoInstantError, read_instant, usual_reader
from fraud_assets.payments.roles import kind_of, raw_columns
from fraud_assets.payments.sentences import ABSENT
from fraud_assets.payments.words import number_words, text_words
from fraud_assets.state.payment import Payment
from fraud_assets.values.identity import written
from fraud_assets.values.number import LARGEST_NUMBER, number
from fraud_assets.values.text import folded, level
from fraud_assets.values.words import allowed_levels, allowed_numbers

KEPT_TEXTS, LONGEST_KEPT = 1024, 64
"""Different texts of a category whose meaning is kept, and characters of the longest of them."""

_NUMBERS = frozenset((float, int))

CleanValue = float | str | int | None
RawPayment = Mapping[str, Any]
NowMicros = Callable[[], int]


class BrokenRuleError(Exception):
    """A value that breaks a rule by its name; `value` is what other rules still see of it."""

    def __init__(self, rule: str, value: CleanValue = None) -> None:
        super().__init__(rule)
        self.value = value


def _now() -> int:
    return time_ns() // 1000


def _never(value: object) -> CleanValue:
    raise KeyError(value)


class ReadPayment(msgspec.Struct, frozen=True, gc=False):
    """A payment for the state, and its raw features as the model takes them."""

    payment: Payment
    features: dict[str, float | str | None]


class RawReader:
    """Reads payments of one contract; `now` is the wall clock in microseconds, UTC."""

    def __init__(self, contract: Contract, now: NowMicros = _now) -> None:
        columns = contract.columns
        self._now, self._id = now, columns.id
        self._time = columns.event_time.column if columns.event_time else None
        self._hour = columns.event_time.time if columns.event_time else None
        self.columns = raw_columns(contract)
        self._readers = {
            name: reader_of(name, contract) for name in self.columns if name != self._hour
        }
        # A date beside its time of day is no single value: such payments go the long way.
        self._usual = [*self._readers.items()] if self._hour is None else [("", _never)]
        kinds = {name: kind_of(name, contract) for name in self._readers}
        self._all = frozenset(self.columns)
        self._rules = [
            (name, rule.column, _check_of(rule, contract)) for name, rule in contract.rules.items()
        ]
        features = contract.features
        self._features = [name for name in features.names if name not in contract.derived]
        named = {
            name
            for kind in contract.derived.values()
            for use in ("entity", "value")
            for name in kind.names(use)
        }
        self._numbers = [name for name, kind in kinds.items() if kind == "number"]
        self._texts = [name for name, kind in kinds.items() if kind in ("category", "identity")]
        self._times = [n for n, kind in kinds.items() if kind == "time" and n != self._time]
        self._written = [name for name in kinds if name in named and name not in self._texts]

    def read(self, raw: RawPayment) -> ReadPayment:
        """The payment.

        Raises
        ------
        PaymentError
            If it breaks rules: all of them, each with its column.
        """
        try:
            values = {name: reader(raw[name]) for name, reader in self._usual}
        except (KeyError, BrokenRuleError):
            return self._read_all(raw)
        if not self._sound(values):
            return self._read_all(raw)
        return ReadPayment(self.payment(values), {name: values[name] for name in self._features})

    def _read_all(self, raw: RawPayment) -> ReadPayment:
        """The same for one that may break rules: each value is looked at, whatever others say."""
        faults = [] if raw.keys() >= self._all else self._absent(raw)
        values: dict[str, CleanValue] = {}
        for name, reader in self._readers.items():
            value = raw.get(name)
            if name == self._time and self._hour is not None:
                value = self._with_hour(value, raw)
            try:
                values[name] = reader(value)
            except BrokenRuleError as broken:
                values[name] = broken.value
                if name in raw:
                    faults.append(Fault(name, str(broken), raw[name]))
        faults += self._broken(values, raw)
        if faults:
            raise PaymentError(faults)
        return ReadPayment(self.payment(values), {name: values[name] for name in self._features})

    def _sound(self, values: Mapping[str, CleanValue]) -> bool:
        """Whether the values of a payment that has them all break no rule."""
        if self._time is not None:
            time = values[self._time]
            if time is None or time > self._now():  # type: ignore[operator]
                return False
        if self._id is not None and values[self._id] is None:
            return False
        for _, column, holds in self._rules:  # noqa: SIM110 - faster than all(), at each payment
            if not holds(values[column]):
                return False
        return True

    def _absent(self, raw: RawPayment) -> list[Fault]:
        return [Fault(name, ABSENT, "nothing") for name in self.columns if name not in raw]

    def _with_hour(self, value: object, raw: RawPayment) -> object:
        return with_time_of_day(value, raw.get(self._hour or ""))

    def _broken(self, values: Mapping[str, CleanValue], raw: RawPayment) -> Iterator[Fault]:
        if self._time is not None and self._time in values:
            time = values[self._time]
            if time is None:
                yield Fault(self._time, "time_missing", raw.get(self._time))
            elif time > self._now():  # type: ignore[operator]
                yield Fault(self._time, "time_after_now", raw.get(self._time))
        if self._id is not None and self._id in values and values[self._id] is None:
            yield Fault(self._id, "id_missing", raw.get(self._id))
        for name, column, holds in self._rules:
            if column in values and not holds(values[column]):
                yield Fault(column, name, raw.get(column))

    @property
    def read_columns(self) -> tuple[str, ...]:
        """Columns that become typed values: all but a time of day that stands beside its date."""
        return tuple(self._readers)

    def payment(self, values: Mapping[str, CleanValue]) -> Payment:
        """The payment of typed values by column, None where missing."""
        found = values.get
        texts: Any = {name: v for name in self._texts if (v := found(name)) is not None}
        for name in self._written:
            if (value := found(name)) is not None:
                texts[name] = written(value)
        numbers: Any = {name: v for name in self._numbers if (v := found(name)) is not None}
        times: Any = {name: v for name in self._times if (v := found(name)) is not None}
        time: Any = None if self._time is None else values[self._time]
        return Payment(
            None if self._id is None else texts.get(self._id), time, numbers, texts, times
        )


def reader_of(name: str, contract: Contract) -> Callable[[object], CleanValue]:
    """What reads one value of a column; it raises `BrokenRuleError` with the rule's name."""
    kind, source = kind_of(name, contract), contract.source
    if kind == "time":
        return _time_reader(name, contract)
    if kind == "number":
        return _number_reader(name, source.decimal, number_words(source))
    case = contract.features.case if kind == "category" else "keep"
    words = text_words(source)

    longest = max(map(len, words))

    def read(value: object) -> CleanValue:
        if type(value) is str and case == "keep" and len(value) > longest and _is_plain(value):
            return value
        return None if value is None else level(written(column_value(value)), case, words)

    return _remembering(read) if kind == "category" else read


def _is_plain(text: str) -> bool:
    """Whether `normal` leaves a text as it is: visible ASCII to both ends, and no whole number."""
    return (
        text.isascii()
        and text.isprintable()
        and text[0] != " " != text[-1]
        and (text[-1] != "0" or "." not in text)
    )


def _remembering(read: Callable[[object], CleanValue]) -> Callable[[object], CleanValue]:
    """The same reader; what the first few texts mean is kept, as a category has few."""
    known: dict[object, CleanValue] = {}

    def remembered(value: object) -> CleanValue:
        if type(value) is not str:
            return read(value)
        if value in known:
            return known[value]
        found = read(value)
        if len(known) < KEPT_TEXTS and len(value) <= LONGEST_KEPT:
            known[value] = found
        return found

    return remembered


def _time_reader(name: str, contract: Contract) -> Callable[[object], CleanValue]:
    column, words = contract.time_columns[name], number_words(contract.source)
    usual = usual_reader(column)

    def read(value: object) -> CleanValue:
        if type(value) is str and (found := usual(value)) is not None:
            return found
        try:
            return read_instant(value, column, words)
        except NoInstantError as error:
            raise BrokenRuleError(f"{UNPARSABLE}{name}") from error

    return read


def _number_reader(
    name: str, decimal: str, words: frozenset[str]
) -> Callable[[object], CleanValue]:
    most = LARGEST_NUMBER
    gone = {found for word in words if (found := number(word, decimal)) is not None}

    def read(value: object) -> CleanValue:
        if value is None:
            return None
        # What JSON has as a number; NaN, infinity and what is too large go the long way.
        if type(value) in _NUMBERS and -most <= value <= most and value not in gone:  # type: ignore[operator]
            return float(value)  # type: ignore[arg-type]
        value = column_value(value)
        found = number(value, decimal)
        if found is None:
            if isinstance(value, str) and folded(value) in words:
                return None
            raise BrokenRuleError(f"{UNPARSABLE}{name}")
        if found in gone:
            return None
        if abs(found) > LARGEST_NUMBER:
            raise BrokenRuleError(f"{TOO_LARGE}{name}", found)
        return found

    return read


def column_value(value: object) -> object:
    """A JSON value as one of a column: truth values, lists and objects by their text."""
    return str(value) if isinstance(value, bool | list | dict) else value


def _check_of(rule: Rule, contract: Contract) -> Callable[[CleanValue], bool]:
    kind = kind_of(rule.column, contract)
    case = contract.features.case if rule.column in contract.features.categorical else "keep"
    allowed: tuple[object, ...] | None = None
    if rule.one_of is not None:
        numbers = kind == "number"
        allowed = allowed_numbers(rule.one_of) if numbers else allowed_levels(rule.one_of, case)

    required, low, high = rule.required, rule.min, rule.max
    if allowed is None and low is None and high is None:
        return lambda value: value is not None or not required
    if allowed is None and high is None:
        return lambda value: not required if value is None else not value < low  # type: ignore[operator]

    def holds(value: CleanValue) -> bool:
        if value is None:
            return not rule.required
        if rule.min is not None and value < rule.min:  # type: ignore[operator]
            return False
        if rule.max is not None and value > rule.max:  # type: ignore[operator]
            return False
        return allowed is None or value in allowed

    return holds
