"""`python -m benchmarks.record`: POST /decisions with and without the record, side by side.

Two real services on states of their own, one keeping its record, one not; 16 connections, rounds
of a few seconds in turns, so that what else the machine does falls on both. Tells the median of
the rounds' ratios of requests a second, the processor's time of a decision, and each side's 99th
percentile. Ends with 1 where the
record costs more than 5 % of the requests or 1 ms at the 99th percentile.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.serve import cpu_seconds, free_port
from fraud_assets.contract import parse_contract
from fraud_assets.decisions.verify import verify_log
from fraud_assets.payments.kept import plan_for
from fraud_assets.state.opening import begin, close, open_adapter
from tests.service.decisions.test_decisions import CONTRACT
from tests.service.stores import new_store, promote

OUT = Path(__file__).parent / "out" / "record.json"
CONNECTIONS, ENTITIES = 16, 5000
MOST_LOST, MOST_LATER_MS = 0.05, 1.0

_COMMAND = "import sys; from fraud_assets.cli import main; sys.exit(main(sys.argv[1:]))"
_WITHOUT = (
    "import fraud_assets.service.decisions.record_routes as routes;"
    "from fraud_assets.service.decisions.keeping import Keeping;"
    "routes.keeping_of = lambda settings: Keeping();"
)


class Up(NamedTuple):
    """A service's port and process."""

    port: int
    pid: int


@contextmanager
def service(folder: Path, models: Path, keys: Path, before: str) -> Iterator[Up]:
    """A service on an empty state."""
    contract = parse_contract(CONTRACT)
    close(begin(open_adapter(str(folder / "state"), contract.name), plan_for(contract)))
    port = free_port()
    places = {
        "FRAUD_ASSETS_MODELS": str(models),
        "FRAUD_ASSETS_KEYS": str(keys),
        "FRAUD_ASSETS_STATE": str(folder / "state"),
        "FRAUD_ASSETS_DECISIONS": str(folder / "log"),
    }
    command = [sys.executable, "-c", before + _COMMAND, "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=os.environ | places, stderr=subprocess.DEVNULL)
    try:
        asyncio.run(_ready(port))
        yield Up(port, process.pid)
    finally:
        process.terminate()
        process.wait(30)


async def _ready(port: int) -> None:
    for _ in range(600):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise TimeoutError("The service did not start within a minute.")


def body(number: int) -> bytes:
    """A payment of one of many senders, ten seconds after the one before it."""
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_700_000_000 + 10 * number))
    sender = f"s{number * 7919 % ENTITIES}"
    plain = {"id": f"p{number}", "made": at, "who": sender, "amount": 1.5 * (number % 99)}
    return json.dumps(plain | {"chain": "eth", "country": "DE"}).encode()


async def _round(port: int, numbers: count[int], seconds: float) -> list[float]:
    taken: list[float] = []
    end = time.perf_counter() + seconds
    talks = [_talk(port, numbers, end, taken) for _ in range(CONNECTIONS)]
    await asyncio.gather(*talks)
    return taken


async def _talk(port: int, numbers: count[int], end: float, taken: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = b"POST /decisions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    while (began := time.perf_counter()) < end:
        sent = body(next(numbers))
        writer.write(b"%bcontent-length: %d\r\n\r\n%b" % (head, len(sent), sent))
        answer = await reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        told = await reader.readexactly(length)
        if b" 200 " not in answer[:15]:
            raise RuntimeError(f"A decision must be answered with 200, got {told!r}")
        taken.append(time.perf_counter() - began)
    writer.close()


def compared(ports: dict[str, Up], rounds: int, seconds: float) -> dict[str, float]:
    """Requests a second and 99th percentiles of both sides, in turns."""
    numbers = {side: count() for side in ports}
    taken: dict[str, list[float]] = {side: [] for side in ports}
    costs: dict[str, list[float]] = {side: [] for side in ports}
    ratios = []
    for number in range(rounds + 1):
        rates = {}
        for side, up in ports.items():
            before = cpu_seconds(up.pid)
            found = asyncio.run(_round(up.port, numbers[side], seconds))
            costs[side].append(1e6 * (cpu_seconds(up.pid) - before) / len(found))
            rates[side] = len(found) / seconds
            taken[side] += found if number else []
        ratios += [rates["with"] / rates["without"]] if number else []
    p99 = {side: 1000 * sorted(found)[len(found) * 99 // 100] for side, found in taken.items()}
    return {
        "requests_a_second_with": len(taken["with"]) / rounds / seconds,
        "requests_a_second_without": len(taken["without"]) / rounds / seconds,
        "ratio_median": median(ratios),
        "processor_us_each_with": median(costs["with"][1:]),
        "processor_us_each_without": median(costs["without"][1:]),
        "p99_ms_with": p99["with"],
        "p99_ms_without": p99["without"],
    }


def main() -> int:
    """Measure, print, write the figures; 1 where the record costs too much."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.record", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=2.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        folder = Path(place)
        store = new_store(folder)
        promote(store, "gradient_boosting", {"contract.toml": CONTRACT.encode()})
        ports = {}
        for side, before in (("with", ""), ("without", _WITHOUT)):
            (folder / side).mkdir()
            up = service(folder / side, folder / "models", folder / "keys", before)
            ports[side] = stack.enter_context(up)
        found = compared(ports, asked.rounds, asked.seconds)
        stack.close()
        kept = verify_log(folder / "with" / "log")
        found |= {"kept": kept.decisions}
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(found, indent=2) + "\n")
    for name, value in found.items():
        print(f"{name:28} {value:>12,.3f}")
    later = found["p99_ms_with"] - found["p99_ms_without"]
    return int(
        found["ratio_median"] < 1 - MOST_LOST or later > MOST_LATER_MS or kept.difference != ""
    )


if __name__ == "__main__":
    sys.exit(main())
