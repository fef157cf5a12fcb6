"""Which family and setting: folds in time order, candidates, choice."""
