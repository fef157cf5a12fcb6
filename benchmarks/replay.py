"""`python -m benchmarks.replay`: a million decisions replayed, here and after a library's change.

Three signed versions of three families decide; `fraud-assets decisions replay --all` then scores
every decision again by its own version and compares each bit: in this environment, and in one of
the oldest libraries that serving allows, without pandas and scikit-learn, of another Python too
where one is named. Then
one byte of the record is changed, one of a version, and each must be named. Prints decisions,
seconds and the largest process; ends with 1 where one decision does not match.

With `--folder` the parts may be run one after the other, each in a call of its own: `--part
record`, `here`, `older`, `damaged`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.decisions.deciding import deciding
from tests.service.stores import new_store, promote

OUT = Path(__file__).parent / "out" / "replay.json"
REPOSITORY = Path(__file__).parent.parent
FAMILIES = ("logistic_regression", "random_forest", "gradient_boosting")
PARTS = ("record", "here", "older", "damaged")
OLDER = ("numpy<2.2", "msgspec<0.20", "onnxruntime<1.22", "cryptography<45")
"""The oldest releases that serving allows of what computes, reads and verifies."""

_COMMAND = (
    "import resource, sys, importlib.metadata as m; from fraud_assets.cli import main;"
    "status = main(['decisions', 'replay', '--all', '--json']);"
    "usage = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN));"
    "peak = max(one.ru_maxrss for one in usage) // 1024;"
    "libraries = {n: m.version(n) for n in ('numpy', 'msgspec', 'onnxruntime', 'cryptography')};"
    "print(peak, sys.version.split()[0], libraries, file=sys.stderr); sys.exit(status)"
)


def main() -> int:
    """Record, replay in both environments, damage; print and write the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replay", description=__doc__)
    parser.add_argument("--decisions", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--python", default=sys.executable, help="another one; default: this")
    parser.add_argument("--folder", type=Path, help="kept, for parts; default: a temporary one")
    parser.add_argument("--part", nargs="+", choices=PARTS, default=PARTS, help="default: all")
    options = parser.parse_args()
    if options.folder is None:
        with tempfile.TemporaryDirectory() as folder:
            return _run(Path(folder), options)
    options.folder.mkdir(parents=True, exist_ok=True)
    return _run(options.folder.absolute(), options)


def _run(place: Path, options: argparse.Namespace) -> int:
    each = options.decisions // len(FAMILIES)
    if "record" in options.part:
        began = time.process_time()
        store = new_store(place)
        for at, name in enumerate([promote(store, family) for family in FAMILIES]):
            for _ in deciding(place / "log", store, name, each, at):
                pass
        print(f"{each * len(FAMILIES):,} recorded; {time.process_time() - began:.0f} s", flush=True)
    found: dict[str, Any] = json.loads(OUT.read_text()) if OUT.exists() else {}
    good = []
    sides = {"here": lambda: sys.executable, "older": lambda: _other(place, options.python)}
    for side in (one for one in sides if one in options.part):
        found[side] = _replayed(sides[side](), place)
        good.append(found[side]["match"] == each * len(FAMILIES))
    if "damaged" in options.part:
        version = min(path.name for path in (place / "models").glob("fraud_detector_*"))
        found["damaged"] = _damaged(place, version)
        good += found["damaged"].values()
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(found, indent=2) + "\n")
    return 0 if all(good) else 1


def _other(place: Path, base: str) -> str:
    """The Python of an environment with the oldest libraries that serving allows."""
    venv, older = place / "venv", place / "older.txt"
    older.write_text("\n".join(OLDER))
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--python", base, venv], check=True)
    python = str(venv / "bin" / "python")
    install = [*uv, "pip", "install", "-q", "--only-binary", ":all:", "--python", python]
    wanted = [*install, "-r", "pyproject.toml", "--extra", "serve", "--constraints", older]
    subprocess.run(wanted, check=True, cwd=REPOSITORY)
    return python


def _ran(python: str, place: Path) -> subprocess.CompletedProcess[str]:
    places = {
        "FRAUD_ASSETS_MODELS": str(place / "models"),
        "FRAUD_ASSETS_KEYS": str(place / "keys"),
        "FRAUD_ASSETS_DECISIONS": str(place / "log"),
        "PYTHONPATH": str(REPOSITORY),
    }
    return subprocess.run(
        [python, "-c", _COMMAND],
        env={**os.environ, **places},
        capture_output=True,
        text=True,
        check=False,
        cwd=place,
    )


def _replayed(python: str, place: Path) -> dict[str, Any]:
    done = _ran(python, place)
    told: dict[str, Any] = json.loads(done.stdout) if done.stdout else {"match": 0}
    peak = done.stderr.strip().splitlines()[-1]
    print(
        f"{told['match']:,} match; {told.get('seconds', 0):.0f} s; MiB, Python, libraries: {peak}"
    )
    for one in told.get("first", ())[:5]:
        print(f"  {one}")
    return told | {"environment": peak}


def _damaged(place: Path, version: str) -> dict[str, bool]:
    """Whether a flipped byte is named: of the record, and of a version."""
    segment = sorted((place / "log" / "w0").glob("*.log"))[0]
    model = next(path for path in (place / "models" / version).iterdir() if path.suffix == ".npz")
    named = {}
    for path in (segment, model):
        kept = path.read_bytes()
        flipped = bytearray(kept)
        flipped[len(kept) // 2] ^= 1
        path.write_bytes(flipped)
        done = _ran(sys.executable, place)
        path.write_bytes(kept)
        said = done.stdout + done.stderr
        named[path.name] = done.returncode == 1 and (path.name in said or version in said)
        print(f"one byte of {path.name} changed: {said.strip().splitlines()[0][:160]}")
    return named


if __name__ == "__main__":
    sys.exit(main())
