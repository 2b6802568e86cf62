"""What the caller wants to say with the clip. It is told, never guessed from the picture."""

from dataclasses import dataclass
from typing import Final

from film.movement import Movement, mirrored

MOODS: Final = ("calm", "tense", "joyful", "sad", "epic", "intimate", "mysterious", "energetic")
"""Moods, in the contract's order."""

GENRES: Final = ("documentary", "drama", "action", "thriller", "commercial", "travel", "music")
"""Genres, in the contract's order."""

PURPOSES: Final = ("establish", "emphasise", "reveal", "present", "background")
"""Purposes, in the contract's order."""


@dataclass(frozen=True, slots=True)
class Intent:
    """Mood, genre and purpose ("" when not stated), how much movement (0 to 1) and which movements may be predicted.

    energy: None lets the predictor decide.
    only: empty allows all; never: these are refused.
    """

    mood: str = ""
    genre: str = ""
    purpose: str = ""
    energy: float | None = None
    only: frozenset[Movement] = frozenset()
    never: frozenset[Movement] = frozenset()

    @property
    def steers(self) -> bool:
        """Whether the wish can change which movements are predicted, not only how strongly they are made."""
        return bool(self.mood or self.genre or self.purpose or self.only or self.never)

    def allows(self, movement: Movement) -> bool:
        """Whether the caller lets this movement be predicted."""
        return movement not in self.never and (not self.only or movement in self.only)

    def mirrored(self) -> "Intent":
        """The same wish for the still mirrored left to right."""
        return Intent(
            self.mood,
            self.genre,
            self.purpose,
            self.energy,
            frozenset(mirrored(movement) for movement in self.only),
            frozenset(mirrored(movement) for movement in self.never),
        )
