"""Several contracts in one service: each store under its own path, with pages and metrics apart.

`/contracts/<name>/predict` is what `/predict` is where one contract is served alone; keys, pages,
metrics and the version in production are each contract's own. One that cannot be served is tried
again and says why; it hinders no other.
"""

from fraud_assets.service.several.create import create, create_from_environment

__all__ = ["create", "create_from_environment"]
