"""The JSON Schemas in the repository are those that the command writes, and they hold."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from fraud_assets.cli import main
from fraud_assets.documents.schemas import DOCUMENTS
from tests.documents.published import Published, published_by

SCHEMAS = Path(__file__).parents[2] / "schemas"
OLD = published_by("d2ae1cc")


def test_the_repository_holds_what_the_command_writes(tmp_path: Path) -> None:
    """Changed a document? `fraud-assets schema` writes the files anew; commit them."""
    assert main(["schema", "--out", str(tmp_path)]) == 0

    written = {file.name: file.read_text() for file in tmp_path.iterdir()}
    assert written == {file.name: file.read_text() for file in SCHEMAS.iterdir()}
    assert set(written) == {f"{name}.json" for name in DOCUMENTS}


@pytest.mark.parametrize("old", OLD.values(), ids=OLD)
def test_another_validator_agrees_with_the_reader(old: Published) -> None:
    """Jsonschema takes the real documents, and refuses what the reader refuses."""
    for name, document in (("report", old.report), ("metadata", old.metadata)):
        schema = json.loads((SCHEMAS / f"{name}.json").read_text())
        validator = jsonschema.Draft202012Validator(schema)
        assert list(validator.iter_errors(json.loads(document))) == []
        assert list(validator.iter_errors({**json.loads(document), "as_of": 3}))
