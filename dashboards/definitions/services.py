"""Layanan dan standar: which services keep their standard, and which files pile up."""

from dashboards.model import KECAMATAN, SERVICES, TRAINED, UNITS, Board, Column, Panel, count, people, percent, text


def services() -> Board:
    """A month of each service against its promise."""
    return Board(
        key="services",
        variables=(KECAMATAN, TRAINED, UNITS, SERVICES),
        since="now-30d",
        refresh="5m",
        panels=(
            Panel(
                key="kept",
                kind="stat",
                query="promise_of_services",
                columns=(percent("kept_pct"), count("judged_n")),
                x=0, y=0, w=6, h=5,
            ),
            Panel(
                key="files",
                kind="stat",
                query="files_open",
                columns=(count("open_files"), count("late_files")),
                x=6, y=0, w=6, h=5,
            ),
            Panel(
                key="right",
                kind="stat",
                query="right_first_time",
                columns=(percent("right_pct"), count("finished_n")),
                x=12, y=0, w=6, h=5,
            ),
            Panel(
                key="lost",
                kind="stat",
                query="lost_people",
                columns=(percent("no_show_pct", decimals=1), percent("left_pct", decimals=1)),
                x=18, y=0, w=6, h=5,
            ),
            Panel(
                key="list",
                kind="table",
                query="services_listed",
                columns=(
                    text("service_name"),
                    percent("kept_pct", limits="kept", bar=True, most=100, width=200),
                    count("judged_n", width=90),
                    percent("of_promise_pct", limits="promise", width=130),
                    count("p50_service_min", decimals=1, width=140),
                    percent("left_pct", width=90),
                ),
                x=0, y=5, w=14, h=10,
            ),
            Panel(
                key="worst",
                kind="barchart",
                query="services_by_promise",
                columns=(text("service_name"), percent("kept_pct")),
                by="service_name",
                most=100,
                horizontal=True,
                x=14, y=5, w=10, h=10,
            ),
            Panel(
                key="days",
                kind="timeseries",
                query="promise_by_day",
                columns=(Column(name="time"), percent("kept_pct", look="points"), percent("week_pct", colour=1)),
                most=100,
                x=0, y=15, w=12, h=9,
            ),
            Panel(
                key="waits",
                kind="barchart",
                query="waits_by_promise",
                columns=(text("class_pct"), people("waits_n")),
                by="class_pct",
                x=12, y=15, w=6, h=9,
            ),
            Panel(
                key="ages",
                kind="barchart",
                query="file_ages",
                columns=(text("class_days"), count("open_files"), count("late_files", colour=1)),
                by="class_days",
                x=18, y=15, w=6, h=9,
            ),
        ),
        above="overview",
        below=("unit", "control"),
    )  # fmt: skip
