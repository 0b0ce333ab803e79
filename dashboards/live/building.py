"""What the page can build: the model of a topic at an instant. The hub decides when, and for whom.

A *topic* is ``overview``, ``sources``, ``unit:CODE``, or ``board:`` with a choice (a board, a time range, values).
"""

import time
from collections.abc import Callable
from typing import Final

import msgspec

from dashboards.live.board_choice import Choice
from dashboards.live.board_files import drawn_boards
from dashboards.live.board_frames import BoardModel, board_model
from dashboards.live.models import Model, Overview
from dashboards.live.overview import overview
from dashboards.live.reading import Reader, Source, units_at
from dashboards.live.sources import sources
from dashboards.live.unit import unit_view

OVERVIEW: Final = "overview"
UNIT: Final = "unit:"
BOARD: Final = "board:"

LIVE_UP_TO_S: Final = 60
"""A board that refreshes more often than this is built whenever windows changed."""

SAME_LOOK_S: Final = 0.5
"""For how long units take their row from one look at all of them."""


def board_topic(choice: Choice) -> str:
    """The topic of a choice: equal choices are one topic, so one run of the queries serves all who made them."""
    return BOARD + msgspec.json.encode(choice).decode()


class Builder:
    """Builds models from a source of answers. Blocks; called from worker threads, a board beside what is none."""

    def __init__(self, source: Source, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._reader = Reader(source)
        self._overview: tuple[float, Overview] | None = None

    def build(self, topic: str) -> Model | BoardModel:
        """The model of a topic now.

        Raises LookupError for what does not exist, NotNow or BadSetup when the tables do not answer.
        """
        now = self._clock()
        if topic.startswith(BOARD):
            choice = msgspec.json.decode(topic.removeprefix(BOARD), type=Choice)
            return board_model(self._reader, drawn_boards()[choice.uid], choice, now)
        if topic == "sources":
            return sources(self._reader, now)
        if topic == OVERVIEW:
            return self._fresh_overview(now)
        code = topic.removeprefix(UNIT)
        unit = next((unit for unit in units_at(self._reader.registry, now) if unit.code == code), None)
        if unit is None:
            raise LookupError(code)
        known = self._overview
        shown = known[1] if known and time.monotonic() - known[0] < SAME_LOOK_S else self._fresh_overview(now)
        row = next((row for row in shown.units if row.code == code), None)
        if row is None:  # the unit began to exist between the two looks
            row = next(row for row in self._fresh_overview(now).units if row.code == code)
        return unit_view(self._reader, unit, row, shown.as_of)

    def least_gap_s(self, topic: str) -> float:
        """How far apart two builds of a topic are at least: a board of days need not follow every event."""
        if not topic.startswith(BOARD):
            return 0
        refresh = drawn_boards()[msgspec.json.decode(topic.removeprefix(BOARD), type=Choice).uid].refresh_s
        return refresh if refresh >= LIVE_UP_TO_S else 0

    def _fresh_overview(self, now: int) -> Overview:
        found = overview(self._reader, now)
        self._overview = (time.monotonic(), found)
        return found
