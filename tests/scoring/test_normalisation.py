"""Law: the service encodes every raw text as training did, through a fitted pipeline and its files.

A pipeline is fitted on what typing makes of raw texts, so that each has a level of its own and
no two can be mistaken for each other unseen.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.contract import Contract, parse_contract
from fraud_assets.data.kinds.numbers import parse_numbers
from fraud_assets.data.rows import Rows
from fraud_assets.data.typed import typed_rows
from fraud_assets.modelling.pipeline import build_pipeline
from fraud_assets.scoring.encode import Encoder
from fraud_assets.scoring.making.export import export_scorer
from fraud_assets.scoring.scorer import load_scorer
from fraud_assets.scoring.spec import SPEC, read_spec
from fraud_assets.values.text import level, normal
from tests.scoring.raw_texts import NASTY, of_all, of_cased

CONTRACT = """
format = 1
name = "words"
source = {{ path = "none.csv" }}
label = {{ column = "fraud" }}
features = {{ numeric = ["amount"], categorical = ["word"], case = "{case}" }}
windows = {{ by = "shares" }}
"""


def typed(texts: list[str], contract: Contract) -> pd.DataFrame:
    """What training makes of raw texts."""
    fraud = [str(i % 2) for i in range(len(texts))]
    exported = pd.DataFrame({"word": texts, "amount": "1.5", "fraud": fraud})
    return typed_rows(exported, contract).rows[["amount", "word"]]


def differing(texts: Iterable[str], case: str) -> list[str]:
    """Raw texts whose served encoding is not the one that training fitted."""
    texts = list(dict.fromkeys(texts))
    contract = parse_contract(CONTRACT.format(case=case))
    rows = Rows(typed(texts, contract), np.arange(len(texts), dtype="int8") % 2)
    pipeline = build_pipeline("hist_gradient_boosting", {"max_iter": 2}, ("amount",), ("word",))
    pipeline.fit(rows.features, rows.label)
    few = rows.take(np.arange(min(len(texts), 200)))
    scorer = load_scorer(export_scorer(pipeline, contract, few.take(few.label == 0), 0.5, few))
    trained = np.asarray(pipeline.named_steps["preprocessor"].transform(rows.features))
    served = np.zeros_like(trained)
    for text, into in zip(texts, served, strict=True):
        scorer.encoder.write(
            scorer.encoder.row({"amount": 1.5, "word": text}),
            memoryview(into),  # type: ignore[arg-type]
        )
    return [
        text for text, same in zip(texts, (trained == served).all(axis=1), strict=True) if not same
    ]


@pytest.mark.parametrize("case", ["keep", "upper", "lower"])
def test_texts_that_went_wrong_elsewhere_are_served_as_trained(case):
    """Sharp s, dotted and dotless i, final sigma, ligatures, composition, blanks, words."""
    assert differing(NASTY, case) == []


@pytest.mark.slow
@pytest.mark.parametrize("case", ["keep", "upper", "lower"])
def test_every_character_of_unicode_is_served_as_trained(case):
    """Each letter alone, in text and under marks, and every other assigned character."""
    texts = list(dict.fromkeys(of_all()))

    assert len(texts) > 100_000
    assert differing(texts, case) == []


@given(st.text(max_size=12), st.sampled_from(["keep", "upper", "lower"]))
def test_normalising_again_changes_nothing(text, case):
    """Law: what training calls a level is itself a spelling of that level."""
    assert normal(normal(text, case), case) == normal(text, case)


def test_every_cased_letter_is_normalised_once_for_all():
    """The same law over every letter that case or composition alters, and its neighbours."""
    for case in ("keep", "upper", "lower"):
        changed = [t for t in of_cased() if normal(normal(t, case), case) != normal(t, case)]
        assert changed == []


@given(st.lists(st.text(max_size=8), min_size=1, max_size=30), st.sampled_from(["keep", "upper"]))
def test_columns_and_single_texts_agree(texts, case):
    """Law: a column of any texts, repeated or not, holds what each text alone means."""
    contract = parse_contract(CONTRACT.format(case=case))

    found = typed(texts * 2, contract)["word"]

    words = read_words()
    assert [None if pd.isna(t) else t for t in found] == [level(t, case, words) for t in texts * 2]


def read_words() -> frozenset[str]:
    from fraud_assets.contract.sections.source import Source
    from fraud_assets.payments.words import text_words

    return text_words(Source(path="x"))


def test_a_version_of_format_1_keeps_the_texts_it_was_trained_with():
    """Its file names no normalisation: texts are trimmed and put into case as before."""
    import msgspec

    from tests.scoring.worlds import files

    raw = msgspec.json.decode(files("logistic_regression")[SPEC])
    del raw["normalisation"]
    old = Encoder(read_spec(msgspec.json.encode(raw | {"format": 1})))

    assert old.level(" \u200beth ") == "\u200bETH"
    assert old.level(" n/a ") is None
    assert Encoder(read_spec(files("logistic_regression")[SPEC])).level(" \u200beth ") == "ETH"


@given(st.lists(st.floats(-1e14, 1e14) | st.integers(-(10**14), 10**14), min_size=1, max_size=20))
def test_numbers_as_text_are_the_bits_that_a_caller_sends(numbers):
    """Law: what JSON writes and an export prints is one float64; oracle: Python's own."""
    found, bad = parse_numbers(pd.Series([repr(number) for number in numbers]))

    assert not bad.any()
    assert found.tolist() == [float(number) for number in numbers]


def test_golden_rows_hold_texts_as_callers_write_them():
    """Blanks, case and nasty texts stand there raw; the real scorer passes its own test."""
    from fraud_assets.scoring.golden import read_golden, self_test
    from fraud_assets.scoring.spec import GOLDEN
    from tests.scoring.worlds import files

    found = files("gradient_boosting")
    golden = read_golden(found[GOLDEN])

    texts = {row.values["chain"] for row in golden.rows}
    assert {"Gießen", " gießen\u00a0", "n/a"} <= texts
    assert any(text != text.strip() for text in texts if isinstance(text, str))
    self_test(load_scorer(found), golden)


def test_a_service_that_normalises_otherwise_fails_its_golden_rows(monkeypatch):
    """Were texts read as format 1 read them, the version would not be served."""
    import msgspec

    from fraud_assets.errors import StoreError
    from fraud_assets.scoring.golden import read_golden, self_test
    from fraud_assets.scoring.spec import GOLDEN
    from tests.scoring.worlds import files

    found = dict(files("gradient_boosting"))
    raw = msgspec.json.decode(found[SPEC])
    found[SPEC] = msgspec.json.encode(raw | {"normalisation": "trim"})

    with pytest.raises(StoreError, match="Golden row"):
        self_test(load_scorer(found), read_golden(found[GOLDEN]))
