"""Rules on lineage: which model, data and week, and better than whom."""
