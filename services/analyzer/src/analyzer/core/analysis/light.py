"""Light, colour and focus of the whole still."""

from dataclasses import dataclass, field

from analyzer.core.analysis.measure import SIGNED, Measure
from film.geometry import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """Light and colour; each figure as the contract's message of the same name defines it."""

    brightness: Measure
    contrast: Measure
    key: Measure
    clipped_lights: Measure
    clipped_shadows: Measure
    warmth: Measure
    colour_temperature_kelvin: Measure
    saturation: Measure
    golden_hour: Measure
    night: Measure
    backlight: Measure
    direction: Measure = field(metadata=SIGNED)
    hardness: Measure
    haze: Measure
    light_sources: Measure
    strongest_source: Point | None = None
    practicals: Measure
    temperature_contrast: Measure
    warm_side: Measure = field(metadata=SIGNED)
    rim_light: Measure
    fill: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Swatch:
    """One colour of the palette in sRGB, 0..255, and the share of the still it stands for."""

    red: int
    green: int
    blue: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """Sharpness and focus; each figure as the contract's message of the same name defines it."""

    sharpness: Measure
    shallowness: Measure
    motion_blur: Measure
    motion_blur_angle_deg: Measure = field(metadata=SIGNED)
    noise: Measure
    vignetting: Measure
    near_sharp: Measure
    bokeh: Measure
