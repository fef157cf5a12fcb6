"""Where independent units of work are done: in processes of this host, or on a cluster.

A unit is a function of a module with its arguments: one candidate on one fold, one part of the
features, one week of a backtest. Large values are `WorkData`, which units name by digest.
Here: the interface of an executor and its kinds. Not here: what a unit does, and which units
there are; and no scheduler of our own.
"""
