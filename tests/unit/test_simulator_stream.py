"""The simulated stream: the same for the same seed, in order, made of unit-days that stand alone."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pantau.domain.errors import BadSetup
from pantau.domain.events import VOCABULARY
from pantau.domain.zones import day_start
from producers.simulator import chance
from producers.simulator.draft import Draft
from producers.simulator.output import cloud_event
from producers.simulator.stream import events, recorded_before, truth, unit_day
from producers.simulator.world import Fall, Office, Product, Training, World
from producers.simulator.worlds import READY, clocks, lampung_selatan, load, ready, small

MONDAY, TUESDAY = date(2026, 11, 9), date(2026, 11, 10)
DAY = timedelta(days=1)
GOLDEN_FIRST = ("/simulasi/antrian/kec-18.01.06", "261109.K06-001.1", "ticket.created", 1794183862952)
GOLDEN_DAY = (1258, 5924853292832056479)


def as_bytes(drafts: list[Draft]) -> bytes:
    return b"\n".join(map(cloud_event, drafts))


@pytest.mark.parametrize("name", ["small", "load:5x40", "clocks"])
def test_the_same_seed_gives_the_same_bytes(name: str) -> None:
    first, again = (as_bytes(list(events(ready(name), 3, MONDAY, TUESDAY))) for _ in range(2))
    assert first == again


def test_another_seed_gives_another_history() -> None:
    assert as_bytes(list(events(small(), 1, MONDAY, MONDAY))) != as_bytes(list(events(small(), 2, MONDAY, MONDAY)))


def test_the_first_events_of_the_small_world_stay_what_they_are() -> None:
    """Recorded once: a change of these lines is a change of everyone's test data, and must be meant."""
    seen = [(draft.source, draft.id, draft.kind, draft.time) for draft in events(small(), 1, MONDAY, MONDAY)]
    assert seen[0] == GOLDEN_FIRST
    assert (len(seen), chance.number(0, *seen)) == GOLDEN_DAY


def test_events_come_in_time_order_and_inside_their_days() -> None:
    times = [draft.time for draft in events(lampung_selatan(), 1, MONDAY, TUESDAY)]
    assert times == sorted(times)
    assert day_start("Asia/Jakarta", MONDAY) <= times[0]
    assert times[-1] < day_start("Asia/Jakarta", TUESDAY + DAY)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32), cut=st.integers(0, 2))
def test_days_add_up(seed: int, cut: int) -> None:
    """|--Mon--|--Tue--|--Wed--|--Thu--| is the same whole or cut at any midnight."""
    world, last = small(), MONDAY + 3 * DAY
    whole = list(events(world, seed, MONDAY, last))
    middle = MONDAY + cut * DAY
    assert whole == [*events(world, seed, MONDAY, middle), *events(world, seed, middle + DAY, last)]


@pytest.mark.parametrize("unit", ["kec-18.01.06", "kec-18.01.21", "disdukcapil-18.01"])
def test_a_unit_day_made_alone_is_the_one_in_the_stream(unit: str) -> None:
    world = small()
    in_stream = [draft for draft in events(world, 5, MONDAY, TUESDAY) if draft.data.unit == unit]
    alone = [*unit_day(world, 5, unit, MONDAY), *unit_day(world, 5, unit, TUESDAY)]
    assert sorted(alone, key=key) == sorted(in_stream, key=key)
    assert [draft.time for draft in alone] == sorted(draft.time for draft in alone)


def key(draft: Draft) -> tuple[int, str, str]:
    return draft.time, draft.source, draft.id


def test_a_unit_does_not_depend_on_units_that_send_it_nobody() -> None:
    world = small()
    fewer = replace(world, offices=world.offices[1:2])
    wanted = fewer.offices[0].code
    both = [[d for d in events(it, 1, MONDAY, TUESDAY) if d.data.unit == wanted] for it in (world, fewer)]
    assert both[0] == both[1]
    assert both[0]


@pytest.mark.parametrize("world", [lampung_selatan(), clocks(), load(4, 50)], ids=lambda world: world.name)
def test_identities_are_unique_and_data_fits_its_kind(world: World) -> None:
    drafts = list(events(world, 9, MONDAY, TUESDAY))
    assert len({(draft.source, draft.id) for draft in drafts}) == len(drafts)
    assert all(type(draft.data) is VOCABULARY[draft.kind] for draft in drafts)
    assert all(draft.sent == draft.time for draft in drafts)


