"""What changed since the champion, in one table."""

from __future__ import annotations

from msgspec.structs import replace

from fraud_assets.modelling.statistics.intervals import rate
from fraud_assets.release.changes import changed_features, changed_report
from tests.release.reports import changed, good_report


def test_a_report_does_not_differ_from_itself() -> None:
    """No row then."""
    assert changed_report(good_report(), good_report()) == ()


def test_data_setting_threshold_and_numbers_are_told_apart() -> None:
    """Each under its part; a number with its interval and n."""
    before = good_report()
    now = changed(
        replace(
            before,
            as_of="2026-06-08",
            model=replace(before.model, family="adaboost"),
            threshold=replace(before.threshold, value=0.5),
        ),
        tp=471,
    )
    rows = {(row.part, row.what): (row.before, row.now) for row in changed_report(before, now)}
    assert rows["data", "as of"] == (before.as_of, "2026-06-08")
    assert rows["setting", "family"] == (before.model.family, "adaboost")
    assert rows["threshold", "threshold"][1] == "0.5"
    found = rate(471, 501)
    assert rows["numbers", "recall"][1].startswith(f"{100 * (found.value or 0):.1f}")
    assert "501" in rows["numbers", "recall"][1]


def test_features_are_the_contracts() -> None:
    """Gone and new ones by name; a former model that cannot say has none that are new."""
    rows = [(row.what, row.before, row.now) for row in changed_features({"a", "b"}, {"b", "c"})]
    assert rows == [("gone", "a", "none"), ("new", "none", "c")]
    assert changed_features(set(), {"a"}) == ()
