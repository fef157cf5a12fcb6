"""One word, one thing: a public class, function or type has a name that no other one has."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

KINDS = {
    "fraud_assets/cli": ({"register", "run"}, "a command is a module that the parser finds"),
    "fraud_assets/gate/rules": ({"judge", "bound", "fill"}, "a rule is a module of the gate"),
    "fraud_assets/modelling/leaks/looks": ({"find"}, "a look for leaks is a module"),
    "fraud_assets/preflight/looks": ({"faults"}, "a look at the machine is a module"),
    "fraud_assets/store/storage/kinds": ({"open_storage"}, "a kind of place is a module"),
    "fraud_assets/work/kinds": ({"open_executor"}, "a kind of executor is a module"),
    "fraud_assets/orchestration/assets.py": (
        {
            "raw_transactions",
            "cleaned_features",
            "candidate_models",
            "tuned_pipeline",
            "evaluation_report",
            "published_artifact",
        },
        "an asset is its step of the chain, and is found by the step's name",
    ),
}
"""Where members of one kind share the names by which they are called, and why."""


def test_no_public_name_stands_for_two_things():
    """Who reads a name need not ask which one is meant."""
    places = defaultdict(list)
    for path, name in _defined(ROOT):
        if not any(path.startswith(kind) and name in KINDS[kind][0] for kind in KINDS):
            places[name].append(path)

    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


def test_every_shared_name_is_in_use():
    """An exception goes when its reason has gone."""
    defined = list(_defined(ROOT))

    for kind, (names, _) in KINDS.items():
        assert names <= {name for path, name in defined if path.startswith(kind)}, kind


def test_documents_are_read_by_attribute():
    """Outside documents/ few places have a dict of anything, as a framework's signature demands."""
    untyped = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "fraud_assets").rglob("*.py"))
        if "documents" not in path.relative_to(ROOT).parts[:2]
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if "dict[str, Any]" in line
    ]

    assert len(untyped) < 40, "\n".join(untyped)


def test_classes_functions_and_types_count(tmp_path):
    """Constants and private names do not: each document has its FORMAT."""
    (tmp_path / "fraud_assets").mkdir()
    (tmp_path / "fraud_assets" / "one.py").write_text(
        "class Payment: ...\n"
        "async def look(): ...\n"
        "def _own(): ...\n"
        "FORMAT = 1\n"
        "Row = tuple[float, ...]\n"
        "Whole: TypeAlias = int\n"
    )

    assert {name for _, name in _defined(tmp_path)} == {"Payment", "look", "Row", "Whole"}


def _defined(root: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((root / "fraud_assets").rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            name = _name(node)
            if name and not name.startswith("_"):
                yield path.relative_to(root).as_posix(), name


def _name(node: ast.stmt) -> str | None:
    match node:
        case ast.ClassDef(name) | ast.FunctionDef(name) | ast.AsyncFunctionDef(name):
            return name
        case ast.AnnAssign(ast.Name(name), ast.Name("TypeAlias")):
            return name
        case ast.Assign([ast.Name(name)], ast.Subscript() | ast.BinOp()) if not name.isupper():
            return name
    return None
