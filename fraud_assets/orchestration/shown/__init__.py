"""What Dagster shows of each step: a line, tables, pictures, column by column."""
