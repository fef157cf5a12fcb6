"""The group `production`: what becomes of published versions, day by day."""
