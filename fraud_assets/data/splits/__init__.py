"""Which rows fit, which choose the threshold, which judge: by time, or by shares without it."""
