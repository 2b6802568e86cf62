"""What a kind of scene is told from: about a hundred plain figures of the still and its surfaces, all mirror-even."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import Face
from analyzer.core.arrays import Places, Plane
from analyzer.core.evidence import ramps
from analyzer.core.focus import Sharpness
from analyzer.core.frame import Frame
from analyzer.core.segments import Segments
from analyzer.core.surfaces import Dictionary, Surfaces, fisher_names, fisher_of, surfaces_of

_HUES: Final = {"red": 20, "orange": 55, "yellow": 88, "green": 130, "cyan": 190, "blue": 265, "magenta": 335}
"""Middles of the hues in degrees of Lab: 90 is yellow, 270 blue."""
_ROWS: Final = ("top", "upper", "lower", "bottom")
_FACES: Final = 4
_SQUARE: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sight:
    """What earlier steps saw, as far as the kind of scene depends on it."""

    frame: Frame
    segments: Segments
    sharpness: Sharpness
    saliency: Plane
    faces: tuple[Face, ...]
    information: float


def features_of(sight: Sight, dictionary: Dictionary) -> tuple[tuple[str, ...], Plane]:
    """Names and (n,) float64 values, in an order that never changes; all finite."""
    surfaces = surfaces_of(sight.frame, sight.segments, sight.sharpness)
    figures = {
        **_colour(surfaces),
        **_tones(sight.frame, surfaces),
        **_lines(sight.frame, sight.segments),
        **_focus(sight),
        **_layout(surfaces, sight),
    }
    fisher = fisher_of(surfaces, dictionary)
    names = (*figures, *fisher_names(len(dictionary.share)))
    return names, np.concatenate([np.fromiter(figures.values(), np.float64, len(figures)), fisher])


def _lab(surfaces: Surfaces) -> tuple[Plane, Plane, Plane]:
    return surfaces.plane("lightness") * 20, surfaces.plane("green_red") * 12, surfaces.plane("blue_yellow") * 14


def _colour(surfaces: Surfaces) -> dict[str, float]:
    """Shares of hues and of white, grey and black by row of the frame, and what the middle has more than the sides."""
    lightness, a, b = _lab(surfaces)
    chroma = np.hypot(a, b)
    hue = np.degrees(np.arctan2(b, a)) % 360
    coloured, plain = ramps(chroma, 4.0, 14.0), ramps(chroma, 14.0, 4.0)
    middles = np.array(list(_HUES.values()), np.float32)[:, None, None]
    off = np.abs((hue[None] - middles + 180) % 360 - 180)
    skin = ((hue > 25) & (hue < 75) & (chroma > 8) & (chroma < 42) & (lightness > 25) & (lightness < 90)).astype(
        np.float32
    )
    planes = np.concatenate(
        [
            coloured * np.clip(np.float32(1.25) - off / 36, 0, 1),
            np.stack(
                [
                    plain * ramps(lightness, 65, 85),
                    plain * ramps(lightness, 12, 25) * ramps(lightness, 85, 65),
                    ramps(lightness, 25, 10),
                    skin,
                ]
            ),
        ]
    )
    inner, height = _inner(surfaces), surfaces.height
    cuts = np.array([round(height * at / 4) for at in range(5)])
    counts = np.diff(cuts)
    by_row = np.add.reduceat(planes, cuts[:-1], axis=1)
    rows = by_row.sum(axis=2) / (counts * surfaces.width)
    middle = by_row[..., inner].sum(axis=2) / (counts * int(inner.sum()))
    side = by_row[..., ~inner].sum(axis=(1, 2)) / (height * int((~inner).sum()))
    core = middle[:, 1:3] @ counts[1:3] / counts[1:3].sum()
    found: dict[str, float] = {}
    for at, name in enumerate((*_HUES, "white", "grey", "black")):
        found.update({f"{name}_{row}": float(rows[at, index]) for index, row in enumerate(_ROWS)})
        found[f"{name}_middle"] = float(core[at] - side[at])
    found["skin_middle"] = float(middle[-1, :3] @ counts[:3] / counts[:3].sum())
    found["skin_sides"] = float(side[-1])
    found["skin_patch"] = float(cv2.GaussianBlur(skin, (0, 0), 3.0).max())
    for share, value in _quantiles(chroma, (50, 90, 98)).items():
        found[f"chroma_{share}"] = value / 50
    codes = (
        np.clip(lightness // 12.5, 0, 7) * 256 + np.clip((a + 80) // 10, 0, 15) * 16 + np.clip((b + 80) // 10, 0, 15)
    )
    found["colours"] = _entropy(np.bincount(codes.astype(np.intp).ravel(), minlength=2048).astype(np.float64))
    return found


def _tones(frame: Frame, surfaces: Surfaces) -> dict[str, float]:
    """How light is spread, how flat and how noisy the pixels are: drawings have equal neighbours and no noise."""
    lightness = surfaces.plane("lightness") * 20
    shares = (2, 10, 25, 50, 75, 90, 98)
    found = {f"lightness_{share}": value / 100 for share, value in _quantiles(lightness, shares).items()}
    counts = np.asarray(cv2.calcHist([frame.grey], [0], None, [64], [0, 256]), np.float32).ravel()
    around = cv2.blur(lightness, (5, 5))
    found["tones"] = _entropy(counts)
    found["tone_peak"] = float(np.sort(counts)[-3:].sum() / counts.sum())
    found["clipped_light"] = float(counts[-2:].sum() / counts.sum())
    found["clipped_dark"] = float(counts[:2].sum() / counts.sum())
    found["dark"] = float((lightness < 20).mean())
    found["specks"] = float(((lightness > 60) & (around < 35)).mean()) * 20
    found["equal_neighbours"] = float((frame.grey[:, 1:] == frame.grey[:, :-1]).mean())
    found["noise"] = float(np.log1p(frame.noise))
    return found


def _lines(frame: Frame, segments: Segments) -> dict[str, float]:
    """How much straight line there is, of which direction and length, against the diagonal."""
    steep, length = np.abs(segments.angle), segments.length / frame.diagonal
    total = float(length.sum())
    long = length > 0.1
    groups = {"level": steep <= 6, "upright": steep >= 84, "slanted": (steep > 12) & (steep < 78)}
    found = {"lines": float(np.log1p(total)), "line_count": float(np.log1p(len(length)))}
    found["longest_line"] = float(length.max()) if len(length) else 0.0
    for name, chosen in groups.items():
        found[f"{name}_share"] = float(length[chosen].sum()) / (total + 0.5)
        found[f"{name}_lines"] = float(np.log1p(length[chosen].sum()))
        found[f"{name}_long"] = float(np.log1p(length[chosen & long].sum()))
    high = segments.middle[:, 1] < 0.4 * frame.height
    found["lines_above"] = float(length[high].sum()) / (total + 0.5)
    return found


def _focus(sight: Sight) -> dict[str, float]:
    """Sharpness, faces, saliency and how much the still tells."""
    sharpness, saliency = sight.sharpness, sight.saliency
    height, width = saliency.shape
    ordered, total = np.sort(saliency.ravel()), float(saliency.sum()) + 1e-6
    rim = float(saliency[: height // 4].mean() + saliency[-(height // 4) :].mean())
    rim += float(saliency[:, : width // 4].mean() + saliency[:, -(width // 4) :].mean())
    return {
        "information": sight.information,
        "detail": sharpness.known,
        "shallow": sharpness.shallowness,
        "sharp_spread": float(sharpness.share.std()),
        "faces": float(min(len(sight.faces), _FACES)),
        "any_face": float(bool(sight.faces)),
        "face_height": max((face.box.height * face.quality for face in sight.faces), default=0.0),
        "salient_top": float(ordered[-max(1, len(ordered) // 10) :].sum()) / total,
        "salient_rim": rim / (4 * float(saliency.mean()) + 1e-3),
        "salient": float(saliency.mean()),
    }


def _layout(surfaces: Surfaces, sight: Sight) -> dict[str, float]:
    """Likeness of left and right, of above and below, how far colours lie in bands, and how even the border is."""
    lab = np.stack(_lab(surfaces), axis=-1).astype(np.float32)
    square = np.asarray(cv2.resize(lab, (_SQUARE, _SQUARE), interpolation=cv2.INTER_AREA), np.float32)
    light, colour = square[..., 0], square[..., 1:]
    rim = np.concatenate([lab[:2].reshape(-1, 3), lab[-2:].reshape(-1, 3), lab[:, :2].reshape(-1, 3)])
    rim = np.concatenate([rim, lab[:, -2:].reshape(-1, 3)])
    texture = _quantiles(surfaces.plane("texture"), (20, 80))
    return {
        "mirror_likeness": _likeness(light, light[:, ::-1]),
        "upside_likeness": _likeness(light, light[::-1]),
        "row_light": float(light.mean(axis=1).var() / (light.var() + 1)),
        "column_light": float(light.mean(axis=0).var() / (light.var() + 1)),
        "row_colour": float(colour.mean(axis=1).var(axis=0).sum() / (colour.reshape(-1, 2).var(axis=0).sum() + 2)),
        "rim_spread": float(np.log1p(rim.std(axis=0).sum())),
        "top_spread": float(np.log1p(lab[: max(2, len(lab) // 12)].reshape(-1, 3).std(axis=0).sum())),
        "texture_20": texture[20],
        "texture_80": texture[80],
        "aspect": abs(float(np.log(sight.frame.width / sight.frame.height))),
        "tall": float(sight.frame.height > sight.frame.width),
    }


def _inner(surfaces: Surfaces) -> Places:
    """(w,) the columns of the middle half."""
    return np.asarray(np.abs((np.arange(surfaces.width) + 0.5) / surfaces.width - 0.5) < 0.25, np.bool_)


def _quantiles(values: Plane, shares: tuple[int, ...]) -> dict[int, float]:
    """The values below which these percentages of all lie, to the nearest one."""
    ordered = np.sort(values, axis=None)
    return {share: float(ordered[round((len(ordered) - 1) * share / 100)]) for share in shares}


def _entropy(counts: Plane) -> float:
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum())


def _likeness(one: Plane, other: Plane) -> float:
    """Correlation, -1..1; 0 for flat ones."""
    first, second = one - one.mean(), other - other.mean()
    return float((first * second).sum() / (np.sqrt((first**2).sum() * (second**2).sum()) + 1e-3))
