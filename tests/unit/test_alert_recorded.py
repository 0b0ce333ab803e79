"""History only grows: what late data do to it, and what of a plan is handed over for delivery."""

import msgspec
import pytest

from pantau.domain.alerts.detection import Transition
from pantau.domain.alerts.incidents import Incident, incidents
from pantau.domain.alerts.messages import Message, plan, unsent
from pantau.domain.alerts.recorded import Recorded, reconciled
from pantau.domain.zones import HOUR
from tests.unit.test_alert_messages import PLACES, at, one, turn

NOW = at(3, 12)
FELL = turn("u0", "falling", at(1, 10), alert="a")
OVER = turn("u0", "recovered", at(2, 10), alert="a")


def kept(*turns: Transition) -> list[Recorded]:
    return [Recorded(transition=each, found_at=each.at + HOUR) for each in turns]


def added(recorded: list[Recorded], *folded: Transition, now: int = NOW) -> list[tuple[str, str, bool]]:
    rows = reconciled(recorded, folded, since=at(0, 0), now=now)
    return [(row.transition.turn, row.transition.alert, row.late) for row in rows]


def test_what_is_new_is_added_and_what_is_known_is_not() -> None:
    assert added([], FELL, now=at(1, 11)) == [("falling", "a", False)]
    assert added(kept(FELL), FELL) == []
    assert added(kept(FELL), FELL, OVER, now=at(2, 11)) == [("recovered", "a", False)]


def test_what_is_found_a_day_after_its_half_hour_was_found_late() -> None:
    assert added([], FELL) == [("falling", "a", True)]
    first = reconciled([], [FELL], since=0, now=NOW, first_time=True)
    assert [row.late for row in first] == [False], "a first look at old data finds nothing late"


def test_a_fall_whose_begin_moved_stays_the_alert_that_people_know() -> None:
    moved = msgspec.structs.replace(FELL, alert="b", at=at(1, 9))
    end = msgspec.structs.replace(OVER, alert="b")
    assert added(kept(FELL), moved) == []
    assert added(kept(FELL), moved, end, now=at(2, 11)) == [("recovered", "a", False)]


def test_a_fall_that_is_no_longer_found_is_withdrawn_and_not_erased() -> None:
    assert added(kept(FELL)) == [("withdrawn", "a", False)]
    assert added(kept(FELL, OVER)) == [], "one that has ended stays as it was"
    assert reconciled(kept(FELL), [], since=at(2, 0), now=NOW) == [], "what was not folded again is not judged"


def test_reconciling_twice_adds_nothing() -> None:
    recorded = kept(FELL)
    rows = reconciled(recorded, [], since=at(0, 0), now=NOW)
    assert reconciled([*recorded, *rows], [], since=at(0, 0), now=NOW + HOUR) == []
    assert incidents(row.transition for row in [*recorded, *rows])[0].closed is not None


def handed(found: list[Incident], now: int, known: set[str]) -> list[Message]:
    return unsent(plan(found, places=PLACES, now=now, told={}), found, known, now)


def test_what_was_handed_over_is_not_handed_over_again() -> None:
    fell = one()
    first = handed(fell, at(0, 11), set())
    assert [message.kind for message in first] == ["fall"]
    assert handed(fell, at(0, 12), {message.key for message in first}) == []


def test_of_a_begin_and_an_end_that_are_due_together_the_end_alone_is_told() -> None:
    found = handed(one(closed=at(1, 10)), at(1, 12), set())
    assert [(message.kind, message.role) for message in found] == [("passed", "camat")]
    assert handed(one(closed=at(1, 10)), at(1, 13), {message.key for message in found}) == []


@pytest.mark.parametrize(("closed", "kinds"), [(at(1, 10), []), (None, ["fall"])])
def test_old_news_is_told_only_of_what_is_still_so(closed: int | None, kinds: list[str]) -> None:
    found = handed(one(closed=closed), at(14, 12), set())
    assert [message.kind for message in found] == kinds
    assert all(message.at >= at(14, 12) for message in found), "its ladder begins when it is told"


def test_a_fall_that_joins_an_incident_people_know_is_no_news() -> None:
    first = handed(one(), at(0, 11), set())
    keys = {message.key for message in first}
    earlier = turn("u0", "falling", at(0, 9), alert="zz", indicator="time")
    both = incidents([*one()[0].alerts, earlier])
    assert len(both) == 1
    assert handed(both, at(0, 12), keys) == []
