"""From a file's bytes to the pixels that are measured."""

from dataclasses import dataclass

from analyzer.core.analysis import ImageFacts, MapKind, StageReport
from analyzer.core.ports import Watch
from analyzer.core.stages import Stages
from film.stills import Limits, Still, decode, pixel_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How an analysis is made: the long side in pixels at which the still is measured, and the maps to keep.

    measure_stability: whether to measure how stable the verdicts are, which costs some five analyses more.
    """

    working_px: int = 512
    maps: frozenset[MapKind] = frozenset()
    measure_stability: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded still at the working size, with its facts, the digest of its pixels, and how decoding went."""

    still: Still
    facts: ImageFacts
    digest: str
    reports: tuple[StageReport, ...]


def decode_picture(content: bytes, options: Options, *, sha256: str, limits: Limits, watch: Watch) -> Picture:
    """The still's pixels at the working size. Raises Cancelled, and film.stills.StillError for what is refused.

    sha256: what the facts give as the bytes' digest; nothing here depends on it.
    """
    stages = Stages(watch)
    still = stages.run("decode", lambda: decode(content, fit_px=options.working_px, limits=limits))
    header = still.header
    facts = ImageFacts(
        format=header.format,
        width_px=header.width_px,
        height_px=header.height_px,
        exif_orientation=header.orientation,
        bits_per_channel=header.bit_depth,
        frames=header.frames,
        sha256=sha256,
    )
    return Picture(still, facts, pixel_digest(still), stages.reports())
