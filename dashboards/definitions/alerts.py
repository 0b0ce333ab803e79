"""Peringatan dan tindak lanjut: what must be acted on now."""

from dashboards.model import KECAMATAN, UNITS, Board, Column, Panel, count, hidden, minutes, people, text


def alerts() -> Board:
    """People beyond the promise, complaints beyond their limit."""
    return Board(
        key="alerts",
        variables=(KECAMATAN, UNITS),
        panels=(
            Panel(
                key="units",
                kind="stat",
                query="units_over_promise",
                columns=(count("units_overdue"), count("of_units")),
                x=0, y=0, w=8, h=5,
            ),
            Panel(
                key="people",
                kind="stat",
                query="people_over_promise",
                columns=(people("overdue_people"), minutes("over_by_min")),
                x=8, y=0, w=8, h=5,
            ),
            Panel(
                key="complaints",
                kind="stat",
                query="complaints_now",
                columns=(count("open_complaints"), count("late_complaints")),
                x=16, y=0, w=8, h=5,
            ),
            Panel(
                key="overdue",
                kind="table",
                query="overdue_by_unit",
                columns=(
                    hidden("code"),
                    text("name", opens="unit", passes=(("unit", "code"),)),
                    text("service_name"),
                    people("overdue_people", width=120),
                    minutes("longest_min", width=110),
                    minutes("over_by_min", width=130),
                ),
                x=0, y=5, w=12, h=12,
            ),
            Panel(
                key="oldest",
                kind="table",
                query="oldest_complaints",
                columns=(
                    hidden("code"),
                    text("name", opens="unit", passes=(("unit", "code"),)),
                    text("service_name"),
                    Column(name="age_days", unit="days", width=110),
                    text("complaint_state", states=("late", "in_time"), width=160),
                ),
                x=12, y=5, w=12, h=12,
            ),
        ),
        above="overview",
        below=("unit", "satisfaction"),
    )  # fmt: skip
