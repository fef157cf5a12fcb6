"""A Dask cluster: a scheduler's address such as tcp://host:8786, or `local` for one of this host.

Dask schedules, moves data between workers, and does again what a killed worker had begun. A
worker that has not met the data of a unit says so, and gets them once. This room alone knows Dask.
"""

from __future__ import annotations

from fraud_assets.errors import WorkError
from fraud_assets.work.executor import Executor


def open_executor(place: str | None, processes: int) -> Executor:
    """The cluster at an address, or one of so many processes of this host for `local`.

    Raises
    ------
    WorkError
        If Dask is not installed, the address is none, no scheduler or worker answers there, or
        one runs other code.
    """
    try:
        from fraud_assets.work.kinds.dask.client import Dask  # noqa: PLC0415 - its extra
        from fraud_assets.work.kinds.dask.cluster import Cluster  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise WorkError(
            f"FRAUD_ASSETS_DASK is set, but {error.name} is not installed; "
            "run: pip install 'fraud-assets[dask]', or unset it to work in processes of this host."
        ) from None
    return Dask(Cluster(place or "", processes), processes)
