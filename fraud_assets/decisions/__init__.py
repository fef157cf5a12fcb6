"""What was decided, kept: written as it is answered, verified, labelled when the truth comes.

`log` writes, `reading` reads and verifies; what comes later (outcomes, copies, erasure) reads
what they hold. The entries themselves are documents. Not here: how a payment is scored, and
scoring it again.
"""
