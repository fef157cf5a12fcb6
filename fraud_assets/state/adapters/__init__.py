"""One file for each place that can hold the state."""
