"""What one step hands to the next, kept on disk: tables as Parquet, authenticated, no pickles.

Here: a value as parts and back (`codec`, `frames`), the seal over them (`seal`), and the folder
that keeps them by contract, step and run (`cabinet`). Not here: Dagster.
"""
