"""From which figure on a defect is named, and why there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Limit:
    """A defect's name, the figure from which on it is named, the figure's form, and the reason for it."""

    name: str
    value: float
    form: str
    reason: str


OTHER_PICTURE: Final = Limit(
    "another picture", 0.25, "correlation {:.2f}", "Crops of a still stay above 0.8, other photographs below 0.1."
)
CHANGED: Final = Limit(
    "changed content", 0.03, "{:.1%} of the picture",
    "A face in a full-length portrait covers about three percent; strong compression changes less than one.",
)  # fmt: skip
COLOUR: Final = Limit(
    "other colours", 4.0, "CIEDE2000 {:.1f}",
    "One can just be seen side by side; encoders leave 1 to 2, and from 4 on a picture looks graded.",
)  # fmt: skip
COLOUR_DRIFT: Final = Limit(
    "colours drift",
    5.0,
    "CIEDE2000 {:.1f}",
    "What stays in view keeps its mean colour to within 1 where nothing is graded.",
)
LOST: Final = Limit(
    "content dissolves", 0.25, "{:.0%} of what should be in view",
    "What comes out from behind things in front and what moves by itself is seldom a quarter of the picture.",
)  # fmt: skip
FLICKER: Final = Limit(
    "flicker", 0.01, "amplitude {:.1%}",
    "The eye's threshold between 5 and 15 Hz is half a percent to one percent of modulation (de Lange 1958).",
)  # fmt: skip
LOCAL_FLICKER: Final = Limit(
    "local flicker", 0.05, "amplitude {:.1%}",
    "Water, leaves and the errors of flow leave up to 4 % in the three hundredths of the picture that change most.",
)  # fmt: skip
COLOUR_FLICKER: Final = Limit(
    "colour flicker",
    1.0,
    "amplitude {:.1f} levels",
    "One level of chroma over the whole picture is about CIEDE2000 0.7.",
)
SOFT: Final = Limit(
    "soft", 1.3, "blur of {:.1f} px",
    "Sampling between pixels costs as much as a blur of 0.6 px; from 1.3 on only a third of the finest octave is left.",
)  # fmt: skip
SOFTENS: Final = Limit(
    "softens", 0.8, "{:.1f} px of blur added", "Added to a sharp picture this halves its finest octave."
)
BLOCKS: Final = Limit(
    "blocks",
    0.6,
    "{:.1f} grey levels",
    "A step of half a level along a straight line is the least that shows on smooth ground.",
)
FREEZE: Final = Limit("freeze", 0.3, "{:.2f} s", "Shorter stops are doubled frames; easing comes to rest by and by.")
DOUBLED: Final = Limit(
    "doubled frames", 0.08, "{:.0%} of the frames", "One in twelve is the rarest cadence in use (23 real frames in 25)."
)
BLACK: Final = Limit("black frames", 1, "{:.0f} frames", "One black frame is a flash to everybody.")
BORDER: Final = Limit(
    "black border",
    0.004,
    "{:.1%} of a side",
    "Two pixels of 480. Bars that stand still and lie evenly are a letterbox, a fact.",
)
CUT: Final = Limit("cut", 1, "{:.0f} in the clip", "One shot was asked for.")
DISSOLVE: Final = Limit("dissolve", 1, "{:.0f} in the clip", "One shot was asked for.")
JITTER: Final = Limit(
    "jitter",
    0.0008,
    "{:.2%} of the long side",
    "A pixel of 1280: a shake from frame to frame that no camera on its support has.",
)
IRREGULAR: Final = Limit(
    "irregular times",
    1,
    "{:.0f} steps",
    "A step that is a tenth longer or shorter than the others is seen as a stutter.",
)
CUT_SHORT: Final = Limit("cut short", 1, "{:.0f} frames missing", "What the index promises must be there.")
DAMAGED: Final = Limit("damaged frames", 1, "{:.0f} frames", "The decoder had to make up parts of them.")
