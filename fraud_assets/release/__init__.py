"""One candidate judged and published: evidence, proof in the service itself, the one move.

Not here: the rules (`gate`), the bytes of versions (`store`), and Dagster.
"""
