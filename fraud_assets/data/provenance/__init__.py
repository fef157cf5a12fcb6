"""What made each value of the chain: contract, files, code, environment, and the steps before.

Here: the records (`made`), and digests of code (`code`) and of source files (`sources`).
Not here: signatures; a value that comes back from storage is authenticated before it is read.
"""
