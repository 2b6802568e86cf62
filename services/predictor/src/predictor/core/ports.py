"""What the predictor needs from outside, in its own words."""

from contextlib import AbstractContextManager
from typing import Protocol


class Watch(Protocol):
    """Follows a prediction while it is made."""

    def stage(self, name: str) -> AbstractContextManager[None]:
        """A step of the work, from entry to exit."""
        ...
