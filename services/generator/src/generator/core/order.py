"""What is asked of the generator, as plain values."""

from dataclasses import dataclass, field
from enum import StrEnum, unique

from film.geometry import Box, Point
from film.movement import Movement
from generator.core.motion_check import Unit


@unique
class Easing(StrEnum):
    """How progress runs over time; the wire's Easing in lower case."""

    LINEAR = "linear"
    SMOOTH = "smooth"
    IN = "in"
    OUT = "out"
    LOOP = "loop"


@unique
class Speed(StrEnum):
    """How fast a movement feels; the wire's Speed in lower case."""

    SLOW = "slow"
    REGULAR = "regular"
    FAST = "fast"


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


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraMove:
    """A camera movement with its physical parameters.

    amplitude: at least 0, in `unit`; without a unit the renderer's own amplitude for the movement and speed is used.
    anchor: the place that the movement is about; None is the frame's centre. sway_rad: hand-like sway laid over it.
    """

    movement: Movement
    amplitude: float = 0.0
    unit: Unit | None = None
    easing: Easing = Easing.SMOOTH
    speed: Speed = Speed.REGULAR
    anchor: Point | None = None
    sway_rad: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The movement to make.

    environment: names of the environment's movements that were asked for, for example "water". subject: the same for
    the subject's. Neither is rendered by the local renderer, which says so.
    """

    camera: CameraMove
    environment: tuple[str, ...] = ()
    subject: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DisparityMap:
    """The analyzer's depth map as it came: a grey PNG of 8 or 16 bits, 0 the farthest and 1 the nearest place."""

    png: bytes
    width: int
    height: int
    bits: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """What is known of the still. quality: how far the depth map can be trusted, 0..1."""

    disparity: DisparityMap | None = None
    quality: float = 0.0
    subject: Box | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """The form of the clip. size_px: (width, height), or None for short_side_px in the shape of `aspect`."""

    duration_s: float = 4.0
    fps: int = 24
    size_px: tuple[int, int] | None = None
    short_side_px: int = 720
    aspect: Aspect = Aspect.OWN
    format: ClipFormat = ClipFormat.MP4_H264
    preset: Preset = Preset.FAST
    loop: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """One clip to make. models: the models that may make it, empty for the local renderer. seed: 0 for derived."""

    still: bytes = field(repr=False)
    plan: Plan
    scene: Scene = Scene()
    output: Output = Output()
    models: tuple[str, ...] = ()
    seed: int = 0
