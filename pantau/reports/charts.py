"""Where the parts of a chart lie on the paper: pure arithmetic, in units of the drawing (about a third of a mm)."""

from typing import Final

import msgspec

from pantau.domain.reports.document import Bar, Bars, Line, Mark, Point

WIDTH: Final = 640.0
ROW: Final = 24.0
LABELS: Final = 286.0
TEXTS: Final = 58.0
TOP: Final = 22.0
HEIGHT: Final = 230.0
SIDE: Final = 46.0
BOTTOM: Final = 42.0


class Placed(msgspec.Struct, frozen=True):
    """A mark on its line."""

    at: float
    label: str


class PlacedBar(msgspec.Struct, frozen=True):
    """A bar: top of its row, length (None where nothing is known), and where the value before lies."""

    bar: Bar
    top: float
    length: float | None
    before: float | None


class DrawnBars(msgspec.Struct, frozen=True):
    """Bars on a drawing of this width and height; they begin at ``left``."""

    width: float
    height: float
    left: float
    bars: tuple[PlacedBar, ...]
    marks: tuple[Placed, ...]


class PlacedPoint(msgspec.Struct, frozen=True):
    """A point with its interval; ``y`` is None where nothing is known."""

    point: Point
    x: float
    y: float | None
    low: float | None
    high: float | None


class DrawnLine(msgspec.Struct, frozen=True):
    """A line: ``paths`` are its unbroken parts as lists of points, ``ticks`` the scale."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    points: tuple[PlacedPoint, ...]
    paths: tuple[str, ...]
    ticks: tuple[Placed, ...]
    marks: tuple[Placed, ...]


def bars_drawn(bars: Bars) -> DrawnBars:
    """Lying bars below each other; the scale fills what labels and texts leave."""
    span = WIDTH - LABELS - TEXTS

    def across(value: float) -> float:
        inside = min(max(value, bars.least), bars.most)
        return round((inside - bars.least) / (bars.most - bars.least) * span, 2)

    placed = tuple(
        PlacedBar(
            bar,
            TOP + index * ROW,
            None if bar.value is None else across(bar.value),
            None if bar.before is None else LABELS + across(bar.before),
        )
        for index, bar in enumerate(bars.bars)
    )
    marks = tuple(Placed(LABELS + across(mark.value), mark.label) for mark in bars.marks)
    return DrawnBars(WIDTH, TOP + ROW * len(bars.bars) + 4, LABELS, placed, marks)


def line_drawn(line: Line) -> DrawnLine:
    """Points at equal distances; a line is broken where nothing is known."""
    left, right, top, bottom = SIDE, WIDTH - SIDE, 26.0, HEIGHT - BOTTOM
    step = (right - left) / max(len(line.points), 1)

    def up(value: float) -> float:
        return round(bottom - (value - line.least) / (line.most - line.least) * (bottom - top), 2)

    points = tuple(
        PlacedPoint(
            point,
            round(left + (index + 0.5) * step, 2),
            *(None if value is None else up(value) for value in (point.value, point.low, point.high)),
        )
        for index, point in enumerate(line.points)
    )
    paths: list[list[str]] = [[]]
    for each in points:
        if each.y is None:
            paths.append([])
        else:
            paths[-1].append(f"{each.x},{each.y}")
    ends = (Mark(value=line.least, label=f"{line.least:g}"), Mark(value=line.most, label=f"{line.most:g}"))
    return DrawnLine(
        WIDTH,
        HEIGHT,
        left,
        right,
        top,
        bottom,
        points,
        tuple(" ".join(path) for path in paths if len(path) > 1),
        tuple(Placed(up(mark.value), mark.label) for mark in ends),
        tuple(Placed(up(mark.value), mark.label) for mark in line.marks),
    )
