"""One real report for every test that reads reports: made by the chain, varied by its tests."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from fraud_assets.documents.report.whole import Report
from fraud_assets.release.judgement import judge_candidate
from fraud_assets.release.publish import publish
from tests.weeks import Week, small_parts, small_week


@cache
def real_report() -> Report:
    """The small week's report, proof and verdict included, with a champion beside the challenger.

    The candidate is published once; judged again it is its own champion, and ties with it.
    """
    with tempfile.TemporaryDirectory(prefix="fraud-assets-tests-") as folder:
        shutil.copytree(small_week().folder, Path(folder) / "week")
        week, parts = Week(Path(folder) / "week"), small_parts()
        case = week.settings.case(parts.cleaned, parts.tuned)
        published = publish(case, judge_candidate(case, run_id="first"), actor="test")
        report = judge_candidate(case, run_id="second").report
        return replace(report, proof=published.report.proof)
