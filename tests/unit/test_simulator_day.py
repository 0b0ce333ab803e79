"""One simulated unit-day: a real queue, in which every ticket ends in exactly one way."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from math import exp
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pantau.domain.events import CounterData, TicketCancelled, TicketData, TicketTransferred
from pantau.domain.zones import day_start
from producers.simulator import chance
from producers.simulator.counters import NEVER, Counters
from producers.simulator.day import TrueVisit
from producers.simulator.draft import Draft
from producers.simulator.stream import events, truth
from producers.simulator.world import Fall, Habits, Hours, Office, Product, World
from producers.simulator.worlds import load, small

MONDAY, TUESDAY, FRIDAY = date(2026, 11, 9), date(2026, 11, 10), date(2026, 11, 13)
MINUTE = 60_000
MIDNIGHT = day_start("Asia/Jakarta", MONDAY)
PRODUCTS = (Product("pendek", 3.0, weight=2.0), Product("panjang", 8.0))
ENDS = {"service.ended", "ticket.no_show", "ticket.cancelled", "ticket.left"}


def world_of(visits: float = 80, counters: int = 2, **more: object) -> World:
    return World("uji", (Office("u", "U", visits, counters, PRODUCTS),), **more)  # type: ignore[arg-type]


def tickets(drafts: list[Draft]) -> dict[tuple[str, str], list[Draft]]:
    """Each ticket's events in order; a referred citizen has one ticket in each unit."""
    lives: dict[tuple[str, str], list[Draft]] = defaultdict(list)
    for draft in drafts:
        if isinstance(draft.data, TicketData):
            lives[draft.data.unit, draft.data.ticket].append(draft)
    return lives


def ending(draft: Draft) -> str | None:
    if isinstance(draft.data, TicketTransferred):
        return "transferred" if draft.data.to_unit else None
    if isinstance(draft.data, TicketCancelled):
        return "void" if draft.data.by == "system" else "abandoned"
    return {"service.ended": "served", "ticket.no_show": "no_show", "ticket.left": "left"}.get(draft.kind)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32), crowd=st.sampled_from([0.3, 1.0, 3.0]))
def test_every_ticket_ends_in_exactly_one_way_and_says_nothing_after_it(seed: int, crowd: float) -> None:
    world = small()
    world = replace(world, offices=tuple(replace(it, visits_per_day=it.visits_per_day * crowd) for it in world.offices))
    true = {(visit.unit, visit.ticket): visit for visit in truth(world, seed, TUESDAY).visits}
    lives = tickets(list(events(world, seed, TUESDAY, TUESDAY)))
    assert set(lives) == set(true)
    for identity, life in lives.items():
        ends = [end for end in map(ending, life) if end]
        assert ends == [true[identity].outcome]
        assert ending(life[-1]) is not None
        assert life[0].kind == "ticket.created" or true[identity].came_from is not None
        assert true[identity].ended == life[-1].time


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32), weekday=st.integers(0, 4), fallen=st.booleans())
def test_a_counter_serves_one_person_at_a_time_and_only_while_it_is_open(seed: int, weekday: int, fallen: bool) -> None:
    """|-open----[serving]--[serving]--paused   open--[serving]---closed|"""
    day = MONDAY + timedelta(days=weekday)
    falls = (Fall("u", day, 600, log_time=0.4, counters_short=2),) if fallen else ()
    drafts = list(events(world_of(150, 4, falls=falls), seed, day, day))
    serving, is_open = dict.fromkeys("1234", ""), dict.fromkeys("1234", False)
    for draft in drafts:
        data = draft.data
        if isinstance(data, CounterData) and draft.kind.startswith("counter."):
            assert serving[data.counter] == "", "a counter changed its state during a service"
            is_open[data.counter] = draft.kind == "counter.opened"
        elif isinstance(data, TicketData) and data.counter is not None:
            if draft.kind in ("ticket.called", "service.started", "ticket.resumed"):
                assert is_open[data.counter]
                assert serving[data.counter] in ("", data.ticket)
                serving[data.counter] = data.ticket
            elif draft.kind == "ticket.parked" or draft.kind == "ticket.transferred" or draft.kind in ENDS:
                serving[data.counter] = ""
    assert not any(is_open.values())


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_people_are_called_in_the_order_in_which_they_came(seed: int) -> None:
    visits = [visit for visit in truth(world_of(120), seed, MONDAY).visits if visit.called is not None]
    assert len(visits) > 30
    by_arrival = sorted(visits, key=lambda visit: (visit.created, visit.ticket))
    calls = [visit.called for visit in by_arrival]
    assert calls == sorted(calls, key=lambda at: at or 0)


