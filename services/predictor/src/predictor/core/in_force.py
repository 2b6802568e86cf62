"""The predictor that answers calls now, which may be replaced between calls."""

from dataclasses import dataclass, replace
from datetime import datetime

from predictor.core.predictor import Predictor


@dataclass(frozen=True, slots=True)
class Standing:
    """One moment's state. load_time: when the rules were read; refused_change: why newer files were refused, or ""."""

    predictor: Predictor
    load_time: datetime
    refused_change: str = ""


class InForce:
    """Holds the predictor in force. A call takes `now` once and finishes with it, whatever is put there meanwhile."""

    def __init__(self, predictor: Predictor, *, at: datetime) -> None:
        self.now = Standing(predictor, at)

    def put(self, predictor: Predictor, *, at: datetime) -> None:
        """From now on this predictor answers, and nothing is refused any more."""
        self.now = Standing(predictor, at)

    def refuse(self, why: str) -> None:
        """The predictor stays; why the newer files cannot be used is known."""
        self.now = replace(self.now, refused_change=why)
