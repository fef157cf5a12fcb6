"""What one connection, and all of them together, may cost: bytes, seconds, descriptors.

All of it holds before an API key is read, for whoever reaches the port.
"""

from __future__ import annotations

MAX_URL = 8 * 1024
"""Longest URL, bytes; one that asks for a score has about thirty."""

MAX_HEAD = 32 * 1024
"""Longest URL and headers together, bytes: four times what most proxies let through."""

MAX_HEADERS = 100
"""Most headers of one request."""

MAX_FRAMING = 16 * 1024
"""Most bytes of chunk sizes, chunk extensions and trailers beyond as many as the body has."""

MAX_DROPPED = 8 * 1024 * 1024
"""How many bytes of a body are read and dropped after its request was answered, so that a
client that sends first and reads afterwards gets to the answer."""

MAX_PIPELINED = 32
"""Most requests of one connection that wait for the answer to the one before them."""

MAX_HELD = 32 * 1024 * 1024
"""Most bytes of incomplete requests that one process holds, over all connections."""

MAX_CONNECTIONS = 4096
"""Most open connections of one process; fewer where it may open fewer files."""

SPARE_FILES = 128
"""Descriptors that connections leave to everything else."""

HEAD_SECONDS = 10.0
"""Longest from a connection, or from a request's first byte, to the end of its headers."""

BODY_SECONDS = 30.0
"""Longest from the end of the headers to the end of the body."""

WRITE_SECONDS = 30.0
"""Longest that an answer waits for a client that does not read."""

CLOSE_SECONDS = 5.0
"""Longest from closing a connection to its end, for what is still to be sent."""

KEEP_ALIVE_SECONDS = 75.0
"""Longest between two requests: longer than load balancers keep an idle connection, so that
none sends into a closed one."""

YOUNG_SECONDS = 0.5
"""For how long a request under way is spared where connections or bytes run out."""

SWEEP_SECONDS = 0.05
"""How often deadlines are looked at."""

SWEEP_MOST = 100
"""Most connections of a kind that one sweep ends: a few milliseconds that others wait."""
