"""A checkup counts what the first step would keep and put aside, and names what stops a week."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fraud_assets.checkup import Checkup, check_up
from fraud_assets.contract import Contract, parse_contract
from fraud_assets.data.transactions import read_transactions
from fraud_assets.documents.formats import write_document

NOW = datetime(2025, 12, 1)
ROWS = 3_000
CONTRACT = """
format = 1
name = "small"
[source]
path = "p.csv"
[columns]
id = "id"
event_time = "at"
sender = "who"
amount = "paid"
[label]
column = "fraud"
positive = ["Y"]
negative = ["N"]
maturity_days = 7
[rules.paid_not_negative]
column = "paid"
min = 0
[features]
numeric = ["paid"]
[windows]
fit_frauds = 60
threshold_frauds = 30
judged_frauds = 30
[policy]
min_judged_frauds = 20
"""
AIM = '[policy.threshold]\nrule = "aim"\n'
"""A plain aim chooses a threshold from few frauds."""


def payments() -> pd.DataFrame:
    """Half a year of payments by 90 senders, every 15th a fraud, every 4th of 100.00."""
    number = np.arange(ROWS)
    fraud = number % 15 == 7
    return pd.DataFrame(
        {
            "id": number,
            "at": pd.Timestamp("2025-01-06") + pd.to_timedelta(number * 87, unit="min"),
            "who": number % 90,
            "paid": np.where(number % 4 == 0, 100.0, 10.0),
            "fraud": np.where(fraud, "Y", "N"),
        }
    )


def checked(folder, frame: pd.DataFrame, text: str = CONTRACT) -> Checkup:
    frame.to_csv(folder / "p.csv", index=False)
    return check_up(contract(folder, text), NOW)


def printed(checkup: Checkup) -> dict[str, Any]:
    """What `fraud-assets check --json` prints of it."""
    found: dict[str, Any] = json.loads(write_document(checkup.document))
    return found


def contract(folder, text: str = CONTRACT) -> Contract:
    return parse_contract(text, base=folder)


def codes(checkup: Checkup) -> list[str]:
    return [warned.code for warned in checkup.warnings]


def test_clean_data_can_serve_without_a_warning(tmp_path):
    """Each number as counted by hand."""
    found = printed(checked(tmp_path, payments()))

    assert found == {
        "ok": True,
        "rows": {"read": 3_000, "kept": 3_000, "quarantined": 0},
        "frauds": {"kept": 200, "quarantined": 0},
        "amount": {"kept": 97_500.0, "quarantined": 0.0},
        "senders": 90,
        "span": ["2025-01-06T00:00:00", "2025-07-06T04:33:00"],
        "rules": {},
        "files": {"read": 1, "skipped": []},
        "warnings": [],
    }


def test_what_is_put_aside_is_counted_by_rule_in_rows_and_frauds(tmp_path):
    """Ten negative amounts and four labels that nobody knows."""
    frame = payments()
    frame.loc[:9, "paid"] = -1.0
    frame.loc[[7 + 15 * at for at in (3, 4, 5, 6)], "fraud"] = "CB"

    found = checked(tmp_path, frame)

    assert printed(found)["rules"] == {
        "label_unknown": {"rows": 4, "frauds": 4},
        "paid_not_negative": {"rows": 10, "frauds": 1},
    }
    assert printed(found)["rows"] == {"read": 3_000, "kept": 2_986, "quarantined": 14}
    assert printed(found)["frauds"] == {"kept": 195, "quarantined": 5}
    assert codes(found) == ["quarantined_frauds"]
    assert found.ok


def test_it_counts_what_the_first_step_reads(tmp_path):
    """Law: rows, quarantine and rules are those of `raw_transactions` on the same dirty data."""
    frame = payments().astype({"paid": str})
    frame.loc[::40, "paid"] = "?!"
    frame = pd.concat([frame, frame.tail(50)])

    found = checked(tmp_path, frame)
    raw = read_transactions(contract(tmp_path), now=NOW)

    assert found.read == raw.read
    assert found.tally == raw.tally
    assert found.tally.kept.rows == len(raw.rows)
    assert found.senders == raw.rows["_sender"].nunique()


@pytest.mark.parametrize(
    ("share", "code", "ok"),
    [(0.004, None, True), (0.03, "quarantined_frauds", True), (0.5, "quarantine_frauds", False)],
)
def test_lost_frauds_are_noise_a_warning_or_a_stop(tmp_path, share, code, ok):
    """By their share of all frauds, whatever share of the rows they are."""
    frame = payments()
    lost = frame.index[frame["fraud"] == "Y"][: int(200 * share)]
    frame.loc[lost, "fraud"] = "CB"

    found = checked(tmp_path, frame)

    assert found.ok is ok
    assert (code in codes(found)) if code else (codes(found) == [])


def test_the_newest_weeks_windows_are_there_with_their_frauds(tmp_path):
    """In time order, each with what was asked for."""
    windows = checked(tmp_path, payments()).windows

    assert [window.name for window in windows] == ["fit", "threshold", "judged"]
    assert [window.frauds >= least for window, least in zip(windows, (60, 30, 30), strict=True)]
    assert windows[0].end <= windows[1].start


def test_too_little_history_is_scaled_with_a_warning(tmp_path):
    """The windows hold a share of what was asked for."""
    text = CONTRACT.replace("fit_frauds = 60", "fit_frauds = 150") + AIM

    found = checked(tmp_path, payments(), text)

    assert "windows_scaled" in codes(found)
    assert found.ok


def test_no_frauds_stop_with_the_reason(tmp_path):
    """Nothing can be judged."""
    found = checked(tmp_path, payments().assign(fraud="N"))

    assert codes(found) == ["insufficient_evidence"]
    assert not found.ok


def test_too_few_judged_frauds_stop(tmp_path):
    """The gate would call it insufficient evidence after the training."""
    text = CONTRACT.replace("min_judged_frauds = 20", "min_judged_frauds = 500")

    found = checked(tmp_path, payments(), text)

    assert codes(found) == ["few_judged_frauds"]
    assert not found.ok


def test_too_few_threshold_frauds_stop(tmp_path):
    """The threshold's guarantee would refuse them after the search; an aim needs few."""
    text = CONTRACT.replace("threshold_frauds = 30", "threshold_frauds = 20")

    found = checked(tmp_path, payments(), text)
    aimed = checked(tmp_path, payments(), text + AIM)

    assert codes(found) == ["few_threshold_frauds"]
    assert "at least 29 frauds (policy.threshold), but the newest week's holds 20" in (
        found.warnings[0].text
    )
    assert (found.ok, codes(aimed), aimed.ok) == (False, [], True)


