"""Makes an asset check of a function, so that what stops a run says so in the check's sentence.

Of a failing blocking check Dagster shows its own error and frames. Here the check's result is put
on record first; then the run stops with the same sentence, its kind and its report.
Concept: https://docs.dagster.io/guides/test/asset-checks
"""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import dagster as dg

from fraud_assets.orchestration.failures import as_sentences, stopped

Check = Callable[..., dg.AssetCheckResult]


def check_of(asset: str, stops: str | None = None) -> Callable[[Check], dg.AssetChecksDefinition]:
    """Decorate a function that looks at an asset's value.

    `stops` is what a failure is called that stops the run ("refused", "data", ...); None for a
    check that only shows.
    """

    def decorate(check: Check) -> dg.AssetChecksDefinition:
        @functools.wraps(check)
        def looked(*values: Any, **named: Any) -> Iterator[dg.AssetCheckResult]:
            with as_sentences():
                result = check(*values, **named)
            yield result
            if stops is not None and not result.passed:
                report = result.metadata.get("report")
                where = None if report is None else str(report.value)
                raise stopped(str(result.description), stops, where, chain_of_check())

        looked.__annotations__["return"] = Iterator[dg.AssetCheckResult]
        # Dagster takes generators too, which its types do not say.
        made = dg.asset_check(asset=asset, blocking=stops is not None)
        return made(looked)  # type: ignore[arg-type]

    return decorate


def chain_of_check() -> tuple[str, ...]:
    """The prefix of the checked asset's key, where there are several chains."""
    try:
        specs = dg.AssetCheckExecutionContext.get().check_specs
    except dg.DagsterError:
        return ()
    return tuple(specs[0].asset_key.path[:-1])
