"""What every bench is given: how thorough to be, a folder of its own, and somewhere to say how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Setting:
    """How to measure. quick: few repeats, to see that all works. folder: for files that may be thrown away."""

    quick: bool
    folder: Path
    say: Callable[[str], None]

    def choose(self, full: int, quick: int) -> int:
        """The one number or the other."""
        return quick if self.quick else full
