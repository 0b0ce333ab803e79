"""Unit pelayanan: one unit now and today, before its counters and services are looked at."""

from dashboards.definitions.alerts import ENDED, OPEN, alert_columns
from dashboards.definitions.overview import flow, strip
from dashboards.model import (
    KECAMATAN,
    TRAINED,
    UNIT,
    Board,
    Column,
    Panel,
    count,
    hidden,
    minutes,
    people,
    percent,
    text,
)

COUNTER_STATES = ("serving", "open", "paused", "closed", "unknown")


def unit() -> Board:
    """Its queue, its counters, its day, its alerts."""
    return Board(
        key="unit",
        variables=(KECAMATAN, TRAINED, UNIT),
        panels=(
            *strip(y=0, h=5, widths=(5, 5, 5, 4, 5)),
            Panel(
                key="queue",
                kind="table",
                query="queue_by_service",
                columns=(
                    hidden("code"),
                    text("service_name", opens="services", passes=(("service", "code"),)),
                    people("waiting_people", width=120),
                    minutes("longest_min", width=110),
                    minutes("promise_min", width=110),
                    percent("of_promise_pct", limits="promise", bar=True, most=200, width=220),
                ),
                x=0,
                y=5,
                w=12,
                h=8,
            ),
            Panel(
                key="desks",
                kind="table",
                query="counters_of_day",
                columns=(
                    text("counter_name", width=90, opens="counters"),
                    text("counter_state", states=COUNTER_STATES, width=150),
                    minutes("serving_min", width=140),
                    count("served", width=100),
                    Column(name="open_hours", unit="hours", width=110),
                    percent("share_pct", bar=True, most=100),
                ),
                x=12,
                y=5,
                w=12,
                h=8,
            ),
            flow(x=0, y=13, w=12, h=9),
            Panel(
                key="wait",
                kind="timeseries",
                query="wait_course",
                columns=(
                    Column(name="time"),
                    minutes("p50_min"),
                    minutes("p90_min", colour=1),
                    minutes("promise_min", look="limit"),
                ),
                interval="15m",
                x=12,
                y=13,
                w=12,
                h=9,
            ),
            Panel(
                key="alerts",
                kind="table",
                query="alerts_of_units",
                columns=alert_columns((*OPEN, *ENDED), ended=True),
                x=0,
                y=22,
                w=24,
                h=7,
            ),
        ),
        marks=("alert_marks",),
        above="overview",
        below=("counters", "services", "control", "satisfaction", "alerts"),
    )
