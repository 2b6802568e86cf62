"""The figures as text and small bars. A bar is the paler the less its figure can be trusted; a dash means absent."""

from typing import Final

from analyzer.adapters.explain_drawing import look
from analyzer.adapters.explain_drawing.canvas import Canvas, Rect
from analyzer.adapters.explain_drawing.figures import Account, Row
from analyzer.adapters.explain_drawing.layout import COLUMN, COLUMN_GAP, HEADING, LINE, SMALL, VERDICT, Plan
from analyzer.adapters.explain_drawing.lettering import shortened, wrapped

_BAR: Final = 48.0
_VALUE: Final = 34.0
_SIZE: Final = 11.5


def draw_account(canvas: Canvas, account: Account, plan: Plan, *, unit: float) -> None:
    """The verdict, the columns of figures, and what was not found."""
    area = plan.figures
    y = area.top + 22
    title = shortened(account.title, 24 * unit, area.width * unit, bold=True)
    canvas.text((area.left * unit, y * unit), title, look.TEXT, 24 * unit, bold=True)
    y = area.top + VERDICT + 6
    for at, fact in enumerate(account.facts):
        for line in wrapped(fact, SMALL * unit, area.width * unit):
            canvas.text((area.left * unit, y * unit), line, look.QUIET if at else look.ACCENT, SMALL * unit)
            y += LINE
    top, lowest = y - 6, y
    for at, numbers in enumerate(plan.columns):
        left, y = area.left + at * (COLUMN + COLUMN_GAP), top
        for section in (account.sections[number] for number in numbers):
            canvas.text((left * unit, (y + HEADING - 9) * unit), section.title, look.ACCENT, 12.5 * unit, bold=True)
            y += HEADING
            for row in section.rows:
                _draw_row(canvas, row, Rect(left, y, COLUMN, plan.row), unit)
                y += plan.row
        lowest = max(lowest, y)
    _draw_missing(canvas, account, Rect(area.left, lowest, area.width, 0), unit)


def _draw_missing(canvas: Canvas, account: Account, place: Rect, unit: float) -> None:
    if not account.missing:
        return
    y = place.top + HEADING - 9
    canvas.text((place.left * unit, y * unit), "Not found", look.ACCENT, 12.5 * unit, bold=True)
    y += LINE + 2
    for reason in account.missing:
        for line in wrapped(reason, SMALL * unit, place.width * unit):
            canvas.text((place.left * unit, y * unit), line, look.QUIET, SMALL * unit)
            y += LINE


def _draw_row(canvas: Canvas, row: Row, place: Rect, unit: float) -> None:
    base = (place.top + place.height / 2 + 4) * unit
    size, right = _SIZE * unit, place.right * unit
    has_bar = row.share is not None or bool(row.parts)
    here = has_bar or bool(row.text)
    # A word may begin where a bar would.
    room = place.width - (_BAR + _VALUE + 5 if has_bar else 0)
    label = shortened(row.label, size, room * unit)
    canvas.text((place.left * unit, base), label, look.TEXT if here else look.QUIET, size)
    if not here:
        # The face has no dash.
        canvas.line([(right - 10 * unit, base - 4 * unit), (right, base - 4 * unit)], look.QUIET, unit)
        return
    bar = Rect((place.right - _BAR - _VALUE) * unit, base - 8 * unit, _BAR * unit, 8 * unit)
    if row.parts:
        bar = Rect(bar.left, bar.top, (_BAR + _VALUE) * unit, bar.height)
        _draw_parts(canvas, row, bar)
    elif row.share is not None:
        _draw_bar(canvas, row, bar, unit)
    trusted = look.TEXT if row.trust >= 0.3 else look.QUIET
    canvas.text((right, base), shortened(row.text, size, (place.width - 30) * unit), trusted, size, align="right")


def _draw_bar(canvas: Canvas, row: Row, bar: Rect, unit: float) -> None:
    share = row.share or 0.0
    canvas.fill(bar, look.TRACK)
    opacity = 0.3 + 0.7 * row.trust
    if not row.signed:
        canvas.fill(Rect(bar.left, bar.top, bar.width * share, bar.height), look.BAR, opacity=opacity)
        return
    middle = bar.left + bar.width / 2
    end = middle + bar.width / 2 * share
    canvas.fill(Rect(min(middle, end), bar.top, abs(end - middle), bar.height), look.BAR, opacity=opacity)
    canvas.line([(middle, bar.top - unit), (middle, bar.bottom)], look.QUIET, unit)


def _draw_parts(canvas: Canvas, row: Row, bar: Rect) -> None:
    """Far, middle and near in the colours of the depth map."""
    left = bar.left
    for share, colour in zip(row.parts, ((35, 62, 108), (124, 123, 120), (238, 215, 72)), strict=True):
        canvas.fill(Rect(left, bar.top, bar.width * share, bar.height), colour)
        left += bar.width * share
