"""What one prediction costs, from a message to a message, beside moving the same messages alone.

In process, on one thread: what a call costs before the wire. The analyses are those of the tests' photographs.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

import cv2
from setting import Setting
from table import Row, paired
from unwatched import Unwatched

from analyzer.adapters.haar_faces import HaarFaces
from analyzer.adapters.trained_eye import TrainedEye
from analyzer.core.picture import Options
from analyzer.core.pipeline import Analyzer
from analyzer.rpc.messages import analysis_message
from animatize.analyzer.v1 import analysis_pb2
from animatize.predictor.v1 import prediction_pb2
from predictor.adapters import calibration_files, rule_files
from predictor.core.intent import Intent
from predictor.core.predictor import Predictor
from predictor.rpc.analysis import facts
from predictor.rpc.prediction import prediction

_BENCH: Final = "predictor"
_FLOOR: Final = "reading and writing the messages"
_MEDIA: Final = Path(__file__).resolve().parent.parent / "tests" / "media"
_CANDIDATES: Final = 5


def measure(setting: Setting) -> list[Row]:
    """The row: CPU of one call, the mean over the photographs, in rounds."""
    cv2.setNumThreads(1)
    packed = _analyses()
    shipped = calibration_files.SHIPPED
    calibration = calibration_files.load(shipped) if shipped.is_file() else None
    predictor = Predictor(rule_files.load(rule_files.SHIPPED), calibration)
    watch, intent = Unwatched(), Intent()
    values, floors = [], []
    for index in range(setting.choose(25, 3) + 1):
        setting.say(f"predictor: round {index + 1}")
        began = time.process_time()
        answers = []
        for content in packed:
            analysis = analysis_pb2.SceneAnalysis.FromString(content)
            made = predictor.predict(
                facts(analysis),
                intent,
                max_candidates=_CANDIDATES,
                watch=watch,
                measured_by=analysis.pipeline_version,
            )
            answers.append(prediction(made).SerializeToString())
        whole = time.process_time() - began
        began = time.process_time()
        for content, answer in zip(packed, answers, strict=True):
            analysis_pb2.SceneAnalysis.FromString(content)
            prediction_pb2.Prediction.FromString(answer).SerializeToString()
        bare = time.process_time() - began
        # The first round warms the caches of both.
        if index:
            values.append(whole * 1000 / len(packed))
            floors.append(bare * 1000 / len(packed))
    return [paired(_BENCH, "one prediction, all rules", "CPU ms", values, _FLOOR, floors)]


def _analyses() -> list[bytes]:
    analyzer, watch, options = Analyzer(HaarFaces(), TrainedEye()), Unwatched(), Options()
    found = []
    for path in sorted(_MEDIA.glob("*.jpg")):
        picture = analyzer.decode(path.read_bytes(), options, watch)
        found.append(analysis_message(analyzer.measure(picture, options, watch)).SerializeToString())
    return found
