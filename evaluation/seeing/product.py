"""The product in this process: a picture's bytes in, its analysis and prediction out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from analyzer.adapters.haar_faces import HaarFaces
from analyzer.adapters.trained_eye import TrainedEye
from analyzer.core.analysis import MapKind, SceneAnalysis
from analyzer.core.picture import Options
from analyzer.core.pipeline import Analyzer
from analyzer.rpc.messages import analysis_message
from evaluation.scenes.truth import Pixels
from predictor.adapters import calibration_files, rule_files
from predictor.core import scene
from predictor.core.facts import Facts
from predictor.core.intent import Intent
from predictor.core.prediction import Prediction
from predictor.core.predictor import STRENGTH, Predictor
from predictor.rpc.analysis import facts

_MAPS: Final = Options(maps=frozenset({MapKind.DEPTH, MapKind.REGIONS}))
_PLAIN: Final = Options()
_EVERY: Final = 20
"""More candidates than there are families: all of them."""


class Quiet:
    """Follows nothing and never cancels."""

    def stage(self, name: str) -> AbstractContextManager[None]:
        """A step that nobody times."""
        del name
        return nullcontext()

    def progress(self, fraction: float) -> None:
        """Heard by nobody."""

    def cancelled(self) -> bool:
        """Never."""
        return False


@dataclass(frozen=True, eq=False)
class Seen:
    """What the product says of one picture."""

    analysis: SceneAnalysis
    facts: Facts
    prediction: Prediction


class Product:
    """Analyzer and predictor as they ship, in one thread. rules: another folder of rules than the shipped one."""

    def __init__(self, rules: Path | None = None) -> None:
        cv2.setNumThreads(1)
        self._analyzer = Analyzer(HaarFaces(), TrainedEye())
        calibration = calibration_files.load(calibration_files.SHIPPED) if calibration_files.SHIPPED.exists() else None
        self._predictor = Predictor(rule_files.load(rules or rule_files.SHIPPED), calibration)

    def speaks(self, rule_id: str, seen: Seen, wish: Intent) -> bool:
        """Whether a rule fires: its requirements hold and, where it weighs evidence, some of that says something.

        Raises predictor.core.errors.UnknownRule.
        """
        compiled = self._predictor.book.find(rule_id)
        strength = scene.strength(seen.prediction.environment)
        told = seen.facts if strength is None else seen.facts.joined(STRENGTH, strength)
        found = self._predictor.explain(compiled, told, wish)
        weighs = bool(compiled.rule.evidence)
        return found.fired and (not weighs or any(item.log_odds > 0 for item in found.evidence))

    def rules(self) -> frozenset[str]:
        """The ids of the rules in force."""
        return frozenset(compiled.rule.id for compiled in self._predictor.book)

    @property
    def rules_version(self) -> str:
        """The version of the rules in force."""
        return self._predictor.book.version

    def see(self, content: bytes, *, maps: bool = False) -> Seen:
        """What is seen and predicted for an image file. Raises film.stills.StillError for what is not one."""
        watch, options = Quiet(), _MAPS if maps else _PLAIN
        picture = self._analyzer.decode(content, options, watch)
        analysis = self._analyzer.measure(picture, options, watch)
        told = facts(analysis_message(analysis))
        prediction = self._predictor.predict(
            told, Intent(), max_candidates=_EVERY, watch=watch, measured_by=analysis.pipeline_version
        )
        return Seen(analysis, told, prediction)


def lossless(pixels: Pixels) -> bytes:
    """The pixels as a PNG file."""
    return cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()


def jpeg(pixels: Pixels, quality: int) -> bytes:
    """The pixels as a JPEG file."""
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def opened(content: bytes) -> Pixels:
    """An image file's pixels, (H, W, 3) uint8 BGR."""
    return np.asarray(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def changed(pixels: Pixels) -> Sequence[tuple[str, bytes]]:
    """The same picture changed slightly, by name: none of it should change what is seen."""
    height, width = pixels.shape[:2]
    edge_y, edge_x = round(0.025 * height), round(0.025 * width)
    steps = np.arange(256) / 255
    darker, lighter = (np.round(255 * steps**gamma).astype(np.uint8) for gamma in (1.25, 0.8))
    return (
        ("mirrored and saved again", jpeg(np.ascontiguousarray(pixels[:, ::-1]), 92)),
        ("cropped to 95 %", lossless(np.ascontiguousarray(pixels[edge_y : height - edge_y, edge_x : width - edge_x]))),
        ("darker", lossless(np.asarray(cv2.LUT(pixels, darker), np.uint8))),
        ("lighter", lossless(np.asarray(cv2.LUT(pixels, lighter), np.uint8))),
        ("JPEG quality 60", jpeg(pixels, 60)),
    )
