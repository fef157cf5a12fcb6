"""A simulated crypto gateway: senders with histories, fraud stories, late labels, dirt.

Here: `simulate`, which made the data that ships, and its `settings`. Not here: reading and
cleaning. Light at import; pyarrow comes with the first call.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fraud_assets.data.simulator import settings


def simulate(
    transactions: int,
    weeks: int,
    seed: int,
    out: Path,
    fraud_rate: float = settings.DEFAULT_FRAUD_RATE,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Write `weeks` weekly Parquet files and a contract that reads them; return the files.

    `transactions` payments (a few are exported twice), of which `fraud_rate` are frauds, in weeks
    that end on `settings.END`. The same arguments give the same rows. At most
    `settings.SLICE_ROWS` rows are in memory, whatever `transactions` is. `progress` is called
    with the rows written so far and those asked for.

    Raises DataError on arguments out of bounds, or where `out` holds other weeks.
    """
    from fraud_assets.data.simulator.run import write  # noqa: PLC0415 - see above

    return write(transactions, weeks, seed, out, fraud_rate, progress=progress)
