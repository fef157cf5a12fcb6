"""Payments in PostgreSQL, read by ADBC as Arrow: one snapshot, only what a run needs.

Here: the connection and its errors in sentences (`connection`, `refusals`), which columns a table
or query has (`relation`), which rows are asked for (`statement`), and the rows themselves (`rows`).
Not here: what a value means. The driver is imported when a database is read and not before.
"""
