"""Memory that a unit frees stays with the process for its next unit.

Dask has its workers give every freed page back at once, so that each large array of a unit is made
of pages that the system clears anew: features took twice the processor for that alone.
"""

from __future__ import annotations

import ctypes
import os
from functools import cache

_TRIM, _TOP_PAD, _MMAP = -1, -2, -3
"""`M_TRIM_THRESHOLD`, `M_TOP_PAD` and `M_MMAP_THRESHOLD` of glibc's malloc.h."""

KEPT_BYTES = 512 << 20
"""Freed memory that a process keeps at most."""

PAD_BYTES = 64 << 20
"""By which it grows at a time."""

MAPPED_BYTES = 32 << 20
"""An array from here on is always given back; the largest that glibc takes."""


@cache
def keep_freed_memory() -> bool:
    """Have this process do so from now on; false where its C library cannot."""
    if os.name != "posix" or not hasattr(library := ctypes.CDLL(None), "mallopt"):
        return False
    settings = {_MMAP: MAPPED_BYTES, _TRIM: KEPT_BYTES, _TOP_PAD: PAD_BYTES}
    return all(library.mallopt(name, value) == 1 for name, value in settings.items())
