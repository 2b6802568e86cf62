"""The still made ready for a camera: its canvas, its surface, and where in the frame the movement is about."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from film.geometry import Box, Point
from film.stills import Limits, decode
from generator.core.disparity import read_disparity
from generator.core.order import Plan, Scene
from generator.core.profile import Profile
from generator.core.render.canvas import Canvas, Window, frame_window, make_canvas, most_pixels, pixels_needed
from generator.core.render.course import growth
from generator.core.render.focus import focus_of
from generator.core.render.layers import Layers, single
from generator.core.render.layers_build import build_layers
from generator.core.render.relief import FAR_W, NEAR_W, Surface, cut, flat, make_surface
from generator.core.render.side_by_side import ALONE, Hands
from generator.core.render.stance import About

_MOST_GROWTH: Final = 2.0
"""Beyond twice the clip's size a finer canvas costs more memory than its detail is worth."""
_MOST_PIXELS: Final = 24_000_000
"""Of a canvas: beyond a clip of 1440 lines, what bounds its memory is worth more than what enlarging finds in it."""
_COVER_GROWTH: Final = 1.15
"""What covering the border usually enlarges by."""

_NEARBY_PX: Final = 6
"""How much larger than needed a still may be decoded for sides that are even."""

_ASSUMED_BOX: Final = 1 / 3
"""Side, in shares of the still, of the box around the anchor or the centre that counts as the subject when none is
known: the middle field of the rule of thirds."""

Map = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Scenery:
    """A still ready for the camera.

    subject: what the movement is about. seen: whether the analyzer saw it there, or it is assumed. anchor: the place
    that the camera was told. disparity: (h, w) float32 over the whole still, None when there is none. window: the
    unmoved frame in the still of still_px (width, height).
    """

    canvas: Canvas
    surface: Surface
    subject: Box
    seen: bool
    anchor: Point | None
    disparity: Map | None
    window: Window
    still_px: tuple[int, int]

    def place(self, anchor: Point | None) -> About:
        """Where a place of the still lies for the camera; None is the frame's centre, at the subject's distance."""
        x, y = (0.0, 0.0) if anchor is None else _in_frame(anchor, self.window, self.still_px)
        if self.disparity is None:
            return About(x=x, y=y, w=self.surface.subject_w)
        own = self.surface.subject_w
        if anchor is None or self.subject.contains(anchor):
            return About(x=x, y=y, w=own, focus=focus_of(self.disparity, self.subject))
        focus = focus_of(self.disparity, _assumed(anchor))
        if anchor == self.anchor:
            # Ways are told at the subject's distance, also when they lead to a far end of the street behind it.
            return About(x=x, y=y, w=own, focus=focus)
        level = FAR_W + (NEAR_W - FAR_W) * focus
        return About(x=x, y=y, w=own + self.surface.strength * (level - own), focus=focus)


def prepare(
    content: bytes,
    *,
    still_px: tuple[int, int],
    scene: Scene,
    plan: Plan,
    profile: Profile,
    limits: Limits,
    hands: Hands = ALONE,
) -> Scenery:
    """The scenery for a plan.

    content: the still's file. still_px: its (width, height). hands: who works on it. Raises film's StillError for a
    still that cannot be decoded, WrongOrder for a depth map that cannot.
    """
    anchor = plan.camera.anchor
    subject = scene.subject or _assumed(anchor)
    centre = anchor or subject.centre
    window = frame_window(still_px, profile.aspect, about=centre)
    scale = _scale(still_px, window, plan, profile)
    fit_px = _fit_px(still_px, scale / window.width)
    still, disparity = hands.together(
        lambda: decode(content, fit_px=fit_px, limits=limits, both=hands.together),
        lambda: None if scene.disparity is None else read_disparity(scene.disparity),
    )
    canvas = make_canvas(still.pixels, still_px, window, scale=scale, hands=hands)
    surface = flat() if disparity is None else _surface(disparity, scene.quality, subject, canvas)
    return Scenery(
        canvas=canvas,
        surface=surface,
        subject=subject,
        seen=scene.subject is not None,
        anchor=anchor,
        disparity=disparity,
        window=window,
        still_px=still_px,
    )


def canvas_px(still_px: tuple[int, int], plan: Plan, profile: Profile) -> int:
    """Pixels that the canvas of a still of still_px, (width, height), has at most.

    Raises WrongOrder for an amplitude in a foreign unit.
    """
    window = frame_window(still_px, profile.aspect, about=Point(0.5, 0.5))
    return most_pixels(still_px, window, scale=_scale(still_px, window, plan, profile))


def _fit_px(still_px: tuple[int, int], factor: float) -> int:
    """The longer side to decode a still at: both sides even where that is near, so that nothing is scaled twice."""
    long, short = max(still_px), min(still_px)
    least = max(1, min(round(long * factor), long))
    nearby = range(least, min(long, least + _NEARBY_PX) + 1)
    return next((side for side in nearby if side % 2 == 0 == round(short * side / long) % 2), least)


def _scale(still_px: tuple[int, int], window: Window, plan: Plan, profile: Profile) -> float:
    """Canvas pixels for the frame's width."""
    enlarged = min(max(growth(plan), _COVER_GROWTH), _MOST_GROWTH)
    wanted = pixels_needed(window, profile.width_px, growth=enlarged)
    bounded = wanted * float(np.sqrt(_MOST_PIXELS / most_pixels(still_px, window, scale=wanted)))
    return max(min(wanted, bounded), float(profile.width_px))


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


def layers_of(scenery: Scenery, *, travel: float, hands: Hands = ALONE) -> Layers:
    """What is rendered for a camera that travels so far: near things apart from what is behind, where they earn it.

    travel: the camera's largest distance from the still's own place, in frame widths at inverse depth 1.
    """
    canvas, surface = scenery.canvas, scenery.surface
    if scenery.disparity is None:
        return single(canvas, surface)
    disparity = cut(scenery.disparity, canvas.share, (canvas.u.shape[1], canvas.u.shape[0]))
    return build_layers(canvas, surface, disparity, travel=travel, hands=hands)


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
