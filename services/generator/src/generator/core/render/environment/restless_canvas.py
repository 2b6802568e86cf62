"""A canvas whose materials move, one patch after another."""

from collections.abc import Sequence

from generator.core.render.environment.contract import YuvPlanes
from generator.core.render.environment.patch import Patch


class RestlessCanvas:
    """Paints every patch over the still; what lies behind comes first. One thread at a time."""

    def __init__(self, still: YuvPlanes, patches: Sequence[Patch]) -> None:
        self._still = still
        self._patches = tuple(patches)

    @property
    def patches(self) -> tuple[Patch, ...]:
        """What moves, in the order in which it is painted."""
        return self._patches

    def paint(self, t: float, into: YuvPlanes) -> None:
        """Writes the moment t, 0..1 of the clip, into copies of the canvas's planes; only within the patches."""
        for patch in self._patches:
            whole = (patch.rows, patch.columns)
            half = tuple(slice(part.start // 2, part.stop // 2) for part in whole)
            into.y[whole] = self._still.y[whole]
            into.u[half] = self._still.u[half]
            into.v[half] = self._still.v[half]
        for patch in self._patches:
            patch.paint(t, into)
