"""Copies of the record for analysis: Parquet by day, and tables in PostgreSQL.

The log stays the record; a copy is made of whole blocks of it, piece by piece, so that it may be
broken off anywhere and go on without losing a row or having one twice. Personal values stay
covered. Importing the parts needs pyarrow or psycopg; what serves imports none of them.
"""
