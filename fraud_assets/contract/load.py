"""Reads a contract file and tells every fault at once, each with key, rule and value."""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from pathlib import Path

from pydantic import ValidationError

from fraud_assets.contract.checks import cross_faults
from fraud_assets.contract.schema import Contract
from fraud_assets.errors import ContractError, Fault

_SHIPPED = Path(__file__).parent.parent / "contracts"


def default_contract_path() -> Path:
    """The contract named by `FRAUD_ASSETS_CONTRACT`, else the crypto gateway's."""
    return Path(os.environ.get("FRAUD_ASSETS_CONTRACT") or _SHIPPED / "crypto_gateway.toml")


def load_contract(path: Path | str | None = None) -> Contract:
    """Read and validate a contract file; a bare name means one that ships with the package.

    Raises
    ------
    ContractError
        If the file is missing, is no TOML, or breaks any rule; lists all faults.
    """
    file = Path(path) if path is not None else default_contract_path()
    if file.suffix == "" and (_SHIPPED / f"{file}.toml").is_file():
        file = _SHIPPED / f"{file}.toml"
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fault = Fault("file", f"must be a readable UTF-8 file ({error})", str(file))
        raise ContractError(file, [fault]) from error
    return parse_contract(text, base=file.resolve().parent, name=str(file))


def parse_contract(text: str, base: Path = Path(), name: str = "text") -> Contract:
    """Validate a contract's text; relative paths in it start from `base`."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ContractError(name, [Fault("file", f"must be TOML ({error})", name)]) from error
    faults = cross_faults(raw)
    try:
        contract = Contract.model_validate(raw | {"base": base, "text": text})
    except ValidationError as error:
        raise ContractError(name, [*_faults(error), *faults]) from error
    if faults:
        raise ContractError(name, faults)
    return contract


def contract_digest(contract: Contract) -> str:
    """SHA-256 of what the contract says, independent of layout and comments."""
    canonical = json.dumps(contract.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _faults(error: ValidationError) -> list[Fault]:
    return [
        Fault(".".join(str(part) for part in item["loc"]), _rule(item["msg"]), item["input"])
        for item in error.errors(include_url=False)
    ]


def _rule(message: str) -> str:
    text = message.removeprefix("Value error, ").removeprefix("Input should be ")
    return text if text.startswith("must") else f"must be: {text}"
