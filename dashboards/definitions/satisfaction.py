"""Kepuasan dan pengaduan: the index as the regulation counts it, with what must stand beside it."""

from dashboards.model import KECAMATAN, TRAINED, UNITS, Board, Column, Panel, count, hidden, people, percent, text
from pantau.domain.skm import BANDS, ELEMENTS

GRADES = tuple(band.grade for band in BANDS)
CODES = tuple(element.code for element in ELEMENTS)


def index(name: str = "ikm", **more: object) -> Column:
    """An index of 25 to 100."""
    return Column(name=name, unit="index", decimals=2, **more)  # type: ignore[arg-type]


def satisfaction() -> Board:
    """Which element, which unit, and who waits for an answer."""
    return Board(
        key="satisfaction",
        marks=("intervention_marks",),
        holidays=True,
        variables=(KECAMATAN, TRAINED, UNITS),
        since="now-90d",
        refresh="5m",
        panels=(
            Panel(
                key="ikm",
                kind="stat",
                query="ikm_of_range",
                columns=(
                    index(),
                    text("grade", states=GRADES),
                    text("interval"),
                    Column(name="answers", unit="answers"),
                ),
                x=0, y=0, w=9, h=7,
            ),
            Panel(
                key="response",
                kind="stat",
                query="response_of_range",
                columns=(percent("response_pct", decimals=1), people("served_people_n")),
                x=9, y=0, w=5, h=7,
            ),
            Panel(
                key="rating",
                kind="stat",
                query="rating_of_range",
                columns=(Column(name="rating", unit="mark", decimals=2), count("presses_n")),
                x=14, y=0, w=5, h=7,
            ),
            Panel(
                key="complaints",
                kind="stat",
                query="complaints_now",
                columns=(count("open_complaints"), count("late_complaints")),
                x=19, y=0, w=5, h=7,
            ),
            Panel(
                key="elements",
                kind="table",
                query="elements_of_range",
                columns=(
                    text("element", states=CODES),
                    Column(name="mark", unit="mark", decimals=2, bar=True, most=4, width=200),
                    Column(name="mark_low", unit="mark", decimals=2, width=100),
                    Column(name="mark_high", unit="mark", decimals=2, width=100),
                    count("answers_n", width=90),
                    Column(name="mark_before", unit="mark", decimals=2, width=110),
                ),
                x=0, y=7, w=13, h=11,
            ),
            Panel(
                key="weeks",
                kind="timeseries",
                query="ikm_by_week",
                columns=(Column(name="time"), index("low", look="band_low"), index("high", look="band_high"), index()),
                least=25,
                most=100,
                x=13, y=7, w=11, h=11,
            ),
            Panel(
                key="units",
                kind="table",
                query="units_by_ikm",
                columns=(
                    hidden("code"),
                    text("name", opens="unit", passes=(("unit", "code"),)),
                    index(width=90),
                    text("grade", states=GRADES, width=150),
                    text("interval", width=120),
                    count("answers", width=100),
                    count("needed_n", width=100),
                    text("lowest", states=CODES, width=220),
                ),
                x=0, y=18, w=13, h=9,
            ),
            Panel(
                key="open",
                kind="table",
                query="complaints_by_unit",
                columns=(
                    hidden("code"),
                    text("name", opens="unit", passes=(("unit", "code"),)),
                    count("open_complaints", width=90),
                    count("late_complaints", width=120),
                    Column(name="oldest_days", unit="days", width=110),
                    count("settled_n", width=100),
                    Column(name="settled_days", unit="days", decimals=1, width=130),
                ),
                x=13, y=18, w=11, h=9,
            ),
        ),
        above="overview",
        below=("unit", "alerts"),
    )  # fmt: skip
