"""How stable verdicts are: the still is changed slightly, measured again, and the verdicts are compared."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from analyzer.core import mirror
from analyzer.core.analysis import (
    MapKind,
    Measure,
    SceneAnalysis,
    SceneMaps,
    Stability,
    StabilityChange,
    StabilityVariant,
    absent,
    measured,
)
from analyzer.core.arrays import Pixels
from analyzer.core.changes import changed, cut
from analyzer.core.errors import Cancelled
from analyzer.core.evidence import ramp
from analyzer.core.picture import Options, Picture
from analyzer.core.ports import Watch
from analyzer.core.verdicts import agreement
from film.geometry import Box
from film.stills import pixel_digest

NOTHING_STABLE: Final = "The still gives no verdict whose stability could be measured."
COMPARED: Final = frozenset({MapKind.DEPTH})
"""The maps that an analysis needs for being compared."""
_ENOUGH: Final = 10
"""Verdicts from which a share of them is as good as it gets."""


def measure_stability(
    picture: Picture,
    pixels: Pixels,
    analysis: SceneAnalysis,
    measure: Callable[[Picture, Options, Watch], SceneAnalysis],
    watch: Watch,
) -> Stability:
    """Shares of the verdicts that stay under each change, and the changed stills' analyses without maps.

    pixels: (H, W, 3) uint8, the picture in the handedness in which it is measured; the answer has that handedness too.
    analysis: that of `pixels`, with the depth map where there is one, for the order of depth is compared. measure:
    gives a changed still's analysis. Costs as many analyses as there are changes. Raises Cancelled between two of
    them, and what `measure` raises.
    """
    options = Options(maps=COMPARED)
    shares: dict[StabilityChange, tuple[float, int]] = {}
    variants = []
    for done, change in enumerate(_CHANGES, 1):
        if watch.cancelled():
            raise Cancelled
        still = replace(picture.still, pixels=changed(pixels, change))
        found = measure(Picture(still, picture.facts, pixel_digest(still), ()), options, watch)
        if change is StabilityChange.FLIP:
            found = mirror.mirrored(found)
        inside = _crop(pixels) if change is StabilityChange.CROP else None
        shares[change] = agreement(analysis, found, inside=inside)
        variants.append(StabilityVariant(change=change, analysis=replace(found, maps=SceneMaps())))
        watch.progress(done / len(_CHANGES))
    trust = analysis.information.or_else(0.0)
    return Stability(
        under_crop=_share(shares, trust, StabilityChange.CROP),
        under_gamma=_share(shares, trust, StabilityChange.DARKER, StabilityChange.LIGHTER),
        under_compression=_share(shares, trust, StabilityChange.COMPRESSION),
        under_flip=_share(shares, trust, StabilityChange.FLIP),
        variants=tuple(variants),
    )


_CHANGES: Final = tuple(StabilityChange)


def _crop(pixels: Pixels) -> Box:
    height, width = pixels.shape[:2]
    across, down = cut(width) / width, cut(height) / height
    return Box(across, down, 1.0 - 2 * across, 1.0 - 2 * down)


def _share(shares: Mapping[StabilityChange, tuple[float, int]], trust: float, *changes: StabilityChange) -> Measure:
    """The mean over the changes; trusted as far as the still tells something and there are verdicts to compare."""
    found = [shares[change] for change in changes if shares[change][1]]
    if not found or trust <= 0:
        return absent(NOTHING_STABLE)
    count = min(count for _, count in found)
    return measured(sum(share for share, _ in found) / len(found), trust * ramp(count, 0, _ENOUGH))
