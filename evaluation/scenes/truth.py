"""What is drawn in a scene, exactly, and the same for its mirror image."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""(H, W, 3) uint8, BGR."""

Plane = NDArray[np.float32]
"""(H, W) float32."""

Mask = NDArray[np.uint8]
"""(H, W) uint8."""


@dataclass(frozen=True, eq=False)
class Regions:
    """Materials: `labels` is (H, W) uint8, 0 for none and k for kinds[k - 1]; kinds are the analyzer's names."""

    kinds: tuple[str, ...]
    labels: Mask


@dataclass(frozen=True, eq=False)
class Layers:
    """Planes of depth: `labels` is (H, W) uint8, 1 for the nearest of `count`."""

    count: int
    labels: Mask


@dataclass(frozen=True, eq=False, kw_only=True)
class Truth:
    """What is drawn; None where the scene has no such thing or the builder does not know it exactly.

    Places and sizes are shares of width and height from the top left. horizon: height at the frame's centre.
    has_horizon: None where a person could argue. tilt_deg: of the horizon, clockwise. depth: (H, W) nearness, that is
    the inverse of the distance in any unit; NaN where it is not known. symmetric: whether an eye calls the picture
    symmetric about its upright middle. subject: left, top, width, height. light: where the light comes from, -1 left
    to 1 right. scene: acceptable kinds, best first. right and wrong: families of camera movement that the grammar of
    film clearly calls for or clearly rules out. tells_nothing: whether any movement would be a guess.
    """

    horizon: float | None = None
    has_horizon: bool | None = False
    tilt_deg: float = 0.0
    vanishing_point: tuple[float, float] | None = None
    has_vanishing_point: bool | None = False
    depth: Plane | None = None
    layers: Layers | None = None
    symmetric: bool | None = None
    regions: Regions | None = None
    subject: tuple[float, float, float, float] | None = None
    light: float | None = None
    scene: tuple[str, ...] = ()
    outdoor: bool | None = None
    time: str | None = None
    shallow: bool | None = None
    blurred: bool | None = None
    right: frozenset[str] = field(default=frozenset())
    wrong: frozenset[str] = field(default=frozenset())
    tells_nothing: bool = False

    def mirrored(self) -> Truth:
        """The truth of the picture mirrored left to right; twice gives the same again."""
        point, box = self.vanishing_point, self.subject
        changes: dict[str, Any] = {"tilt_deg": -self.tilt_deg + 0.0}
        if point is not None:
            changes["vanishing_point"] = (1.0 - point[0], point[1])
        if box is not None:
            changes["subject"] = (1.0 - box[0] - box[2], *box[1:])
        if self.light is not None:
            changes["light"] = -self.light + 0.0
        if self.depth is not None:
            changes["depth"] = np.ascontiguousarray(self.depth[:, ::-1])
        if self.regions is not None:
            changes["regions"] = replace(self.regions, labels=np.ascontiguousarray(self.regions.labels[:, ::-1]))
        if self.layers is not None:
            changes["layers"] = replace(self.layers, labels=np.ascontiguousarray(self.layers.labels[:, ::-1]))
        return replace(self, **changes)


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture with its truth. name: the builder's name and the seed."""

    name: str
    pixels: Pixels
    truth: Truth

    @property
    def family(self) -> str:
        """The builder's name."""
        return self.name.split("/")[0]

    def mirrored(self) -> Scene:
        """The exact mirror image, with its truth."""
        return Scene(f"{self.name}/mirrored", np.ascontiguousarray(self.pixels[:, ::-1]), self.truth.mirrored())
