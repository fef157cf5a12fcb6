"""Names of the arrays that computations take and give."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

Positions = NDArray[np.int64]
"""Places of rows in a frame, from 0."""
