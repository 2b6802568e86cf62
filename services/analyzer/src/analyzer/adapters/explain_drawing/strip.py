"""Below the still: what its colours mean, and its palette."""

from collections.abc import Iterator

from analyzer.adapters.explain_drawing import look
from analyzer.adapters.explain_drawing.canvas import Canvas, Rect
from analyzer.adapters.explain_drawing.lettering import width_of
from analyzer.adapters.explain_drawing.look import Colour
from analyzer.core.analysis import SceneAnalysis


def draw_strip(canvas: Canvas, analysis: SceneAnalysis, place: Rect, *, unit: float) -> None:
    """The key of what is drawn over the still, and the palette's colours as wide as their shares."""
    size, x, base = 11 * unit, place.left, place.top + 17 * unit
    for colour, meaning in _meanings(analysis):
        wide = 24 * unit + width_of(meaning, size)
        if x + wide > place.right:
            break
        canvas.line([(x, base - 4 * unit), (x + 14 * unit, base - 4 * unit)], colour, 2.5 * unit)
        canvas.text((x + 19 * unit, base), meaning, look.QUIET, size)
        x += wide + 10 * unit
    bar = Rect(place.left, place.top + 28 * unit, place.width, 22 * unit)
    _draw_palette(canvas, analysis, bar, unit)


def _meanings(analysis: SceneAnalysis) -> Iterator[tuple[Colour, str]]:
    if analysis.horizon is not None:
        yield look.HORIZON, "horizon"
    if analysis.lines.segments:
        yield look.LINES, "long lines"
    if analysis.vanishing_point is not None:
        yield look.LEADING, "lead to where lines meet"
    if analysis.subjects:
        yield look.SUBJECT, "subject"
    if analysis.faces:
        yield look.FACE, "face"
    if analysis.people:
        yield look.PERSON, "person?"
    if analysis.composition.salient_centre is not None:
        yield look.EYE, "+ centre of what draws the eye"
    yield (150, 152, 158), "thirds"


def _draw_palette(canvas: Canvas, analysis: SceneAnalysis, bar: Rect, unit: float) -> None:
    total = sum(swatch.share for swatch in analysis.palette)
    left = bar.left
    for swatch in analysis.palette if total > 0 else ():
        wide = bar.width * swatch.share / total
        colour = (swatch.red, swatch.green, swatch.blue)
        canvas.fill(Rect(left, bar.top, wide, bar.height), colour)
        told = f"#{swatch.red:02x}{swatch.green:02x}{swatch.blue:02x}"
        # Rec. 709 luma tells whether dark or light letters show.
        light = 0.2126 * swatch.red + 0.7152 * swatch.green + 0.0722 * swatch.blue > 120
        size = 10 * unit
        if width_of(told, size) + 8 * unit < wide:
            ink = look.CASING if light else look.TEXT
            canvas.text((left + wide / 2, bar.top + bar.height / 2 + 0.36 * size), told, ink, size, align="middle")
        left += wide
