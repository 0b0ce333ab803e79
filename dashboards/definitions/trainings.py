"""Pelatihan: what trainings changed, and trained units beside those not yet trained; never before and after alone."""

from dashboards.definitions.satisfaction import index
from dashboards.model import ALL_UNITS, KECAMATAN, Board, Column, Panel, count, minutes, percent, text

SIASN = ("3", "4", "8", "9", "10", "14", "16")
"""SIASN's jenisDiklatId: course, workshop, guided instruction, seminar, internship, coaching, e-learning."""

OUTCOMES = ("kompetensi", "perilaku", "service_time", "ikm", "promise", "biaya", "sarana")
VERDICTS = ("better", "unproven", "worse", "too_little")
REASONS = (
    "trained_otherwise", "not_in_data", "few_weeks_before", "few_weeks_after", "no_comparison", "few_units",
    "few_answers", "few_dates",
)  # fmt: skip


def _effect() -> tuple[Column, ...]:
    """An effect with all that must stand beside it: interval, before and after alone, what happened anyway."""
    return (
        text("outcome", states=OUTCOMES, told="outcome_"),
        text("verdict", states=VERDICTS, width=150),
        *(
            count(name, decimals=1, width=100)
            for name in ("effect_size", "effect_low", "effect_high", "naive_change", "common_change")
        ),
    )


_BESIDE = (count("compared_n", width=90), text("reason", states=REASONS, told="reason_"))
"""How many units were compared; why nothing can be said, where that is so."""


def trainings() -> Board:
    """What was trained, what it changed, and how its units go beside the others."""
    return Board(
        key="trainings",
        variables=(KECAMATAN, ALL_UNITS),
        since="now-90d",
        refresh="15m",
        marks=("intervention_marks",),
        holidays=True,
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
                key="programmes",
                kind="table",
                query="effects_of_programmes",
                columns=(
                    text("effect_kind", states=("all", "programme"), told="effect_", width=130),
                    text("title"),
                    *_effect(),
                    count("trained_n", width=80),
                    *_BESIDE,
                ),
                x=0, y=5, w=24, h=10,
            ),
            Panel(
                key="each",
                kind="table",
                query="effects_of_trainings",
                columns=(
                    Column(name="ended_on", unit="date", decimals=None, width=110),
                    text("name"),
                    text("title"),
                    *_effect(),
                    *_BESIDE,
                ),
                x=0, y=15, w=24, h=10,
            ),
            Panel(
                key="promise_weeks",
                kind="timeseries",
                query="promise_by_training",
                columns=(Column(name="time"), percent("trained_pct"), percent("untrained_pct", colour=1)),
                most=100,
                x=0, y=25, w=12, h=10,
            ),
            Panel(
                key="wait_weeks",
                kind="timeseries",
                query="wait_by_training",
                columns=(Column(name="time"), minutes("trained_min"), minutes("untrained_min", colour=1)),
                x=12, y=25, w=12, h=10,
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
                x=0, y=35, w=24, h=9,
            ),
        ),
        above="overview",
        below=("control", "satisfaction"),
    )  # fmt: skip
