"""What the faults do to the true events, and what they never do."""

from collections import Counter, defaultdict
from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pantau.domain.zones import day_start
from producers.simulator.draft import Draft
from producers.simulator.faults import (
    EIGHT_YEARS_BEHIND_MS,
    YEAR_BUG_MS,
    Clock,
    DeadFeed,
    Disorder,
    Duplicates,
    Fault,
    Lost,
    WrongUnit,
    with_faults,
)
from producers.simulator.stream import events
from producers.simulator.worlds import clocks, lampung_selatan, small

MONDAY, TUESDAY = date(2026, 11, 9), date(2026, 11, 10)
HOUR, DAY_MS = 3_600_000, 86_400_000
MIDNIGHT = day_start("Asia/Jakarta", MONDAY)
TRUE = list(events(small(), 1, MONDAY, MONDAY))
KALIANDA, BAKAUHENI = "/simulasi/antrian/kec-18.01.06", "/simulasi/antrian/kec-18.01.21"

harmless: st.SearchStrategy[Fault] = st.one_of(
    st.builds(Duplicates, st.floats(0, 1), st.integers(1, 5 * HOUR), st.sampled_from([None, KALIANDA])),
    st.builds(Disorder, st.floats(0, 1), st.integers(1, 5 * HOUR), st.sampled_from([None, BAKAUHENI])),
    st.builds(
        DeadFeed,
        st.just(KALIANDA),
        st.integers(0, 12).map(lambda hour: MIDNIGHT + hour * HOUR),
        st.integers(12, 24).map(lambda hour: MIDNIGHT + hour * HOUR),
        st.just(True),
    ),
)


def sent_later(draft: Draft, at: int) -> Draft:
    return msgspec.structs.replace(draft, sent=at)


@settings(max_examples=40, deadline=None)
@given(faults=st.lists(harmless, max_size=4), seed=st.integers(0, 2**32))
def test_harmless_faults_keep_the_set_of_true_events(faults: list[Fault], seed: int) -> None:
    """Duplicates, disorder and buffered silence change when and how often an event arrives, and nothing else."""
    arrived = list(with_faults(TRUE, faults, seed))
    told = {(d.source, d.id): (d.kind, d.time, d.data) for d in arrived}
    assert told == {(d.source, d.id): (d.kind, d.time, d.data) for d in TRUE}
    assert len({(d.source, d.id, d.kind, d.time) for d in arrived}) == len(TRUE)
    assert [draft.sent for draft in arrived] == sorted(draft.sent for draft in arrived)
    assert all(draft.sent >= draft.time for draft in arrived)


@settings(max_examples=30, deadline=None)
@given(shift=st.integers(-8 * 366 * DAY_MS, 8 * 366 * DAY_MS), start=st.integers(0, 24), length=st.integers(0, 24))
def test_a_lying_clock_changes_only_the_times_its_own_source_tells(shift: int, start: int, length: int) -> None:
    begin = MIDNIGHT + start * HOUR
    clock = Clock(KALIANDA, shift, begin, begin + length * HOUR)
    arrived = list(with_faults(TRUE, [clock], 1))
    assert len(arrived) == len(TRUE)
    for true, lied in zip(TRUE, arrived, strict=True):
        lies = true.source == KALIANDA and begin <= true.sent < begin + length * HOUR
        assert lied == msgspec.structs.replace(true, time=true.time + (shift if lies else 0))


def test_without_faults_nothing_changes() -> None:
    assert list(with_faults(TRUE, [], 1)) == TRUE


