"""The trained eye: a small network that ships with the analyzer and tells what a still shows."""

from analyzer.adapters.trained_eye.eye import SIDE_PX, TrainedEye, tensor_of

__all__ = ["SIDE_PX", "TrainedEye", "tensor_of"]
