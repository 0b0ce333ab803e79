"""Kesehatan data dan platform: can the numbers of the other boards be believed?"""

from dashboards.model import Board, Column, Panel, count, minutes, text
from pantau.domain.rejections import ORDER

SOURCE_STATES = ("silent", "late_data", "refused", "speaking")
CODES = tuple(ORDER)
"""Why an event was refused."""


def platform() -> Board:
    """Sources that are silent, data that is late, events that were refused."""
    return Board(
        key="platform",
        since="now-24h",
        refresh="30s",
        panels=(
            Panel(
                key="last",
                kind="stat",
                query="last_arrival",
                columns=(minutes("silent_min"), count("sources_n")),
                x=0, y=0, w=6, h=5,
            ),
            Panel(
                key="events",
                kind="stat",
                query="events_of_range",
                columns=(count("events_n"), count("events_before_n")),
                x=6, y=0, w=6, h=5,
            ),
            Panel(
                key="delay",
                kind="stat",
                query="delay_of_range",
                columns=(Column(name="p50_s", unit="seconds"), Column(name="p95_s", unit="seconds")),
                x=12, y=0, w=6, h=5,
            ),
            Panel(
                key="rejected",
                kind="stat",
                query="rejected_of_range",
                columns=(count("rejected_n"), count("retryable_n")),
                x=18, y=0, w=6, h=5,
            ),
            Panel(
                key="sources",
                kind="table",
                query="sources_by_need",
                columns=(
                    text("source_name"),
                    text("source_state", states=SOURCE_STATES, width=170),
                    minutes("silent_min", width=150),
                    count("usual_half_n", width=180),
                    Column(name="delay_usual_s", unit="seconds", width=130),
                    count("events_day_n", width=130),
                    count("rejected_n", width=110),
                ),
                x=0, y=5, w=24, h=9,
            ),
            Panel(
                key="course",
                kind="timeseries",
                query="events_course",
                columns=(Column(name="time"), count("events_n"), count("events_before_n", look="usual")),
                interval="15m",
                x=0, y=14, w=9, h=9,
            ),
            Panel(
                key="delays",
                kind="timeseries",
                query="delay_course",
                columns=(
                    Column(name="time"),
                    Column(name="p50_s", unit="seconds"),
                    Column(name="p95_s", unit="seconds", colour=1),
                ),
                interval="15m",
                x=9, y=14, w=8, h=9,
            ),
            Panel(
                key="reasons",
                kind="table",
                query="rejects_by_reason",
                columns=(
                    text("reject_code", states=CODES, told="reject_"),
                    count("rejected_n", width=90),
                    count("retryable_n", width=130),
                    count("sources_n", width=90),
                ),
                x=17, y=14, w=7, h=9,
            ),
        ),
        above="overview",
    )  # fmt: skip
