"""A lying clock is told from a late one, and the shift that mends it is proposed; the true ones are left alone."""

import random
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from datetime import time as wall_time
from functools import partial

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pantau.domain.calendars import LAST
from pantau.domain.clock_faults import ClockFault, in_words, judge, propose
from pantau.domain.clocks import KEPT_QUEUES, ClockSummary, Skew, Span, expected_time
from pantau.domain.columns import NULL
from pantau.domain.events import CounterSnapshot
from pantau.domain.registry import Registry, Source
from pantau.domain.wire import instant
from pantau.domain.zones import DAY, HOUR, MINUTE, from_local
from stream_processors.clock_counts import ClockCounts
from tests.support.clocks import OneClock

MONDAY = 1_767_582_000_000  # 2026-01-05 10:00 in Jakarta
SECOND = 1000
OPENS = wall_time(8)


def watch(pairs: Iterable[tuple[int, int | None]], expected: tuple[int, int] | None = None) -> ClockSummary:
    clock = OneClock("antrian", expected)
    for time, arrival in pairs:
        clock.see(time, arrival)
    return clock.summary()


def week(delay: int = 2 * SECOND, jitter: int = SECOND, every: int = 10 * MINUTE) -> list[tuple[int, int]]:
    """(true time, arrival) of a week of office days, 08:00 to 16:00."""
    dice = random.Random(5)
    days = [MONDAY - 2 * HOUR + day * DAY for day in range(5)]
    return [(at, at + delay + dice.randrange(jitter)) for day in days for at in range(day, day + 8 * HOUR, every)]


def told(off: int, pairs: list[tuple[int, int]] | None = None) -> list[tuple[int, int]]:
    """The same events told by a clock that is off by so much."""
    return [(time + off, arrival) for time, arrival in (week() if pairs is None else pairs)]


def kinds(summary: ClockSummary) -> list[str]:
    return [fault.kind for fault in judge(summary)]


def test_a_true_clock_has_no_fault() -> None:
    assert judge(watch(week())) == ()


def test_nothing_is_said_without_events() -> None:
    assert judge(ClockSummary(source="antrian")) == ()
    assert propose(ClockSummary(source="antrian")) == ()


@pytest.mark.parametrize("late", [10 * MINUTE, 8 * HOUR, 3 * DAY])
def test_late_is_no_fault(late: int) -> None:
    """A buffer that is emptied once in a while: delays from nothing up to ``late``."""
    pairs = [(time, time + 1000 + (LAST - time) % late) for time, _ in week()]
    assert judge(watch(pairs)) == ()


def test_one_evening_upload_of_a_day_is_no_fault_though_every_event_is_hours_late() -> None:
    pairs = [(time, time - time % DAY + 16 * HOUR) for time, _ in week()]
    assert judge(watch(pairs)) == ()


def test_one_short_burst_that_was_held_up_is_no_fault_though_its_delay_is_steady() -> None:
    assert judge(watch((MONDAY + number * SECOND, MONDAY + 3 * HOUR) for number in range(300))) == ()


def test_a_clock_that_falls_back_by_years_is_told_beside_the_true_times() -> None:
    """|--- true ---| Wednesday 10:00 |--- 2881 days behind ---|"""
    jump = MONDAY + 2 * DAY
    pairs = [(time - 2881 * DAY if time >= jump else time, arrival) for time, arrival in week()]
    (proposal,) = propose(watch(pairs))
    assert proposal.shift_ms == 2881 * DAY
    assert proposal.ends <= jump


def test_a_clock_within_tolerance_is_not_ahead() -> None:
    assert judge(watch(told(4 * MINUTE))) == ()


