"""The kinds of places, each a file named like its URL's scheme, with `open_storage(url)`.

A folder, which needs no scheme, is `file`.
"""
