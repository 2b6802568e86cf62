"""Where everything stands: the arrangement that shows the still largest beside maps and figures of a readable size.

Lengths are in units; a drawing of usual size has a unit for each pixel. Three arrangements are tried: maps below the
still, maps beside it, and a still across the whole width with all else below.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Final

from analyzer.adapters.explain_drawing.canvas import Rect
from analyzer.adapters.explain_drawing.figures import Account
from analyzer.adapters.explain_drawing.lettering import wrapped

MARGIN: Final = 20.0
GAP: Final = 16.0
BELOW: Final = 58.0
"""Height of what stands below the still: the key of its colours, and the palette."""
CAPTION: Final = 22.0
ROW: Final = 17.0
ROOMY: Final = 21.0
HEADING: Final = 27.0
COLUMN: Final = 196.0
COLUMN_GAP: Final = 20.0
VERDICT: Final = 34.0
LINE: Final = 16.0
SMALL: Final = 11.0
PANELS: Final = 4

_LONGEST: Final = 1400.0
"""Longest side in units: beyond it, letters get too small for a talk."""
_SLOT_WIDEST, _SLOT_TALLEST = 2.4, 0.5
"""Widest and narrowest aspect of a map's place; a still beyond these stands in the middle of it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Rectangles in units.

    panels: places of the maps, their captions above them. columns: the numbers of the sections in each column of
    figures. row: height of a row of figures.
    """

    width: float
    height: float
    still: Rect
    panels: tuple[Rect, ...]
    figures: Rect
    columns: tuple[tuple[int, ...], ...]
    row: float

    @property
    def below(self) -> Rect:
        """The strip below the still."""
        return Rect(self.still.left, self.still.bottom, max(self.still.width, 300.0), BELOW)


def plan(aspect: float, account: Account) -> Plan:
    """The arrangement for a still. aspect: its width over its height."""
    possible = [*_beneath(aspect, account), *_beside(aspect, account), *_across(aspect, account)]
    return max(possible, key=_worth)


def _worth(one: Plan) -> float:
    """Area of the still at the drawing's final size; less for what is far from a slide's shape or too large."""
    longest = max(one.width, one.height)
    shape = one.width / one.height
    odd = max(0.0, 1.3 - shape) + max(0.0, shape - 2.0)
    small = max(0.0, longest / _LONGEST - 1.0)
    return one.still.width * one.still.height / longest**2 - 2.0 * odd - 2.0 * small


@dataclass(frozen=True, slots=True)
class _Need:
    """What the figures need in so many columns."""

    width: float
    height: float
    columns: tuple[tuple[int, ...], ...]
    rows: int

    def row(self, height: float) -> float:
        """Height of a row when so much height is there."""
        return min(ROOMY, ROW + max(0.0, height - self.height) / self.rows)


def _need(account: Account, columns: int) -> _Need:
    width = columns * COLUMN + (columns - 1) * COLUMN_GAP
    heights = [HEADING + ROW * len(section.rows) for section in account.sections]
    groups = _shared_out(heights, columns)
    tallest = max(groups, key=lambda group: sum(heights[at] for at in group))
    lines = sum(len(wrapped(fact, SMALL, width)) for fact in account.facts)
    told = sum(len(wrapped(one, SMALL, width)) for one in account.missing)
    missing = HEADING + LINE * told if told else 0.0
    height = VERDICT + LINE * lines + sum(heights[at] for at in tallest) + missing
    return _Need(width, height, groups, sum(len(account.sections[at].rows) for at in tallest))


def _shared_out(heights: Sequence[float], columns: int) -> tuple[tuple[int, ...], ...]:
    """The sections in their order over the columns, so that the tallest column is as low as can be."""
    best: tuple[float, tuple[tuple[int, ...], ...]] | None = None
    for cuts in combinations(range(1, len(heights)), columns - 1):
        ends = (0, *cuts, len(heights))
        groups = tuple(tuple(range(first, last)) for first, last in pairwise(ends))
        tallest = max(sum(heights[at] for at in group) for group in groups)
        if best is None or tallest < best[0]:
            best = (tallest, groups)
    assert best is not None  # noqa: S101 (for the type checker: there are always fewer columns than sections)
    return best[1]


def _slot(aspect: float) -> float:
    return min(_SLOT_WIDEST, max(_SLOT_TALLEST, aspect))


def _beneath(aspect: float, account: Account) -> Iterator[Plan]:
    """Still, its maps in a row below it, figures beside both."""
    need = _need(account, 2)
    for wide in range(420, 980, 20):
        still = Rect(MARGIN, MARGIN, wide, wide / aspect)
        panel = (wide - (PANELS - 1) * GAP / 2) / PANELS
        top = still.bottom + BELOW + CAPTION
        panels = tuple(Rect(MARGIN + at * (panel + GAP / 2), top, panel, panel / _slot(aspect)) for at in range(PANELS))
        height = max(panels[0].bottom, MARGIN + need.height)
        yield _whole(still, panels, need, left=still.right + GAP * 1.5, top=MARGIN, height=height)


def _beside(aspect: float, account: Account) -> Iterator[Plan]:
    """Still, its maps beside it in one column or two, figures beside those."""
    need = _need(account, 2)
    for high in range(320, 1000, 20):
        still = Rect(MARGIN, MARGIN, high * aspect, high)
        for across in (1, 2):
            down = PANELS // across
            tall = (high + BELOW - down * CAPTION - (down - 1) * GAP / 2) / down
            slot = min(tall, 300.0 / _slot(aspect) / across)
            panel = slot * _slot(aspect)
            panels = tuple(
                Rect(
                    still.left + max(still.width, 300.0) + GAP + (at % across) * (panel + GAP / 2),
                    MARGIN + CAPTION + (at // across) * (slot + CAPTION + GAP / 2),
                    panel,
                    slot,
                )
                for at in range(PANELS)
            )
            bottom = max(still.bottom + BELOW, panels[-1].bottom, MARGIN + need.height)
            yield _whole(still, panels, need, left=panels[-1].right + GAP * 1.5, top=MARGIN, height=bottom)


def _across(aspect: float, account: Account) -> Iterator[Plan]:
    """Still over the whole width, maps and figures below it."""
    for columns in (3, 4):
        need = _need(account, columns)
        for wide in range(1000, 1361, 40):
            still = Rect(MARGIN, MARGIN, wide, wide / aspect)
            top = still.bottom + BELOW
            panel = (wide - need.width - GAP * 2) / 2
            if panel < 120:
                continue
            slot = panel / _slot(aspect)
            panels = tuple(
                Rect(
                    MARGIN + (at % 2) * (panel + GAP / 2),
                    top + CAPTION + (at // 2) * (slot + CAPTION + GAP / 2),
                    panel,
                    slot,
                )
                for at in range(PANELS)
            )
            bottom = max(panels[-1].bottom, top + need.height)
            yield _whole(still, panels, need, left=panels[1].right + GAP * 1.5, top=top, height=bottom)


def _whole(still: Rect, panels: tuple[Rect, ...], need: _Need, *, left: float, top: float, height: float) -> Plan:
    """The plan; height: where the lowest part ends."""
    figures = Rect(left, top, need.width, height - top)
    return Plan(
        width=figures.right + MARGIN,
        height=height + MARGIN,
        still=still,
        panels=panels,
        figures=figures,
        columns=need.columns,
        row=need.row(figures.height),
    )
