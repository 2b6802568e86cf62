"""What is asked of the generator, as plain values."""

from dataclasses import dataclass, field
from enum import StrEnum, unique

from film.geometry import Box
from generator.core.camera import Bezier, Keyframe, Ramp
from generator.core.camera import CameraMove as CameraMove
from generator.core.camera import Easing as Easing
from generator.core.camera import Speed as Speed


@unique
class Aspect(StrEnum):
    """The shape of the frame; OWN is the still's."""

    OWN = "own"
    WIDE = "16:9"
    TALL = "9:16"
    SQUARE = "1:1"
    PORTRAIT = "4:5"
    CINEMA = "2.39:1"


@unique
class ClipFormat(StrEnum):
    """Containers and codecs; the wire's ClipFormat in lower case."""

    MP4_H264 = "mp4_h264"
    MP4_AV1 = "mp4_av1"
    WEBM_VP9 = "webm_vp9"
    WEBP = "webp"
    AVIF = "avif"
    GIF = "gif"
    FRAMES = "frames"


@unique
class Preset(StrEnum):
    """Speed of encoding against size of the file."""

    FAST = "fast"
    QUALITY = "quality"


@unique
class EnvironmentMotion(StrEnum):
    """How an environment moves; the wire's EnvironmentMotion in lower case."""

    WATER = "water"
    CLOUD = "cloud"
    FOLIAGE = "foliage"
    SMOKE = "smoke"
    FIRE = "fire"
    RAIN = "rain"
    SNOW = "snow"
    DUST = "dust"
    LIGHT = "light"
    CLOTH = "cloth"
    HAIR = "hair"


@unique
class MotionClass(StrEnum):
    """The physics of a motion; the wire's MotionClass in lower case."""

    OSCILLATING = "oscillating"
    FLUID = "fluid"
    ARTICULATED = "articulated"
    RIGID = "rigid"
    PARTICLES = "particles"
    LIGHT = "light"


@unique
class Material(StrEnum):
    """What an area of the still is made of; the wire's RegionKind in lower case."""

    SKY = "sky"
    VEGETATION = "vegetation"
    WATER = "water"
    GROUND = "ground"
    MAN_MADE = "man_made"
    SNOW = "snow"
    SAND = "sand"
    ROCK = "rock"
    CLOUD = "cloud"
    SMOKE = "smoke"
    FIRE = "fire"
    CLOTH = "cloth"
    HAIR = "hair"


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentMove:
    """A movement of the environment.

    region: the material that moves, None for whatever the motion is natural to. box: the rectangle of the still that
    it keeps to. heading: -1 to the left, 1 to the right, 0 without. intensity: 0..1, 0 for not stated. direction_deg:
    clockwise from right, None without. speed_per_s: frame widths per second. frequency_hz: swings or flickers per
    second. A speed or frequency of 0 follows from the intensity.
    """

    motion: EnvironmentMotion
    region: Material | None = None
    box: Box | None = None
    heading: float = 0.0
    intensity: float = 0.0
    motion_class: MotionClass | None = None
    direction_deg: float | None = None
    speed_per_s: float = 0.0
    frequency_hz: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The movement to make: all that the camera does at once, and what moves before it.

    camera: the movement that the clip is named after. together: more of them, at the same time. keyframes: a path on
    top of both, two at least or none. pace: of the clock that all three run by, None for an even one.
    environment: the environment's movements that were asked for, what moves most first. subject: the name of what the
    subject does, which the local renderer does not make and says so.
    """

    camera: CameraMove
    together: tuple[CameraMove, ...] = ()
    keyframes: tuple[Keyframe, ...] = ()
    pace: Bezier | Ramp | None = None
    environment: tuple[EnvironmentMove, ...] = ()
    subject: str = ""

    @property
    def alone(self) -> bool:
        """Whether the camera does nothing but the movement that the clip is named after."""
        return not self.together and not self.keyframes


@dataclass(frozen=True, kw_only=True, slots=True)
class DisparityMap:
    """The analyzer's depth map as it came: a grey PNG of 8 or 16 bits, 0 the farthest and 1 the nearest place."""

    png: bytes
    width: int
    height: int
    bits: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionMap:
    """The analyzer's map of materials as it came: a grey PNG of 8 bits, each cell an index into `kinds` plus 1, or 0.

    kinds: the material of each region, None where it is not known.
    """

    png: bytes
    width: int
    height: int
    kinds: tuple[Material | None, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """What is known of the still. quality: how far the depth map can be trusted, 0..1. regions: where what lies."""

    disparity: DisparityMap | None = None
    quality: float = 0.0
    subject: Box | None = None
    regions: RegionMap | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """The form of the clip.

    size_px: (width, height), or None for short_side_px in the shape of `aspect`. format: None for the service's own
    choice. faststart: an MP4 or WebM in one piece, its index in front. poster: the first frame as a JPEG beside it.
    letterbox: the shape of a frame around the picture, filled with black bars; sizes are then the frame's.
    """

    duration_s: float = 4.0
    fps: int = 24
    size_px: tuple[int, int] | None = None
    short_side_px: int = 720
    aspect: Aspect = Aspect.OWN
    format: ClipFormat | None = None
    preset: Preset = Preset.FAST
    loop: bool = False
    faststart: bool = False
    poster: bool = False
    letterbox: Aspect | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """One clip to make. models: the models that may make it, empty for the local renderer. seed: 0 for derived."""

    still: bytes = field(repr=False)
    plan: Plan
    scene: Scene = Scene()
    output: Output = Output()
    models: tuple[str, ...] = ()
    seed: int = 0
