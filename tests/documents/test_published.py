"""Documents that d2ae1cc published are read, and are what is written again."""

from __future__ import annotations

import json

import pytest

from fraud_assets.documents.formats import write_document
from fraud_assets.documents.metadata import read_metadata
from fraud_assets.documents.report.champion import NoChampion, ScoredChampion
from fraud_assets.documents.report.whole import read_report
from tests.documents.published import Published, published_by

OLD = published_by("d2ae1cc")


@pytest.mark.parametrize("old", OLD.values(), ids=OLD)
def test_every_value_is_read_and_written_again(old: Published) -> None:
    """No key is lost on the way, none is added, and no number loses a digit."""
    report, metadata = read_report(old.report), read_metadata(old.metadata)

    assert json.loads(write_document(report)) == json.loads(old.report)
    assert json.loads(write_document(metadata)) == json.loads(old.metadata)


def test_what_was_promoted_and_refused_reads_as_such() -> None:
    """Two promoted versions, the second beside a champion, and a refused one with its reason."""
    first, second, refused = (
        (read_report(old.report), read_metadata(old.metadata)) for old in OLD.values()
    )

    assert isinstance(first[0].champion, NoChampion)
    assert isinstance(second[0].champion, ScoredChampion)
    assert second[0].champion.version == first[1].version
    assert [m.verdict.decision for _, m in (first, second, refused)] == [
        "promote",
        "promote",
        "refuse",
    ]
    assert refused[1].refusal.reason.startswith("Refused by rule recall")
    assert refused[0].verdict is not None
    assert [finding.name for finding in refused[0].verdict.failed] == ["recall"]
