"""The kinds of arrays that the stages hand on. Height first, rows from the top, BGR where there is colour."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]
"""(H, W, 3) uint8, BGR, 0..255."""

Plane: TypeAlias = NDArray[np.floating[Any]]
"""(H, W) float32, one figure per place; or (H, W, 3) where the name says Lab."""

Mask: TypeAlias = NDArray[np.uint8]
"""(H, W) uint8, 1 (edges: 255) where it holds, 0 elsewhere."""

Places: TypeAlias = NDArray[np.bool_]
"""(H, W) or (N,) bool, true where it holds."""

Labels: TypeAlias = NDArray[np.uint8]
"""(H, W) uint8, an index per place."""
