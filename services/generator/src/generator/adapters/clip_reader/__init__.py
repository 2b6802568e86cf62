"""Clips read for measuring: a reader for every form of file that the generator writes or takes."""

from generator.adapters.clip_reader.reading import AvClipReader

__all__ = ["AvClipReader"]
