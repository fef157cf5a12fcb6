"""How much history is worth: the lengths tried, walk-forward, and what each brought."""
