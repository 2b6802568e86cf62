"""Clips written: the threads that carry frames to a writer, and a writer for every form of file."""

from generator.adapters.encoder.pipeline import AvEncoder

__all__ = ["AvEncoder"]
