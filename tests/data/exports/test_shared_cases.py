"""Each case that lies beside the repository is right, refused or said as its own README says.

Members that need nothing beside the repository stand in `test_values_as_they_come`,
`tests/data/instants`, `tests/data/kinds`, `tests/data/deliveries` and `tests/data/source`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from fraud_assets.contract import Contract, load_contract
from fraud_assets.data.transactions import RawTransactions, read_transactions
from fraud_assets.errors import DataError
from tests.shared import make_cases

RIGHT = (6_000, 234, 750, 416_280.23)
SPAN = ("2025-01-06 00:25:10", "2025-07-06 23:22:13")

WHOLE = (
    "big_ids_one_null",
    "float_text_ids",
    "label_comes_later",
    "zip_among_csv",
    "utc_suffix",
    "two_time_units",
    "label_with_decimals",
    "words_for_missing",
    "copy_of_the_label",
)
"""Cases of which every payment, fraud, sender and cent is read."""


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_cases(tmp_path_factory.mktemp("cases"))


def case(cases: Path, name: str) -> Contract:
    return load_contract(cases / name / "contract.toml")


def counted(raw: RawTransactions) -> tuple[int, int, int, float]:
    rows = raw.rows
    frauds = int((rows["_label"] == 1).sum())
    return len(rows), frauds, rows["_sender"].nunique(), round(rows["_amount"].sum(), 2)


def codes(raw: RawTransactions) -> dict[str, int | None]:
    return {note.code: note.rows for note in raw.notes}


@pytest.mark.parametrize("name", WHOLE)
def test_every_payment_fraud_sender_and_cent_is_read(cases: Path, name: str) -> None:
    """The base's own counts, its span, and nothing in quarantine."""
    raw = read_transactions(case(cases, name))

    assert counted(raw) == RIGHT
    assert (str(raw.rows["_time"].min()), str(raw.rows["_time"].max())) == SPAN
    assert raw.rule_counts == {}
    assert len(raw.rows) + len(raw.superseded) == raw.read


def test_a_label_that_comes_later_supersedes_and_is_counted(cases: Path) -> None:
    """234 deliveries; what was known when is kept with their reports."""
    raw = read_transactions(case(cases, "label_comes_later"))

    assert codes(raw)["deliveries"] == 234
    frauds = raw.rows[raw.rows["_label"] == 1]
    assert (frauds["_known_at"] > frauds["_time"]).all()


def test_sharp_s_is_one_level_of_the_one_normalisation(cases: Path) -> None:
    """Upper case by Python, as the service makes it."""
    raw = read_transactions(case(cases, "sharp_s"))

    assert {"GIESSEN", "BERLIN"} <= set(raw.rows["city"])
    assert raw.spellings["city"]["GIESSEN"] == ("Gießen",)


def test_frauds_in_quarantine_are_said_as_a_share_of_frauds(cases: Path) -> None:
    """Half of them, in not two per cent of the rows; the unknown word is named."""
    raw = read_transactions(case(cases, "frauds_in_quarantine"))

    assert raw.tally.share("frauds") == 0.5
    assert raw.tally.unknown_labels == {"CB": 117}
    assert 'add "CB" to label.positive' in raw.tally.frauds_taken()


def test_three_decimals_after_a_comma_are_refused_until_declared(cases: Path) -> None:
    """Never a thousandfold; declared, the amounts are the base's thousandths."""
    contract = case(cases, "three_decimals_comma")
    with pytest.raises(DataError, match="decimal = "):
        read_transactions(contract)

    source = contract.source.model_copy(update={"decimal": ","})
    raw = read_transactions(contract.model_copy(update={"source": source}))

    assert raw.rows["_amount"].sum() == pytest.approx(RIGHT[3] / 1000, abs=3)


def test_local_times_are_suspected_with_the_setting(cases: Path) -> None:
    """Rows up to eight hours ahead; declared, every row is kept."""
    contract = case(cases, "local_time")
    raw = read_transactions(contract)

    assert codes(raw)["zone_suspected"] == raw.rule_counts["time_after_now"] > 0
    time = contract.columns.event_time
    assert time is not None
    zoned = time.model_copy(update={"zone": "Asia/Singapore"})
    columns = contract.columns.model_copy(update={"event_time": zoned})
    assert read_transactions(contract.model_copy(update={"columns": columns})).rule_counts == {}


def test_a_date_without_its_time_is_said_and_joined_once_declared(cases: Path) -> None:
    """All at midnight under a window of 24 hours."""
    contract = case(cases, "date_and_time")
    raw = read_transactions(contract)
    assert codes(raw)["time_without_hours"] == 6_000

    time = contract.columns.event_time
    assert time is not None
    joined = time.model_copy(update={"time": "time"})
    columns = contract.columns.model_copy(update={"event_time": joined})
    whole = read_transactions(contract.model_copy(update={"columns": columns}))
    assert (str(whole.rows["_time"].min()), str(whole.rows["_time"].max())) == SPAN


def test_unclosed_quotes_cost_their_own_lines_alone(cases: Path) -> None:
    """Two of 6,000, named; no payment is merged into another."""
    raw = read_transactions(case(cases, "unclosed_quote"))

    assert raw.rule_counts == {"malformed_unclosed_quote": 2}
    assert len(raw.rows) == 5_998
    assert raw.quarantine["_line"].tolist() == [1001, 1401]
