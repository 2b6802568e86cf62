"""The names that rules may speak of: every metric with its meaning, its range and what a mirror does to it.

A rule can use nothing that is not in this table, and a metric can be read in one way only. What a left-right mirror
does stands beside each metric, so that predictions mirror by construction: `even` metrics do not change, `odd` ones
change sign, and the metrics of the two sides change places.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

REGIONS: Final = (
    "sky",
    "vegetation",
    "water",
    "ground",
    "man_made",
    "snow",
    "sand",
    "rock",
    "cloud",
    "smoke",
    "fire",
    "cloth",
    "hair",
)
"""Materials of regions, in the contract's order."""

SCENES: Final = (
    "landscape",
    "waterside",
    "forest",
    "city",
    "interior",
    "portrait",
    "close_up",
    "still_life",
    "night",
    "document",
    "abstract",
)
"""Kinds of scenes, in the contract's order."""

SUBJECTS: Final = ("person", "animal", "vehicle", "object", "building", "plant")
"""Kinds of subjects, in the contract's order."""

SIDE: Final = "{side}"
"""Stands in the label of an odd metric for "left" (negative) or "right" (positive)."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One named figure.

    label: the figure in words; an odd metric's label holds `{side}`.
    low, high: the range of the value; readings outside are moved to its nearest end.
    twin: the metric that a mirror turns this one into; its own name when it stays the same metric.
    odd: whether a mirror changes the value's sign.
    """

    name: str
    label: str
    low: float
    high: float
    twin: str
    odd: bool = False

    def mirrored(self, value: float) -> float:
        """The value that the mirrored still has in `twin`. Exact; never a negative zero."""
        return 0.0 - value if self.odd else value

    def clamped(self, value: float) -> float:
        """The value moved into the metric's range."""
        return min(self.high, max(self.low, value))

    def sentence(self, value: float) -> str:
        """The measured fact in plain words, the value with two digits."""
        if not self.odd:
            return f"{self.label} is {value:.2f}"
        if value == 0:
            return f"{self.label.replace(SIDE, 'neither side')} (0.00)"
        return f"{self.label.replace(SIDE, side(value))} ({abs(value):.2f})"


def side(value: float) -> str:
    """The side that a signed figure names: "left" below 0, "right" otherwise."""
    return "left" if value < 0 else "right"


def _table() -> Iterator[Metric]:
    for name, label in _EVEN_SHARES.items():
        yield Metric(name, label, 0.0, 1.0, name)
    for name, label in _EVEN_SIGNED.items():
        yield Metric(name, label, -1.0, 1.0, name)
    for name, (label, reach) in _ODD.items():
        yield Metric(name, label, -reach, reach, name, odd=True)
    for name, (label, low, high) in _FREE.items():
        yield Metric(name, label, low, high, name)
    for kind in REGIONS:
        yield Metric(
            f"region.{kind}", f"the share of {kind.replace('_', '-')} in the frame", 0.0, 1.0, f"region.{kind}"
        )
    for kind in SCENES:
        label = f"the share of evidence for a scene of kind {kind.replace('_', ' ')}"
        yield Metric(f"scene.{kind}", label, 0.0, 1.0, f"scene.{kind}")
    for kind in SUBJECTS:
        label = f"the evidence that the main subject is of kind {kind}"
        yield Metric(f"subject.{kind}", label, 0.0, 1.0, f"subject.{kind}")
    left, right = "composition.open_left", "composition.open_right"
    yield Metric(left, "content that goes on beyond the left border", 0.0, 1.0, right)
    yield Metric(right, "content that goes on beyond the right border", 0.0, 1.0, left)


