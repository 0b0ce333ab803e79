"""Where the parts of a chart lie on the paper: pure arithmetic, in units of the drawing (about a third of a mm)."""

from collections.abc import Callable
from math import ceil
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
NAMES: Final = 118.0
NAME_HEIGHT: Final = 15.0
MOST_LABELS: Final = 12


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
    """A point with its interval; ``y`` is None where nothing is known. ``label`` is empty where there is no room."""

    point: Point
    label: str
    x: float
    y: float | None
    low: float | None
    high: float | None


class DrawnLine(msgspec.Struct, frozen=True):
    """A line: ``paths`` are its unbroken parts as lists of points, ``ticks`` the scale.

    ``compared`` is the line beside it, ``ends`` are the names of both where they end.
    """

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    points: tuple[PlacedPoint, ...]
    paths: tuple[str, ...]
    compared: str
    ends: tuple[Placed, ...]
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
    left, right, top, bottom = SIDE, WIDTH - (NAMES if line.compared else SIDE), 26.0, HEIGHT - BOTTOM
    step = (right - left) / max(len(line.points), 1)
    every = ceil(len(line.points) / MOST_LABELS)

    def up(value: float) -> float:
        return round(bottom - (value - line.least) / (line.most - line.least) * (bottom - top), 2)

    points = tuple(
        PlacedPoint(
            point,
            "" if (len(line.points) - 1 - index) % every else point.label,
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
        " ".join(f"{each.x},{up(value)}" for each, value in zip(points, line.compared, strict=False)),
        _ends(line, up),
        tuple(Placed(up(mark.value), mark.label) for mark in ends),
        tuple(Placed(up(mark.value), mark.label) for mark in line.marks),
    )


def _ends(line: Line, up: Callable[[float], float]) -> tuple[Placed, ...]:
    """The names of two lines beside their last points, never upon each other."""
    last = line.points[-1].value if line.points else None
    if not line.compared or last is None:
        return ()
    own, other = up(last), up(line.compared[-1])
    if abs(own - other) < NAME_HEIGHT:
        middle, above = (own + other) / 2, -1 if own <= other else 1
        own, other = middle + above * NAME_HEIGHT / 2, middle - above * NAME_HEIGHT / 2
    return (Placed(round(own, 2), line.names[0]), Placed(round(other, 2), line.names[1]))