def test_the_demo_world_uses_the_whole_ticket_vocabulary_and_more() -> None:
    world = lampung_selatan()
    kinds = Counter(draft.kind for draft in events(world, 1, world.last_day - 28 * DAY, world.last_day))
    assert set(VOCABULARY) - set(kinds) == {"counter.snapshot", "aggregate.reported"}


def test_offices_rest_on_sundays_and_holidays() -> None:
    """17 August is Independence Day; 16 August 2026 is a Sunday."""
    world = lampung_selatan(date(2026, 8, 18))
    quiet = [
        d for d in events(world, 1, date(2026, 8, 16), date(2026, 8, 17)) if d.source.startswith("/simulasi/antrian")
    ]
    assert quiet == []
    assert any(events(world, 1, date(2026, 8, 18), date(2026, 8, 18)))


def test_what_was_recorded_before_a_day_and_what_comes_after_it_are_all_interventions() -> None:
    world = lampung_selatan()
    cut = world.last_day - 30 * DAY
    later = [d for d in events(world, 1, cut, world.last_day) if d.kind in ("training.recorded", "measure.recorded")]
    every = recorded_before(world, world.last_day + DAY)
    assert sorted(recorded_before(world, cut) + later, key=key) == every
    assert {d.data.unit for d in every} >= {training.unit for training in world.trainings}


def test_the_load_world_sends_exactly_what_it_promises() -> None:
    kinds = Counter(draft.kind for draft in events(load(7, 30), 1, MONDAY, MONDAY + 6 * DAY))
    assert kinds == dict.fromkeys(("ticket.created", "ticket.called", "service.started", "service.ended"), 7 * 30 * 5)


def test_a_zone_to_the_east_opens_earlier_and_leaves_the_others_alone() -> None:
    west = Office("barat", "B", 40, 2, (Product("a", 5.0),))
    east = replace(west, code="timur", prefix="T", zone="Asia/Jayapura")
    drafts = list(events(World("zona", (west, east)), 1, MONDAY, TUESDAY))
    assert [d.time for d in drafts] == sorted(d.time for d in drafts)
    assert drafts[0].data.unit == "timur"
    alone = list(events(World("zona", (west,)), 1, MONDAY, TUESDAY))
    assert [d for d in drafts if d.data.unit == "barat"] == alone


def test_truth_names_conditions_and_visits_of_the_day() -> None:
    world = small()
    day = truth(world, 1, TUESDAY)
    assert set(day.conditions) == {office.code for office in world.offices}
    assert day.conditions["kec-18.01.06"].trained
    assert not day.conditions["kec-18.01.21"].trained
    assert day.conditions["kec-18.01.21"].fall is not None
    assert {visit.unit for visit in day.visits} == set(day.conditions)


@pytest.mark.parametrize("name", ["bandung", "load:0x3", "load:a", "small:3", "lampung_selatan:tomorrow"])
def test_a_world_that_does_not_exist_is_refused_by_name(name: str) -> None:
    with pytest.raises(BadSetup, match=name):
        ready(name)


def test_every_ready_world_is_made_by_its_name() -> None:
    assert {ready(name).name.partition(":")[0] for name in READY} == set(READY)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"code": "kec-18.01.21"}, "occurs twice"),
        ({"refers_to": "nowhere"}, "no unit nowhere"),
        ({"refers_to": "disdukcapil-18.01", "zone": "Asia/Jayapura"}, "one zone"),
    ],
)
def test_a_world_that_cannot_be_is_refused(change: dict[str, str], reason: str) -> None:
    world = small()
    with pytest.raises(BadSetup, match=reason):
        replace(world, offices=(replace(world.offices[0], **change), *world.offices[1:]))  # type: ignore[arg-type]


def test_changing_one_units_fate_leaves_every_other_unit_as_it_was() -> None:
    world = replace(small(), trainings=(), falls=())
    fate = replace(
        world,
        trainings=(Training("kec-18.01.21", "Magang", 10, 100, 3, MONDAY - DAY, MONDAY - DAY),),
        falls=(Fall("kec-18.01.21", MONDAY, 600, log_time=0.7),),
    )
    before, after = (
        [d for d in events(it, 1, MONDAY, TUESDAY) if d.data.unit != "kec-18.01.21"] for it in (world, fate)
    )
    assert before == after
