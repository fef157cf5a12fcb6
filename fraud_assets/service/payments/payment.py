"""The request's shape, made from the version's own features: fast to read, exact in its faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from pydantic import BaseModel

from fraud_assets.errors import StoreError
from fraud_assets.scoring.limits import LONGEST, bounds
from fraud_assets.scoring.scorer import Row
from fraud_assets.scoring.spec import Feature, Numeric, Spec
from fraud_assets.service.faults import UNREADABLE, FieldFault, cut, model_faults, told
from fraud_assets.service.payments.payment_model import batch_model, payment_model
from fraud_assets.service.payments.payment_rules import Rules
from fraud_assets.service.settings import MAX_BATCH, MAX_BODY

_FIELD_BYTES = 72
"""What a field takes beside its name: quotes, a number in full or a usual text."""

_PAYMENT_BYTES = 600
"""What a payment may take in a batch at least, whatever few features it has."""


class _Parts(msgspec.Struct):
    transactions: list[msgspec.Raw]


_parts = msgspec.json.Decoder(_Parts)


@dataclass(frozen=True)
class PaymentReader:
    """Reads request bodies into rows, or says what is wrong with every field.

    `batch_limit` is the largest body of a batch in bytes.
    """

    one: Callable[[bytes], Row]
    many: Callable[[bytes], list[Row]]
    payment: type[BaseModel]
    batch: type[BaseModel]
    batch_limit: int

    def faults(self, body: bytes, error: Exception) -> list[FieldFault]:
        """Each field at fault as {loc, msg, type}, for a body that `one` rejected with `error`."""
        # A large body is told by its first fault: finding all holds the interpreter too long.
        found = model_faults(self.payment, body) if len(body) <= MAX_BODY else []
        # The fast reader is the stricter one in corners such as numbers of 400 digits.
        return cut(found or [told(error)])

    def batch_faults(self, body: bytes, error: Exception) -> list[FieldFault]:
        """The same for a batch that `many` rejected; payment by payment, so that others score."""
        try:
            parts = _parts.decode(body).transactions
        except UNREADABLE as broken:
            return [told(broken)]
        if len(parts) > MAX_BATCH:
            return [_too_many(len(parts))]
        found = [
            fault | {"loc": ["body", "transactions", index, *fault["loc"][1:]]}
            for index, part in enumerate(parts)
            for fault in self._part_faults(bytes(part))
        ]
        return cut(found or [told(error)])

    def _part_faults(self, part: bytes) -> list[FieldFault]:
        try:
            self.one(part)
        except UNREADABLE as error:
            return self.faults(part, error)
        return []


def payment_reader(spec: Spec) -> PaymentReader:
    """The reader of payments with the features of `spec`.

    Raises
    ------
    StoreError
        If a feature's name cannot be the name of a JSON field.
    """
    payment, rules, model = _struct(spec), Rules(spec), payment_model(spec)
    size = sum(len(feature.name) + _FIELD_BYTES for feature in spec.features)
    limit = MAX_BATCH * max(size, _PAYMENT_BYTES)
    one, many = _read_one(payment, rules), _read_many(payment, rules)
    return PaymentReader(one, many, model, batch_model(model), limit)


def _read_one(payment: type[msgspec.Struct], rules: Rules) -> Callable[[bytes], Row]:
    decoder, values = msgspec.json.Decoder(payment), msgspec.structs.astuple

    def read(body: bytes) -> Row:
        if not body.isascii():
            body.decode()  # fields that nobody reads must be UTF-8 too
        row = values(decoder.decode(body))
        if rules.any:
            rules.check(row)
        return row

    return read


def _read_many(payment: type[msgspec.Struct], rules: Rules) -> Callable[[bytes], list[Row]]:
    batch = msgspec.defstruct("Batch", [("transactions", list[payment])])  # type: ignore[valid-type]
    decoder, values = msgspec.json.Decoder(batch), msgspec.structs.astuple

    def read(body: bytes) -> list[Row]:
        body.decode()
        items = decoder.decode(body).transactions  # type: ignore[attr-defined]
        if len(items) > MAX_BATCH:
            raise msgspec.ValidationError("Too many payments - at `$.transactions`")
        rows = [values(item) for item in items]
        for row in rows if rules.any else ():
            rules.check(row)
        return rows

    return read


def _struct(spec: Spec) -> type[msgspec.Struct]:
    # Fields are numbered: a feature's name need not be a Python name.
    fields = [(f"f{i}", _fast_type(feature)) for i, feature in enumerate(spec.features)]
    names = {f"f{i}": feature.name for i, feature in enumerate(spec.features)}
    try:
        return msgspec.defstruct("Payment", fields, rename=names, gc=False)
    except ValueError as error:
        raise StoreError(
            "Each feature's name must be fit to be a JSON field (no quotes, backslashes or "
            f"control characters), got {list(names.values())!r}; rename it in the contract."
        ) from error


def _fast_type(feature: Feature) -> Any:
    kind: Any
    if isinstance(feature, Numeric):
        low, high = bounds(feature)
        kind = Annotated[float, msgspec.Meta(ge=low, le=high)]
    else:
        kind = Annotated[str, msgspec.Meta(max_length=LONGEST)]
    return kind if feature.required else kind | None


def _too_many(count: int) -> FieldFault:
    message = f"List should have at most {MAX_BATCH} items after validation, not {count}"
    return {"loc": ["body", "transactions"], "msg": message, "type": "too_long"}
