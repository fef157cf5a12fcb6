"""Reads a contract file and tells every fault at once, each with key, rule and value."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path

from pydantic import ValidationError

from fraud_assets.contract.checks import cross_faults
from fraud_assets.contract.messages import plain_faults
from fraud_assets.contract.schema import Contract
from fraud_assets.contract.tables import RawTable
from fraud_assets.contract.toml_file import parse_tables, read_text
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
    if file.is_dir():
        names = ", ".join(str(one) for one in contracts_in(file).values())
        rule = f"must be one contract where one is worked on; name one of {names}"
        raise ContractError(file, [Fault("file", rule, str(file))])
    file = _shipped_or(file)
    return parse_contract(read_text(file), base=file.resolve().parent, name=str(file))


def named_contracts() -> tuple[str, ...]:
    """Names of the contract, or the contracts of a folder, that `FRAUD_ASSETS_CONTRACT` names.

    Empty where nothing is named; a file that does not say its contract's name is left out, whatever
    else is wrong with it.
    """
    named = os.environ.get("FRAUD_ASSETS_CONTRACT")
    if not named:
        return ()
    path = Path(named)
    files = sorted(path.glob("*.toml")) if path.is_dir() else [_shipped_or(path)]
    return tuple(name for file in files if (name := _said_name(file)))


def _said_name(file: Path) -> str | None:
    try:
        said = parse_tables(read_text(file), str(file)).get("name")
    except ContractError:
        return None
    return said if isinstance(said, str) else None


def _shipped_or(file: Path) -> Path:
    """The file itself, or that of a bare name which ships with the package."""
    shipped = _SHIPPED / f"{file}.toml"
    return shipped if file.suffix == "" and shipped.is_file() else file


def contracts_in(folder: Path) -> dict[str, Path]:
    """The contract files of a folder by their names without suffix, in the order of names.

    Raises
    ------
    ContractError
        If there is none, or one whose name cannot stand in the name of an asset and a store.
    """
    files = {file.stem: file for file in sorted(folder.glob("*.toml"))}
    faults = [
        Fault("file", "must be named with letters, digits and _ only", file.name)
        for name, file in files.items()
        if not re.fullmatch(r"[A-Za-z0-9_]+", name)
    ]
    if not files:
        faults = [Fault("folder", "must hold contracts, files that end in .toml", str(folder))]
    if faults:
        raise ContractError(folder, faults)
    return files


def parse_contract(text: str, base: Path = Path(), name: str = "text") -> Contract:
    """Validate a contract's text; relative paths in it start from `base`."""
    raw = parse_tables(text, name)
    faults = [*_inner_keys(raw), *cross_faults(raw)]
    try:
        contract = Contract.model_validate(raw | {"base": base, "text": text})
    except ValidationError as error:
        raise ContractError(name, _each_key_once([*plain_faults(error), *faults])) from error
    if faults:
        raise ContractError(name, faults)
    return contract


def contract_digest(contract: Contract) -> str:
    """SHA-256 of what the contract says, independent of layout and comments."""
    canonical = json.dumps(contract.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _inner_keys(raw: RawTable) -> list[Fault]:
    """Names under which a contract keeps what is no setting of its file."""
    rule = "must be a key that a contract has"
    return [Fault(name, rule, name) for name in ("base", "text") if name in raw]


def _each_key_once(faults: list[Fault]) -> list[Fault]:
    """The faults without exact repeats: a rule between sections may see what a type saw too."""
    return list({str(fault): fault for fault in faults}.values())
