"""What the judged weeks say of a model: threshold, rates, slices, importances, drift."""
