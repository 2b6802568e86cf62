"""The verdict as a picture: frames with tracks, the picture's path, and what was found, in words."""

from generator.core.motion_check.filmstrip.page import draw_filmstrip

__all__ = ["draw_filmstrip"]
