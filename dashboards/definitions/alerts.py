"""Peringatan dan tindak lanjut: what has fallen, who has it, what must be acted on now."""

from dashboards.model import KECAMATAN, TRAINED, UNITS, Board, Column, Panel, count, hidden, minutes, people, text

INDICATORS = ("late", "time", "satisfaction")
OPEN = ("falling", "acknowledged", "silenced")
ENDED = ("recovered", "settled", "withdrawn")
COURSE = ("falling", "acknowledged", "silenced", "no_data", "watched", "recovered", "normal")
ROLES = ("camat", "sekcam", "bagian_organisasi", "operator")


def alert_columns(states: tuple[str, ...], *, ended: bool = False) -> tuple[Column, ...]:
    """What is told of an alert: what fell, in which state it is, since when, from what to what, who has it."""
    ends = (Column(name="ended_on", unit="date", decimals=None, width=110),) if ended else ()
    return (
        text("indicator", states=INDICATORS, told="alert_"),
        text("group_code", states=("*",), told="group_", others=True, width=140),
        text("alert_state", states=states, width=170),
        Column(name="since_on", unit="date", decimals=None, width=110),
        *ends,
        count("from_value", decimals=1, width=90),
        count("to_value", decimals=1, width=90),
        text("held_by", states=ROLES, told="role_", width=150),
        Column(name="due_on", unit="date", decimals=None, width=110),
    )


def alerts() -> Board:
    """Open alerts and what became of the others; people beyond the promise, complaints beyond their limit."""
    return Board(
        key="alerts",
        variables=(KECAMATAN, TRAINED, UNITS),
        since="now-30d",
        refresh="30s",
        panels=(
            Panel(
                key="open",
                kind="stat",
                query="alerts_now",
                columns=(count("open_alerts"), count("unanswered"), count("watched_units")),
                x=0, y=0, w=6, h=5,
            ),
            Panel(
                key="times",
                kind="stat",
                query="alert_times",
                columns=(
                    Column(name="answer_hours", unit="hours"),
                    Column(name="ended_days", unit="days", decimals=1),
                    count("incidents_n"),
                ),
                x=6, y=0, w=6, h=5,
            ),
            Panel(
                key="follow_ups",
                kind="stat",
                query="follow_ups",
                columns=(count("follow_ups_open"), count("follow_ups_late"), count("follow_ups_done")),
                x=12, y=0, w=6, h=5,
            ),
            Panel(
                key="people",
                kind="stat",
                query="people_over_promise",
                columns=(people("overdue_people"), count("units_overdue"), minutes("over_by_min")),
                x=18, y=0, w=6, h=5,
            ),
            Panel(
                key="list",
                kind="table",
                query="open_alerts",
                columns=(
                    hidden("code"),
                    text("name", opens="unit", passes=(("unit", "code"),)),
                    *alert_columns(OPEN),
                ),
                x=0, y=5, w=24, h=9,
            ),
            Panel(
                key="course",
                kind="state-timeline",
                query="alert_course",
                columns=(Column(name="time"), text("name"), count("alert_course", states=COURSE)),
                by="name",
                interval="12h",
                x=0, y=14, w=24, h=9,
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
                x=0, y=23, w=12, h=9,
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
                x=12, y=23, w=12, h=9,
            ),
            Panel(
                key="noise",
                kind="table",
                query="messages_by_unit",
                columns=(
                    hidden("code"),
                    text("name", opens="unit", passes=(("unit", "code"),)),
                    count("incidents_n", width=110),
                    count("messages_n", width=110),
                    count("per_week", decimals=1, width=110),
                ),
                x=0, y=32, w=12, h=8,
            ),
            Panel(
                key="delivery",
                kind="table",
                query="messages_by_role",
                columns=(
                    text("told_role", states=ROLES, told="role_"),
                    count("sent_n", width=90),
                    count("delivered_n", width=90),
                    count("read_n", width=90),
                    count("queued_n", width=90),
                    count("failed_n", width=90),
                    count("repeated_n", width=90),
                    count("nobody_n", width=110),
                ),
                x=12, y=32, w=12, h=8,
            ),
        ),
        above="overview",
        below=("unit", "control", "satisfaction"),
    )  # fmt: skip
