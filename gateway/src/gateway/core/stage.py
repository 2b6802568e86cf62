"""The stages of an animation."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """The stages, in their order; the values name them to people and in traces."""

    ANALYZE = "analyze"
    PREDICT = "predict"
    EXPAND = "expand"
    GENERATE = "generate"


#: All stages, in the order in which they run.
ORDER: Final = tuple(Stage)