_EVEN_SHARES: Final = {
    "information": "what the still tells at all",
    "light.brightness": "brightness",
    "light.contrast": "contrast",
    "light.clipped_lights": "the share clipped to white",
    "light.clipped_shadows": "the share clipped to black",
    "light.saturation": "saturation",
    "light.golden_hour": "the evidence for low warm sun",
    "light.night": "the evidence for night",
    "light.backlight": "the evidence for light from behind the subject",
    "light.hardness": "the hardness of shadows",
    "light.haze": "the evidence for haze",
    "light.sources": "the share of compact light sources",
    "lines.edge_density": "the share of pixels on an edge",
    "lines.level_share": "the share of level lines",
    "lines.upright_share": "the share of upright lines",
    "lines.diagonal_share": "the share of diagonal lines",
    "lines.leading_share": "the share of lines that lead to the vanishing point",
    "horizon.quality": "trust in the horizon",
    "horizon.water": "the evidence for a horizon of open water",
    "horizon.land": "the evidence for a horizon of open land",
    "horizon.skyline": "the evidence for a skyline",
    "vanishing_point.quality": "trust in the vanishing point",
    "vanishing_point.support": "the share of lines that support the vanishing point",
    "vanishing_point.uncertainty": "the uncertainty of the vanishing point",
    "vanishing_point.inside": "whether the vanishing point lies in the frame",
    "depth.quality": "trust in the depth",
    "depth.range": "the range of depth",
    "depth.near_share": "the share of the near layer",
    "depth.middle_share": "the share of the middle layer",
    "depth.far_share": "the share of the far layer",
    "depth.layers": "how far near, middle and far are all present",
    "depth.separation": "how far the near layer stands apart",
    "depth.outline_on_edges": "the share of the near layer's outline on edges",
    "depth.ground_plane": "the evidence for a ground plane into the depth",
    "focus.sharpness": "sharpness",
    "focus.shallowness": "the evidence for a shallow depth of field",
    "focus.motion_blur": "the evidence for blur along one direction",
    "subject.prominence": "the main subject's share of saliency",
    "subject.size": "the share of the frame that the main subject fills",
    "subject.compactness": "the compactness of the main subject",
    "subject.nearness": "the nearness of the main subject",
    "actor.person": "the evidence for a person",
    "actor.animal": "the evidence for an animal",
    "actor.vehicle": "the evidence for a vehicle",
    "actor.size": "the share of the frame that the one who can act fills",
    "face.quality": "trust in the face",
    "face.size": "the height of the largest face as a share of the frame",
    "composition.thirds": "the nearness of the salient mass to a crossing of the thirds",
    "composition.balance": "the balance of salient mass about the centre",
    "composition.symmetry": "mirror symmetry",
    "composition.negative_space": "the share of empty space beside the subject",
    "composition.framing": "the evidence for a frame within the frame",
    "composition.s_curve": "the evidence for an S-curve",
    "composition.concentration": "the concentration of saliency",
    "composition.subject_size": "the share of the frame that the strongest subject fills",
    "composition.upright_extent": "the upright extent of structure",
    "composition.colour_harmony": "the harmony of hues",
    "composition.open_top": "content that goes on beyond the top border",
    "composition.open_bottom": "content that goes on beyond the bottom border",
    "composition.off_centre": "the distance of the salient mass from the upright axis",
    "composition.salient_y": "the height of the salient mass from the top",
    "shot.low_angle": "the evidence for a low angle",
    "shot.high_angle": "the evidence for a high angle",
    "shot.eye_level": "the evidence for a level camera",
    "shot.overhead": "the evidence for a camera that looks straight down",
    "shot.closeness": "the closeness of the shot on a person",
    "scene.outdoor": "the evidence for outdoors",
    "environment.strength": "the strength of the best motion in the environment",
}

_EVEN_SIGNED: Final = {
    "light.key": "key (high above 0)",
    "light.warmth": "warmth of the light",
    "lines.upright_convergence": "convergence of upright lines (upwards above 0)",
    "focus.near_sharp": "sharpness of the near layer against the far one",
}

_ODD: Final = {
    "light.direction": (f"the light comes from the {SIDE}", 1.0),
    "lines.diagonal_bias": (f"diagonal lines rise to the {SIDE}", 1.0),
    "horizon.tilt_deg": (f"the horizon is lower on the {SIDE}, in degrees", 45.0),
    "vanishing_point.offset": (f"the vanishing point lies on the {SIDE}", 21.0),
    "focus.motion_blur_angle_deg": (f"the blur falls to the {SIDE}, in degrees", 90.0),
    "subject.heading": (f"the main subject heads to the {SIDE}", 1.0),
    "subject.lead_room": (f"the free room beside the main subject lies on the {SIDE}", 1.0),
    "subject.offset": (f"the main subject lies on the {SIDE}", 1.0),
    "actor.heading": (f"the one who can act heads to the {SIDE}", 1.0),
    "face.gaze": (f"the face looks to the {SIDE}", 1.0),
    "composition.negative_space_side": (f"the empty space lies on the {SIDE}", 1.0),
    "composition.salient_offset": (f"the salient mass lies on the {SIDE}", 1.0),
    "shot.tilt_deg": (f"the picture is lower on the {SIDE}, in degrees", 45.0),
}

_FREE: Final = {
    "horizon.y": ("the height of the horizon from the top", -10.0, 11.0),
    "vanishing_point.y": ("the height of the vanishing point from the top", -10.0, 11.0),
    "focus.noise": ("noise in grey levels", 0.0, 255.0),
    "focus.vignetting": ("corner luminance over centre luminance", 0.0, 4.0),
    "face.count": ("the number of faces", 0.0, 64.0),
    "subject.count": ("the number of things that draw the eye", 0.0, 32.0),
    "light.colour_temperature_kelvin": ("the colour temperature in kelvin", 1000.0, 40000.0),
}

VOCABULARY: Final[Mapping[str, Metric]] = MappingProxyType({metric.name: metric for metric in _table()})
"""Every metric by name."""

PLACES: Final = ("vanishing_point", "thirds_point", "salient_centre", "opening", "subject", "face", "horizon")
"""The measured places that a movement can be about."""
