"""`python -m benchmarks.state_build`: the memory of `state build` beside the rows of its source.

The handbook's payments are put behind each other in time as often as asked, with customers and
terminals kept, and `fraud-assets state build` fills a state from each such source in a process of
its own. Prints the peak of each.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks.public_data import missing
from fraud_assets.contract import load_contract
from fraud_assets.data.source import source_files

OUT = Path(__file__).parent / "out" / "state_build.json"


def main() -> int:
    """Build from each source, print and write the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.state_build")
    parser.add_argument("--rows", type=int, help="the first rows of the set; default: all")
    parser.add_argument("--times", type=int, nargs="+", default=[1, 3], help="default: 1 3")
    asked = parser.parse_args()
    if absent := missing("handbook"):
        print(absent, file=sys.stderr)
        return 1
    found = []
    for times in asked.times:
        with tempfile.TemporaryDirectory() as folder:
            found.append(_built(Path(folder), asked.rows, times))
            print(json.dumps(found[-1]), flush=True)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(found, indent=2) + "\n")
    return 0


def _built(folder: Path, rows: int | None, times: int) -> dict[str, float]:
    contract = load_contract("handbook")
    text = contract.text.replace(contract.source.path, str(folder / "data"))
    (folder / "contract.toml").write_text(text)
    (folder / "data").mkdir()
    frame = pd.read_parquet(source_files(contract)[0]).iloc[:rows]
    time = contract.columns.event_time
    assert time is not None
    assert time.column is not None
    assert contract.columns.id is not None
    length = frame[time.column].max() - frame[time.column].min()
    for at in range(times):
        ids = frame[contract.columns.id] + at * (frame[contract.columns.id].max() + 1)
        moved = {time.column: frame[time.column] + at * length, contract.columns.id: ids}
        frame.assign(**moved).to_parquet(folder / "data" / f"{at}.parquet")
    environment = {
        **os.environ,
        "FRAUD_ASSETS_CONTRACT": str(folder / "contract.toml"),
        "FRAUD_ASSETS_STATE": str(folder / "state"),
        "FRAUD_ASSETS_DECISIONS": str(folder / "decisions"),
    }
    command = [sys.executable, "-c", _CHILD, "state", "build", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    built, used = map(json.loads, done.stdout.splitlines())
    state = sum(file.stat().st_blocks * 512 for file in (folder / "state").rglob("*.mdb"))
    return {
        "payments": built["added"],
        "peak_mib": used["peak_mib"],
        "processor_seconds": used["seconds"],
        "state_mib": round(state / 2**20),
    }


_CHILD = """
import json, re, sys, time
from pathlib import Path
from fraud_assets.cli import main
code = main(sys.argv[1:])
# What getrusage says would hold the peak of the process that started this one.
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024
print(json.dumps({"peak_mib": peak, "seconds": round(time.process_time())}))
sys.exit(code)
"""


if __name__ == "__main__":
    sys.exit(main())
