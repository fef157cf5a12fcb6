"""Which version serves: its source, its verdict, the last good copy."""
