"""Kendali mutu: control charts whose limits come from the data of the range itself (Shewhart; XmR and p charts)."""

import msgspec

from dashboards.model import KECAMATAN, TRAINED, UNIT, Board, Column, Panel, count, minutes, percent, text

VERDICTS = ("steady", "changed")


_RANGE = (
    minutes("range_min"),
    minutes("mean_range", look="limit"),
    minutes("range_upper", look="limit"),
)
"""How far the median wait jumps: columns of the same query as the median itself, which another panel shows."""


def _hidden(*columns: Column) -> tuple[Column, ...]:
    return tuple(msgspec.structs.replace(each, hidden=True) for each in columns)


def _chart(
    key: str,
    query: str,
    value: Column,
    *also: Column,
    x: int,
    y: int,
    w: int,
    h: int,
    most: float | None = None,
) -> Panel:
    """A daily value between its limits."""
    return Panel(
        key=key,
        kind="timeseries",
        query=query,
        columns=(
            Column(name="time"),
            Column(name="low", look="band_low", unit=value.unit, decimals=value.decimals),
            Column(name="high", look="band_high", unit=value.unit, decimals=value.decimals),
            Column(name="centre", look="limit", unit=value.unit, decimals=value.decimals),
            value,
            *also,
        ),
        most=most,
        x=x, y=y, w=w, h=h,
    )  # fmt: skip


def control() -> Board:
    """Change or chance?"""
    return Board(
        key="control",
        variables=(KECAMATAN, TRAINED, UNIT),
        since="now-90d",
        refresh="15m",
        marks=("intervention_marks", "alert_marks"),
        holidays=True,
        panels=(
            Panel(
                key="verdict",
                kind="stat",
                query="control_verdict",
                columns=(
                    text("wait_verdict", states=VERDICTS),
                    text("promise_verdict", states=VERDICTS),
                    Column(name="days_n", unit="days"),
                ),
                x=0, y=0, w=24, h=5,
            ),
            _chart("wait", "control_wait", minutes("wait_median_min"), *_hidden(*_RANGE), x=0, y=5, w=24, h=10),
            _chart("promise", "control_promise", percent("kept_day_pct"), x=0, y=15, w=12, h=9, most=100),
            _chart("no_show", "control_no_show", percent("no_show_day_pct"), x=12, y=15, w=12, h=9),
            Panel(
                key="range",
                kind="timeseries",
                query="control_wait",
                columns=(
                    Column(name="time"),
                    *_hidden(minutes("low"), minutes("high"), minutes("centre"), minutes("wait_median_min")),
                    *_RANGE,
                ),
                x=0, y=24, w=12, h=9,
            ),
            Panel(
                key="signals",
                kind="table",
                query="control_signals",
                columns=(
                    Column(name="signal_day", unit="date", decimals=None, width=120),
                    text("chart", states=("wait", "promise", "no_show"), told="chart_"),
                    text("signal", states=("outside", "run"), told="signal_"),
                    count("signal_value", decimals=1, width=100),
                    count("signal_mean", decimals=1, width=120),
                ),
                x=12, y=24, w=12, h=9,
            ),
        ),
        above="unit",
        below=("trainings",),
    )  # fmt: skip
