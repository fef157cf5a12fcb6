"""One file for each kind of column: numbers, text, identities, labels, times.

Each applies `fraud_assets.values`, which says what one value means, to the distinct values of a
column as exported. Not here: which column is of which kind (`data.typed`), which rows are put
aside (`data.quarantine`).
"""
