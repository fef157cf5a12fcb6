"""The journal of a store: which version serves, every move that led there, and what was seen."""
