"""A family is one file: what it says is all that the search, serving and the report need."""

from __future__ import annotations

import pickle
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from fraud_assets.chain import steps
from fraud_assets.contract import parse_contract
from fraud_assets.contract.names import boosting_names, family_names
from fraud_assets.errors import ContractError
from fraud_assets.families import members, registry
from fraud_assets.families.boosting import EXTRA
from fraud_assets.families.family import UnconvertibleError
from fraud_assets.families.registry import FAMILIES, family_of, find_families
from fraud_assets.modelling.judging.importances import impurity_importances
from fraud_assets.modelling.search.candidates import compare_candidates
from fraud_assets.modelling.tuned import unpickle_unverified
from fraud_assets.modelling.tuning import tune
from fraud_assets.scoring.making.export import export_scorer
from fraud_assets.scoring.scorer import load_scorer
from tests.modelling.made_rows import make_rows, small_contract
from tests.scoring.worlds import CONTRACT

ROOT = Path(__file__).parents[2]

STUMPS = '''
"""One decision tree."""
from sklearn.tree import DecisionTreeClassifier
from fraud_assets.families.family import Converted, Family
from fraud_assets.families.sklearn_trees import fraud_share, tree_tables

def _convert(fitted):
    return Converted(tree_tables(fitted.tree_, fraud_share(fitted)), 0.0, "identity", "probability")

FAMILY = Family(
    name="one_tree",
    classifier="DecisionTreeClassifier",
    build=lambda parameters, seed: DecisionTreeClassifier(random_state=seed, **parameters),
    encoding="ordinal",
    defaults={"max_depth": 4},
    grid={"max_depth": (2, 5)},
    convert=_convert,
)
'''


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A second place in which families are looked for."""
    members.__path__.append(str(tmp_path))
    yield tmp_path
    members.__path__.remove(str(tmp_path))
    for name in [name for name in sys.modules if name.startswith(f"{members.__name__}.one_")]:
        del sys.modules[name]


@pytest.fixture
def one_tree(folder: Path) -> str:
    (folder / "one_tree.py").write_text(STUMPS)
    return "one_tree"


def test_one_new_file_is_a_family_that_can_win(one_tree: str):
    """It may be named, is searched, converted, answers as its pipeline does, and is explained."""
    parse_contract(f'{CONTRACT}[search]\nfamilies = ["{one_tree}"]\n')
    contract = small_contract(families=(one_tree, "logistic_regression"), folds=2)
    fit, later = make_rows(1500, 0.1), make_rows(1500, 0.1, seed=1)
    board = compare_candidates(fit, contract)

    tuned = tune(fit, later, board, contract, family=one_tree)

    assert {candidate.family for candidate in board.candidates} == {one_tree, "logistic_regression"}
    assert [s.params for s in tuned.search.settings] == [{"max_depth": 2}, {"max_depth": 5}]
    pipeline = unpickle_unverified(tuned.payload)
    files = export_scorer(pipeline, contract, later.take(later.label == 0), tuned.threshold.value)
    scorer = load_scorer(files)
    found = [scorer.score(row) for row in later.features.to_dict("records")]
    assert np.abs(found - pipeline.predict_proba(later.features)[:, 1]).max() < 1e-12
    assert sum(row.value for row in impurity_importances(pipeline)) == pytest.approx(1)


def test_a_new_file_competes_where_a_contract_names_no_families(one_tree: str):
    """The default is every family there is; the order of the first ones holds."""
    contract = parse_contract(CONTRACT)

    assert contract.search.families == family_names()
    assert family_names()[-1] == one_tree
    assert list(FAMILIES) == list(family_names())


def test_the_shipped_families_keep_their_order():
    """It is part of the digest of every contract that names none."""
    assert family_names() == (
        "logistic_regression", "random_forest", "gradient_boosting", "adaboost",
        "hist_gradient_boosting", "extra_trees",
    )  # fmt: skip


def test_every_family_bears_its_files_name_and_a_class_of_its_own():
    """A fitted classifier leads back to its family by its class alone."""
    for name, family in FAMILIES.items():
        assert family.name == name
        assert family_of(family.build(family.defaults, 0)) is family


@pytest.mark.parametrize("name", boosting_names())
def test_a_library_of_the_extra_is_named_with_how_to_install_it(
    name: str, monkeypatch: pytest.MonkeyPatch
):
    """A contract may name it; where it is not installed the chain's first step says what to do."""
    contract = parse_contract(f'{CONTRACT}[search]\nfamilies = ["{name}"]\n')
    monkeypatch.setattr(registry, "is_installed", lambda _: False)

    with pytest.raises(ContractError, match=rf"pip install 'fraud-assets\[{EXTRA}\]'"):
        steps.raw_transactions(contract)

    assert name not in FAMILIES
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert any(need.startswith(name) for need in extras["optional-dependencies"][EXTRA])


def test_families_of_the_extra_compete_only_where_they_are_named():
    """Installing a library changes no contract's search."""
    assert not {*boosting_names()} & {*FAMILIES, *parse_contract(CONTRACT).search.families}


def test_a_file_that_holds_another_family_is_a_sentence(folder: Path):
    """A copied file whose name was forgotten does not stand in for the first."""
    (folder / "one_copy.py").write_text(STUMPS)

    with pytest.raises(ImportError, match=r"one_copy.py must hold the family 'one_copy'"):
        FAMILIES["one_copy"]


def test_a_name_that_no_file_has_is_told_with_those_that_there_are():
    """All unknown names at once."""
    with pytest.raises(ContractError) as caught:
        find_families(["prophet", "adaboost", "oracle"])

    assert [fault.value for fault in caught.value.faults] == ["prophet", "oracle"]
    assert "logistic_regression, random_forest" in str(caught.value)


def test_a_class_of_no_family_has_no_conversion():
    """Such a winner is served through scikit-learn."""
    with pytest.raises(UnconvertibleError, match="int has no conversion"):
        family_of(3)


def test_reading_a_contract_imports_no_family():
    """Serving reads names and tables: neither needs scikit-learn, pandas or scipy."""
    code = (
        "import sys\n"
        "from fraud_assets.contract import load_contract\n"
        "import fraud_assets.families.forest, fraud_assets.families.family\n"
        "print(load_contract().search.families)\n"
        "print([m for m in ('sklearn', 'pandas', 'scipy') if m in sys.modules])\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[1] == "[]"


@pytest.mark.parametrize("name", [name for name in FAMILIES if FAMILIES[name].dense])
def test_a_family_that_is_faster_on_dense_rows_fits_the_same_on_either(name: str) -> None:
    """Sparse rows are made dense for the fit alone; the fit is the same to its bytes."""
    family, rng = FAMILIES[name], np.random.default_rng(0)
    rows = sparse.random(800, 30, density=0.1, format="csr", random_state=rng)
    label = (rng.random(800) < 0.2).astype(np.int8)
    fitted = []

    for given in (rows, rows.astype(np.float32).toarray()):
        classifier = family.build({family.size: 10}, 0)
        family.fit(classifier, given, label)
        family.tidy(classifier)
        fitted.append(pickle.dumps(classifier))
    plain = family.build({family.size: 10}, 0).fit(rows, label)
    family.tidy(plain)

    assert fitted[0] == fitted[1] == pickle.dumps(plain)
