"""Which messages an incident sends, to whom and when: quietly, in office hours, until somebody answers."""

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.domain.alerts.detection import Transition, Turn
from pantau.domain.alerts.digests import digests, held_back
from pantau.domain.alerts.incidents import Incident, incidents
from pantau.domain.alerts.messages import Message, Place, Rules, plan, sending_time, unsent
from pantau.domain.alerts.policy import Indicator
from pantau.domain.alerts.silences import Silence, SilenceTurn, silence_turns
from pantau.domain.alerts.states import Acknowledgement, State, state_of
from pantau.domain.calendars import Calendar
from pantau.domain.zones import DAY, HOUR, MINUTE

MONDAY = 1_774_803_600_000
"""2026-03-30, midnight in Jakarta."""

NUMBER = 20_542
WEEK = tuple(((8 * 60, 16 * 60),) if day < 5 else () for day in range(7))
CALENDAR = Calendar("Asia/Jakarta", WEEK, holidays=frozenset({date(2026, 4, 3)}))
PLACES = {f"u{i}": Place(unit=f"u{i}", kecamatan="kal", kabupaten="lamsel", calendar=CALENDAR) for i in range(17)}
LATER = MONDAY + 60 * DAY


def at(days: int, hours: float) -> int:
    """So many days after Monday, at this hour of the wall clock."""
    return MONDAY + days * DAY + round(hours * HOUR)


def turn(unit: str, kind: Turn, when: int, *, indicator: Indicator = "late", alert: str = "") -> Transition:
    return Transition(
        at=when,
        unit=unit,
        group="adminduk",
        indicator=indicator,
        turn=kind,
        alert=alert or f"{abs(hash((unit, indicator))) % 16**6:016x}",
        day=NUMBER + (when - MONDAY) // DAY,
        since=when - DAY,
        evidence=8_000_000,
        threshold=7_300_000,
        baseline=NUMBER,
    )


def one(unit: str = "u0", *, opened: int = at(0, 10), closed: int | None = None, alert: str = "a0") -> list[Incident]:
    turns = [turn(unit, "falling", opened, alert=alert)]
    if closed is not None:
        turns.append(turn(unit, "recovered", closed, alert=alert))
    return incidents(turns)


def planned(found: list[Incident], **more: object) -> list[Message]:
    return plan(found, places=PLACES, **{"now": LATER, **more})  # type: ignore[arg-type]


def kinds(messages: list[Message]) -> list[tuple[str, str]]:
    return [(message.kind, message.role) for message in messages]


def test_a_fall_that_is_answered_and_ends_sends_two_messages() -> None:
    answer = Acknowledgement(alert="a0", at=at(0, 12), by="Camat", note="tambah petugas")
    found = planned(one(closed=at(2, 11)), answers=[answer])
    assert kinds(found) == [("fall", "camat"), ("recovered", "camat")]
    assert found[0].at == at(0, 10) + 40 * MINUTE, "when the half hour is closed"


def test_alerts_that_are_open_together_are_one_incident() -> None:
    """|late ------|
    |time ----------|   one message at the begin, one when both have recovered"""
    turns = [
        turn("u0", "falling", at(0, 10), alert="a"),
        turn("u0", "falling", at(1, 9), alert="b", indicator="time"),
        turn("u0", "recovered", at(2, 9), alert="a"),
        turn("u0", "recovered", at(3, 9), alert="b", indicator="time"),
        turn("u0", "falling", at(8, 9), alert="c"),
    ]
    found = incidents(turns)
    assert [(each.opened, each.closed) for each in found] == [(at(0, 10), at(3, 9)), (at(8, 9), None)]
    assert incidents(reversed(turns)) == found


def test_an_unanswered_fall_climbs_the_ladder_and_reminds_slowly() -> None:
    """Mon 10:00 fell; Tue 16:00 is one working day: sekcam; Thu 16:00 three: Bagian Organisasi, when it works again."""
    found = planned(one())
    assert kinds(found) == [
        ("fall", "camat"),
        ("escalated", "sekcam"),
        ("reminder", "camat"),
        ("escalated", "bagian_organisasi"),
        ("reminder", "camat"),
        ("reminder", "camat"),
    ]
    assert found[0].deadline == at(1, 16)
    assert [message.at for message in found[1:4]] == [at(2, 7.5), at(3, 7.5), at(7, 7.5)], "Friday is a holiday"