def test_families_that_cannot_compete_stop(tmp_path):
    """As they do when the chain begins: a sum without one of its parts."""
    families = '[search]\nfamilies = ["boosting_and_extra_trees", "extra_trees"]\n[windows]'

    found = checked(tmp_path, payments(), CONTRACT.replace("[windows]", families))

    (said,) = found.warnings
    assert (said.code, found.ok) == ("families", False)
    assert "must name hist_gradient_boosting beside their sum" in said.text


def test_rows_that_repeat_where_nothing_names_payments_are_said(tmp_path):
    """Where all came twice; not where one in three hundred says what another says."""
    without = CONTRACT.replace('id = "id"\n', "")
    few = payments()
    few.loc[1::600, ["at", "who", "paid", "fraud"]] = few.loc[
        0::600, ["at", "who", "paid", "fraud"]
    ].to_numpy()

    twice = checked(tmp_path, pd.concat([payments()] * 2), without)
    later = pd.concat([payments().assign(got=at) for at in ("2025-10-01", "2025-10-08")])
    delivered = without.replace('amount = "paid"', 'amount = "paid"\ndelivered_at = "got"')
    again = checked(tmp_path, later, delivered)
    once = checked(tmp_path, few, without)
    named = checked(tmp_path, pd.concat([payments()] * 2))

    (said,) = [one for one in twice.warnings if one.code == "rows_repeat"]
    assert "rows_repeat" in codes(again)
    assert said.text.startswith("3,000 of 6,000 rows say what an earlier one says")
    assert not {"rows_repeat"} & {*codes(once), *codes(named)}


