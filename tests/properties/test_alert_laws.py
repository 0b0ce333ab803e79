"""Alerts are a pure function of closed half hours: no order, no partition and no replay changes one of them."""

import random
from functools import cache

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.alerts_world import GROUP, history_of, office, simulate, working_day
from pantau.domain.alerts.baselines import Baseline
from pantau.domain.alerts.detection import Track, Tracks, Transition, Week, begin_week, fold_day, fold_week, replay
from pantau.domain.alerts.evidence import NOTHING, Cell, Scale, added, shared_out
from pantau.domain.alerts.half_hours import Day, HalfHour, day_of
from pantau.domain.alerts.policy import MICRO, QUIET, Indicator

STREAM = ("u0", GROUP)


@cache
def _baseline() -> Baseline:
    made = [(f"u{i}", *simulate(office(f"laws/{i}"), 60, range(50))) for i in range(3)]
    return begin_week(working_day(50), None, history_of(made), QUIET, lambda *_: False).baselines[STREAM]


@st.composite
def half_hours(draw: st.DrawFn, day: int) -> list[HalfHour]:
    found = []
    for slot in draw(st.lists(st.integers(16, 30), unique=True, max_size=12)):
        times = draw(
            st.lists(st.tuples(st.integers(450, 720), st.integers(1, 9)), max_size=4, unique_by=lambda t: t[0])
        )
        judged = sum(n for _, n in times)
        late = draw(st.integers(0, judged))
        start = (day * 48 + slot) * 1_800_000
        found.append(HalfHour(start, slot, judged, late, tuple(sorted(times))))
    return found


WEEKS = st.integers(0, 3).flatmap(
    lambda weeks: st.tuples(*(half_hours(working_day(50 + n)) for n in range(5 * weeks + 2)))
)


def _folded(days: list[Day]) -> tuple[Tracks, list[Transition]]:
    tracks: Tracks = {}
    turns: list[Transition] = []
    for day in days:
        tracks, turned = fold_day(STREAM, day, _baseline(), tracks)
        turns += turned
    return tracks, turns


@given(WEEKS, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_half_hours_of_a_day_may_come_in_any_order(found: tuple[list[HalfHour], ...], chance: random.Random) -> None:
    in_order = [day_of(working_day(50 + n), day) for n, day in enumerate(found)]
    shuffled = [day_of(working_day(50 + n), chance.sample(day, len(day))) for n, day in enumerate(found)]
    assert _folded(in_order) == _folded(shuffled)


@given(WEEKS, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_a_fold_may_stop_and_go_on_after_any_half_hour(
    found: tuple[list[HalfHour], ...], chance: random.Random
) -> None:
    """|---- whole day ----|   equals   |-- part --|- stored, read again -|-- part --|"""
    whole = [day_of(working_day(50 + n), day) for n, day in enumerate(found)]
    tracks: Tracks = {}
    turns: list[Transition] = []
    for day in whole:
        cut = chance.randint(0, len(day.half_hours))
        for part in (day.half_hours[:cut], day.half_hours[cut:]):
            kept = msgspec.json.decode(msgspec.json.encode(tracks), type=dict[Indicator, Track])
            tracks, turned = fold_day(STREAM, day_of(day.number, part), _baseline(), kept)
            turns += turned
    at_once = _folded(whole)
    assert (tracks, sorted(turns)) == (at_once[0], sorted(at_once[1]))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 40), st.integers(-2_000_000, 2_000_000)), max_size=60))
def test_evidence_is_never_negative_and_rises_by_at_most_the_cap_a_day(steps: list[tuple[int, int, int]]) -> None:
    scale = Scale({}, Cell(0, 1, 0), 20_000, 8_000_000, 6_400_000)
    now, dawn, day = NOTHING, 0, -1
    for start, (number, n, x) in enumerate(sorted(steps, key=lambda step: step[0])):
        if number != day:
            day, dawn = number, now.evidence
        now = added(now, day=day, start=start, n=n, x=x, cell=scale.other, scale=scale, recovery=5_000_000)
        assert 0 <= now.evidence <= dawn + scale.cap
        assert all(isinstance(value, int) for value in (now.evidence, now.relief, now.raw))


@given(st.integers(-(10**9), 10**9), st.integers(0, 5000), st.integers(0, MICRO))
def test_a_shared_day_says_less_than_its_visits_and_nothing_else(raw: int, n: int, shared: int) -> None:
    told = shared_out(raw, n, shared)
    assert abs(told) <= abs(raw)
    assert told == raw or shared * n > 0


def test_replaying_gives_the_same_transitions_and_ids_as_going_on_week_by_week() -> None:
    made = [(f"u{i}", *simulate(office(f"replay/{i}"), 40, range(90))) for i in range(4)]
    history = history_of(made)
    first, upto = working_day(50), working_day(90)
    at_once = replay(history, first=first, upto=upto)
    assert replay(history_of(made[::-1]), first=first, upto=upto) == at_once
    turns: list[Transition] = []
    week: Week | None = None
    at = first
    while at < upto:
        week = begin_week(at, week, history, QUIET, lambda *_: False)
        for stop in range(at + 1, at + 8):  # looked at after every day: what is told once is told again, the same
            after, so_far = fold_week(week, history, QUIET, min(stop, upto))
            assert {turn.alert for turn in so_far} <= {turn.alert for turn in at_once}
        week, turns = after, [*turns, *so_far]
        at += 7
    assert sorted(turns) == at_once
    assert at_once
