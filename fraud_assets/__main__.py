"""`python -m fraud_assets` is the command `fraud-assets`."""

from __future__ import annotations

import sys

from fraud_assets.cli import main

if __name__ == "__main__":
    sys.exit(main())