def test_nobody_waits_while_a_counter_is_free() -> None:
    """With a counter for everyone and no lunch, people are called the moment they come; with one they are not."""
    hours = Hours(numbers_from=8 * 60 + 30, rest=(720, 720), friday_rest=(720, 720))
    quiet = replace(world_of().offices[0], counters=60, hours=hours)
    many = truth(replace(world_of(), offices=(quiet,)), 1, MONDAY).visits
    one = truth(replace(world_of(), offices=(replace(quiet, counters=1),)), 1, MONDAY).visits
    assert len(many) == len(one) > 50
    assert {v.called - v.created for v in many if v.called and v.outcome == "served"} == {0}
    assert mean(v.called - v.created for v in one if v.called) > 10 * MINUTE


def test_the_counters_wait_as_erlang_says() -> None:
    """Three counters at 60 % load, services of 6 minutes: C(3, 1.8) = 0.3547, so the mean wait is 1.774 minutes."""
    rng = chance.stream(1, "erlang")
    counters = Counters([0, 0, 0], [[(NEVER - 1, NEVER)]] * 3)
    at = total = 0
    for _ in range(1_000_000):
        at += int(rng.expovariate(0.3) * MINUTE)
        taken = counters.take(at)
        assert taken is not None
        total += taken[0] - at
        counters.keep_busy(taken[0] + int(rng.expovariate(1 / 6) * MINUTE))
    assert total / 1_000_000 / MINUTE == pytest.approx(1.774, rel=0.03)


def test_littles_law_holds() -> None:
    """Mean number waiting = arrivals per time × mean wait, each counted in its own way in a busy week."""
    waiting = area = last = 0
    habits = Habits(no_show=0, void=0, cancelled_by_staff=0, parked=0, moved_inside=0, patience_minutes=100_000)
    world = world_of(170, 3, habits=habits)
    drafts = list(events(world, 4, MONDAY, FRIDAY))
    span = drafts[-1].time - drafts[0].time
    for draft in drafts:
        if draft.kind in ("ticket.created", "ticket.called", "ticket.left"):
            area += waiting * (draft.time - last)
            last = draft.time
            waiting += 1 if draft.kind == "ticket.created" else -1
    days = [truth(world, 4, MONDAY + timedelta(days=number)).visits for number in range(5)]
    visits = [visit for day in days for visit in day]
    mean_wait = mean((visit.called or visit.ended) - visit.created for visit in visits)
    assert waiting == 0
    assert mean_wait > 2 * MINUTE
    assert area / span == pytest.approx(len(visits) / span * mean_wait, rel=1e-9)


def test_waits_explode_when_the_counters_cannot_cope() -> None:
    def mean_wait(visits: float) -> float:
        world = world_of(visits, 2, habits=Habits(patience_minutes=10_000))
        called = [v for v in truth(world, 2, MONDAY).visits if v.called is not None]
        return mean((v.called or 0) - v.created for v in called) / MINUTE

    assert mean_wait(40) < 5
    assert mean_wait(160) > 30


def test_the_outcomes_have_the_shares_of_the_habits() -> None:
    habits = Habits(
        no_show=0.05, void=0.02, cancelled_by_staff=0.01, parked=0.1, moved_inside=0.1, patience_minutes=10_000
    )
    world = world_of(900, 40, habits=habits, day_volume_sigma=0.0)
    days = [MONDAY + timedelta(days=number) for number in range(5)]
    visits = [visit for day in days for visit in truth(world, 1, day).visits]
    outcomes = Counter(visit.outcome for visit in visits)
    assert outcomes["no_show"] / len(visits) == pytest.approx(0.05, abs=0.01)
    assert outcomes["void"] / len(visits) == pytest.approx(0.02, abs=0.006)
    assert outcomes["abandoned"] / len(visits) == pytest.approx(0.01, abs=0.005)
    kinds = Counter(draft.kind for draft in events(world, 1, MONDAY, FRIDAY))
    assert kinds["ticket.parked"] == kinds["ticket.resumed"]
    assert kinds["ticket.parked"] / len(visits) == pytest.approx(0.1, abs=0.015)
    assert kinds["ticket.transferred"] / len(visits) == pytest.approx(0.1, abs=0.015)


