"""Six real offices of Warsaw: three with a year bug, one eight years behind with a dead feed, two true ones."""

import csv
import gzip
import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import msgspec
import pytest

from pantau.domain.clock_faults import judge, propose
from pantau.domain.clocks import ClockSummary, expected_time
from pantau.domain.events import CounterSnapshot
from pantau.domain.registry import Hours, Registry, Source, Unit
from pantau.domain.rejections import Rejection
from pantau.domain.validation import accept_data
from pantau.domain.wire import instant
from pantau.domain.zones import DAY, from_local
from tests.support.clocks import OneClock

DATA = Path(os.environ.get("PANTAU_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
NOW = 1_767_582_000_000  # 2026-01-05, when the files are imported


def kinds(summary: ClockSummary) -> list[str]:
    return [fault.kind for fault in judge(summary)]


def rows(name: str) -> Iterator[tuple[int, CounterSnapshot]]:
    with gzip.open(DATA / "warsaw_counters" / f"{name}.csv.gz", "rt", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            time = from_local("Europe/Warsaw", datetime.fromisoformat(f"{row['date']} {row['time']}"))
            yield (
                time,
                CounterSnapshot(
                    unit=name,
                    queue=row["idGrupy"],
                    waiting=int(row["liczbaKlwKolejce"]),
                    open_counters=int(row["liczbaCzynnychStan"]),
                    now_serving=row["aktualnyNumer"] or None,
                ),
            )


def office(name: str) -> ClockSummary:
    clock = OneClock(name, expected_time(warsaw(name), ["Europe/Warsaw"]))
    for time, snapshot in rows(name):
        clock.see(time, None)
        clock.see_snapshot(time, snapshot)
    return clock.summary()


def warsaw(name: str) -> Source:
    return Source(name=name, live=False, expect_from=date(2019, 12, 30), expect_to=date(2020, 1, 22))


@pytest.mark.real
@pytest.mark.parametrize("name", ["UD_Wola", "UD_Rembertow"])
def test_offices_of_warsaw_with_true_clocks_have_no_fault(name: str) -> None:
    assert judge(office(name)) == ()


@pytest.mark.real
@pytest.mark.parametrize(("name", "rows"), [("UD_Bielany", 5140), ("UD_Mokotow_1", 4626), ("USC_Andersa", 4883)])
def test_the_week_year_bug_of_three_offices_of_warsaw_is_found(name: str, rows: int) -> None:
    summary = office(name)
    assert kinds(summary) == ["year_bug"]
    (proposal,) = propose(summary)
    assert proposal.shift_ms == -366 * DAY
    assert str(rows) in proposal.reason
    assert (instant(proposal.starts).date(), instant(proposal.ends).date()) == (date(2020, 12, 30), date(2020, 12, 31))


@pytest.mark.real
def test_the_office_of_warsaw_that_is_eight_years_behind_is_found_and_its_feed_is_dead() -> None:
    summary = office("UD_Srodmiescie_2")
    assert kinds(summary) == ["behind", "frozen"]
    (proposal,) = propose(summary)
    assert proposal.shift_ms == 2881 * DAY
    assert instant(proposal.starts + proposal.shift_ms).date() == date(2019, 12, 30)
    assert instant(proposal.ends + proposal.shift_ms).date() == date(2020, 1, 22)


@pytest.mark.real
def test_one_lying_office_leaves_the_summary_of_another_alone() -> None:
    """Summaries are per source; there is nothing through which one clock could move another's verdict."""
    lying, true = office("UD_Srodmiescie_2"), office("UD_Wola")
    with pytest.raises(ValueError, match="different terms"):
        lying + true
    assert judge(true) == ()


@pytest.mark.real
@pytest.mark.parametrize(("name", "wrong"), [("UD_Mokotow_1", 4626), ("UD_Srodmiescie_2", 11_260), ("UD_Wola", 0)])
def test_an_office_of_warsaw_is_refused_watched_ruled_on_and_then_accepted(name: str, wrong: int) -> None:
    """The wrong dates are refused as a clock fault; the proposal made from what was refused lets all of them in."""
    source, zone = warsaw(name), "Europe/Warsaw"
    hours = Hours(name="kantor", week=(((480, 960),),) * 5 + ((), ()))
    unit = Unit(code=name, name=name, kecamatan="PL", kabupaten="PL", zone=zone, hours="kantor")
    events = [(time, msgspec.to_builtins(snapshot)) for time, snapshot in rows(name)]

    def codes(registry: Registry) -> list[str]:
        judged = [
            accept_data(
                "counter.snapshot",
                data,
                id=f"{number}",
                time=time,
                registry=registry,
                source=source,
                now=NOW,
                secret=b"sixteen bytes or more",
            )
            for number, (time, data) in enumerate(events)
        ]
        for each in judged:
            if each.time is not None:
                clock.see(each.time, None)
        return [each.code for each in judged if isinstance(each, Rejection)]

    clock = OneClock(name, expected_time(source, [zone]))
    assert codes(Registry(hours=[hours], units=[unit])) == ["clock"] * wrong
    rulings = [proposal.ruling(version=1) for proposal in propose(clock.summary())]
    assert codes(Registry(hours=[hours], units=[unit], corrections=rulings)) == []
