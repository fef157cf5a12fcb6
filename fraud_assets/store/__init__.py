"""Versions in a folder or an object store: signed, verified, moved in order; judges none."""
