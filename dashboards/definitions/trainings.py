"""Pelatihan: units that were trained beside those not yet trained; no difference in time without its comparison."""

from dashboards.definitions.satisfaction import index
from dashboards.model import KECAMATAN, UNITS, Board, Column, Panel, count, minutes, percent, text

SIASN = ("3", "4", "8", "9", "10", "14", "16")
"""SIASN's jenisDiklatId: course, workshop, guided instruction, seminar, internship, coaching, e-learning."""


def trainings() -> Board:
    """What was trained, and how its units go beside the others."""
    return Board(
        key="trainings",
        variables=(KECAMATAN, UNITS),
        since="now-90d",
        refresh="15m",
        marks=True,
        panels=(
            Panel(
                key="units",
                kind="stat",
                query="units_trained",
                columns=(count("trained_units"), count("of_units")),
                x=0, y=0, w=6, h=5,
            ),
            Panel(
                key="hours",
                kind="stat",
                query="training_hours",
                columns=(count("trainings_n"), count("jp")),
                x=6, y=0, w=6, h=5,
            ),
            Panel(
                key="promise",
                kind="stat",
                query="promise_trained_and_not",
                columns=(percent("trained_pct"), percent("untrained_pct")),
                x=12, y=0, w=6, h=5,
            ),
            Panel(
                key="ikm",
                kind="stat",
                query="ikm_trained_and_not",
                columns=(index("trained_ikm"), index("untrained_ikm")),
                x=18, y=0, w=6, h=5,
            ),
            Panel(
                key="promise_weeks",
                kind="timeseries",
                query="promise_by_training",
                columns=(Column(name="time"), percent("trained_pct"), percent("untrained_pct", colour=1)),
                most=100,
                x=0, y=5, w=12, h=10,
            ),
            Panel(
                key="wait_weeks",
                kind="timeseries",
                query="wait_by_training",
                columns=(Column(name="time"), minutes("trained_min"), minutes("untrained_min", colour=1)),
                x=12, y=5, w=12, h=10,
            ),
            Panel(
                key="compared",
                kind="table",
                query="trainings_compared",
                columns=(
                    Column(name="starts_on", unit="date", decimals=None, width=110),
                    text("name"),
                    text("title"),
                    text("siasn", states=SIASN, told="siasn_", width=120),
                    count("jp_each", width=70),
                    count("participants_n", width=90),
                    percent("here_before_pct", width=130),
                    percent("here_after_pct", width=130),
                    percent("others_before_pct", width=150),
                    percent("others_after_pct", width=150),
                ),
                x=0, y=15, w=24, h=9,
            ),
        ),
        above="overview",
        below=("control", "satisfaction"),
    )  # fmt: skip
