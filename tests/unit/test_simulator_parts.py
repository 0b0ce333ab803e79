"""Arrivals, opinions, applications and complaints of the simulator, and the effect that can be found again in them."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from math import exp, log
from statistics import correlation, mean, stdev

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.domain.events import RatingGiven, SurveyAnswered
from pantau.domain.zones import day_start, local_day
from producers.simulator import chance
from producers.simulator.arrivals import arrival_times, pieces
from producers.simulator.cases import HORIZON_DAYS, begun
from producers.simulator.conditions import condition, working_day_after
from producers.simulator.draft import Draft
from producers.simulator.opinions import LEVELS, answers
from producers.simulator.stream import events, truth
from producers.simulator.world import SURVEY_SOURCE, Hours, Office, Permit, Product, Shock, Training, World
from producers.simulator.worlds import lampung_selatan

MONDAY, FRIDAY = date(2026, 11, 9), date(2026, 11, 13)
MINUTE, HOUR, DAY = 60_000, 3_600_000, timedelta(days=1)
ELEMENTS = [element for element, _, _, _ in LEVELS]


def arrivals_by_hour(weekday: int, seeds: int = 60, expected: float = 200) -> dict[int, float]:
    """Mean arrivals in each hour of a day."""
    found: dict[int, float] = defaultdict(float)
    for seed in range(seeds):
        for at in arrival_times(chance.stream(seed, "test"), expected, pieces(Hours(), weekday)):
            found[at // HOUR] += 1 / seeds
    return found


def test_arrivals_follow_the_hours_of_an_office_day() -> None:
    """The crowd comes between nine and eleven, thins out at noon, comes back a little, and is gone at three."""
    by_hour = arrivals_by_hour(weekday=1)
    assert max(by_hour, key=lambda hour: by_hour[hour]) in (9, 10)
    assert by_hour[12] < by_hour[13] / 2 < by_hour[9] / 2
    assert by_hour[15] == by_hour[6] == 0
    assert sum(by_hour.values()) == pytest.approx(200, rel=0.03)


def test_hardly_anyone_comes_during_the_friday_prayer() -> None:
    friday, thursday = arrivals_by_hour(weekday=4), arrivals_by_hour(weekday=3)
    assert friday[12] < thursday[12] / 5
    assert friday[9] > thursday[9]


@given(
    weekday=st.integers(0, 6),
    opens=st.integers(300, 700),
    length=st.integers(60, 500),
    closes=st.integers(0, 120),
)
def test_shares_of_the_day_add_up_to_one_and_lie_in_order(weekday: int, opens: int, length: int, closes: int) -> None:
    hours = Hours(numbers_from=opens, numbers_until=opens + length, closes=opens + length + closes, friday_closes=None)
    day = pieces(hours, weekday)
    assert sum(share for _, _, share in day) == pytest.approx(1)
    assert all(start < end and share >= 0 for start, end, share in day)
    assert [end for _, end, _ in day[:-1]] == [start for start, _, _ in day[1:]]


def test_arrivals_are_a_poisson_process() -> None:
    """Counts of a day vary as much as their mean, and neighbouring hours do not know of each other."""
    counts = []
    for seed in range(400):
        times = list(arrival_times(chance.stream(seed, "poisson"), 50, pieces(Hours(), 0)))
        assert times == sorted(times)
        counts.append((sum(at < 10 * HOUR for at in times), sum(at >= 10 * HOUR for at in times)))
    totals = [before + after for before, after in counts]
    assert mean(totals) == pytest.approx(50, abs=1.1)
    assert stdev(totals) ** 2 == pytest.approx(50, rel=0.2)
    assert abs(correlation([before for before, _ in counts], [after for _, after in counts])) < 0.15


def test_nobody_comes_when_nobody_is_expected() -> None:
    assert list(arrival_times(chance.stream(1), 0, pieces(Hours(), 0))) == []


def test_the_day_after_a_long_weekend_is_fuller_and_a_shock_is_felt_by_all() -> None:
    world = lampung_selatan()
    quiet = replace(world, day_volume_sigma=0.0, shocks=(Shock(FRIDAY, FRIDAY, arrivals=0.5, log_time=0.3),))
    office = quiet.offices[0]
    monday = condition(quiet, 1, office, MONDAY)
    tuesday_after_holiday = condition(replace(quiet, holidays=frozenset({MONDAY})), 1, office, MONDAY + DAY)
    tuesday = condition(quiet, 1, office, MONDAY + DAY)
    assert monday.visits / office.visits_per_day == pytest.approx(1.2)
    assert tuesday_after_holiday.visits / tuesday.visits == pytest.approx(1.15)
    for one in quiet.offices:
        calm, shocked = (condition(it, 1, one, FRIDAY) for it in (replace(quiet, shocks=()), quiet))
        assert shocked.visits == pytest.approx(calm.visits / 2)
        assert shocked.log_time == pytest.approx(calm.log_time + 0.3)


def test_days_of_a_unit_are_a_little_alike() -> None:
    world = replace(lampung_selatan(), trainings=(), measures=(), shocks=())
    times = [condition(world, 1, world.offices[0], MONDAY + n * DAY).log_time for n in range(2000)]
    assert stdev(times) == pytest.approx(0.06, rel=0.08)
    assert correlation(times[1:], times[:-1]) == pytest.approx(0.2, abs=0.07)


def survey(seed: int, n: int, **state: float) -> list[list[int]]:
    rng = chance.stream(seed, "survey")
    usual = {"wait_ms": 0, "skill": 0.0, "straight_lined": 0.0} | state
    given = [answers(rng, **usual) for _ in range(n)]  # type: ignore[arg-type]
    return [list(msgspec.structs.astuple(one)) for one in given]


def means(rows: list[list[int]]) -> dict[str, float]:
    return {name: mean(row[i] for row in rows if row[i]) for i, name in enumerate(ELEMENTS)}


def test_waiting_and_skill_move_their_elements_and_never_the_placebo() -> None:
    usual, waited, skilled = survey(1, 4000), survey(1, 4000, wait_ms=70 * MINUTE), survey(1, 4000, skill=0.3)
    for name in ("biaya", "sarana"):
        assert means(waited)[name] == means(skilled)[name] == means(usual)[name]
    assert means(usual)["waktu"] - means(waited)["waktu"] > 0.6
    lifted = {name: means(skilled)[name] - means(usual)[name] for name in ELEMENTS}
    assert lifted["kompetensi"] > lifted["perilaku"] > 0.15
    assert max(lifted, key=lambda name: lifted[name]) == "kompetensi"


def test_answers_of_one_person_hang_together_as_real_ones_do() -> None:
    rows = [row for row in survey(2, 4000) if None not in row]
    scores = [25 * mean(row) for row in rows]
    assert 82 < mean(scores) < 88
    assert stdev(scores) == pytest.approx(10.9, abs=1.5)
    pairs = [correlation([r[i] for r in rows], [r[j] for r in rows]) for i in range(9) for j in range(i)]
    assert mean(pairs) == pytest.approx(0.5, abs=0.1)
    assert all(len(set(row)) == 1 for row in survey(3, 50, straight_lined=1.0))


def test_answers_come_after_the_visit_on_the_same_day_and_carry_its_token() -> None:
    drafts = list(events(lampung_selatan(), 1, MONDAY, MONDAY))
    visits = {f"{v.ticket}@{MONDAY}": v for v in truth(lampung_selatan(), 1, MONDAY).visits if v.outcome == "served"}
    given = [d for d in drafts if isinstance(d.data, RatingGiven | SurveyAnswered)]
    assert len(given) > 300
    for draft in given:
        assert isinstance(draft.data, RatingGiven | SurveyAnswered)
        visit = visits[draft.data.ticket or ""]
        assert draft.time >= visit.ended
        assert (draft.data.unit, draft.data.service) == (visit.unit, visit.service)
        assert local_day("Asia/Jakarta", draft.time) == MONDAY
    assert {d.source for d in given} > {SURVEY_SOURCE}


def applications(seed: int, days: int = 30, **training: int) -> list[list[Draft]]:
    """The life of each application that began in these days, its steps as they are told."""
    office = Office(
        "u", "U", 100, 3, (Product("a", 5.0),), permits=(Permit("izin", 0.3, 2.0), Permit("surat", 0.1, 1.0))
    )
    done = (Training("u", "Workshop", 4, training["jp"], 4, MONDAY - DAY, MONDAY - DAY),) if training else ()
    world = World("izin", (office,), trainings=done)
    lives: dict[str, list[Draft]] = defaultdict(list)
    for number in range(days):
        for draft in begun(world, seed, office, MONDAY + number * DAY):
            if draft.kind.startswith("application."):
                lives[draft.id.rpartition(".")[0]].append(draft)
    return list(lives.values())


def test_an_application_lives_one_life_in_working_hours() -> None:
    lives = applications(1)
    assert len(lives) > 500
    shapes: dict[tuple[str, ...], int] = defaultdict(int)
    for life in lives:
        times = [draft.time for draft in life]
        assert times == sorted(times)
        assert times[-1] < day_start("Asia/Jakarta", local_day("Asia/Jakarta", times[0]) + (HORIZON_DAYS + 1) * DAY)
        shapes[tuple(draft.kind.partition(".")[2] for draft in life)] += 1
        for draft in life:
            if draft.kind in ("application.approved", "application.issued", "application.returned"):
                assert local_day("Asia/Jakarta", draft.time).weekday() < 5
    assert set(shapes) == {
        ("submitted",),
        ("submitted", "approved", "issued"),
        ("submitted", "rejected"),
        ("submitted", "returned", "resubmitted", "approved", "issued"),
        ("submitted", "returned", "resubmitted", "rejected"),
        ("submitted", "returned", "withdrawn"),
    }
    assert shapes["submitted", "approved", "issued"] / len(lives) > 0.6


def test_a_trained_unit_sends_fewer_applications_back() -> None:
    def returned(lives: list[list[Draft]]) -> float:
        return mean(any(draft.kind == "application.returned" for draft in life) for life in lives)

    assert returned(applications(1, 60, jp=32)) < 0.7 * returned(applications(1, 60))


def test_working_days_skip_weekends_and_holidays() -> None:
    world = replace(lampung_selatan(), holidays=frozenset({FRIDAY + 3 * DAY}))
    assert working_day_after(world, world.offices[0], FRIDAY, 1) == FRIDAY + 4 * DAY
    assert working_day_after(world, world.offices[0], MONDAY, 4) == FRIDAY


def test_complaints_are_opened_and_mostly_resolved_days_later() -> None:
    world = lampung_selatan()
    drafts = [d for n in range(60) for o in world.offices for d in begun(world, 1, o, MONDAY - n * DAY)]
    opened = {d.id.rpartition(".")[0]: d.time for d in drafts if d.kind == "complaint.opened"}
    resolved = {d.id.rpartition(".")[0]: d.time for d in drafts if d.kind == "complaint.resolved"}
    assert set(resolved) < set(opened)
    assert len(resolved) > 0.85 * len(opened) > 100
    assert all(resolved[name] > opened[name] for name in resolved)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_true_effect_of_a_training_is_found_again(seed: int) -> None:
    """24 JP of workshop: the same days with and without it give exp(-0.144) of the service time and a better U6."""
    units = tuple(Office(f"u{n}", f"U{n}", 150, 12, (Product("a", 6.0),)) for n in range(4))
    plain = World("latih", units)
    trained = replace(
        plain, trainings=tuple(Training(it.code, "Workshop", 4, 24, 5, MONDAY - DAY, MONDAY - DAY) for it in units)
    )
    effect = condition(trained, seed, units[0], MONDAY)
    assert effect.training_log_time == pytest.approx(-0.144)
    assert effect.training_skill == pytest.approx(0.264)
    found = [
        mean(
            log(visit.service_ms)
            for n in range(5)
            for visit in truth(world, seed, MONDAY + n * DAY).visits
            if visit.outcome == "served"
        )
        for world in (plain, trained)
    ]
    assert found[1] - found[0] == pytest.approx(-0.144, abs=0.02)
    assert exp(found[1] - found[0]) < 0.9
    competence = [
        mean(
            draft.data.elements.kompetensi
            for draft in events(world, seed, MONDAY, FRIDAY)
            if isinstance(draft.data, SurveyAnswered) and draft.data.elements.kompetensi
        )
        for world in (plain, trained)
    ]
    assert 0.05 < competence[1] - competence[0] < 0.35


def test_more_hours_do_more_up_to_the_cap_and_a_planned_training_does_nothing() -> None:
    world = lampung_selatan()
    office = world.offices[0]

    def log_time(kind: int, jp: int, completed: bool = True) -> float:
        training = Training(office.code, "x", kind, jp, 3, MONDAY - 2 * DAY, MONDAY - DAY, completed)
        return condition(replace(world, trainings=(training,)), 1, office, MONDAY).training_log_time

    assert log_time(4, 24) < log_time(4, 8) < log_time(9, 8) < 0
    assert log_time(4, 500) == log_time(4, 32)
    assert log_time(10, 80) < log_time(4, 24)
    assert log_time(4, 24, completed=False) == log_time(99, 24) == 0
    during = replace(world, trainings=(Training(office.code, "x", 4, 24, 3, MONDAY - DAY, MONDAY),))
    assert condition(during, 1, office, MONDAY).training_log_time == 0
