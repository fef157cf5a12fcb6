"""Where the bytes of stores lie: one port, and a file for each kind of place that can hold them."""
