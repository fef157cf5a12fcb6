"""What one value that comes in means, in an export and in a payment that asks for its score.

One file for each kind: text, numbers, identities, words for missing. Training applies these
functions to the distinct values of a column, the service to the values of one payment, so that
both see the same. Standard library only.
"""