@pytest.mark.parametrize(
    ("off", "kind", "shift"),
    [
        (7 * HOUR, "ahead", -7 * HOUR),  # local time sent as UTC
        (-7 * HOUR, "behind", 7 * HOUR),
        (-HOUR, "behind", HOUR),
        (-2881 * DAY, "behind", 2881 * DAY),
        (365 * DAY, "year_bug", -365 * DAY),
        (-365 * DAY, "year_bug", 365 * DAY),
        (-1461 * DAY, "year_bug", 1461 * DAY),
    ],
)
def test_a_shifted_clock_is_told_and_mended(off: int, kind: str, shift: int) -> None:
    summary = watch(told(off))
    assert kinds(summary) == [kind]
    (proposal,) = propose(summary)
    assert proposal.shift_ms == shift
    assert all(proposal.starts <= time < proposal.ends for time, _ in told(off))
    assert judge(watch((time + proposal.shift_ms, arrival) for time, arrival in told(off))) == ()


@given(st.integers(6, 600), st.integers(0, 59), st.sampled_from([1, -1]))
def test_any_steady_shift_is_found_to_within_the_delay(minutes: int, seconds: int, sign: int) -> None:
    off = sign * (minutes * MINUTE + seconds * SECOND)
    (proposal,) = propose(watch(told(off)))
    assert abs(proposal.shift_ms + off) <= 2 * MINUTE + 3 * SECOND  # the delay of a week's events
    assert judge(watch((time + proposal.shift_ms, arrival) for time, arrival in told(off))) == ()


def test_a_clock_that_is_still_off_stays_corrected_until_it_is_mended() -> None:
    """|--- off by 7 h ---|--- tomorrow, also off ---…"""
    (proposal,) = propose(watch(told(7 * HOUR)))
    assert proposal.ends == LAST


def test_a_clock_that_jumps_in_the_middle_of_the_week_is_mended_from_there() -> None:
    """|--- true ---| Wednesday 10:00 |--- 7 h ahead ---|"""
    jump = MONDAY + 2 * DAY
    pairs = [(time + 7 * HOUR if time >= jump else time, arrival) for time, arrival in week()]
    (proposal,) = propose(watch(pairs))
    assert (proposal.starts, proposal.shift_ms) == (jump + 7 * HOUR, -7 * HOUR)


def test_a_year_bug_of_two_days_is_mended_alone() -> None:
    """|30 and 31 December, dated a year on|   |the right days of January …|: the second part is left as it is."""
    start = from_local("Asia/Jakarta", datetime.combine(date(2024, 12, 30), OPENS))
    days = [start + day * DAY for day in (0, 1, 3, 4, 7, 8)]
    true = [(at, at + SECOND) for day in days for at in range(day, day + 8 * HOUR, 20 * MINUTE)]
    wrong = [(time + 365 * DAY if time < days[2] else time, arrival) for time, arrival in true]
    (fault,) = judge(watch(wrong))
    assert (fault.kind, fault.shift_ms, fault.n) == ("year_bug", -365 * DAY, 48)
    assert instant(fault.starts).date() == date(2025, 12, 30)
    assert instant(fault.ends - 1).date() == date(2025, 12, 31)


def test_two_clocks_in_one_source_cannot_be_mended_by_one_shift() -> None:
    mixed = [(time + 7 * HOUR * (number % 2), arrival) for number, (time, arrival) in enumerate(week())]
    assert kinds(watch(mixed)) == ["irregular"]
    assert propose(watch(mixed)) == ()


def test_a_few_events_from_the_future_are_shown_and_prove_no_shift() -> None:
    assert kinds(watch([*week(), (MONDAY + 90 * DAY, MONDAY), (MONDAY + 91 * DAY, MONDAY)])) == ["irregular"]


def test_what_has_been_ruled_on_is_not_proposed_again() -> None:
    summary = watch(told(7 * HOUR))
    (proposal,) = propose(summary)
    registry = Registry(corrections=[proposal.ruling(version=1)])
    assert judge(summary, correct=partial(registry.correct, "antrian")) == ()
    assert judge(summary, correct=partial(registry.correct, "lain")) != ()


