"""The hard cases of a visit, each drawn above its assertion: 08:00 is minute 0, one character is about five minutes."""

import pytest

from pantau.domain.entries import AUTO_CLOSED, IMPUTED, OBSERVED
from pantau.domain.measures import marks
from pantau.domain.registry import Definitions
from pantau.domain.visits import PRECEDENCE
from pantau.domain.zones import HOUR, MINUTE
from tests.strategies import registry, ticket
from tests.unit.lives import app, at, measured, minutes, visit

# a ticket's usual life


def test_a_ticket_is_taken_called_served_and_done() -> None:
    #  |--wait to call 10--|-2-|-----service 8-----|
    #  created           called start            ended
    found = visit(
        ticket("created", at(0), service="ktp", channel="loket"),
        ticket("called", at(10), counter="loket-2", officer="p7"),
        ticket("started", at(12), counter="loket-2", officer="p7"),
        ticket("ended", at(20)),
    )
    assert (found.outcome, found.kind, found.calls, found.spells) == ("served", "ticket", 1, 1)
    assert (found.service, found.channel, found.counter, found.officer) == ("ktp", "loket", "loket-2", "p7")
    assert [minutes(ms) for ms in (found.wait_to_call_ms, found.wait_to_start_ms, found.service_ms)] == [10, 12, 8]
    assert (minutes(found.turnaround_ms), found.working_ms, found.wait_to_leave_ms) == (20, None, None)
    assert measured(found) == {
        "arrivals": (0, 0, OBSERVED),
        "called": (10, 0, OBSERVED),
        "wait_to_call": (10, 10, OBSERVED),
        "wait_to_start": (12, 12, OBSERVED),
        "wait_of_promise": (12, 79 / MINUTE, OBSERVED),
        "outcome.served": (20, 0, OBSERVED),
        "service_time": (20, 8, OBSERVED),
        "visit_time": (20, 20, OBSERVED),
        "promise": (20, 1 / MINUTE, OBSERVED),
    }


def test_an_unfinished_visit_says_only_what_is_known() -> None:
    found = visit(ticket("created", at(0)), ticket("called", at(10)))
    assert (found.outcome, found.ended_at, found.service_ms, found.turnaround_ms, found.kept) == (
        "open",
        None,
        None,
        None,
        None,
    )
    assert set(measured(found)) == {"arrivals", "called", "wait_to_call"}


def test_an_end_alone_is_a_served_visit_of_unknown_times() -> None:
    found = visit(ticket("ended", at(20)))
    assert (found.outcome, found.created_at, found.started_at, found.service_ms, found.turnaround_ms, found.kept) == (
        "served",
        None,
        None,
        None,
        None,
        None,
    )
    assert measured(found) == {"outcome.served": (20, 0, OBSERVED)}


# spells


def test_parked_and_resumed_is_served_for_the_sum_of_its_spells() -> None:
    #  created  |==4==|   fetch a paper   |==6==|
    #           start park              resume ended
    found = visit(
        ticket("created", at(0)),
        ticket("started", at(5)),
        ticket("parked", at(9)),
        ticket("resumed", at(30)),
        ticket("ended", at(36)),
    )
    assert (found.spells, minutes(found.service_ms), minutes(found.turnaround_ms)) == (2, 10, 36)
    assert minutes(found.wait_to_start_ms) == 5


def test_a_park_that_is_never_resumed_keeps_its_first_spell() -> None:
    #  |==4==|............. ended (the paper never came)
    found = visit(ticket("created", at(0)), ticket("started", at(5)), ticket("parked", at(9)), ticket("ended", at(60)))
    assert (found.outcome, found.spells, minutes(found.service_ms)) == ("served", 1, 4)


def test_started_twice_is_one_spell() -> None:
    #  start  start(again, another screen)  ended
    found = visit(ticket("started", at(5)), ticket("started", at(6)), ticket("ended", at(15)))
    assert (found.spells, minutes(found.service_ms)) == (1, 10)