def test_data_that_cannot_be_read_stop_with_the_sentence(tmp_path):
    """A missing folder, a missing column: no exception, nothing counted."""
    missing = check_up(contract(tmp_path), NOW)
    column = checked(tmp_path, payments().drop(columns="who"))

    assert codes(missing) == codes(column) == ["unreadable"]
    assert "'who'" in column.warnings[0].text
    assert printed(column)["rows"] == {"read": 0, "kept": 0, "quarantined": 0}


def test_where_nothing_is_kept_the_rules_that_took_all_are_counted(tmp_path):
    """As for times that nobody can read."""
    found = checked(tmp_path, payments().assign(at="once"))

    assert "nothing_kept" in codes(found)
    assert printed(found)["rules"]["unparsable_at"] == {"rows": 3_000, "frauds": 200}
    assert printed(found)["rows"] == {"read": 3_000, "kept": 0, "quarantined": 3_000}


def test_months_hold_all_kept_rows_empty_ones_too(tmp_path):
    """A month without payments stands there with 0."""
    frame = payments()
    frame = frame[frame["at"].dt.month != 3]

    months = checked(tmp_path, frame).months

    assert [month.name for month in months] == [f"2025-0{at}" for at in range(1, 8)]
    assert months[2].rows == 0
    assert sum(month.rows for month in months) == len(frame)


def test_a_contract_without_time_amount_and_sender(tmp_path):
    """What it does not name is null, not nought."""
    text = CONTRACT.split("event_time", maxsplit=1)[0] + "[label]" + CONTRACT.split("[label]")[1]
    text = text.replace("[windows]\nfit_frauds = 60", '[windows]\nby = "shares"\nfit_frauds = 60')

    found = checked(tmp_path, payments(), text + AIM)

    assert codes(found) == ["split_at_random"]
    assert printed(found)["span"] is None
    assert printed(found)["senders"] is None
    assert printed(found)["amount"] == {"kept": None, "quarantined": None}
    assert found.ok


def test_old_data_serve_but_not_the_weekly_schedule(tmp_path):
    """Said beside the answer, as no warning: a run takes the newest payment's day."""
    found = checked(tmp_path, payments())

    assert "days old; the weekly schedule refuses" in found.stale
    assert found.ok


def test_a_leak_that_stops_has_another_code_than_one_that_is_told(tmp_path):
    """A mark with 4 % of it wrong is told; in JSON both say whether they stop."""
    frame = payments()
    fraud = (frame["fraud"] == "Y").astype(int)
    frame["copy"], frame["mark"] = fraud, np.where(np.arange(ROWS) % 25 == 3, 1 - fraud, fraud)
    text = CONTRACT.replace('numeric = ["paid"]', 'numeric = ["paid", "copy", "mark"]')

    told = checked(tmp_path, frame, text).document.warnings

    codes = {warned.code: warned.stops for warned in told if "_the_" in warned.code}
    assert codes == {"leak_copies_the_label": True}
    assert [w.code for w in told if "mark alone" in w.text] == ["doubt_strong_alone"]


def test_payments_under_two_ids_are_told(tmp_path):
    """Twelve payments delivered again under new ids; and how many judged frauds are known ones."""
    frame = payments()
    again = frame.iloc[2500:2512].assign(id=range(90_000, 90_012))

    found = checked(tmp_path, pd.concat([frame, again]), CONTRACT)

    texts = {warned.code: warned.text for warned in found.warnings}
    assert texts["same_under_new_id"].startswith("12 payments repeat")
    assert found.leaks.repeated[0].judged_frauds == found.leaks.repeated[0].of_judged_frauds


def test_a_copy_of_the_label_stops_with_the_features_name(tmp_path):
    """As the gate would refuse it after the training; a checked one is no warning."""
    frame = payments()
    frame["risk_flag"] = (frame["fraud"] == "Y").astype(int)
    text = CONTRACT.replace('numeric = ["paid"]', 'numeric = ["paid", "risk_flag"]')

    found = checked(tmp_path, frame, text)
    told = checked(
        tmp_path,
        frame,
        text + '[policy.checked]\nrisk_flag = "the terminal sets it before it asks"\n',
    )

    grave = [warned for warned in found.warnings if warned.stops]
    assert [warned.code for warned in grave] == ["leak_copies_the_label"]
    assert "risk_flag" in grave[0].text
    assert not any("risk_flag" in warned.text for warned in told.warnings)
    assert not found.ok
    assert told.ok
