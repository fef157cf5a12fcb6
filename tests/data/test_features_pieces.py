"""Features derived by pieces on disk: the bits of one piece, whatever the number of pieces."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.contract import Contract
from fraud_assets.data.derive import ColumnBlocks, FrameColumns
from fraud_assets.data.features import derive_features, most_rows_at_once
from fraud_assets.errors import PlaceError
from fraud_assets.features.batch.pieces.cutting import piece_of
from fraud_assets.features.batch.pieces.deriving import derive_by_pieces
from fraud_assets.features.batch.pieces.piece import FeaturePiece, PieceWork, do_piece
from tests.data.features_support import contract_of, payments

SETTING = "FRAUD_ASSETS_FEATURE_ROWS"


def by_pieces(rows: pd.DataFrame, contract: Contract, most: int, **more: object) -> pd.DataFrame:
    with patch.dict(os.environ, {SETTING: str(most)}):
        return derive_features(rows, contract, **more)  # type: ignore[arg-type]


@settings(deadline=None, max_examples=15)
@given(rows=payments(), most=st.integers(1, 30), data=st.data())
def test_any_number_of_pieces_gives_the_bits_of_one(
    rows: pd.DataFrame, most: int, data: st.DataObject
) -> None:
    """Every kind, missing entities, ties, labels taken back, and a start before which none asks."""
    start = data.draw(st.none() | st.sampled_from(rows["_time"].tolist()))
    start = None if start is None else np.datetime64(start, "us")

    whole = derive_features(rows, contract_of(), start)
    cut = by_pieces(rows, contract_of(), most, start=start)

    names = list(contract_of().derived)
    assert whole[names].to_numpy().tobytes() == cut[names].to_numpy().tobytes()
    pd.testing.assert_frame_equal(whole, cut)


def many(n: int = 60_000) -> pd.DataFrame:
    """Payments of very unequal senders and shops, in time order."""
    rng = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "who": rng.zipf(1.3, n) % 5000,
            "shop": rng.integers(0, 700, n),
            "paid": rng.lognormal(3, 1.5, n),
            "born": pd.Series(np.datetime64("2024-01-01", "us"), index=range(n)),
            "_time": np.datetime64("2025-01-01", "us")
            + np.sort(rng.integers(0, 40 * 86_400, n)) * np.timedelta64(1_000_000, "us"),
            "_label": pd.array(rng.random(n) < 0.02, dtype="Int8"),
        }
    )


def test_unequal_entities_and_many_digits() -> None:
    """One sender of a third of all payments, amounts whose sums must be rounded once."""
    rows, contract = many(), contract_of()

    whole, cut = derive_features(rows, contract), by_pieces(rows, contract, 2_500)

    names = list(contract.derived)
    assert whole[names].to_numpy().tobytes() == cut[names].to_numpy().tobytes()
    assert whole["mean_5h"].nunique() > 1000


def test_a_piece_is_a_unit_that_another_process_does(tmp_path: Path) -> None:
    """Sent as bytes, done twice and elsewhere, in another order: the same values."""
    rows, contract = (
        many(3000),
        contract_of('n = { kind = "count", entity = "who", window = "9h" }'),
    )
    done: list[FeaturePiece] = []

    def elsewhere(work: PieceWork, pieces: Sequence[FeaturePiece]) -> None:
        for piece in reversed(pieces):
            sent = pickle.dumps((do_piece, work, piece))
            done.append(pickle.loads(sent)[2])
            code = "import pickle, sys; do, *unit = pickle.load(sys.stdin.buffer); do(*unit)"
            subprocess.run([sys.executable, "-c", code], input=sent, check=True)
            do_piece(work, piece)

    blocks = ColumnBlocks(FrameColumns(rows), np.ones(len(rows), dtype=bool), 400)
    found = derive_by_pieces(blocks, contract.derived, 2, tmp_path / "scratch", each=elsewhere)

    values = np.concatenate([part[:, 0] for part in found])
    assert values.tobytes() == derive_features(rows, contract)["n"].to_numpy().tobytes()
    assert len(done) == 2
    assert not any(piece.records.exists() for piece in done)


def test_a_broken_unit_leaves_nothing_half(tmp_path: Path) -> None:
    """Values appear under their name only when they are whole."""
    rows, contract = many(500), contract_of('n = { kind = "count", entity = "who", window = "9h" }')

    def breaking(work: PieceWork, pieces: Sequence[FeaturePiece]) -> None:
        with patch.object(Path, "replace", side_effect=KeyboardInterrupt):
            do_piece(work, pieces[0])

    blocks = ColumnBlocks(FrameColumns(rows), np.ones(len(rows), dtype=bool), 400)
    with pytest.raises(KeyboardInterrupt):
        list(derive_by_pieces(blocks, contract.derived, 1, tmp_path / "s", each=breaking))

    assert not list((tmp_path / "s").rglob("*.values"))


@given(st.integers(1, 400))
def test_pieces_are_of_one_size_where_entities_are(pieces: int) -> None:
    """Codes that follow each other are spread; those that are missing go nowhere."""
    number, entity = piece_of(np.arange(-1, 40_000), pieces)

    counts = np.bincount(number[1:], minlength=pieces)
    assert number[0] == entity[0] == -1
    assert len(set(zip(number.tolist(), entity.tolist(), strict=True))) == 40_001
    assert len(counts) == pieces
    assert counts.max() <= 40_000 / pieces * 1.5 + 5


@pytest.mark.parametrize("given_text", ["0", "-1", "many", "1.5"])
def test_a_bound_that_is_none_is_a_sentence(
    given_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The setting's name, the rule and the value."""
    monkeypatch.setenv(SETTING, given_text)

    with pytest.raises(PlaceError, match=f"{SETTING} must be a whole number.*{given_text}"):
        most_rows_at_once()
