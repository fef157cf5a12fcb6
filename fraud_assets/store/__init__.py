"""Versions on disk: signed, verified, moved in order. Judges nothing and imports little."""
