"""The still made ready for a camera: its canvas, its surface, and where in the frame the movement is about."""

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from film.geometry import Box, Point
from film.movement import Family, family
from film.stills import Limits, decode
from generator.core.disparity import read_disparity
from generator.core.order import CameraMove, Scene
from generator.core.profile import Profile
from generator.core.render.amplitude import asked_amplitude
from generator.core.render.canvas import Canvas, Window, frame_window, make_canvas, pixels_needed
from generator.core.render.path import About
from generator.core.render.relief import Surface, flat, make_surface

_GROWING: Final = frozenset({Family.ZOOM, Family.CRASH_ZOOM, Family.DOLLY, Family.DOLLY_ZOOM})
_MOST_GROWTH: Final = 2.0
"""Beyond twice the clip's size a finer canvas costs more memory than its detail is worth."""
_COVER_GROWTH: Final = 1.15
"""What covering the border usually enlarges by."""

_ASSUMED_BOX: Final = 1 / 3
"""Side, in shares of the still, of the box around the anchor or the centre that counts as the subject when none is
known: the middle field of the rule of thirds."""

Map = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Scenery:
    """A still ready for the camera. disparity: (h, w) float32 over the whole still, None when there is none."""

    canvas: Canvas
    surface: Surface
    about: About
    subject: Box
    disparity: Map | None

    def softened(self, share: float) -> "Scenery":
        """The same scenery with the share 0..1 of its relief."""
        surface = self.surface.softened(share)
        return replace(self, surface=surface, about=replace(self.about, w=surface.subject_w))


def prepare(
    content: bytes, *, still_px: tuple[int, int], scene: Scene, move: CameraMove, profile: Profile, limits: Limits
) -> Scenery:
    """The scenery for a move.

    content: the still's file. still_px: its (width, height). Raises film's StillError for a still that cannot be
    decoded, WrongOrder for a depth map that cannot.
    """
    subject = scene.subject or _assumed(move.anchor)
    centre = move.anchor or subject.centre
    window = frame_window(still_px, profile.aspect, about=centre)
    scale = pixels_needed(window, profile.width_px, growth=_growth(move))
    fit_px = max(1, round(max(still_px) * scale / window.width))
    disparity = None if scene.disparity is None else read_disparity(scene.disparity)
    still = decode(content, fit_px=min(fit_px, max(still_px)), limits=limits)
    canvas = make_canvas(still.pixels, still_px, window, scale=scale)
    surface = flat() if disparity is None else _surface(disparity, scene.quality, subject, canvas)
    x, y = _in_frame(move.anchor, window, still_px) if move.anchor else (0.0, 0.0)
    return Scenery(
        canvas=canvas,
        surface=surface,
        about=About(x=x, y=y, w=surface.subject_w),
        subject=subject,
        disparity=disparity,
    )


def disparity_over(scenery: Scenery, x: Map, y: Map) -> Map:
    """The disparity at canvas pixels x, y; 0.5 throughout when there is no depth map."""
    if scenery.disparity is None:
        return np.full(x.shape, 0.5, np.float32)
    left, top, right, bottom = scenery.canvas.share
    canvas_height, canvas_width = scenery.canvas.y.shape
    height, width = scenery.disparity.shape
    at_x = (left + (right - left) * (x + 0.5) / canvas_width) * width - 0.5
    at_y = (top + (bottom - top) * (y + 0.5) / canvas_height) * height - 0.5
    found = cv2.remap(
        scenery.disparity,
        at_x.astype(np.float32),
        at_y.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return found.astype(np.float32, copy=False)


def _growth(move: CameraMove) -> float:
    if family(move.movement) in _GROWING:
        return min(max(1.0 + asked_amplitude(move), _COVER_GROWTH), _MOST_GROWTH)
    return _COVER_GROWTH


def _assumed(anchor: Point | None) -> Box:
    about = anchor if anchor is not None and anchor.in_frame else Point(0.5, 0.5)
    corner = (about.x - _ASSUMED_BOX / 2, about.y - _ASSUMED_BOX / 2)
    return Box.from_pixels(*corner, _ASSUMED_BOX, _ASSUMED_BOX, of=(1, 1))


def _surface(disparity: Map, quality: float, subject: Box, canvas: Canvas) -> Surface:
    height, width = canvas.y.shape
    return make_surface(
        disparity,
        quality=quality,
        subject=subject,
        share=canvas.share,
        canvas_px=(width, height),
        scale=canvas.scale,
    )


def _in_frame(anchor: Point, window: Window, still_px: tuple[int, int]) -> tuple[float, float]:
    """The anchor in frame widths from the frame's centre; brought into the frame when it lies outside."""
    x = (anchor.x * still_px[0] - window.left) / window.width - 0.5
    y = (anchor.y * still_px[1] - window.top - window.height / 2) / window.width
    half_height = window.height / window.width / 2
    return min(max(x, -0.5), 0.5), min(max(y, -half_height), half_height)
