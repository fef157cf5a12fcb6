"""What a draft sees of the files: rows, how they are written, facts of each column."""
