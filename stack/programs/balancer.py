"""The balancer: Caddy before the two services, which asks the other one where one does not answer.

A request that was cut off is sent again: whatever the services take may be sent twice, since a
payment's id gets its first answer again. A service that is not ready gets nothing.
"""

from __future__ import annotations

from pathlib import Path

from stack.place import Place, command
from stack.program import Program, listens
from stack.programs.scoring import SERVICES

SITE = Path(__file__).parent.parent / "Caddyfile"


def programs_of(place: Place) -> list[Program]:
    """One address for both services."""
    folder = place.folder / "caddy"
    return [
        Program(
            name="balancer",
            stage=3,
            words=[
                *(command("caddy"), "run", "--adapter", "caddyfile", "--config", str(SITE)),
            ],
            what="Caddy: the balancer before the services",
            shown=place.url("http", "balancer"),
            is_ready=lambda: listens(place.ports["balancer"]),
            ports=[place.ports["balancer"]],
            environment={
                "HOME": str(folder),
                "FOLDER": str(folder),
                "BIND": "127.0.0.1",
                "LISTEN": f":{place.ports['balancer']}",
                "SERVICES": " ".join(f"127.0.0.1:{place.ports[name]}" for name in SERVICES),
            },
            prepare=lambda: folder.mkdir(exist_ok=True),
        )
    ]
