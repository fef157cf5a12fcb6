"""A raw payment read as training reads a row: the same columns, the same values, the same rules.

Each value goes through `fraud_assets.values`, as the distinct values of a column do in `data`.
What only a whole column can say (which of day and month comes first, whether "NA" is a country)
a payment cannot: the contract says it, or the payment is refused by the rule's name. Standard
library and contract alone. Not here: what is derived from other payments (`state`).
"""