def import_of(days: Iterable[date]) -> list[tuple[int, None]]:
    starts = [from_local("Asia/Jakarta", datetime.combine(day, OPENS)) for day in days]
    return [(at, None) for start in starts for at in range(start, start + 8 * HOUR, 30 * MINUTE)]


FIRST, LAST_DAY = date(2024, 1, 1), date(2024, 1, 31)
JANUARY = expected_time(Source(name="antrian", expect_from=FIRST, expect_to=LAST_DAY), ["Asia/Jakarta"])
DAYS = [FIRST + timedelta(days=number) for number in range(31)]


def test_an_import_of_the_expected_dates_has_no_fault() -> None:
    assert judge(watch(import_of(DAYS), JANUARY)) == ()


def test_an_import_without_an_expectation_is_not_judged_by_arrival() -> None:
    assert judge(watch(import_of(DAYS))) == ()


def test_dates_of_another_year_are_a_year_bug_also_across_a_leap_day() -> None:
    wrong = [day.replace(year=2025) if day.day < 5 else day for day in DAYS]
    (fault,) = judge(watch(import_of(wrong), JANUARY))
    assert (fault.kind, fault.shift_ms) == ("year_bug", -366 * DAY)


def test_a_whole_import_shifted_by_days_is_mended_when_only_one_shift_fits() -> None:
    (proposal,) = propose(watch(import_of(day - timedelta(days=2881) for day in DAYS), JANUARY))
    assert proposal.shift_ms == 2881 * DAY


def test_no_shift_is_proposed_when_several_fit() -> None:
    """A week, 100 days early: it may belong anywhere in January."""
    summary = watch(import_of(day - timedelta(days=100) for day in DAYS[:7]), JANUARY)
    (fault,) = judge(summary)
    assert (fault.kind, fault.shift_ms) == ("behind", None)
    assert propose(summary) == ()


def test_a_part_of_an_import_with_other_dates_is_shown_and_not_shifted_by_days() -> None:
    """Some dates are right, so the clock was; what the others meant cannot be known."""
    early = [day - timedelta(days=2881) for day in DAYS]
    (fault,) = judge(watch([*import_of(DAYS[:3]), *import_of(early)], JANUARY))
    assert (fault.kind, fault.shift_ms) == ("irregular", None)


def test_dates_before_1990_are_seen_too() -> None:
    summary = watch([(-62_135_596_800_000, None)] * 30, JANUARY)
    assert kinds(summary) == ["behind"]
    assert "0001-01-01" in in_words(judge(summary)[0])


def test_an_import_ruled_on_is_mended() -> None:
    summary = watch(import_of(day - timedelta(days=2881) for day in DAYS), JANUARY)
    registry = Registry(corrections=[proposal.ruling(1) for proposal in propose(summary)])
    assert judge(summary, correct=partial(registry.correct, "antrian")) == ()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (Source(name="s"), None),
        (Source(name="s", expect_from=FIRST), (1_704_042_000_000, LAST)),  # midnight in Jakarta, 17:00 UTC
        (Source(name="s", expect_to=LAST_DAY), (0, 1_706_720_400_000)),
    ],
)
def test_expected_time_is_that_of_local_dates(source: Source, expected: tuple[int, int] | None) -> None:
    assert expected_time(source, ["Asia/Jakarta"]) == expected


def snapshots(states: Iterable[tuple[int, CounterSnapshot]]) -> ClockSummary:
    clock = OneClock("antrian")
    for time, state in states:
        clock.see(time, time + SECOND)
        clock.see_snapshot(time, state)
    return clock.summary()


