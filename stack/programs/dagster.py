"""Dagster as teams run it: code server, webserver and daemon, each a process, on PostgreSQL."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import yaml

from stack.place import LOCATION, Place
from stack.program import Program, listens, status

SETTINGS = Path(__file__).parent.parent / "dagster.yaml"


def programs_of(place: Place) -> list[Program]:
    """Runs are processes of the code server."""
    workspace = str(place.home / "workspace.yaml")
    own = {"DAGSTER_DISABLE_TELEMETRY": "true", "PYTHONUNBUFFERED": "1"}
    code, web = str(place.ports["code"]), str(place.ports["webserver"])
    here = ("-h", "127.0.0.1", "-p")
    return [
        Program(
            name="code",
            stage=2,
            words=[
                *(sys.executable, "-m", "dagster", "api", "grpc", "-m", LOCATION, *here, code),
                *("--location-name", LOCATION, "--log-level", "warning"),
            ],
            what="Dagster's code server, whose processes the runs are",
            shown=place.url("grpc", "code"),
            is_ready=lambda: listens(place.ports["code"]),
            ports=[place.ports["code"]],
            environment=own,
            prepare=lambda: _make(place),
        ),
        Program(
            name="webserver",
            stage=3,
            words=[sys.executable, "-m", "dagster_webserver", *here, web, "-w", workspace],
            what="Dagster's UI",
            shown=place.url("http", "webserver"),
            is_ready=lambda: status(place.url("http", "webserver", "/server_info")) == 200,
            ports=[place.ports["webserver"]],
            environment=own,
        ),
        Program(
            name="daemon",
            stage=3,
            words=[sys.executable, "-m", "dagster._daemon", "run", "-w", workspace],
            what="Dagster's daemon: schedules, sensors, the queue, lost runs",
            shown="",
            is_ready=lambda: _heartbeat(place),
            environment=own,
        ),
    ]


def _make(place: Place) -> None:
    place.home.mkdir(exist_ok=True)
    shutil.copyfile(SETTINGS, place.home / "dagster.yaml")
    server = {
        "host": "127.0.0.1",
        "port": place.ports["code"],
        "location_name": LOCATION,
    }
    text = yaml.safe_dump({"load_from": [{"grpc_server": server}]})
    (place.home / "workspace.yaml").write_text(text)


def _heartbeat(place: Place) -> bool:
    """Whether the webserver saw the daemon alive; what it does it tells nobody else."""
    import json
    import urllib.request

    query = "{ instance { daemonHealth { allDaemonStatuses { required healthy } } } }"
    request = urllib.request.Request(
        place.url("http", "webserver", "/graphql"),
        json.dumps({"query": query}).encode(),
        {"content-type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            found = json.load(answer)["data"]["instance"]["daemonHealth"]["allDaemonStatuses"]
    except (OSError, ValueError, TypeError, KeyError):
        return False
    return all(one["healthy"] for one in found if one["required"])