def test_an_answer_stops_the_ladder_and_its_due_day_is_kept() -> None:
    answer = Acknowledgement(alert="a0", at=at(1, 9), by="Camat", due=date(2026, 4, 7))
    found = planned(one(), answers=[answer])
    assert ("escalated", "sekcam") not in kinds(found)
    assert [message.at for message in found if message.kind == "overdue"] == [at(9, 7.5)]
    done = planned(one(), answers=[answer, Acknowledgement(alert="a0", at=at(5, 9), by="Camat", done=True)])
    assert "overdue" not in [message.kind for message in done]


def test_an_answer_after_a_reminder_is_reminded_of_all_the_same() -> None:
    """Reminded on Thursday morning; answered at nine: again five working days later, a Monday, and on the next one."""
    answer = Acknowledgement(alert="a0", at=at(3, 9), by="Camat")
    found = planned(one(), answers=[answer], now=at(22, 9))
    assert [message.at for message in found if message.kind == "reminder"] == [at(3, 7.5), at(14, 7.5), at(21, 7.5)]
    assert len({message.key for message in found}) == len(found)
    promised = msgspec.structs.replace(answer, due=date(2026, 4, 12))
    at_once = [
        message.kind for message in planned(one(), answers=[promised], now=at(15, 9)) if message.at == at(14, 7.5)
    ]
    assert at_once == ["overdue"], "one message that morning, not two"


def test_a_new_due_day_is_kept_too_and_who_says_done_may_take_it_on_again() -> None:
    first = Acknowledgement(alert="a0", at=at(0, 12), by="Camat", due=date(2026, 4, 1))
    second = Acknowledgement(alert="a0", at=at(3, 9), by="Camat", due=date(2026, 4, 8))
    done = Acknowledgement(alert="a0", at=at(8, 9), by="Camat", done=True)
    again = Acknowledgement(alert="a0", at=at(14, 9), by="Camat", due=date(2026, 4, 15))

    def overdue(*answers: Acknowledgement) -> list[tuple[int, str]]:
        return [(each.at, each.key) for each in planned(one(), answers=answers) if each.kind == "overdue"]

    assert overdue(first) == [(at(3, 7.5), "a0:overdue:0:camat")]
    assert overdue(first, second) == [(at(10, 7.5), "a0:overdue:1:camat")]
    assert not overdue(first, second, done)
    assert overdue(first, second, done, again) == [(at(17, 7.5), "a0:overdue:2:camat")]


def test_who_was_away_for_long_sends_one_reminder_and_not_all_that_were_due() -> None:
    fell = one()
    due = planned(fell, now=at(14, 9))
    sent = {message.key for message in due if message.kind != "reminder"}
    assert [message.key for message in unsent(due, fell, sent, at(14, 9))] == ["a0:reminder:3:camat"]


def test_those_who_were_told_of_the_fall_are_told_of_the_end() -> None:
    found = planned(one(closed=at(2, 14)))
    assert kinds(found)[-2:] == [("recovered", "camat"), ("recovered", "sekcam")]


def test_what_fell_and_recovered_before_anybody_could_be_told_is_one_message() -> None:
    found = planned(one(opened=at(4, 18), closed=at(4, 20)))
    assert kinds(found) == [("passed", "camat")]
    assert found[0].at == at(7, 7.5), "after the holiday and the weekend"


@pytest.mark.parametrize(
    ("when", "sent"),
    [
        (at(0, 6), at(0, 7.5)),
        (at(0, 11), at(0, 11)),
        (at(0, 16), at(1, 7.5)),
        (at(3, 17), at(7, 7.5)),
        (at(5, 12), at(7, 7.5)),
    ],
)
def test_messages_go_out_in_office_hours_of_working_days(when: int, sent: int) -> None:
    assert sending_time(CALENDAR, when, Rules()) == sent


def test_many_units_at_once_are_one_message_to_the_kabupaten() -> None:
    """20 % of 17 units are 4."""
    fell = [found for i in range(4) for found in one(f"u{i}", opened=at(0, 9 + i), alert=f"a{i}")]
    assert [message.kind for message in planned(fell[:3], now=at(0, 15))] == ["fall", "fall", "fall"]
    together = planned(fell, now=at(0, 15))
    assert kinds(together) == [("shared", "bagian_organisasi")]
    assert together[0].units == ("u0", "u1", "u2", "u3")
    later = planned(fell, now=at(3, 15))
    assert {message.unit for message in later if message.kind == "fall"} == {"u0", "u1", "u2", "u3"}