def test_what_happens_to_an_event_does_not_depend_on_where_the_stream_is_cut() -> None:
    faults = (Duplicates(0.2), Lost(0.1), WrongUnit(0.1), Disorder(0.3))
    whole = Counter(map(str, with_faults(TRUE, faults, 7)))
    halves = Counter(map(str, [*with_faults(TRUE[:300], faults, 7), *with_faults(TRUE[300:], faults, 7)]))
    assert whole == halves
    assert whole != Counter(map(str, with_faults(TRUE, faults, 8)))


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_faults_hit_the_share_they_name(share: float) -> None:
    tolerance = 0.0 if share in (0.0, 1.0) else 0.05
    twice = len(list(with_faults(TRUE, [Duplicates(share)], 1))) / len(TRUE) - 1
    kept = len(list(with_faults(TRUE, [Lost(share)], 1))) / len(TRUE)
    wrong = [draft for draft in with_faults(TRUE, [WrongUnit(share)], 1) if draft.data.unit == "kec-99.99.99"]
    late = [draft for draft in with_faults(TRUE, [Disorder(share)], 1) if draft.sent > draft.time]
    assert twice == pytest.approx(share, abs=tolerance)
    assert 1 - kept == pytest.approx(share, abs=tolerance)
    assert len(wrong) / len(TRUE) == pytest.approx(share, abs=tolerance)
    assert len(late) / len(TRUE) == pytest.approx(share, abs=tolerance)


def test_faults_of_one_source_leave_the_others_alone() -> None:
    faults = (Lost(1.0, KALIANDA), Duplicates(1.0, source=BAKAUHENI))
    arrived = Counter(draft.source for draft in with_faults(TRUE, faults, 1))
    true = Counter(draft.source for draft in TRUE)
    assert arrived[KALIANDA] == 0
    assert arrived[BAKAUHENI] == 2 * true[BAKAUHENI]
    assert all(arrived[source] == true[source] for source in set(true) - {KALIANDA, BAKAUHENI})


def test_a_dead_feed_loses_its_silence_or_sends_it_all_at_its_end() -> None:
    """|--sent--x   silent 10:00-12:00   x--sent--|"""
    ten, noon = MIDNIGHT + 10 * HOUR, MIDNIGHT + 12 * HOUR
    silent = [d for d in TRUE if d.source == KALIANDA and ten <= d.time < noon]
    assert len(silent) > 20
    lost = list(with_faults(TRUE, [DeadFeed(KALIANDA, ten, noon)], 1))
    assert lost == [draft for draft in TRUE if draft not in silent]
    kept = list(with_faults(TRUE, [DeadFeed(KALIANDA, ten, noon, buffered=True)], 1))
    assert [draft for draft in kept if draft.sent != draft.time] == [sent_later(draft, noon) for draft in silent]


def test_the_week_of_lying_clocks_has_every_kind_of_clock() -> None:
    world = clocks()
    true = list(events(world, 1, world.first_day, world.last_day))
    at = {(draft.source, draft.id): draft.time for draft in true}
    shifts: dict[str, set[int]] = defaultdict(set)
    times: Counter[tuple[str, str]] = Counter()
    waits: dict[str, int] = defaultdict(int)
    for draft in with_faults(true, world.faults, 1):
        unit = draft.data.unit
        if draft.source == f"/simulasi/antrian/{unit}":
            shifts[unit].add(draft.time - at[draft.source, draft.id])
            times[unit, draft.id] += 1
            waits[unit] = max(waits[unit], draft.sent - at[draft.source, draft.id])
    assert shifts == {
        "kec-18.01.04": {0},
        "kec-18.01.05": {40_000},
        "kec-18.01.06": {0, YEAR_BUG_MS},
        "kec-18.01.07": {EIGHT_YEARS_BEHIND_MS},
        "kec-18.01.08": {0},
        "kec-18.01.09": {0},
    }
    assert {unit for (unit, _), n in times.items() if n > 1} == {"kec-18.01.09"}
    assert {unit for unit, wait in waits.items() if wait > 8 * HOUR} == {"kec-18.01.08"}


def test_the_demo_day_shows_each_of_its_faults() -> None:
    world = lampung_selatan()
    day = world.last_day
    true = {(d.source, d.id): d for d in events(world, 1, day, day)}
    arrived = list(with_faults(list(true.values()), world.faults, 1))
    assert any(draft.data.unit == "kec-99.99.99" for draft in arrived)
    assert any(draft.time - true[draft.source, draft.id].time == YEAR_BUG_MS for draft in arrived)
    assert len(arrived) > len(true)
    assert len([d for d in arrived if d.sent - d.time > 20 * 60_000]) > 3
