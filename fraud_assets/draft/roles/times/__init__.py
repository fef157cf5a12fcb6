"""Which time is the payment's, which says when its label became known, and what is left open."""
