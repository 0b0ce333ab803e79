"""Kinerja loket: what each counter of a unit did through the day, and when one was idle while people waited."""

from dashboards.definitions.unit import COUNTER_STATES
from dashboards.model import KECAMATAN, TRAINED, UNIT, Board, Column, Panel, count, minutes, percent, text

ACTIVITIES = ("busy", "idle_queue", "idle", "off")


def counters() -> Board:
    """The waste that nobody sees from the queue alone."""
    return Board(
        key="counters",
        variables=(KECAMATAN, TRAINED, UNIT),
        panels=(
            Panel(
                key="open",
                kind="stat",
                query="counters_now",
                columns=(Column(name="open", unit="counters"), Column(name="of_counters", unit="counters")),
                x=0, y=0, w=8, h=5,
            ),
            Panel(
                key="idle",
                kind="stat",
                query="idle_while_waiting",
                columns=(minutes("idle_min"), percent("idle_pct")),
                interval="5m",
                x=8, y=0, w=8, h=5,
            ),
            Panel(
                key="pace",
                kind="stat",
                query="served_per_open_hour",
                columns=(
                    Column(name="served_per_hour", unit="per_hour"),
                    Column(name="usual_per_hour", unit="per_hour"),
                ),
                x=16, y=0, w=8, h=5,
            ),
            Panel(
                key="activity",
                kind="state-timeline",
                query="counter_activity",
                columns=(Column(name="time"), text("counter_name"), count("activity", states=ACTIVITIES)),
                by="counter_name",
                interval="15m",
                x=0, y=5, w=24, h=9,
            ),
            Panel(
                key="service",
                kind="barchart",
                query="service_time_by_counter",
                columns=(
                    text("counter_name"),
                    count("p50_service_min", decimals=1),
                    count("p90_service_min", decimals=1, colour=1),
                ),
                by="counter_name",
                x=0, y=14, w=12, h=9,
            ),
            Panel(
                key="desks",
                kind="table",
                query="counters_of_day",
                columns=(
                    text("counter_name", width=90),
                    text("counter_state", states=COUNTER_STATES, width=150),
                    minutes("serving_min", width=140),
                    count("served", width=100),
                    Column(name="open_hours", unit="hours", width=110),
                    percent("share_pct", bar=True, most=100),
                ),
                x=12, y=14, w=12, h=9,
            ),
        ),
        above="unit",
        below=("control",),
    )  # fmt: skip
