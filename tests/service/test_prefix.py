"""Behind a proxy that serves it under a path such as /risk/, the page works as it is."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest

from fraud_assets.service import pages
from tests.service.stores import new_store, promote, serving

ADDRESS = re.compile(r"""(?:href=|src=|action=|(?:fetch|send)\()\\?["']([^"'$#][^"'?]*)""")
MOUNTED = "/risk/"


def addresses() -> set[str]:
    """Every address that a page, its script or the report's link names."""
    folder = Path(pages.__file__).parent
    texts = [*folder.rglob("*.html"), *folder.rglob("*.js"), *folder.rglob("*.py")]
    found = {at for text in texts for at in ADDRESS.findall(text.read_text(encoding="utf-8"))}
    return {at for at in found if not at.startswith("data:")}


def test_every_address_stays_below_the_prefix():
    """None starts at the root or names a host."""
    assert {"assets/page.js", "predict", "docs"} <= addresses()
    assert all(urljoin(MOUNTED, at).startswith(MOUNTED) for at in addresses())


@pytest.mark.parametrize("family", ["logistic_regression"])
def test_every_address_leads_somewhere_once_the_proxy_has_cut_the_prefix(tmp_path, family):
    """As a browser resolves them on the page at /risk/, asked of the real process."""
    store = new_store(tmp_path)
    promote(store, family)

    with serving(store) as server:
        codes = {
            at: server.ask_raw("/" + urljoin(MOUNTED, at).removeprefix(MOUNTED))[0]
            for at in addresses()
            if not at.startswith(("predict", "decisions"))  # they take a POST
        }

    assert set(codes.values()) <= {200}, codes
