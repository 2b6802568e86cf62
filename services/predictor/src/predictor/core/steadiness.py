"""How steady each figure is: how far it moves when nothing in the picture does, beside how far pictures lie apart.

Measured on 375 photographs, each beside copies that show the same: mirrored and saved again, a tenth darker, cropped
by 3 %, saved at JPEG quality 60. What nine of ten copies stay within is read as 1.645 deviations, so that a rare jump
counts no more than it is rare. A figure that is not in the table is taken as steady.

Figures of subjects and of layers have since become about twice as steady as the table says. Measured anew, it made
first movements neither steadier nor righter on labelled photographs, so for these it stays on the careful side.
"""

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

WIDTH: Final = 4.0
"""How many deviations from a threshold a figure must lie to be surely on one side of it, as far as evidence goes.

More than chance alone would ask for: what tells a figure's error on copies tells nothing of its error on the scene.
"""

# Of each figure: its deviation between copies (one measurement's share), and the deviation between photographs. Counts
# and yes-or-no figures are left out: between whole numbers there is no threshold to be near to.
_MEASURED: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "actor.animal": (0.012, 0.28),
        "actor.asymmetry": (0.046, 0.15),
        "actor.height": (0.056, 0.19),
        "actor.lead_room": (0.047, 0.22),
        "actor.person": (0.06, 0.4),
        "actor.size": (0.076, 0.22),
        "composition.balance": (0.036, 0.26),
        "composition.colour_harmony": (0.0049, 0.16),
        "composition.concentration": (0.013, 0.11),
        "composition.diagonal_dominance": (0.01, 0.11),
        "composition.framing": (0.0052, 0.089),
        "composition.near_edge_side": (0.0025, 0.94),
        "composition.negative_space": (0.012, 0.23),
        "composition.negative_space_side": (0.02, 0.25),
        "composition.off_centre": (0.011, 0.11),
        "composition.open_bottom": (0.014, 0.31),
        "composition.open_left": (0.016, 0.29),
        "composition.open_right": (0.016, 0.29),
        "composition.open_top": (0.015, 0.36),
        "composition.s_curve": (0.0087, 0.1),
        "composition.salient_offset": (0.012, 0.15),
        "composition.salient_y": (0.0078, 0.09),
        "composition.subject_size": (0.049, 0.12),
        "composition.symmetry": (0.0038, 0.14),
        "composition.thirds": (0.061, 0.21),
        "composition.thirds_lines": (0.036, 0.16),
        "composition.upright_extent": (0.034, 0.3),
        "depth.far_share": (0.045, 0.14),
        "depth.ground_plane": (0.015, 0.19),
        "depth.layers": (0.12, 0.21),
        "depth.middle_share": (0.055, 0.13),
        "depth.near_share": (0.058, 0.13),
        "depth.outline_on_edges": (0.065, 0.22),
        "depth.quality": (0.017, 0.15),
        "depth.range": (0.033, 0.18),
        "depth.separation": (0.092, 0.32),
        "environment.strength": (0.017, 0.14),
        "face.quality": (0.052, 0.2),
        "face.size": (0.0074, 0.12),
        "focus.near_sharp": (0.054, 0.37),
        "focus.noise": (0.096, 2.4),
        "focus.shallowness": (0.012, 0.24),
        "focus.sharpness": (0.01, 0.17),
        "focus.vignetting": (0.012, 0.51),
        "horizon.quality": (0.0085, 0.21),
        "horizon.tilt_deg": (0.53, 3.6),
        "horizon.y": (0.0072, 0.21),
        "information": (0.0048, 0.21),
        "light.backlight": (0.028, 0.29),
        "light.brightness": (0.021, 0.15),
        "light.clipped_lights": (0.00076, 0.076),
        "light.colour_temperature_kelvin": (46.0, 1900.0),
        "light.contrast": (0.027, 0.2),
        "light.direction": (0.051, 0.42),
        "light.fill": (0.0087, 0.26),
        "light.golden_hour": (0.0074, 0.17),
        "light.hardness": (0.018, 0.2),
        "light.haze": (0.012, 0.2),
        "light.key": (0.055, 0.4),
        "light.night": (0.022, 0.18),
        "light.practicals": (0.01, 0.16),
        "light.rim_light": (0.044, 0.18),
        "light.saturation": (0.0074, 0.11),
        "light.source_offset": (0.088, 0.52),
        "light.source_y": (0.036, 0.27),
        "light.sources": (0.0019, 0.011),
        "light.temperature_contrast": (0.017, 0.26),
        "light.warm_side": (0.04, 0.49),
        "light.warmth": (0.014, 0.44),
        "lines.diagonal_bias": (0.056, 0.38),
        "lines.diagonal_share": (0.017, 0.23),
        "lines.edge_density": (0.0025, 0.05),
        "lines.leading_share": (0.014, 0.068),
        "lines.level_share": (0.015, 0.24),
        "lines.upright_convergence": (0.2, 0.64),
        "lines.upright_share": (0.012, 0.17),
        "region.cloud": (0.0015, 0.059),
        "region.man_made": (0.013, 0.27),
        "region.sand": (0.0019, 0.052),
        "region.sky": (0.01, 0.19),
        "region.vegetation": (0.011, 0.27),
        "region.water": (0.007, 0.11),
        "scene.abstract": (0.0037, 0.27),
        "scene.city": (0.0092, 0.25),
        "scene.close_up": (0.0088, 0.27),
        "scene.document": (0.00069, 0.12),
        "scene.forest": (0.0015, 0.064),
        "scene.interior": (0.004, 0.12),
        "scene.landscape": (0.012, 0.29),
        "scene.night": (0.0017, 0.094),
        "scene.outdoor": (0.015, 0.3),
        "scene.portrait": (0.0061, 0.27),
        "scene.still_life": (0.0021, 0.098),
        "scene.waterside": (0.0044, 0.2),
        "shot.tilt_deg": (0.45, 5.2),
        "subject.asymmetry": (0.046, 0.16),
        "subject.building": (0.0014, 0.15),
        "subject.compactness": (0.058, 0.16),
        "subject.lead_room": (0.05, 0.21),
        "subject.nearness": (0.033, 0.11),
        "subject.offset": (0.034, 0.23),
        "subject.pair_depth": (0.083, 0.22),
        "subject.pair_direction": (0.099, 0.35),
        "subject.pair_gap": (0.032, 0.071),
        "subject.person": (0.0079, 0.31),
        "subject.plant": (0.0022, 0.19),
        "subject.prominence": (0.078, 0.19),
        "subject.second_prominence": (0.04, 0.12),
        "subject.second_size": (0.06, 0.12),
        "subject.size": (0.086, 0.19),
        "vanishing_point.offset": (0.025, 0.9),
        "vanishing_point.quality": (0.0016, 0.092),
        "vanishing_point.spread": (0.0012, 0.0097),
        "vanishing_point.spread_angle_deg": (17.0, 45.0),
        "vanishing_point.support": (0.0085, 0.037),
        "vanishing_point.uncertainty": (0.0012, 0.0098),
        "vanishing_point.y": (0.011, 0.34),
    }
)


def deviation(metrics: Iterable[str]) -> float:
    """The standard deviation of a sum of figures between copies of one picture; 0 for steady ones."""
    return math.hypot(*(_MEASURED[name][0] for name in metrics if name in _MEASURED))


def steadiness(metrics: Iterable[str]) -> float:
    """How much of the least steady figure is more than its own noise: 1 for all of it, towards 0 for none.

    1 / (1 + (WIDTH * deviation / spread)^2): the weight that shrinks a noisy figure to what it tells (attenuation of
    an unreliable measurement, Spearman 1904), with the deviation taken WIDTH times.
    """
    shares = (_MEASURED[name] for name in metrics if name in _MEASURED)
    return min((1.0 / (1.0 + (WIDTH * noise / spread) ** 2) for noise, spread in shares), default=1.0)
