"""What a step's code and files are, as digests."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from fraud_assets.data.provenance.code import imports, reached
from fraud_assets.data.provenance.sources import changed_files, look_at
from fraud_assets.data.source.files import LocatedFile
from fraud_assets.masking import NO_SECRETS, public


def located(files: list[Path], names: str) -> list[LocatedFile]:
    pairs = zip(files, names, strict=True)
    return [LocatedFile(str(file), name, NO_SECRETS) for file, name in pairs]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    root = tmp_path / "fraud_assets"
    for name, text in {
        "__init__.py": "",
        "a/__init__.py": "",
        "a/entry.py": "from fraud_assets.b.used import x\nimport os",
        "b/__init__.py": "",
        "b/used.py": "def f():\n    from fraud_assets.c import inner",
        "b/beside.py": "",
        "c/__init__.py": "",
        "c/inner.py": "",
        "d/__init__.py": "",
        "d/unused.py": "",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_code_is_found_by_walking_imports_whoever_stands_beside_included(package: Path):
    """Lazy imports count, registries find the files beside, what nothing imports does not."""
    names = [str(f.relative_to(package)) for f in reached("fraud_assets.a.entry", package)]

    assert {"a/entry.py", "b/used.py", "b/beside.py", "c/inner.py"} <= set(names)
    assert "d/unused.py" not in names


def test_imports_are_read_as_python_reads_them():
    """Of each file of the package, what its syntax tree imports of the package, no more or less."""
    import fraud_assets

    for file in sorted(Path(fraud_assets.__file__).parent.rglob("*.py")):
        assert set(imports(file.read_bytes())) == imported(file.read_bytes()), file


@pytest.mark.parametrize(
    "text",
    [
        "from fraud_assets.a import b, c as d\nimport os",
        "def f():\n    from fraud_assets.a import (\n        b,\n        c as d,\n    )",
        "from fraud_assets.a import (\n    b,  # noqa (why)\n    c,\n)",
        "from fraud_assets.a import b  # both\nfrom fraud_assets import c",
        "import os, fraud_assets.b",
        "import os; import fraud_assets.b",
        "if 1: from fraud_assets.a import b",
        "from  fraud_assets.a  import\tb",
        "from fraud_assets.a import(b)",
        "from fraud_assets.a import \\\n    b",
        "from \\\n    fraud_assets.a import b",
        "import os, \\\n    fraud_assets.a",
        "from \\\r\n    fraud_assets.a import b\r\n",
        "\ufefffrom fraud_assets.a import b",
        "from fraud_assets.a import b\r\nfrom fraud_assets.c import d\r\n",
        "x = 1\rfrom fraud_assets.a import b\rfrom fraud_assets.c import d",
        "from fraud_assets.a import *",
        "import fraud_assets.a as other",
    ],
)
def test_unusual_imports_are_read_too(text: str):
    """Comments, several statements in a line, continued lines, other blanks and line ends."""
    assert set(imports(text.encode())) == imported(text.encode()) != set()


def imported(source: bytes) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in found if name.split(".")[0] == "fraud_assets"}


def test_the_real_steps_reach_what_they_run():
    """The publisher's judgement depends on features, models, scoring and gate."""
    import fraud_assets

    root = Path(fraud_assets.__file__).parent
    names = {str(f.relative_to(root)) for f in reached("fraud_assets.release.judgement", root)}

    assert {"data/derive.py", "modelling/judging/thresholds.py", "release/judgement.py"} <= names
    assert not any(name.startswith(("service/", "orchestration/", "cli/")) for name in names)


def test_a_file_is_known_by_its_content(tmp_path: Path):
    """Edited, gone and new files are named; the same bytes written again are the same."""
    files = [tmp_path / name for name in ("a.csv", "b.csv", "c.csv")]
    for file in files:
        file.write_text("1")
    before = look_at(located(files, "abc"))
    files[0].unlink()
    files[0].write_text("1")
    files[1].write_text("2")

    faults = changed_files(before, located([files[0], files[1], files[0]], "abd"))

    assert faults == ["c is gone", "d is new", "b has changed"]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("s3://key:secret@bucket/a.csv", "s3://bucket/a.csv"),
        ("https://h/a.csv?token=secret#x", "https://h/a.csv"),
        ("week@home/a.csv", "week@home/a.csv"),
    ],
)
def test_a_name_carries_no_credentials(url: str, name: str):
    """Names of files travel into reports and messages."""
    assert public(url) == name
