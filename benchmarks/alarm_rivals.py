"""What NannyML and Evidently would say of the same simulated years, at their defaults.

Each runs in an environment of its own, since they ask for other libraries than ours:

    PYTHON -m benchmarks.alarm_rivals nannyml|evidently [--years N]

NannyML calculates realised recall by week and alarms beyond three standard deviations of the
reference's weeks. Evidently tests recall against the reference within its default tolerance, which
is asked of it once a year. Reference are twelve weeks at the promised recall.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.alarm import BURSTS, FLOOR, FRAUDS, RECALLS, year

OUT = Path(__file__).parent / "out"
REFERENCE_WEEKS = 12
_SECONDS = 7 * 86_400


def frame(caught: np.ndarray, burst: int, start: str) -> pd.DataFrame:
    """Frauds (n,) with what was said of them, and as many legitimate payments."""
    said = np.concatenate([np.arange(burst) < one for one in caught]).astype(int)
    seconds = np.arange(len(said)) * (_SECONDS / FRAUDS)
    time = pd.Timestamp(start) + pd.to_timedelta(seconds, unit="s")
    frauds = pd.DataFrame({"time": time, "label": 1, "said": said})
    both = pd.concat([frauds, frauds.assign(label=0, said=0)])
    return both.sort_values("time", kind="stable").reset_index(drop=True)


def nannyml(reference: pd.DataFrame, seen: pd.DataFrame) -> bool:
    """Whether a week of the year alarms."""
    os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
    import nannyml as nml  # noqa: PLC0415

    with_scores = [part.assign(score=0.1 + 0.8 * part["said"]) for part in (reference, seen)]
    calculator = nml.PerformanceCalculator(
        problem_type="classification_binary",
        y_true="label",
        y_pred="said",
        y_pred_proba="score",
        timestamp_column_name="time",
        metrics=["recall"],
        chunk_period="W",
    )
    calculator.fit(with_scores[0])
    found = calculator.calculate(with_scores[1]).filter(period="analysis").to_df()
    return bool(found["recall"]["alert"].any())


def evidently(reference: pd.DataFrame, seen: pd.DataFrame) -> bool:
    """Whether a week's recall leaves the range that Evidently sets by the reference."""
    os.environ["DO_NOT_TRACK"] = "1"
    from evidently import (  # noqa: PLC0415
        BinaryClassification,
        DataDefinition,
        Dataset,
        Report,
    )
    from evidently.metrics import Recall  # noqa: PLC0415

    roles = DataDefinition(
        classification=[BinaryClassification(target="label", prediction_labels="said")]
    )
    now, then = (
        Dataset.from_pandas(part[["label", "said"]], data_definition=roles)
        for part in (seen.head(2 * FRAUDS), reference)
    )
    told = Report([Recall()], include_tests=True).run(now, then).dict()["tests"][0]["description"]
    expected, wide = map(float, re.findall(r"expected ([0-9.]+) ± ([0-9.]+)", told)[0])
    said = seen.loc[seen["label"] == 1, "said"].to_numpy()
    weeks = said[: len(said) // FRAUDS * FRAUDS].reshape(-1, FRAUDS).mean(axis=1)
    return bool((np.abs(weeks - expected) > wide).any())


TOOLS: dict[str, Callable[[pd.DataFrame, pd.DataFrame], bool]] = {
    "nannyml": nannyml,
    "evidently": evidently,
}


def main() -> None:
    """Print the share of years with an alarm in each world, and write it."""
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tool", choices=sorted(TOOLS))
    parser.add_argument("--years", type=int, default=50)
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for burst in BURSTS:
        for recall in RECALLS:
            random = np.random.default_rng([1, burst, round(recall * 100)])
            alarms = 0
            for _ in range(options.years):
                before = year(random, FLOOR, burst)[: REFERENCE_WEEKS * FRAUDS // burst]
                reference = frame(before, burst, "2024-10-07")
                seen = frame(year(random, recall, burst), burst, "2025-01-06")
                alarms += TOOLS[options.tool](reference, seen)
            rows.append({"recall": recall, "burst": burst, "years_with_alarm": alarms})
            print(f"{options.tool}: bursts of {burst}, recall {recall:.2f}: alarms in {alarms} of "
                  f"{options.years} years", flush=True)  # fmt: skip
    OUT.mkdir(exist_ok=True)
    (OUT / f"alarm_{options.tool}.json").write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
