"""Built scenes: pictures whose truth is exact because they are drawn from it."""

from evaluation.scenes.catalogue import BUILDERS, build, names, scenes
from evaluation.scenes.truth import Layers, Regions, Scene, Truth

__all__ = ["BUILDERS", "Layers", "Regions", "Scene", "Truth", "build", "names", "scenes"]