def test_a_silence_holds_messages_back_until_it_ends() -> None:
    silence = Silence(
        unit="u0", first=date(2026, 3, 30), last=date(2026, 4, 1), reason="migrasi sistem", by="Operator", at=at(0, 8)
    )
    assert not planned(one(), silences=[silence], now=at(2, 15))
    found = planned(one(), silences=[silence])
    assert (found[0].kind, found[0].at) == ("fall", at(3, 7.5))
    assert not planned(one(closed=at(1, 15)), silences=[silence]), "what recovers in silence is not told"
    other = Silence(unit="u0", first=silence.first, last=silence.last, reason="x", by="y", at=0, indicator="time")
    assert planned(one(), silences=[other])


def test_a_silence_ends_with_the_recovery_it_waited_for() -> None:
    silence = Silence(unit="u0", first=date(2026, 3, 30), last=date(2026, 4, 30), reason="x", by="y", at=at(0, 8))
    both = one(closed=at(1, 15)) + one(opened=at(9, 9), alert="a1")
    assert {message.alert for message in planned(both, silences=[silence])} == {"a1"}


def test_a_silence_in_the_middle_holds_the_ladder_and_leaves_reminders_out_but_tells_the_end() -> None:
    """Mon 10:00 told; Tue 10:00 silenced until Tue of next week: the sekcam is asked on the Wednesday after."""
    silence = Silence(
        unit="u0", first=date(2026, 3, 31), last=date(2026, 4, 7), reason="gedung pindah", by="Operator", at=at(1, 10)
    )
    still_open = planned(one(), silences=[silence])
    climbs = [(message.role, message.at) for message in still_open if message.kind == "escalated"]
    assert climbs == [("bagian_organisasi", at(9, 7.5)), ("sekcam", at(9, 7.5))]
    assert [message.at for message in still_open if message.kind == "reminder"] == [at(10, 7.5)]
    assert kinds(planned(one(closed=at(3, 9)), silences=[silence])) == [("fall", "camat"), ("recovered", "camat")]
    after_the_ladder = msgspec.structs.replace(silence, at=at(2, 9))
    ended = planned(one(closed=at(8, 9)), silences=[after_the_ladder])
    assert ("recovered", "sekcam") in kinds(ended), "who was told before the silence is told of the end"
    lifted = msgspec.structs.replace(silence, lifted=date(2026, 4, 1))
    assert ("escalated", "sekcam") in kinds(planned(one(), silences=[lifted], now=at(2, 8)))


def test_a_silence_begins_once_and_ends_once_however_often_one_looks() -> None:
    begin = dict.fromkeys(("u0", "u1", "*"), "Asia/Jakarta")

    def begin_of(unit: str, day: date) -> int:
        assert begin[unit]
        return MONDAY + (day - date(2026, 3, 30)).days * DAY

    ordered = {"first": date(2026, 3, 30), "last": date(2026, 4, 1), "reason": "x", "by": "y"}
    over, waits, whole = (Silence(unit=unit, at=at(0, 8), **ordered) for unit in ("u0", "u1", "*"))  # type: ignore[arg-type]
    closed = one("u1", closed=at(1, 15))
    known: list[SilenceTurn] = []
    for now in (at(0, 8), at(0, 9), at(2, 23), at(3, 0), at(9, 0)):
        known += silence_turns([over, waits, whole], closed, known=known, begin_of=begin_of, now=now)
    assert [(turn.unit, turn.turn, turn.at) for turn in sorted(known)] == [
        ("*", "silenced", at(0, 8)),
        ("u0", "silenced", at(0, 8)),
        ("u1", "silenced", at(0, 8)),
        ("u1", "silence_recovered", at(1, 15)),
        ("*", "silence_expired", at(3, 0)),
        ("u0", "silence_expired", at(3, 0)),
    ]
    lifted = SilenceTurn(at=at(0, 9), unit="u0", silenced_at=at(0, 8), turn="silence_lifted", day=date(2026, 3, 30))
    later = silence_turns([over], [], known=[lifted], begin_of=begin_of, now=at(9, 0))
    assert [turn.turn for turn in later] == ["silenced"], "what somebody lifted does not expire"


@pytest.mark.parametrize("wrong", [{"reason": " "}, {"by": ""}, {"last": date(2026, 3, 1)}])
def test_a_silence_without_reason_name_or_end_is_refused(wrong: dict[str, object]) -> None:
    good = {"unit": "u0", "first": date(2026, 3, 30), "last": date(2026, 4, 1), "reason": "x", "by": "y", "at": 0}
    with pytest.raises(ValueError, match="silence"):
        Silence(**{**good, **wrong})  # type: ignore[arg-type]