def test_transfer_inside_the_unit_is_a_spell() -> None:
    #  |==5==| transferred to loket-3, ktp -> kk |==10==|
    found = visit(
        ticket("created", at(0), service="ktp"),
        ticket("started", at(5), service="ktp", counter="loket-1"),
        ticket("transferred", at(10), to_service="kk", to_counter="loket-3"),
        ticket("started", at(20), counter="loket-3"),
        ticket("ended", at(30)),
    )
    assert (found.outcome, found.went_to, found.service, found.counter) == ("served", None, "kk", "loket-3")
    assert (found.spells, minutes(found.service_ms)) == (2, 15)


def test_transfer_to_another_unit_ends_the_visit_here_and_opens_one_there() -> None:
    #  dukcapil  |created--start==5==transferred|
    #  jayapura                                 |created, came_from dukcapil ...
    here = visit(
        ticket("created", at(0)),
        ticket("started", at(5)),
        ticket("transferred", at(10), to_unit="jayapura"),
    )
    assert (here.outcome, here.went_to, minutes(here.service_ms), here.turnaround_ms, here.kept) == (
        "transferred",
        "jayapura",
        5,
        None,
        None,
    )
    assert measured(here)["outcome.transferred"] == (10, 0, OBSERVED)
    there = visit(ticket("created", at(10), unit="jayapura", came_from="dukcapil"), unit="jayapura")
    assert (there.outcome, there.came_from, there.created_at) == ("open", "dukcapil", at(10))


def test_back_from_the_other_unit_and_served_here_is_served() -> None:
    found = visit(
        ticket("created", at(0)),
        ticket("started", at(1)),
        ticket("transferred", at(5), to_unit="jayapura"),
        ticket("started", at(40)),
        ticket("ended", at(45)),
    )
    assert (found.outcome, found.went_to, found.spells, minutes(found.service_ms)) == ("served", "jayapura", 2, 9)


def test_reopened_after_its_end_ends_at_the_last_end() -> None:
    #  |==10==| ended   came back with a mistake |==5==| ended
    found = visit(
        ticket("created", at(0)),
        ticket("started", at(5)),
        ticket("ended", at(15)),
        ticket("started", at(50)),
        ticket("ended", at(55)),
    )
    assert (found.ended_at, found.spells, minutes(found.service_ms), minutes(found.turnaround_ms)) == (
        at(55),
        2,
        15,
        55,
    )


def test_reopened_and_not_yet_ended_is_as_it_was_at_its_first_end() -> None:
    found = visit(
        ticket("created", at(0)), ticket("started", at(5)), ticket("ended", at(15)), ticket("resumed", at(50))
    )
    assert (found.outcome, found.ended_at, found.spells, minutes(found.service_ms)) == ("served", at(15), 1, 10)


def test_an_end_without_a_start_is_imputed_from_the_last_call() -> None:
    #  called  called again |--- start unseen ---| ended
    found = visit(
        ticket("created", at(0)),
        ticket("called", at(10)),
        ticket("recalled", at(14)),
        ticket("ended", at(20)),
    )
    assert (found.started_at, found.started_provenance, minutes(found.service_ms)) == (at(14), IMPUTED, 6)
    assert measured(found)["service_time"] == (20, 6, IMPUTED)
    assert measured(found)["wait_to_start"] == (14, 14, IMPUTED)
    assert measured(found)["wait_to_call"] == (10, 10, OBSERVED), "what was observed stays observed"


def test_an_end_without_start_and_call_has_no_service_time() -> None:
    found = visit(ticket("created", at(0)), ticket("ended", at(20)))
    assert (found.spells, found.service_ms, found.started_at, minutes(found.turnaround_ms)) == (0, None, None, 20)


def test_an_overlap_of_a_second_clamps_to_zero() -> None:
    #      created (printer's clock)
    #   called (counter's clock, a second behind)
    found = visit(
        ticket("created", at(0)),
        ticket("called", at(0) - 1000),
        ticket("started", at(0) - 500),
        ticket("ended", at(5)),
    )
    assert (found.wait_to_call_ms, found.wait_to_start_ms) == (0, 0)
    assert minutes(found.service_ms) == pytest.approx(5 + 0.5 / 60)


