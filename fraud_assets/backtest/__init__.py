"""The weekly run over history: what it would have promised, and what then really happened.

Here: cutting history to what was known at each Monday, training each week's model with the
chain's own functions, walking promotions, comparing promise and outcome. Not here: anything
that a week's own run needs.
"""
