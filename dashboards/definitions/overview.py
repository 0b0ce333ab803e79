"""Ikhtisar hari ini: who waits too long now, where the promise is not kept, how the day goes."""

import msgspec

from dashboards.model import (
    KECAMATAN,
    TRAINED,
    UNITS,
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

UNIT_STATES = ("overdue", "below", "good", "few", "none")


def _waiting(*shown: str) -> tuple[Column, ...]:
    """The columns of one look at who waits now; two panels show two of them each."""
    columns = (people("waiting"), people("overdue"), minutes("longest_min"), minutes("promise_min"))
    return tuple(each if each.name in shown else msgspec.structs.replace(each, hidden=True) for each in columns)


def strip(y: int, h: int, *, x: int = 0, widths: tuple[int, ...] = (4, 4, 4, 4, 4, 4)) -> tuple[Panel, ...]:
    """The six numbers of the day from ``x`` on, as many of them as have a width."""
    six = (
        ("waiting", "waiting_now", _waiting("waiting", "overdue")),
        ("longest", "waiting_now", _waiting("longest_min", "promise_min")),
        ("served", "served_so_far", (people("served"), people("usual"))),
        ("kept", "promise_so_far", (percent("kept_pct"), percent("usual_pct"))),
        (
            "ikm",
            "ikm_90_days",
            (Column(name="ikm", unit="index", decimals=2), text("interval"), Column(name="answers", unit="answers")),
        ),
        (
            "counters",
            "counters_now",
            (Column(name="open", unit="counters"), Column(name="of_counters", unit="counters")),
        ),
    )
    return tuple(
        Panel(key=key, kind="stat", query=query, columns=columns, x=x + sum(widths[:place]), y=y, w=w, h=h)
        for place, ((key, query, columns), w) in enumerate(zip(six, widths, strict=False))
    )


def units_table(
    *, y: int, h: int, w: int = 24, query: str = "units_by_need", opens: str = "unit", without: tuple[str, ...] = ()
) -> Panel:
    """Units, those in need first; ``without`` leaves columns out where there is no room."""
    columns = (
        hidden("code"),
        text("name", opens=opens, passes=(("unit", "code"),) if opens else ()),
        text("state", states=UNIT_STATES, width=170),
        people("waiting_people", width=120),
        minutes("longest_min", width=110),
        percent("of_promise_pct", limits="promise", bar=True, most=200, width=240),
        percent("kept_pct", width=120),
        percent("usual_pct", width=110),
        count("judged_n", width=90),
        count("served", width=90),
        minutes("silent_min", width=150),
    )
    return Panel(
        key="units",
        kind="table",
        query=query,
        columns=tuple(hidden(each.name) if each.name in without else each for each in columns),
        x=0,
        y=y,
        w=w,
        h=h,
    )


def ratio_course(*, x: int, y: int, w: int, h: int) -> Panel:
    """Waits against the promise through the day."""
    return Panel(
        key="ratio",
        kind="timeseries",
        query="promise_ratio_course",
        columns=(Column(name="time"), percent("p50_of_promise_pct"), percent("p90_of_promise_pct", colour=1)),
        interval="15m",
        mark=100,
        x=x,
        y=y,
        w=w,
        h=h,
    )


def flow(*, x: int, y: int, w: int, h: int) -> Panel:
    """Arrivals and served, and what is usual."""
    return Panel(
        key="flow",
        kind="timeseries",
        query="arrivals_and_served",
        columns=(
            Column(name="time"),
            people("arrivals"),
            people("served", colour=1),
            people("usual_arrivals", look="usual"),
        ),
        interval="15m",
        x=x,
        y=y,
        w=w,
        h=h,
    )


def overview() -> Board:
    """Ten units or a hundred: the first screen says what needs somebody now."""
    return Board(
        key="overview",
        variables=(KECAMATAN, TRAINED, UNITS),
        panels=(
            *strip(y=0, h=5, x=4, widths=(3, 3, 3, 3, 5, 3)),
            units_table(y=5, h=10),
            ratio_course(x=0, y=15, w=12, h=9),
            flow(x=12, y=15, w=12, h=9),
            Panel(
                key="alerts",
                kind="stat",
                query="alerts_now",
                columns=(count("open_alerts", opens="alerts"), count("unanswered"), count("watched_units")),
                x=0,
                y=0,
                w=4,
                h=5,
            ),
        ),
        below=("unit", "services", "satisfaction", "alerts", "platform"),
    )
