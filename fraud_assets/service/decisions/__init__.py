"""Decisions on raw payments: read, derived from the state, scored, put on record, answered."""
