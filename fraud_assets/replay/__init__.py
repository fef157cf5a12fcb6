"""A decision made again by its own signed version, and compared with the record bit by bit.

Needs what serves: the store and scoring's runtime, neither pandas nor scikit-learn. Not here:
how decisions are kept (`decisions`), and features made from other payments.
"""
