"""Turns what the domain raises on purpose into Dagster failures that say the reason first.

No retry: the same data and code would fail the same way.
Concept: https://docs.dagster.io/guides/build/ops/op-retries
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from fraud_assets.errors import FraudAssetsError


@contextmanager
def sentences() -> Iterator[None]:
    """Raise a domain error as a failure without retry, its sentence as the description."""
    try:
        yield
    except FraudAssetsError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
