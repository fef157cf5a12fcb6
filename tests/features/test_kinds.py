"""Each kind is one file that says everything of itself; one that leaves something out is none."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import fraud_assets
from fraud_assets.contract import parse_contract
from fraud_assets.features import kinds
from tests.data.features_support import contract_of, to_time

_NEW = '''
from typing import ClassVar, Literal
import numpy as np
from fraud_assets.features.kind import NO_HISTORY, Kind

class Cents(Kind):
    """The cents of an amount."""
    ROLES: ClassVar = {"of": "number"}
    kind: Literal["cents"]
    """The kind of the derived feature."""
    of: str
    """The column of the amount."""
    @property
    def reach(self):
        return NO_HISTORY
    @property
    def definition(self):
        return f"Cents of {self.of}."
    def batch(self, past):
        return (past.numbers(self.of) % 1)[past.emitted]
    def online(self, seen):
        return seen.number(self.of) % 1
'''
_USE = """
import pandas as pd
from fraud_assets.data.features import derive_features
from tests.data.features_support import contract_of, to_time
contract = contract_of('f = { kind = "cents", of = "paid" }')
rows = pd.DataFrame({"paid": [1.25], "_time": to_time(pd.Series([0.0]))})
print(derive_features(rows, contract)["f"].tolist(), contract.derived["f"].definition)
"""


_LARGEST = '''
from typing import ClassVar, Literal
import numpy as np
from fraud_assets.features.windowed import Windowed

class Largest(Windowed):
    """The largest number of a pair's payments in a window, those of labelled frauds or not."""
    ROLES: ClassVar = {"entity": "entity", "other": "entity", "of": "number"}
    kind: Literal["largest"]
    """The kind of the derived feature."""
    other: str
    """The other column of the pair."""
    of: str
    """The column of the numbers."""
    @property
    def definition(self):
        return f"Largest {self.of} over {self.payments} to the same {self.other}."
    def batch(self, past):
        history = past.history(self.entity, self.other)
        numbers = past.numbers(self.of)[history.order]
        bounds = history.bounds(self.window, self.delay)
        found = [numbers[low:high] for low, high in zip(*bounds)]
        found = [part[~np.isnan(part)] for part in found]
        return past.column(history, np.array([p.max() if len(p) else np.nan for p in found]))
    def online(self, seen):
        history = seen.history(self.entity, self.other)
        numbers = () if history is None else history.numbers(self.of, self.span(seen))
        return max(numbers, default=float("nan"))
'''
_USE_EVERYWHERE = """
import sys, tests.features.everywhere as everywhere
print(everywhere.differing(sys.argv[1]), everywhere.sentences(sys.argv[1]))
"""


def _with_kind(
    folder: Path, text: str, name: str = "cents", use: str = _USE
) -> subprocess.CompletedProcess[str]:
    """A copy of the package with one more kind, used in a process of its own."""
    package = Path(fraud_assets.__file__).parent
    shutil.copytree(package, folder / "fraud_assets", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / f"fraud_assets/features/kinds/{name}.py").write_text(text)
    tests = package.parent / "tests"
    (folder / "tests").symlink_to(tests)
    return subprocess.run(
        [sys.executable, "-c", use, str(folder)],
        cwd=folder,
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_one_new_file_is_a_kind(tmp_path: Path) -> None:
    """Contract, sentence and batch take it up; no other file of the package is touched."""
    done = _with_kind(tmp_path, _NEW)

    assert done.stdout == "[0.25] Cents of paid.\n", done.stderr


def test_one_new_file_is_a_kind_everywhere(tmp_path: Path) -> None:
    """With a window, across two entities: batch, online, state on disk, hand-over, sentence."""
    done = _with_kind(tmp_path, _LARGEST, "largest", _USE_EVERYWHERE)

    assert done.stdout == (
        "[] ['Largest paid over payments of the same who in the 3d before this payment, this "
        "payment not included to the same shop. null means missing.', 'F of {value} is higher than "
        "in {percentile} of legitimate payments.']\n"
    ), done.stderr


@pytest.mark.parametrize("unsaid", ["reach", "definition", "batch", "online"])
def test_a_kind_says_everything(tmp_path: Path, unsaid: str) -> None:
    """A kind that does not say how far back it looks is refused, not taken for one without past."""
    done = _with_kind(tmp_path, _NEW.replace(f"def {unsaid}(", f"def not_{unsaid}("))

    assert done.returncode != 0
    assert f"must say of its kind as well: {unsaid}." in done.stderr


@pytest.mark.parametrize("name", kinds())
def test_every_kind_says_how_far_back_it_looks(name: str) -> None:
    """The declaration decides: a span, or None where the first or last payment ever counts."""
    kind = kinds()[name]

    assert not kind.__abstractmethods__
    assert set(kind.ROLES) <= set(kind.model_fields)


def test_time_since_a_pair_met_worked_by_hand() -> None:
    """The pair's first payment begins at 0; another shop of the same sender begins anew."""
    import pandas as pd

    from fraud_assets.data.features import derive_features

    rows = pd.DataFrame(
        {
            "who": ["a", "a", "a", None, "b"],
            "shop": ["x", "y", "x", "x", "x"],
            "_time": to_time(pd.Series([0.0, 1.0, 3.0, 4.0, 5.0])),
        }
    )
    met = 'f = { kind = "since_met", entity = "who", other = "shop", unit = "hours" }'

    derived = derive_features(rows, contract_of(met))["f"]

    assert derived.fillna(-1).tolist() == [0, 0, 3, -1, 0]


def test_a_derived_column_of_an_unknown_kind_is_one_fault_with_the_kinds() -> None:
    """Contracts name kinds by their files."""
    with pytest.raises(fraud_assets.errors.ContractError, match=r"must be one of age, calendar"):
        parse_contract(
            'format = 1\nname = "t"\nsource = { path = "x.csv" }\nlabel = { column = "l" }\n'
            'features = { numeric = ["f"] }\ncolumns = { event_time = "t" }\n'
            'derived.f = { kind = "cuont", entity = "a", window = "1h" }'
        )
