"""backtest.json: a week's record, what the weeks say together, and `whole` with its format."""
