"""Trained models in the ONNX format, from a path or an address, each held to the digest of its file."""

from analyzer.adapters.onnx_models.depth import Meaning, OnnxDepth
from analyzer.adapters.onnx_models.detection import OnnxDetection
from analyzer.adapters.onnx_models.errors import ModelUnusable
from analyzer.adapters.onnx_models.segmentation import OnnxSegmentation
from analyzer.adapters.onnx_models.session import Scaling, Session
from analyzer.adapters.onnx_models.source import Source, fetched

__all__ = [
    "Meaning",
    "ModelUnusable",
    "OnnxDepth",
    "OnnxDetection",
    "OnnxSegmentation",
    "Scaling",
    "Session",
    "Source",
    "fetched",
]