def test_service_times_are_log_normal_around_their_median() -> None:
    habits = Habits(officer_sigma=0.0, busy_hours=0.0, patience_minutes=10_000)
    office = Office("u", "U", 900, 40, (Product("a", 6.0, sigma=0.6),))
    world = World("uji", (office,), habits=habits, day_speed_sigma=0.0)
    times = sorted(v.service_ms / MINUTE for v in truth(world, 1, MONDAY).visits if v.outcome == "served")
    assert times[len(times) // 2] == pytest.approx(6.0, rel=0.08)
    assert times[int(len(times) * 0.8413)] == pytest.approx(6.0 * exp(0.6), rel=0.1)


def test_a_referred_citizen_is_the_same_ticket_in_the_other_unit() -> None:
    world = small()
    busy = replace(world.offices[0], refers=0.3)
    world = replace(world, offices=(busy, *world.offices[1:]))
    visits: list[TrueVisit] = list(truth(world, 3, MONDAY).visits)
    sent = {v.ticket: v for v in visits if v.went_to}
    came = {v.ticket: v for v in visits if v.came_from}
    assert set(sent) == set(came)
    assert len(sent) > 5
    for ticket, visit in came.items():
        assert (visit.unit, visit.came_from) == (sent[ticket].went_to, sent[ticket].unit)
        assert visit.created == sent[ticket].ended
        assert visit.called is None or visit.called >= visit.created + 11 * MINUTE


def test_leftovers_are_closed_by_the_machine_at_closing() -> None:
    world = world_of(400, 2, habits=Habits(patience_minutes=100_000))
    left = [draft for draft in events(world, 1, MONDAY, MONDAY) if draft.kind == "ticket.left"]
    assert len(left) > 20
    assert {draft.data.provenance for draft in left} == {"auto_closed"}
    assert {draft.time for draft in left} == {MIDNIGHT + 16 * 60 * MINUTE}


def test_impatient_people_leave_and_some_are_only_found_missing_when_called() -> None:
    world = world_of(300, 2, habits=Habits(patience_minutes=15, no_show=0.0))
    outcomes = Counter(visit.outcome for visit in truth(world, 1, MONDAY).visits)
    assert outcomes["abandoned"] > 20
    assert outcomes["no_show"] > 20


def test_a_fall_makes_the_unit_slower_and_shorter_from_its_minute_on_and_not_before() -> None:
    before = world_of(140, 4, habits=Habits(officer_sigma=0.0, busy_hours=0.0))
    after = replace(before, falls=(Fall("u", MONDAY, 10 * 60, log_time=0.5, counters_short=2),))
    ten = MIDNIGHT + 10 * 60 * MINUTE
    lists = [
        [d for d in events(world, 1, MONDAY, MONDAY) if d.source == "/simulasi/antrian/u"] for world in (before, after)
    ]
    early = [[d for d in drafts if d.time < ten] for drafts in lists]
    assert early[0] == early[1]
    closed = [d.time for d in lists[1] if d.kind == "counter.closed"]
    assert sum(time < ten + 60 * MINUTE for time in closed) == 2
    late = [
        {v.ticket: v.service_ms for v in truth(w, 1, MONDAY).visits if v.outcome == "served" and (v.started or 0) > ten}
        for w in (before, after)
    ]
    ratios = [late[1][ticket] / late[0][ticket] for ticket in set(late[0]) & set(late[1])]
    assert len(ratios) > 40
    assert ratios == pytest.approx([exp(0.5)] * len(ratios), rel=1e-3)


def test_officers_are_pseudonyms_and_sit_at_open_counters() -> None:
    drafts = [d for d in events(small(), 1, MONDAY, TUESDAY) if d.source.startswith("/simulasi/antrian")]
    seated: dict[tuple[str, str], str | None] = {}
    for draft in drafts:
        data = draft.data
        if draft.kind == "officer.at_counter" and isinstance(data, CounterData):
            seated[data.unit, data.counter] = data.officer
        elif draft.kind == "ticket.called" and isinstance(data, TicketData) and data.counter:
            assert data.officer == seated[data.unit, data.counter]
    assert all(officer and len(officer) == 10 and officer[0] == "p" for officer in seated.values())


def test_the_lean_world_is_a_queue_too() -> None:
    """Called in order of arrival, never before it, no counter twice at once."""
    busy: dict[str, int] = {}
    created: dict[str, int] = {}
    calls: list[int] = []
    for draft in events(load(1, 500), 1, MONDAY, MONDAY):
        data = draft.data
        assert isinstance(data, TicketData)
        if draft.kind == "ticket.created":
            created[data.ticket] = draft.time
        elif draft.kind == "ticket.called":
            assert draft.time >= max(created[data.ticket], busy.get(data.counter or "", 0))
            calls.append(int(data.ticket[1:]))
        elif draft.kind == "service.ended":
            busy[data.counter or ""] = draft.time
    assert calls == sorted(calls)
    assert len(calls) == 500