# no-shows, leavers, voids


def test_recalled_after_a_no_show_and_then_served_was_served() -> None:
    #  called  no_show     recalled |==6==| ended
    found = visit(
        ticket("created", at(0)),
        ticket("called", at(10)),
        ticket("no_show", at(13)),
        ticket("recalled", at(20)),
        ticket("started", at(21)),
        ticket("ended", at(27)),
    )
    assert (found.outcome, found.calls, found.ended_at, minutes(found.service_ms)) == ("served", 2, at(27), 6)
    assert "outcome.no_show" not in measured(found)


def test_a_no_show_is_not_judged() -> None:
    found = visit(ticket("created", at(0), service="ktp"), ticket("called", at(10)), ticket("no_show", at(13)))
    assert (found.outcome, found.kept, found.wait_to_leave_ms) == ("no_show", None, None)


@pytest.mark.parametrize("by", ["citizen", "staff"])
def test_cancelled_by_a_person_is_abandoned(by: str) -> None:
    found = visit(ticket("created", at(0)), ticket("cancelled", at(25), by=by))
    assert (found.outcome, minutes(found.wait_to_leave_ms)) == ("abandoned", 25)
    assert measured(found)["wait_to_leave"] == (25, 25, OBSERVED)


def test_cancelled_by_the_system_is_void_and_counts_nowhere_else() -> None:
    found = visit(
        ticket("created", at(0), service="ktp"), ticket("called", at(5)), ticket("cancelled", at(6), by="system")
    )
    assert (found.outcome, found.kept, found.wait_to_leave_ms) == ("void", None, None)
    assert measured(found) == {"outcome.void": (6, 0, OBSERVED)}


def test_a_reset_at_night_does_not_undo_a_finished_visit() -> None:
    found = visit(ticket("created", at(0)), ticket("ended", at(9)), ticket("cancelled", at(900), by="system"))
    assert (found.outcome, found.ended_at) == ("served", at(9))


def test_cancelled_by_citizen_and_by_system_is_abandoned() -> None:
    found = visit(ticket("created", at(0)), ticket("cancelled", at(4)), ticket("cancelled", at(9), by="system"))
    assert (found.outcome, found.ended_at) == ("abandoned", at(4))


def test_left_at_closing_is_overridden_by_a_late_completion() -> None:
    #  created ... office closes: left (auto_closed) ... the counter's record arrives: served
    waiting = [ticket("created", at(0)), ticket("left", at(480), provenance="auto_closed")]
    left = visit(*waiting)
    assert (left.outcome, minutes(left.wait_to_leave_ms), left.ended_provenance) == ("left", 480, AUTO_CLOSED)
    assert measured(left)["outcome.left"] == (480, 0, AUTO_CLOSED)
    served = visit(*waiting, ticket("started", at(20)), ticket("ended", at(30)))
    assert (served.outcome, served.ended_at, served.ended_provenance) == ("served", at(30), OBSERVED)
    assert "outcome.left" not in measured(served)


def test_who_left_left_at_the_first_word_of_it() -> None:
    found = visit(ticket("created", at(0)), ticket("left", at(480)), ticket("left", at(500)))
    assert minutes(found.wait_to_leave_ms) == 480


def test_who_was_being_served_when_giving_up_has_no_wait_to_leave() -> None:
    found = visit(ticket("created", at(0)), ticket("started", at(5)), ticket("cancelled", at(9)))
    assert (found.outcome, found.wait_to_leave_ms, minutes(found.wait_to_start_ms)) == ("abandoned", None, 5)


def test_a_completion_wins_over_every_other_outcome_in_the_published_order() -> None:
    events = {
        "service.ended": ticket("ended", at(1)),
        "ticket.transferred": ticket("transferred", at(2), to_unit="jayapura"),
        "ticket.no_show": ticket("no_show", at(3)),
        "ticket.cancelled": ticket("cancelled", at(4)),
        "ticket.left": ticket("left", at(5)),
    }
    said = [(kind, outcome) for kind, outcome in PRECEDENCE if kind in events]
    for place, (_, outcome) in enumerate(said):
        rest = [events[kind] for kind, _ in said[place:]]
        assert visit(ticket("created", at(0)), *rest).outcome == outcome


