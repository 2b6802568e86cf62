"""Scenes of known depth and a camera of known path: the truth that the motion check is held against.

The picture is sampled by `cv2.remap` along the pinhole camera of `film.freedom`'s axes, from procedural textures only.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from film.geometry import Box
from film.movement import Movement
from generator.core.motion_check import Known

WIDTH, HEIGHT = 480, 270
CANVAS = 1.6
"""Width of the painted world in frame widths, so that no camera of these tests sees its edge."""

RATE = 12.0

Picture = NDArray[np.uint8]
Field = NDArray[np.float32]


def texture(seed: int, *, width: int = 1000, height: int = 660, strength: float = 1.0) -> Picture:
    """A cloudy picture with shapes on it: structure at every scale, as photographs have."""
    rng = np.random.default_rng(seed)
    total = np.zeros((height, width), np.float32)
    for octave in range(1, 8):
        cells = 2**octave
        noise = rng.standard_normal((max(2, cells * height // width), cells)).astype(np.float32)
        total += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC) / octave**0.9
    total = total / float(total.std())
    for _ in range(40):
        x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
        size, value = int(rng.integers(6, 60)), float(rng.normal(0, 1.2))
        shape = np.zeros_like(total)
        if rng.random() < 0.5:
            cv2.circle(shape, (x, y), size, value, -1, cv2.LINE_AA)
        else:
            box = cv2.boxPoints(((x, y), (size * 2, size), float(rng.random() * 180)))
            cv2.fillPoly(shape, [box.astype(np.int32)], value, cv2.LINE_AA)
        total += shape
    return np.clip(118 + strength * 38 * total, 17, 235).astype(np.uint8)


@dataclass(frozen=True)
class Layer:
    """A painted surface: its picture, its inverse depth as a function of place in widths, where it covers."""

    picture: Picture
    w: Callable[[Field, Field], Field]
    alpha: Field | None = None


def flat(w: float) -> Callable[[Field, Field], Field]:
    return lambda u, v: np.full_like(u, w)


def ground(u: Field, v: Field) -> Field:
    """Far at the top, near at the bottom, as an open landscape."""
    return np.clip(0.55 + 0.9 * v, 0.15, 1.0).astype(np.float32)


def hill(u: Field, v: Field) -> Field:
    """A near bump in the middle of a far plane."""
    return (0.3 + 0.6 * np.exp(-((u / 0.22) ** 2 + ((v - 0.03) / 0.16) ** 2))).astype(np.float32)


def corridor(u: Field, v: Field) -> Field:
    """Near at both sides, far in the middle."""
    return np.clip(0.25 + 1.2 * np.abs(u), 0.2, 1.0).astype(np.float32)


def disc_alpha(picture: Picture, *, x: float, y: float, radius: float) -> Field:
    height, width = picture.shape
    alpha = np.zeros((height, width), np.float32)
    scale = width / CANVAS
    centre = (round(width / 2 + x * scale), round(height / 2 + y * scale))
    cv2.circle(alpha, centre, round(radius * scale), 1.0, -1, cv2.LINE_AA)
    return cv2.GaussianBlur(alpha, (0, 0), 1.0)


def scenes() -> dict[str, tuple[Layer, ...]]:
    """Three reliefs and a foreground before a background."""
    front = texture(13)
    return {
        "plane": (Layer(texture(5), flat(0.6)),),
        "ground": (Layer(texture(1), ground),),
        "hill": (Layer(texture(2), hill),),
        "corridor": (Layer(texture(3), corridor),),
        "two layers": (
            Layer(texture(4), flat(0.35)),
            Layer(front, flat(0.9), disc_alpha(front, x=0.04, y=0.03, radius=0.17)),
        ),
    }


@dataclass(frozen=True)
class Pose:
    """Camera at one moment: travel, turns (film's signs) and focal length in widths."""

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    tilt: float = 0.0
    pan: float = 0.0
    roll: float = 0.0
    focal: float = 1.0


def turn(pose: Pose) -> NDArray[np.float64]:
    ct, st, cp, sp, cr, sr = (f(a) for a in (pose.tilt, pose.pan, pose.roll) for f in (math.cos, math.sin))
    about_y = np.array([[cp, 0, sp], [0, 1, 0], [-sp, 0, cp]])
    about_x = np.array([[1, 0, 0], [0, ct, -st], [0, st, ct]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return about_y @ about_x @ about_z


def shoot(layers: tuple[Layer, ...], pose: Pose, *, width: int = WIDTH, height: int = HEIGHT) -> Picture:
    """One frame: for every pixel the ray into the world, met with each surface by fixed-point steps."""
    u, v = np.meshgrid(
        (np.arange(width, dtype=np.float32) - (width - 1) / 2) / width,
        (np.arange(height, dtype=np.float32) - (height - 1) / 2) / width,
    )
    rays = np.stack([u / pose.focal, v / pose.focal, np.ones_like(u)], axis=2) @ turn(pose).T.astype(np.float32)
    a, b = rays[:, :, 0] / rays[:, :, 2], rays[:, :, 1] / rays[:, :, 2]
    frame: Field | None = None
    for layer in layers:
        su, sv = a.copy(), b.copy()
        for _ in range(8):
            w = layer.w(su, sv)
            su, sv = a + w * (pose.x - pose.z * a), b + w * (pose.y - pose.z * b)
        rows, columns = layer.picture.shape
        scale = columns / CANVAS
        map_x = (su * scale + (columns - 1) / 2).astype(np.float32)
        map_y = (sv * scale + (rows - 1) / 2).astype(np.float32)
        seen = cv2.remap(
            layer.picture.astype(np.float32), map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )
        if frame is None or layer.alpha is None:
            frame = seen
        else:
            alpha = cv2.remap(layer.alpha, map_x, map_y, cv2.INTER_LINEAR)
            frame = frame + alpha * (seen - frame)
    assert frame is not None
    return np.clip(frame, 0, 255).astype(np.uint8)


def eased(t: float) -> float:
    return t**3 * (10 - 15 * t + 6 * t * t)


SUBJECT = Box(left=0.42, top=0.4, width=0.24, height=0.3)
"""Where every scene's subject stands."""


def inverse_depth(layers: tuple[Layer, ...]) -> Field:
    """The scene's inverse depth over the middle frame, (54, 96)."""
    u, v = np.meshgrid(np.linspace(-0.5, 0.5, 96, dtype=np.float32), np.linspace(-0.28, 0.28, 54, dtype=np.float32))
    w = layers[0].w(u, v)
    for layer in layers[1:]:
        assert layer.alpha is not None
        rows, columns = layer.alpha.shape
        scale = columns / CANVAS
        alpha = cv2.remap(layer.alpha, u * scale + (columns - 1) / 2, v * scale + (rows - 1) / 2, cv2.INTER_LINEAR)
        w = np.where(alpha > 0.5, layer.w(u, v), w)
    return w.astype(np.float32)


def disparity(layers: tuple[Layer, ...]) -> Field:
    """The same as an analyzer would give it: 0 far to 1 near."""
    return ((inverse_depth(layers) - 0.25) / 0.75).clip(0, 1).astype(np.float32)


def subject_w(layers: tuple[Layer, ...]) -> float:
    """The subject's median inverse depth: the plane that amplitudes are counted at."""
    return float(np.median(inverse_depth(layers)[22:38, 41:63]))


def pose_at(
    movement: Movement, amplitude: float, t: float, *, ws: float = 0.6, base: float = 1.0, seed: int = 5
) -> Pose:
    """Where the camera is at time 0..1 of a movement; amplitudes in the plan's units at inverse depth `ws`."""
    e = eased(t)
    c = e - 0.5
    zs = 1 / ws
    backwards = movement.value.endswith(("_out", "_left", "_up", "_counterclockwise"))
    if movement in (Movement.TILT_UP, Movement.CRANE_DOWN):
        backwards = False
    if movement in (Movement.TILT_DOWN, Movement.CRANE_UP, Movement.ARC_CLOCKWISE):
        backwards = True
    if movement is Movement.ARC_COUNTERCLOCKWISE:
        backwards = False
    sign = -1.0 if backwards else 1.0
    run = 1 - e if backwards else e
    name = movement.value.rsplit("_", 1)[0]
    focal = base
    if movement is Movement.STATIC:
        return Pose(focal=focal)
    if movement is Movement.HANDHELD:
        rng = np.random.default_rng(seed)
        phases, weights = rng.random((5, 7)) * 2 * np.pi, rng.standard_normal((5, 7))
        k = np.arange(1, 8)
        sums = (weights / k**0.8 * np.sin(2 * np.pi * k * t + phases)).sum(axis=1) / 1.6
        tilt, pan, roll, x, y = amplitude * sums
        return Pose(tilt=tilt, pan=pan, roll=0.3 * roll, x=0.35 * x, y=0.35 * y, focal=focal)
    if name in ("pan", "whip_pan"):
        return Pose(pan=sign * amplitude * c, focal=focal)
    if name == "tilt":
        return Pose(tilt=sign * amplitude * c, focal=focal)
    if name == "roll":
        return Pose(roll=sign * amplitude * c, focal=focal)
    if name in ("zoom", "crash_zoom"):
        return Pose(focal=focal * (1 + amplitude * run))
    z = zs * (1 - 1 / (1 + amplitude * run))
    if name == "dolly":
        return Pose(z=z, focal=focal)
    if name == "dolly_zoom":
        return Pose(z=z, focal=focal * (1 - z * ws))
    if name == "truck":
        return Pose(x=sign * amplitude * c * zs, focal=focal)
    if name == "pedestal":
        return Pose(y=sign * amplitude * c * zs, focal=focal)
    turned = sign * amplitude * c
    if name == "arc":
        return Pose(x=zs * math.sin(turned), z=zs * (1 - math.cos(turned)), pan=-turned, focal=focal)
    if name == "crane":
        # Down: sinks (y grows) and tilts up.
        return Pose(y=zs * turned, tilt=turned, focal=focal)
    message = f"no path for {movement}"
    raise ValueError(message)


SUDDEN = {Movement.WHIP_PAN_LEFT, Movement.WHIP_PAN_RIGHT, Movement.CRASH_ZOOM_IN, Movement.CRASH_ZOOM_OUT}


def clip(
    layers: tuple[Layer, ...], movement: Movement, amplitude: float, *, seconds: float = 2.0, base: float = 1.05
) -> list[Picture]:
    """The clip's samples, 12 a second; sudden movements take half a second in the middle."""
    count = round(seconds * RATE) + 1
    ws = subject_w(layers)
    times = np.linspace(0.0, 1.0, count)
    if movement in SUDDEN:
        times = np.clip((times - 0.5) * seconds / 0.5 + 0.5, 0.0, 1.0)
    return [shoot(layers, pose_at(movement, amplitude, float(t), ws=ws, base=base)) for t in times]


def known(layers: tuple[Layer, ...], *, base: float = 1.05) -> Known:
    """All that a renderer knows of its own clip."""
    return Known(focal=base, subject=SUBJECT, disparity=disparity(layers))


@dataclass(frozen=True)
class Clips:
    """Clips by scene, movement and amplitude, each made once."""

    made: dict[tuple[str, Movement, float], list[Picture]] = field(default_factory=dict)
    layers: dict[str, tuple[Layer, ...]] = field(default_factory=scenes)

    def get(self, name: str, movement: Movement, amplitude: float = 0.0) -> list[Picture]:
        key = (name, movement, amplitude)
        if key not in self.made:
            self.made[key] = clip(self.layers[name], movement, amplitude)
        return self.made[key]

    def known(self, name: str) -> Known:
        return known(self.layers[name])
