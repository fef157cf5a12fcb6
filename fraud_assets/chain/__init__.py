"""The chain's steps as plain functions, each bound to what it was made of.

Here: for each step one function that demands current inputs, calls the domain's own function
and records what the result was made of. Not here: anything that computes, and Dagster.
"""