# applications


def test_an_application_is_submitted_and_its_product_issued() -> None:
    #  Mon 09:00 |--- open 08-12, 13-16 ---| Tue 10:00     clock 25 h, working 3 + 3 + 2 h
    found = visit(app("submitted", at(60), service="izin", channel="daring"), app("issued", at(60) + 25 * HOUR))
    assert (found.kind, found.outcome, found.returns, found.spells) == ("application", "issued", 0, 0)
    assert (found.turnaround_ms, found.working_ms) == (25 * HOUR, 8 * HOUR)
    assert {name: total for name, _, _, total, _ in marks(found)} == {
        "arrivals": 0,
        "outcome.issued": 0,
        "turnaround": 25 * HOUR,
        "turnaround_working": 8 * HOUR,
        "returned": 0,
        "promise": 1,
    }


def test_returned_and_resubmitted_is_one_application_with_a_return() -> None:
    #  submitted -> returned -> resubmitted -> returned -> resubmitted -> issued
    found = visit(
        app("submitted", at(0)),
        app("returned", at(60)),
        app("resubmitted", at(120)),
        app("returned", at(180)),
        app("resubmitted", at(240)),
        app("issued", at(300)),
    )
    assert (found.outcome, found.returns, minutes(found.turnaround_ms)) == ("issued", 2, 300)
    assert [(n, total) for name, _, n, total, _ in marks(found) if name == "returned"] == [(1, 1)], (
        "with a return, once"
    )


def test_a_rejected_application_has_an_outcome_and_no_turnaround() -> None:
    found = visit(app("submitted", at(0), service="izin"), app("rejected", at(60)))
    assert (found.outcome, found.turnaround_ms, found.kept) == ("rejected", None, None)
    assert set(measured(found)) == {"arrivals", "outcome.rejected"}


def test_issued_after_a_rejection_is_issued() -> None:
    assert visit(app("submitted", at(0)), app("rejected", at(5)), app("issued", at(9))).outcome == "issued"


def test_what_finishes_an_application_is_a_definition() -> None:
    events = [app("submitted", at(0)), app("approved", at(60))]
    assert visit(*events).outcome == "open"
    approved = registry(definitions=Definitions(finished="approved"))
    found = visit(*events, registry=approved)
    assert (found.outcome, minutes(found.turnaround_ms)) == ("approved", 60)
    issued = visit(*events, app("issued", at(90)), registry=approved)
    assert (issued.outcome, minutes(issued.turnaround_ms)) == ("issued", 90)


# provenance


@pytest.mark.parametrize(
    ("created", "called", "started", "ended", "expected"),
    [
        ("observed", "observed", "observed", "observed", (0, 0, 0, 0, 0)),
        ("imputed", "observed", "observed", "observed", (2, 2, 0, 2, 2)),
        ("observed", "imputed", "observed", "observed", (2, 0, 0, 0, 0)),
        ("observed", "observed", "imputed", "observed", (0, 2, 2, 0, 0)),
        ("observed", "observed", "observed", "auto_closed", (0, 0, 1, 1, 1)),
        ("imputed", "observed", "observed", "auto_closed", (2, 2, 1, 2, 2)),
    ],
)
def test_a_duration_is_as_well_known_as_the_worse_of_its_two_times(
    created: str, called: str, started: str, ended: str, expected: tuple[int, ...]
) -> None:
    found = visit(
        ticket("created", at(0), service="ktp", provenance=created),
        ticket("called", at(1), provenance=called),
        ticket("started", at(2), provenance=started),
        ticket("ended", at(9), provenance=ended),
    )
    names = ("wait_to_call", "wait_to_start", "service_time", "visit_time", "promise")
    assert tuple(measured(found)[name][2] for name in names) == expected
