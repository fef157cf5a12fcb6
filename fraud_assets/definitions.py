"""The module that Dagster loads: `dagster ... -m fraud_assets.definitions`."""

from fraud_assets.orchestration.definitions import code_location

globals().update(code_location())
