"""A simulated gateway lives its weeks on the real factory, in minutes: then its world breaks.

The factory runs as its own processes, under a clock that the gateway sets; the gateway asks it by
HTTP and by its commands alone, and counts what it was told against what is on record.
"""
