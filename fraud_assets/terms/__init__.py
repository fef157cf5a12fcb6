"""The terms in which a contract is written: sections, lengths of time, columns of times."""
