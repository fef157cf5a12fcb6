"""With what confidence each stretch of the newest frauds must promise the floor.

Frauds lie in time order. The shortest stretch is the threshold window's own frauds, the next has
those of the weeks before as well, and so on back to all of them. The threshold is the lowest that
any stretch asks for, each at a confidence of its own: what has become worse lately lowers it,
however well the years before went. Without the confidences this is the end of the isotonic
regression of the missed share on time, the largest mean of any stretch that ends today (Barlow,
Bartholomew, Bremner and Brunk 1972, section 1.2).

The confidences are those at which all stretches together break the promise with 1 - confidence
where the law stays. Sums over stretches are then Brownian: with B(f) the missed frauds too many
within a fraction f of all, in standard errors of the whole, the promise breaks where
B(f) <= -c f^(1/2 + LEANING) at every stretch's f. A stretch by itself holds the promise with
normal_cdf(c f^LEANING), which is what is left where the law moved right before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

LEANING = 1.0
"""How much less a short stretch must promise than the whole. At 0 all promise alike, which costs
most where the law stays; the larger, the more the whole decides alone.

Measured on worlds 20 to 35 of `benchmarks.worlds`, 54 weeks each, and on 16 whose misses rise by
three points right before the threshold window (24 weeks each): at 1.5 weeks are refused for their
alerts alone in .392, and the promise holds in .976 where the law stays and in .68 where it became
worse; at 1 in .403, .978 and .73; at .75 in .406, .978 and .77; at .5 in .411, .978 and .80. All
frauds together are refused in some .36 and hold .97, then .27.
"""

GRID = np.linspace(-8.0, 5.0, 1301)
"""Standard errors on which the sums are followed."""

ZERO = int(np.argmin(np.abs(GRID)))


def confidences(sizes: Sequence[float], confidence: float) -> tuple[float, ...]:
    """Confidence of each stretch, whose sizes in independent frauds rise to that of the whole."""
    fractions = tuple(round(float(size) / float(sizes[-1]), 3) for size in sizes)
    factor = _factor(fractions, round(confidence, 6))
    return tuple(float(norm.cdf(factor * part**LEANING)) for part in fractions)


@lru_cache(maxsize=256)
def _factor(fractions: tuple[float, ...], confidence: float) -> float:
    """The c at which stretches of these fractions break the promise with 1 - confidence."""
    most = float(norm.ppf(confidence))
    if len(fractions) == 1 or broken(fractions, 0.0) <= 1 - confidence:
        return most if len(fractions) == 1 else 0.0
    found = brentq(lambda c: broken(fractions, c) - (1 - confidence), 0.0, most * 1.01, xtol=1e-4)
    return float(found)


def broken(fractions: Sequence[float], factor: float) -> float:
    """Chance that B(f) <= -factor f^(1/2 + LEANING) at each of the rising `fractions`."""
    step = GRID[1] - GRID[0]
    density, at = np.where(GRID[ZERO] == GRID, 1 / step, 0.0), 0.0
    for fraction in fractions:
        density = _spread(density, np.sqrt(fraction - at), step)
        bound = -factor * fraction ** (0.5 + LEANING)
        density = density * np.clip((bound - GRID) / step + 0.5, 0, 1)
        at = fraction
    return float(density.sum() * step)


def _spread(density: np.ndarray, spread: float, step: float) -> np.ndarray:
    """The density after a normal step."""
    reach = int(np.ceil(6 * spread / step))
    kernel = norm.pdf(np.arange(-reach, reach + 1) * step, 0, spread) * step
    return np.convolve(density, kernel, mode="same")
