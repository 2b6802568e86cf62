"""Where a clip comes from, said in its file.

Content Credentials (C2PA) were weighed and left: their library signs only with a certificate that an authority sold to
the operator and refuses one that signed itself, gives every manifest a random name so that the same request would give
other bytes each time, needs the finished file where ours flows while it is made, and knows no WebM. So each container
says it in its own plain fields. They hold nothing of the caller's: no names, no words, no part of the still.
"""

from dataclasses import dataclass

SOFTWARE = "ANIMAtiZE local renderer"
"""The name by which files say who made them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Provenance:
    """What a file says of itself. movement, unit: names of the vocabulary. version: of the renderer."""

    movement: str
    amplitude: float
    unit: str
    seed: int
    version: str

    @property
    def title(self) -> str:
        """A few words for a player's list."""
        return f"{self.movement.replace('_', ' ').capitalize()}, made from a still"

    @property
    def comment(self) -> str:
        """One line to be read by people and programs alike."""
        unit = f" {self.unit}" if self.unit else ""
        return (
            f"Made from a still; no camera moved. {SOFTWARE} {self.version}: "
            f"movement={self.movement}; amplitude={self.amplitude:.6g}{unit}; seed={self.seed}"
        )
