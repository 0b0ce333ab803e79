"""When an indicator counts as fallen: enough evidence, on two days, against enough history, and none of it dirt."""

import copy

import pytest

from benchmarks.alerts_world import (
    GROUP,
    Dirt,
    Fall,
    Office,
    half_hour_start,
    history_of,
    office,
    simulate,
    working_day,
)
from pantau.domain.alerts.detection import History, Transition, alert_id, begin_week, chosen_days, code_of, replay
from pantau.domain.alerts.half_hours import ALL, Day, HalfHour, Stream, day_of
from pantau.domain.alerts.incidents import incidents
from pantau.domain.alerts.policy import QUIET

OFFICES = 6
VISITS = 60
PAST = 55
Past = list[tuple[str, list[Day], list[Day]]]
Offices = list[tuple[Office, list[Day], list[Day]]]


def _past(dirt: Dirt | None = None) -> Offices:
    made = []
    for i in range(OFFICES):
        unit = office(f"detection/{i}")
        made.append((unit, *simulate(unit, VISITS, range(PAST), dirt=dirt)))
    return made


@pytest.fixture(scope="module")
def past() -> Offices:
    return _past()


def _history(past: Offices, *, fall: Fall | None = None, more: int = 12, dirt: Dirt | None = None) -> History:
    """The past and ``more`` days; only the first office falls."""
    made = []
    for i, (unit, counters, answers) in enumerate(past):
        future = range(PAST, PAST + more)
        after = simulate(copy.deepcopy(unit), VISITS, future, fall=fall if i == 0 else None, dirt=dirt)
        made.append((f"u{i}", counters + after[0], answers + after[1]))
    return history_of(made)


def _turns(history: History, *, more: int = 12) -> list[Transition]:
    return replay(history, first=working_day(50), upto=working_day(PAST + more))


def _falls(turns: list[Transition]) -> list[Transition]:
    return [turn for turn in turns if turn.turn == "falling"]


@pytest.fixture(scope="module")
def fallen(past: Offices) -> list[Transition]:
    """A fifth more visits late at one of six offices, from ten o'clock of a Monday on, for ten working days."""
    return _turns(_history(past, fall=Fall(PAST, 4, late=0.2, days=10), more=25), more=25)


def test_a_fall_is_one_incident_with_one_end(fallen: list[Transition]) -> None:
    found = [each for each in incidents(fallen) if each.unit == "u0"]
    assert len(found) == 1
    assert half_hour_start(PAST, 4) <= found[0].opened < half_hour_start(PAST + 4, 0)
    assert found[0].closed is not None
    assert half_hour_start(PAST + 10, 4) < found[0].closed < half_hour_start(PAST + 15, 0)


def test_the_begin_is_estimated_near_the_true_one(fallen: list[Transition]) -> None:
    first = next(turn for turn in _falls(fallen) if turn.unit == "u0")
    assert half_hour_start(PAST - 2, 0) <= first.since <= half_hour_start(PAST + 1, 0)


def test_an_alert_rests_on_at_least_two_days(past: Offices, fallen: list[Transition]) -> None:
    sudden = _turns(_history(past, fall=Fall(PAST, 0, late=0.6), more=5), more=5)
    assert [turn for turn in _falls(sudden) if turn.unit == "u0" and turn.day == working_day(PAST + 1)]
    for turn in _falls(fallen) + _falls(sudden):
        assert turn.since // 86_400_000 < turn.at // 86_400_000
        assert turn.evidence >= turn.threshold


def test_offices_that_go_on_as_usual_hardly_ever_alarm(fallen: list[Transition]) -> None:
    """Five offices over 30 working days: at half an alarm a year 0.3 are expected."""
    assert sum(each.unit != "u0" for each in incidents(fallen)) <= 3


def test_satisfaction_falls_by_itself(past: Offices) -> None:
    turns = _falls(_turns(_history(past, fall=Fall(PAST, 0, marks=10.0))))
    assert {(turn.group, turn.indicator) for turn in turns if turn.unit == "u0"} == {(ALL, "satisfaction")}


