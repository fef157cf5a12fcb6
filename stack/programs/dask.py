"""Dask: a scheduler and two workers, where it is installed."""

from __future__ import annotations

import importlib.util
import json
import sys

from stack.place import Place
from stack.program import Program, asked, listens

WORKERS = ("dask-worker-1", "dask-worker-2")


def programs_of(place: Place) -> list[Program]:
    """None where Dask is not installed."""
    if importlib.util.find_spec("distributed") is None:
        return []
    address, page = place.url("tcp", "dask"), place.url("http", "dask-page")
    here = ("--host", "127.0.0.1", "--port", str(place.ports["dask"]))
    scheduler = Program(
        name="dask",
        stage=1,
        words=[
            *(sys.executable, "-m", "dask", "scheduler", *here),
            *("--dashboard-address", page.removeprefix("http://"), "--no-jupyter"),
        ],
        what="Dask's scheduler",
        shown=f"{address}  {page}",
        is_ready=lambda: listens(place.ports["dask"]),
        ports=[place.ports["dask"], place.ports["dask-page"]],
    )
    workers = [
        Program(
            name=name,
            stage=2,
            words=[
                *(sys.executable, "-m", "dask", "worker", address),
                *("--name", name, "--no-dashboard"),
                *("--nworkers", "1", "--nthreads", "1"),
                *("--local-directory", str(place.folder / "dask" / name)),
            ],
            what="a worker of Dask",
            shown="",
            is_ready=lambda name=name: name in _known_workers(place),
            prepare=lambda name=name: (place.folder / "dask" / name).mkdir(
                parents=True, exist_ok=True
            ),
        )
        for name in WORKERS
    ]
    return [scheduler, *workers]


def _known_workers(place: Place) -> set[str]:
    """The names of the workers that the scheduler has."""
    code, body = asked(place.url("http", "dask-page", "/json/identity.json"))
    workers = json.loads(body).get("workers", {}) if code == 200 else {}
    return {str(one.get("name")) for one in workers.values()}
