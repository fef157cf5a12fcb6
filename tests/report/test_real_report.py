from __future__ import annotations

import json

from fraud_assets.documents.formats import write_document
from fraud_assets.release.judgement import judge_candidate
from fraud_assets.report.html import pictures, render_report
from tests.report.page import check_numbers, check_rates, check_words
from tests.weeks import Parts, Week


def test_the_chains_own_report_is_drawn_whole(parts: Parts, week: Week) -> None:
    """What `judge_candidate` writes is shown number by number, with every picture."""
    settings = week.settings
    report = judge_candidate(settings.case(parts.cleaned, parts.tuned)).report
    html, written = render_report(report), json.loads(write_document(report))
    check_numbers(written, html)
    check_words(written, html)
    check_rates(written, html)
    assert all(pictures(report).values())