def test_a_feed_that_never_changes_is_dead() -> None:
    queues = [CounterSnapshot(unit="kec", queue=name, waiting=0, open_counters=6) for name in "AB"]
    states = [(time, queue) for time, _ in week() for queue in queues]
    assert kinds(snapshots(states)) == ["frozen"]
    assert kinds(snapshots(states[: len(states) // 2])) == []  # not yet three days
    moved = CounterSnapshot(unit="kec", queue="B", waiting=1, open_counters=6)
    assert kinds(snapshots([*states, (states[-1][0], moved)])) == []


def test_snapshots_that_show_nothing_of_the_queue_are_not_a_dead_feed() -> None:
    assert kinds(snapshots((time, CounterSnapshot(unit="kec", queue="A", open_counters=1)) for time, _ in week())) == []


pairs = st.tuples(st.integers(0, 2 * 10**12), st.none() | st.integers(0, 2 * 10**12))
states = st.builds(
    CounterSnapshot,
    unit=st.just("kec"),
    queue=st.integers(0, 2 * KEPT_QUEUES).map(str),
    waiting=st.none() | st.integers(0, 3),
)
seen = st.lists(st.tuples(pairs, st.none() | states), max_size=12)


def summarise(events: list[tuple[tuple[int, int | None], CounterSnapshot | None]]) -> ClockSummary:
    clock = OneClock("antrian", JANUARY)
    for (time, arrival), state in events:
        clock.see(time, arrival)
        if state is not None:
            clock.see_snapshot(time, state)
    return clock.summary()


@given(seen, seen, seen)
def test_summaries_merge_in_any_order_and_grouping(
    a: list[tuple[tuple[int, int | None], CounterSnapshot | None]],
    b: list[tuple[tuple[int, int | None], CounterSnapshot | None]],
    c: list[tuple[tuple[int, int | None], CounterSnapshot | None]],
) -> None:
    one, two, three = map(summarise, (a, b, c))
    assert (one + two) + three == one + (two + three) == summarise([*c, *a, *b])
    assert one + two == two + one
    assert one + summarise([]) == one


OFFICES = ("antrian", "impor", "arsip")
EXPECTED = {"impor": JANUARY, "arsip": (MONDAY, MONDAY + DAY)}
TIMES = st.integers(-62_135_596_800_000, 253_402_300_799_999) | st.integers(MONDAY - 60 * DAY, MONDAY + 60 * DAY)


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(OFFICES), TIMES, st.none() | st.integers(-3 * DAY, 3 * DAY)), max_size=60),
        max_size=3,
    )
)
@settings(max_examples=60)
def test_sources_are_counted_as_is_said_of_a_summary(batches: list[list[tuple[str, int, int | None]]]) -> None:
    counts = ClockCounts()
    for batch in batches:
        arrivals = np.array([NULL if late is None else time + late for _, time, late in batch], np.int64)
        codes = counts.codes([name for name, _, _ in batch], EXPECTED.get)
        counts.see(codes, np.array([time for _, time, _ in batch], np.int64), arrivals)
    seen = [one for batch in batches for one in batch]
    expected = [counted_by_hand(name, [one for one in seen if one[0] == name]) for name in OFFICES]
    found = {one.source: one for one in counts.summaries(counts.changed())}
    assert found == {one.source: one for one in expected if one.n}
    assert not len(counts.changed())


def test_of_many_that_change_all_the_time_each_has_its_turn() -> None:
    counts = ClockCounts()
    codes = counts.codes([f"mesin-{number}" for number in range(7)], EXPECTED.get)
    turns: list[int] = []
    for _ in range(7):
        counts.see(codes, np.full(7, MONDAY), np.full(7, MONDAY))
        found = counts.changed(3)
        assert len(found) == 3
        turns += found.tolist()
    assert Counter(turns) == dict.fromkeys(codes.tolist(), 3)


