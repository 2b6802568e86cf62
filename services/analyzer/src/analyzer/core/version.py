"""The version of the measurements."""

from typing import Final

PIPELINE_VERSION: Final = "4"
"""Raised whenever a still may get other figures than before: kept analyses are found under it."""
