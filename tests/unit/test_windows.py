"""Where a fact's marks fall: three windows each, in the unit's own zone, with what is known of their times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.domain.entries import AUTO_CLOSED, IMPUTED, OBSERVED
from pantau.domain.histogram import edge
from pantau.domain.measures import SPREAD, Mark
from pantau.domain.windows import Accumulator, CellKey, slots, spread
from pantau.domain.zones import DAY, HOUR, MINUTE, local_day, window_start
from tests.strategies import MONDAY, SERVICES, TIMES, ZONES

MARKS: st.SearchStrategy[Mark] = st.tuples(
    st.sampled_from(("arrivals", "wait_to_call", "service_time", "rating")),
    TIMES,
    st.integers(1, 3),
    st.integers(0, 10**9),
    st.sampled_from((OBSERVED, AUTO_CLOSED, IMPUTED)),
).map(lambda mark: (*mark[:2], 1, *mark[3:]) if mark[0] in SPREAD else mark)
SOME = st.lists(MARKS, max_size=8)


def cells(
    marks: list[Mark], *, sign: int = 1, service: str | None = "ktp", zone: str = "Asia/Jakarta"
) -> dict[CellKey, Accumulator]:
    found: dict[CellKey, Accumulator] = {}
    spread(found, marks, unit="dukcapil", service=service, zone=zone, sign=sign)
    return found


def added(*parts: dict[CellKey, Accumulator]) -> dict[CellKey, Accumulator]:
    whole: dict[CellKey, Accumulator] = {}
    for part in parts:
        for key, cell in part.items():
            whole.setdefault(key, Accumulator()).add(cell)
    return {key: cell for key, cell in whole.items() if cell != Accumulator()}


@given(SOME, SOME)
def test_windows_of_parts_add_up_to_the_windows_of_the_whole(a: list[Mark], b: list[Mark]) -> None:
    assert added(cells(a), cells(b)) == added(cells(a + b)) == added(cells(b), cells(a))


@given(SOME, SOME)
def test_what_is_taken_out_again_leaves_no_trace(a: list[Mark], b: list[Mark]) -> None:
    assert added(cells(a), cells(b), cells(b, sign=-1)) == added(cells(a))
    assert added(cells(b, sign=-1), cells(a), cells(b)) == added(cells(a)), "in whatever order"


@given(MARKS, st.sampled_from([*ZONES.values()]), st.sampled_from((None, *SERVICES)))
def test_a_mark_lands_once_in_each_of_three_sizes(mark: Mark, zone: str, service: str | None) -> None:
    measure, at, n, total, provenance = mark
    found = cells([mark], zone=zone, service=service)
    assert sorted(key[0] for key in found) == ["1d", "30m", "5m"]
    for (size, name, day, unit, of_service, start), cell in found.items():
        assert (name, unit) == (measure, "dukcapil")
        assert of_service == ("*" if size == "5m" else service or "-")
        assert start == window_start(zone, at, size)  # type: ignore[arg-type]
        assert day == local_day(zone, at).toordinal() - 719_163
        assert (cell.n, cell.total) == (n, total)
        assert (cell.imputed, cell.auto_closed) == (n * (provenance == IMPUTED), n * (provenance == AUTO_CLOSED))
        assert cell.histogram == ({edge(total): 1} if measure in SPREAD else {})


@given(st.lists(TIMES, max_size=20), st.sampled_from([*ZONES.values(), "Australia/Lord_Howe", "Africa/Monrovia"]))
def test_remembered_slots_are_what_the_zone_says(times: list[int], zone: str) -> None:
    """Five minutes share one answer, so the second question about them must have the answer of its own instant."""
    for at in times:
        for near in (at, at + MINUTE, at - MINUTE):
            if near >= 0:
                day = local_day(zone, near).toordinal() - 719_163
                expected = (*(window_start(zone, near, size) for size in ("5m", "30m", "1d")), day)
                assert slots(zone, near) == slots(zone, near) == expected


@pytest.mark.parametrize(
    ("unit", "utc_hours", "local_date"),
    [
        ("dukcapil", 16.99, 0),
        ("dukcapil", 17, 1),
        ("makassar", 16, 1),
        ("jayapura", 15, 1),
        ("kathmandu", 18.25, 1),
        ("kathmandu", 18.24, 0),
    ],
)
def test_days_are_local(unit: str, utc_hours: float, local_date: int) -> None:
    """A region's day is the sum of its units' own days, whatever zone each is in."""
    monday = MONDAY // DAY
    assert slots(ZONES[unit], MONDAY + round(utc_hours * HOUR))[3] == monday + local_date


def test_half_an_hour_that_the_clocks_repeat_is_two_windows() -> None:
    """Warsaw, 2026-10-25: 02:30 comes twice, an hour apart; both days' windows keep their own people."""
    first = 1_792_888_200_000  # 2026-10-25T00:30Z, 02:30 summer time
    assert slots("Europe/Warsaw", first + HOUR)[1] - slots("Europe/Warsaw", first)[1] == HOUR
    assert slots("Europe/Warsaw", first + HOUR)[2:] == slots("Europe/Warsaw", first)[2:], "on one day of 25 hours"
