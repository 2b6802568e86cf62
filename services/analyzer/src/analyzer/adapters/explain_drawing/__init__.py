"""The picture of what was seen: one PNG with the still, what was found in it, its maps and its figures."""

from analyzer.adapters.explain_drawing.drawing import ExplainDrawing

__all__ = ["ExplainDrawing"]
