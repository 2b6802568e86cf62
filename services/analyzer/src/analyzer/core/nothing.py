"""The analysis of a still in which nothing can be measured but its colours."""

from analyzer.core.analysis import (
    Composition,
    Depth,
    Focus,
    Light,
    Lines,
    Scene,
    SceneAnalysis,
    SceneMaps,
    Shot,
    Swatch,
    blank,
    measured,
)
from analyzer.core.frame import LEAST_SIDE_PX
from analyzer.core.picture import Picture
from analyzer.core.version import PIPELINE_VERSION

_TOO_SMALL = f"The still is smaller than {LEAST_SIDE_PX} pixels on a side."


def analysis_of_nothing(picture: Picture, palette: tuple[Swatch, ...]) -> SceneAnalysis:
    """Every figure absent with the reason, information 0."""
    height, width = picture.still.pixels.shape[:2]
    return SceneAnalysis(
        pixel_digest=picture.digest,
        pipeline_version=PIPELINE_VERSION,
        image=picture.facts,
        width_px=width,
        height_px=height,
        information=measured(0.0, 1.0),
        light=blank(Light, _TOO_SMALL),
        palette=palette,
        lines=blank(Lines, _TOO_SMALL),
        horizon=None,
        vanishing_point=None,
        depth=blank(Depth, _TOO_SMALL),
        focus=blank(Focus, _TOO_SMALL),
        regions=(),
        subjects=(),
        faces=(),
        composition=blank(Composition, _TOO_SMALL),
        shot=blank(Shot, _TOO_SMALL),
        scene=blank(Scene, _TOO_SMALL),
        maps=SceneMaps(),
        stages=(),
    )