def test_tickets_that_nobody_closed_make_no_alarm() -> None:
    """One day in twenty a fifth of all tickets stay open until closing: late on paper, and hours long."""
    dirt = Dirt(stuck=0.02, corrupt=True)
    turns = _falls(_turns(_history(_past(dirt), dirt=dirt)))
    assert len([turn for turn in turns if turn.indicator != "satisfaction"]) <= 2


def test_one_terrible_day_is_no_fall(past: Offices) -> None:
    history = {stream: dict(days) for stream, days in _history(past).items()}
    terrible = working_day(PAST + 3)
    day = history["u1", GROUP][terrible]
    history["u1", GROUP][terrible] = day_of(
        day.number,
        [HalfHour(each.start, each.slot, each.judged, each.judged, each.times) for each in day.half_hours],
    )
    turns = [turn for turn in _turns(history) if turn.unit == "u1" and turn.day == terrible]
    assert {(turn.indicator, turn.turn) for turn in turns} >= {("late", "watched")}
    assert not _falls(turns)


@pytest.mark.parametrize(("days", "armed"), [(9, False), (10, True), (20, True)])
def test_an_alert_is_armed_by_history(days: int, armed: bool) -> None:
    made: Past = [(f"u{i}", *simulate(office(f"arming/{i}"), 100, range(days))) for i in range(3)]
    week = begin_week(working_day(20), None, history_of(made), QUIET, lambda *_: False)
    assert bool(week.baselines) == armed
    if armed:
        late = week.baselines["u0", GROUP].scales["late"]
        time = week.baselines["u0", GROUP].scales["time"]
        extra = QUIET.early_extra if days < QUIET.armed_days else 0
        assert time.threshold == QUIET.thresholds["time"] + extra
        assert late.threshold == QUIET.thresholds["late"] + QUIET.late_beside_time + extra


@pytest.mark.parametrize(
    ("known", "chosen"), [(5, (0, 5)), (20, (0, 20)), (25, (0, 20)), (35, (0, 25)), (50, (0, 40)), (90, (40, 80))]
)
def test_a_baseline_ends_before_the_days_it_judges(known: int, chosen: tuple[int, int]) -> None:
    assert [*chosen_days(range(known), QUIET)] == [*range(*chosen)]


def test_days_on_which_the_office_is_closed_are_nobodys_usual() -> None:
    made: Past = [(f"u{i}", *simulate(office(f"closed/{i}"), 100, range(30))) for i in range(3)]
    holidays = {working_day(3), working_day(7)}
    week = begin_week(working_day(30), None, history_of(made), QUIET, lambda _, day: day in holidays)
    assert week.baselines["u0", GROUP].days == 20
    nine = begin_week(working_day(30), None, history_of(made), QUIET, lambda _, day: day >= working_day(9))
    assert not nine.baselines


def test_each_of_several_groups_must_say_more_so_that_the_unit_stays_as_quiet() -> None:
    one = simulate(office("groups"), 100, range(30))
    history: dict[Stream, dict[int, Day]] = {
        ("u0", group): {day.number: day for day in one[0]} for group in ("adminduk", "izin", "sosial")
    }
    week = begin_week(working_day(30), None, history, QUIET, lambda *_: False)
    assert {each.scales["time"].threshold for each in week.baselines.values()} == {8_498_612}, "7.4 + ln 3"


def test_a_fall_for_good_is_an_open_alert_for_a_season_and_then_the_new_usual(past: Offices) -> None:
    turns = _turns(_history(past[:3], fall=Fall(PAST, 0, late=0.3), more=75), more=75)
    mine = [turn for turn in turns if turn.unit == "u0" and turn.indicator == "time"]
    fell = next(turn for turn in mine if turn.turn == "falling")
    end = mine[mine.index(fell) + 1]
    assert (end.turn, end.alert, end.baseline) == ("settled", fell.alert, fell.baseline)
    assert working_day(PAST + QUIET.settled_days - 5) < end.day < working_day(PAST + 75)


def test_ids_tell_alerts_apart_and_codes_can_be_read_aloud() -> None:
    ids = {alert_id("u0", GROUP, "late", 20_618, first) for first in range(500)}
    assert len(ids) == 500
    assert alert_id("u0", GROUP, "late", 20_618, 1) == alert_id("u0", GROUP, "late", 20_618, 1)
    assert all(len(code_of(each)) == 4 and not set(code_of(each)) & set("01OIL") for each in ids)
