"""The kinds of executors, each a file with `open_executor`.

The kind `x` is chosen by the setting FRAUD_ASSETS_X, which says where it works; where none is
set, it is `local`.
"""
