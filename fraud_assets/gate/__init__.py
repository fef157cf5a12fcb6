"""The gate: may this candidate serve? Report and policy in, verdict out; pure.

Here: the decision (`decide`), what it rests on (`grounds`), and its rules, one file each under
`rules/`, found by looking (`registry`). Not here: stores, services, and how a number is measured.
"""