def counted_by_hand(source: str, said: list[tuple[str, int, int | None]]) -> ClockSummary:
    """The summary of one source's events (source, time, how late), by what the fields of a summary mean."""
    expected = EXPECTED.get(source)
    skews: dict[int, list[tuple[int, int]]] = {}
    placed: dict[int | None, list[int]] = {}
    for _, time, late in said:
        if late is not None:
            bits = len(f"{abs(late):b}") if late else 0
            skews.setdefault(bits if late > 0 else -bits, []).append((late, time))
        if expected is not None:
            years_1990_to_2060 = min(max(time, 631_152_000_000), 2_840_140_800_000)
            inside = expected[0] <= time < expected[1]
            placed.setdefault(None if inside else years_1990_to_2060 // (30 * DAY), []).append(time)
    spans = {period: Span(len(times), min(times), max(times)) for period, times in placed.items()}
    return ClockSummary(
        source=source,
        expected=expected,
        n=len(said),
        skews={
            bits: Skew(len(pairs), *extremes(late for late, _ in pairs), *extremes(time for _, time in pairs))
            for bits, pairs in skews.items()
        },
        inside=spans.pop(None, None),
        outside={period: span for period, span in spans.items() if period is not None},
        last_time=max((time for _, time, _ in said), default=None),
        last_arrival=max((time + late for _, time, late in said if late is not None), default=None),
    )


def extremes(values: Iterable[int]) -> tuple[int, int]:
    every = [*values]
    return min(every), max(every)


def test_only_what_changed_is_said_to_have_changed() -> None:
    counts = ClockCounts()
    codes = counts.codes(["a", "b", "c"], EXPECTED.get)
    counts.see(codes[[0, 2]], np.array([MONDAY, MONDAY]), np.array([MONDAY, NULL]))
    assert [one.source for one in counts.summaries(counts.changed())] == ["a", "c"]
    counts.see_repeated({"b": 3, "never heard of": 1}, {"b": 1})
    (b,) = counts.summaries(counts.changed())
    assert (b.source, b.n, b.duplicates, b.conflicts) == ("b", 0, 3, 1)


def test_of_many_queues_every_order_of_merging_keeps_the_same() -> None:
    halves, both = [OneClock("antrian"), OneClock("antrian")], OneClock("antrian")
    for number in range(2 * KEPT_QUEUES):
        state = CounterSnapshot(unit="kec", queue=str(number), waiting=number)
        for clock in (halves[number % 2], both):
            clock.see(MONDAY, MONDAY)
            clock.see_snapshot(MONDAY, state)
    one, two = (clock.summary() for clock in halves)
    assert one + two == two + one == both.summary()
    assert len(both.summary().shown) == KEPT_QUEUES


def test_a_summary_stays_small_whatever_a_source_sends() -> None:
    dice = random.Random(1)
    clock = OneClock("antrian", JANUARY)
    for number in range(20_000):
        time = dice.randrange(-62_135_596_800_000, 253_402_300_799_999)
        clock.see(time, MONDAY)
        clock.see_snapshot(time, CounterSnapshot(unit="kec", queue=str(number), waiting=number))
    summary = clock.summary()
    assert len(summary.skews) <= 128
    assert len(summary.outside) <= 856  # 30-day periods from 1990 to 2060
    assert len(summary.shown) == KEPT_QUEUES
    assert msgspec.json.decode(msgspec.json.encode(summary), type=ClockSummary) == summary


def test_summaries_under_different_terms_do_not_merge() -> None:
    with pytest.raises(ValueError, match="different terms"):
        ClockSummary(source="a") + ClockSummary(source="b")


def test_counts_of_repetitions_add_up() -> None:
    clock = OneClock("antrian")
    clock.counts.see_repeated({"antrian": 1}, {"antrian": 1})
    both = clock.summary() + clock.summary()
    assert (both.duplicates, both.conflicts) == (2, 2)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("kind", ["ahead", "behind", "year_bug", "frozen", "irregular"])
def test_every_fault_has_a_sentence(kind: str, language: str) -> None:
    fault = msgspec.convert({"kind": kind, "n": 7, "starts": MONDAY, "ends": LAST, "shift_ms": None}, ClockFault)
    assert "2026-01-05" in in_words(fault, "en" if language == "en" else "id")
