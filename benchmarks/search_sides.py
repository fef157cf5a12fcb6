"""The two sides: the article's GridSearchCV and this project's search, each with its clocks.

Both score all 81 settings of boosting on the same folds and cores. Each side starts its own
workers inside its clocks and ends them, so that wall and processor seconds are all its own.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, ParameterGrid
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from fraud_assets.contract import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.search.folds import EncodedFolds, Fold
from fraud_assets.modelling.search.race import race_grid
from fraud_assets.modelling.search.sampling import Sample, sample_as_declared
from fraud_assets.modelling.search.validation import Validation
from fraud_assets.modelling.search.winner import Winner, best_searched
from fraud_assets.profiles import RECALL_FLOOR

Result = TypeVar("Result")

OURS = ("hist_gradient_boosting", "extra_trees")
"""What the chain searches where frauds are few; both take the same encoding."""


@dataclass(frozen=True)
class Clocks:
    """Wall and processor seconds (own and workers') of one side, and largest process in MiB."""

    wall: float
    cpu: float
    largest_mib: float


def clocked(work: Callable[[], Result]) -> tuple[Result, Clocks]:
    """Run one side from cold workers to ended ones."""
    get_reusable_executor().shutdown(wait=True)
    before, started = _cpu(), time.perf_counter()
    result = work()
    get_reusable_executor().shutdown(wait=True)
    wall = time.perf_counter() - started
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    largest = max(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024
    return result, Clocks(wall, _cpu() - before, largest)


def _cpu() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(kind) for kind in kinds]
    return sum(u.ru_utime + u.ru_stime for u in used)


def article_pipeline(contract: Contract) -> Pipeline:
    """The known way: imputed and scaled numbers, one-hot text, gradient boosting."""
    numeric = Pipeline(
        [("imputer", SimpleImputer(strategy="median")), ("scaler", StandardScaler())]
    )
    text = Pipeline(
        [
            ("imputer", SimpleImputer(strategy="constant", fill_value="unknown")),
            ("onehot", OneHotEncoder(handle_unknown="ignore")),
        ]
    )
    features = contract.features
    parts = [("num", numeric, list(features.numeric)), ("cat", text, list(features.categorical))]
    boosting = GradientBoostingClassifier(random_state=contract.search.seed)
    return Pipeline([("preprocessor", ColumnTransformer(parts)), ("classifier", boosting)])


def article_grid() -> dict[str, list[Any]]:
    """The 81 settings under the pipeline's names."""
    grid = FAMILIES["gradient_boosting"].grid
    return {f"classifier__{name}": list(values) for name, values in grid.items()}


def article_search(
    rows: Rows, folds: Sequence[Fold], contract: Contract, workers: int
) -> GridSearchCV:
    """All 405 fits."""
    pipeline, grid = article_pipeline(contract), article_grid()
    search = GridSearchCV(
        pipeline, grid, scoring="roc_auc", cv=list(folds), n_jobs=workers, refit=False, verbose=1
    )
    return search.fit(rows.features, rows.label)


def our_search(rows: Rows, folds: Sequence[Fold], contract: Contract, workers: int) -> Winner:
    """The chain's search: boosting's 81 settings by its stand-in, and those of extra trees.

    The better of the two by the chain's own rule. Training rows of each fold are sampled as the
    contract says; every validation row is scored.
    """
    search, columns = contract.search, (contract.features.numeric, contract.features.categorical)
    sampled = [(_sampled(rows, train, contract), valid) for train, valid in folds]
    families = [FAMILIES[name] for name in OURS]
    encoded = EncodedFolds(rows, sampled, *columns).of(families[0])
    validation = Validation.of(Sample(rows, len(rows) - rows.frauds), folds, RECALL_FLOOR)
    searched = [
        race_grid(family, encoded, validation, search.seed, workers=workers) for family in families
    ]
    return best_searched(searched, validation, search.seed)


def _sampled(rows: Rows, train: np.ndarray, contract: Contract) -> np.ndarray:
    numbered = Rows(rows.features.iloc[train].assign(_at=train), rows.label[train])
    sample = sample_as_declared(numbered, contract.search)
    return np.asarray(sample.rows.features["_at"])


@dataclass(frozen=True)
class Estimate:
    """Estimated seconds of all fits from a measured part, with a 95 % bootstrap interval."""

    value: float
    low: float
    high: float
    fits: int
    of: int


def estimate_article(
    rows: Rows,
    folds: Sequence[Fold],
    contract: Contract,
    *,
    workers: int,
    fits: int,
    seed: int = 0,
) -> tuple[Estimate, Estimate]:
    """Wall and processor seconds of all 405 fits, from `fits` of them drawn evenly over folds.

    A ratio estimator: a fit's cost is taken in proportion to rows x trees x depth, and the
    factor is measured. The interval redraws the measured fits.
    """
    every = [(s, k) for s in ParameterGrid(article_grid()) for k in range(len(folds))]
    size = np.array([_size(setting, folds[k]) for setting, k in every])
    rng = np.random.default_rng(seed)
    drawn = np.concatenate(
        [
            rng.choice(
                np.flatnonzero([k == j for _, k in every]), fits // len(folds), replace=False
            )
            for j in range(len(folds))
        ]
    )
    tasks = [
        (article_pipeline(contract).set_params(**every[i][0]), rows, folds[every[i][1]])
        for i in drawn
    ]
    run = Parallel(n_jobs=workers, batch_size=1)
    cpu, clocks = clocked(lambda: np.array(run(delayed(_one_fit)(*task) for task in tasks)))
    factor = size.sum() / size[drawn].sum()
    again = rng.integers(0, len(drawn), (2000, len(drawn)))
    spread = cpu[again].sum(axis=1) / size[drawn][again].sum(axis=1) * size.sum()
    low, high = np.quantile(spread / (cpu.sum() * factor), [0.025, 0.975])

    def whole(seconds: float) -> Estimate:
        value = seconds * factor
        return Estimate(value, value * low, value * high, len(drawn), len(every))

    return whole(clocks.wall), whole(clocks.cpu)


def _size(setting: dict[str, Any], fold: Fold) -> float:
    trees, depth = setting["classifier__n_estimators"], setting["classifier__max_depth"]
    return float(trees * depth * len(fold[0]))


def _one_fit(pipeline: Pipeline, rows: Rows, fold: Fold) -> float:
    """Processor seconds of one fit and its score, as GridSearchCV does them."""
    started = time.process_time()
    fitted = clone(pipeline).fit(rows.features.iloc[fold[0]], rows.label[fold[0]])
    valid = rows.features.iloc[fold[1]]
    roc_auc_score(rows.label[fold[1]], fitted.decision_function(valid))
    return time.process_time() - started
