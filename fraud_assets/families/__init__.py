"""Model families: each is one file that says how it is fitted, searched, converted and read.

`members/` holds the families; `registry` finds them there by their files' names. `forest` is
what serving needs of them, and imports numpy alone. Not here: folds, search and choice among
families (`modelling`), and the service's own files (`scoring`).
"""