def test_the_third_incident_in_ten_days_is_told_as_unstable_and_the_next_not_at_all() -> None:
    found = []
    for i in range(4):
        found += one(opened=at(i, 9), closed=at(i, 13), alert=f"a{i}")
    assert [message.kind for message in planned(found) if message.kind != "recovered"] == ["fall", "fall", "unstable"]


def test_a_plan_made_later_holds_what_an_earlier_one_held() -> None:
    found = one() + one("u1", opened=at(1, 9), closed=at(3, 9), alert="a1")
    whole = planned(found)
    for hours in range(0, 24 * 12, 7):
        early = planned(found, now=MONDAY + hours * HOUR)
        assert [message for message in whole if message.at <= MONDAY + hours * HOUR] == early
    assert len({message.key for message in whole}) == len(whole)


@given(st.lists(st.tuples(st.integers(0, 16), st.integers(0, 400), st.integers(1, 200)), max_size=12))
def test_every_message_goes_out_in_sending_hours_under_a_key_of_its_own(falls: list[tuple[int, int, int]]) -> None:
    found = []
    for i, (unit, opened, lasts) in enumerate(falls):
        start = MONDAY + opened * HOUR
        found += one(f"u{unit}", opened=start, closed=start + lasts * HOUR, alert=f"{i:04x}")
    messages = planned(found)
    assert len({message.key for message in messages}) == len(messages)
    assert all(sending_time(CALENDAR, message.at, Rules()) == message.at for message in messages)


def test_digests_say_what_is_open_what_began_and_what_ended() -> None:
    found = one(closed=at(1, 9)) + one("u1", opened=at(1, 10), alert="a1")
    morning, afternoon, next_morning, quiet = (
        digests(found, PLACES, when) for when in (at(0, 12), at(1, 15.75), at(2, 8), at(2, 15.75))
    )
    assert not morning
    assert [len(x) for x in (afternoon[0].open, afternoon[0].begun, afternoon[0].ended)] == [1, 1, 1]
    assert [len(x) for x in (next_morning[0].open, next_morning[0].begun, next_morning[0].ended)] == [1, 0, 0]
    assert not quiet, "an afternoon in which nothing changed"
    assert not digests(found, PLACES, at(1, 22)), "who was away in the afternoon does not send it at night"


def test_a_digest_is_silent_of_what_is_held_back() -> None:
    silence = Silence(unit="u0", first=date(2026, 3, 30), last=date(2026, 4, 1), reason="x", by="y", at=at(0, 8))

    def held(found: list[Incident], told: tuple[str, ...] = (), now: int = at(1, 16), **more: Any) -> list[str]:
        back = held_back(found, places=PLACES, told=told, now=now, **more)
        return [each.unit for each in back]

    assert held(one(), silences=[silence]) == held(one(), ("a0",), silences=[silence]) == ["u0"]
    assert held(one(closed=at(1, 9)), silences=[silence]) == ["u0"], "nobody knows that it fell"
    assert not held(one(closed=at(1, 9)), ("a0",), silences=[silence]), "who was told is told of the end"
    assert not held(one(), now=at(3, 16), silences=[silence])
    together = [each for i in range(4) for each in one(f"u{i}", opened=at(0, 9 + i), alert=f"a{i}")]
    assert held(together) == ["u0", "u1", "u2", "u3"]
    assert held(together, ("a0",)) == ["u1", "u2", "u3"]
    assert not held(together, now=at(3, 16))


@pytest.mark.parametrize(
    ("last", "more", "state"),
    [
        (None, {}, "normal"),
        (None, {"no_data": True}, "no_data"),
        ("watched", {}, "watched"),
        ("watched", {"no_data": True}, "no_data"),
        ("falling", {}, "falling"),
        ("falling", {"no_data": True}, "falling"),
        ("falling", {"acknowledged": True}, "acknowledged"),
        ("falling", {"acknowledged": True, "silenced": True}, "silenced"),
        ("recovered", {}, "recovered"),
        ("recovered", {"today": NUMBER + 8}, "normal"),
        ("normal", {}, "normal"),
        ("settled", {}, "normal"),
    ],
)
def test_states(last: Turn | None, more: dict[str, bool], state: State) -> None:
    latest = None if last is None else turn("u0", last, at(0, 10))
    assert state_of(latest, **{"today": NUMBER, **more}) == state  # type: ignore[arg-type]
