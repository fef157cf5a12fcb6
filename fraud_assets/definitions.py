"""The module that Dagster loads: `dagster ... -m fraud_assets.definitions`."""

from fraud_assets.orchestration.definitions import build_definitions

defs = build_definitions()
