"""Plain tickets merged at once, in columns, are what each of them is when it is folded by itself."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pantau.domain.accepted import TicketNames, ticket_events
from pantau.domain.columns import Names
from pantau.domain.entries import Entry, FactId, FactKey, History, encode_history
from pantau.domain.events import Event
from pantau.domain.measures import Mark, visit_marks
from pantau.domain.registry import Standard
from pantau.domain.visit_columns import KINDS, MEASURES
from pantau.domain.visits import Visit, fold_visit
from pantau.domain.zones import DAY, MINUTE
from stream_processors.assembly import facts_of
from stream_processors.ticket_entries import from_tickets, is_plain
from stream_processors.tickets import Merged, Tickets
from tests.strategies import MONDAY, PROVENANCES, event, registry, ticket

RULES = registry(
    standards=(
        Standard(measure="wait_to_call", service="ktp", limit_ms=5 * MINUTE),
        Standard(measure="wait_to_start", service="kk", limit_ms=5 * MINUTE, leavers="not_counted"),
        Standard(measure="visit_time", unit="makassar", service="izin", limit_ms=9 * MINUTE),
        Standard(measure="service_time", limit_ms=5 * MINUTE, leavers="counted"),
    )
)
_TIMES = st.one_of(st.integers(MONDAY, MONDAY + 15), st.integers(MONDAY, MONDAY + 20 * MINUTE), st.just(MONDAY + DAY))


@st.composite
def lives(draw: st.DrawFn) -> list[Event]:
    """Events of a few tickets, each kind at most once a ticket but for calls."""
    found = []
    for number in range(draw(st.integers(1, 4))):
        kinds = draw(st.sets(st.sampled_from(KINDS), min_size=1))
        calls = draw(st.lists(st.sampled_from(("ticket.called", "ticket.recalled")), max_size=3))
        for kind in [*kinds, *calls]:
            more = {
                "ticket.created": ("came_from", (None, "jayapura")),
                "ticket.cancelled": ("by", ("staff", "system")),
            }
            extra: dict[str, Any] = {more[kind][0]: draw(st.sampled_from(more[kind][1]))} if kind in more else {}
            for field, values in (("service", ("ktp", "kk", "izin")), ("counter", ("1", "2")), ("officer", ("p1",))):
                extra[field] = draw(st.sampled_from((None, *values)))
            extra |= {"channel": draw(st.sampled_from((None, "loket"))), "provenance": draw(PROVENANCES)}
            unit = ("dukcapil", "makassar")[number % 2]
            found.append(event(kind, draw(_TIMES), unit=unit, ticket=f"A{number}", **extra))
    return draw(st.permutations([*{one.id: one for one in found}.values()]))


class Held:
    """Tickets as a batch after another merges into them, and their codes."""

    def __init__(self) -> None:
        self.names = TicketNames(Names(), Names())
        self.tickets = Tickets(1000)
        self.tickets.forget(self.names, RULES)
        self.measures = Names(MEASURES)

    def take(self, events: Sequence[Event], version: int = 7) -> Merged:
        batch = from_tickets(ticket_events(events), self.names, RULES)
        self.tickets.find(batch)
        return self.tickets.merge(batch, version)

    def marks(self, merged: Merged) -> dict[tuple[str, str | None, Mark], int]:
        """How often each mark was put in; -1 is once taken out."""
        found: dict[tuple[str, str | None, Mark], int] = {}
        if merged.marks is not None:
            m = merged.marks
            for unit, measure, service, at, n, total, how, sign in zip(
                *(c.tolist() for c in (m.unit, m.measure, m.service, m.at, m.n, m.total, m.provenance, m.sign)),
                strict=True,
            ):
                mark = (self.measures.names[measure], at, n, total, how)
                key = (self.names.units.names[unit], self.names.services.names[service], mark)
                found[key] = found.get(key, 0) + sign
        return {key: n for key, n in found.items() if n}


def folded(events: Sequence[Event]) -> dict[FactId, tuple[Visit, History]]:
    found = {}
    for fact_id, entries in facts_of(events, RULES).items():
        history = {entry.id: entry for entry in entries}
        found[fact_id] = (fold_visit(FactKey(*fact_id[1:]), history, RULES), history)
    return found


def as_row(visit: Visit) -> tuple[object, ...]:
    return (*(getattr(visit, name) for name in visit.__struct_fields__), 7, 0)


def marks_of(visits: Sequence[Visit]) -> dict[tuple[str, str | None, Mark], int]:
    found: dict[tuple[str, str | None, Mark], int] = {}
    for visit in visits:
        for mark in visit_marks(visit):
            key = (visit.unit, visit.service, mark)
            found[key] = found.get(key, 0) + 1
    return found


@given(lives())
@example([ticket("ended", MONDAY), ticket("called", MONDAY), ticket("started", MONDAY + 1)])
@example([ticket("cancelled", MONDAY, by="system"), ticket("created", MONDAY, came_from="jayapura")])
def test_tickets_in_columns_are_what_each_of_them_is_by_itself(said: list[Event]) -> None:
    truth = folded(said)
    plain = {fact_id: visit for fact_id, (visit, history) in truth.items() if is_plain(history.values())}
    held = Held()
    merged = held.take(said)
    assert {fact_id for fact_id in truth if fact_id not in plain} == set(merged.odd)
    rows = {("visits", *row[:3]): row for row in (merged.table or ())}
    assert rows == {fact_id: as_row(visit) for fact_id, visit in plain.items()}
    assert held.marks(merged) == marks_of([*plain.values()])


@given(lives(), st.integers(0, 12))
def test_what_a_second_batch_adds_and_takes_out_is_the_difference(said: list[Event], cut: int) -> None:
    plain = {fact_id for fact_id, (_, history) in folded(said).items() if is_plain(history.values())}
    said = [one for one in said if not plain.isdisjoint(facts_of([one], RULES))]
    held = Held()
    sums: dict[tuple[str, str | None, Mark], int] = {}
    for batch in (said[:cut], said[cut:]):
        for key, n in held.marks(held.take(batch)).items():
            sums[key] = sums.get(key, 0) + n
    assert {key: n for key, n in sums.items() if n} == marks_of([visit for visit, _ in folded(said).values()])


@given(lives())
def test_a_ticket_taken_out_or_found_odd_keeps_every_entry(said: list[Event]) -> None:
    held = Held()
    merged = held.take(said)
    for fact_id, (_, history) in folded(said).items():
        if fact_id in merged.odd:
            one = merged.odd[fact_id]
            assert one.history == {}
            assert sorted(one.entries, key=repr) == sorted(history.values(), key=repr)
        else:
            assert held.tickets.take_out(fact_id) == history
        assert fact_id not in held.tickets


@given(lives())
def test_a_restored_ticket_is_held_as_it_was(said: list[Event]) -> None:
    truth = {fact_id: held for fact_id, held in folded(said).items() if is_plain(held[1].values())}
    held = Held()
    plain = ticket_events([one for one in said if not truth.keys().isdisjoint(facts_of([one], RULES))])
    batch = from_tickets(plain, held.names, RULES)
    assert set(held.tickets.find(batch)) == truth.keys()
    for fact_id, (_, history) in truth.items():
        held.tickets.restore(fact_id, history)
    held.tickets.bring_in()
    again = held.tickets.merge(batch, 7)
    assert (again.table, again.marks, again.odd) == (None, None, {})
    assert sum(again.duplicates.values()) == sum(len(history) for _, history in truth.values())
    for fact_id, (_, history) in truth.items():
        assert encode_history(held.tickets.take_out(fact_id)) == encode_history(history)


@given(lives(), st.integers(0, 12))
def test_repetitions_change_nothing_and_are_counted(said: list[Event], cut: int) -> None:
    held = Held()
    first = held.take([*said, *said[:cut]])
    plain = [one for one in said if first.odd.keys().isdisjoint(facts_of([one], RULES))]
    assert sum(first.duplicates.values()) == len([one for one in said[:cut] if one in plain])
    again = held.take([*plain, *plain])
    assert (again.table, again.marks, again.odd) == (None, None, {})
    assert sum(again.duplicates.values()) == 2 * len(plain)


def test_other_content_under_one_id_is_not_settled_here() -> None:
    held = Held()
    held.take([ticket("created", MONDAY, id="1")])
    merged = held.take([ticket("called", MONDAY, id="1")])
    ((fact_id, odd),) = merged.odd.items()
    assert fact_id == ("visits", "dukcapil", "antrian", "A1")
    assert ([*odd.history], [entry.kind for entry in odd.entries]) == (["1"], ["ticket.called"])


@pytest.mark.parametrize(
    ("kinds", "plain"),
    [
        (("ticket.created", "ticket.called", "ticket.called", "ticket.recalled", "service.ended"), True),
        (("ticket.created", "ticket.created"), False),
        (("service.started", "service.started"), False),
        (("ticket.created", "ticket.parked"), False),
        (("ticket.transferred",), False),
        (("application.submitted",), False),
    ],
)
def test_what_a_plain_ticket_is(kinds: tuple[str, ...], plain: bool) -> None:
    entries = [Entry(MONDAY + n, str(n), n, kind) for n, kind in enumerate(kinds)]
    assert is_plain(entries) is plain
    same_time = [Entry(MONDAY, str(n), n, kind) for n, kind in enumerate(kinds)]
    assert not is_plain([*same_time, Entry(MONDAY, "x", 9, kinds[0])]), "two at one place of the order"


def test_tickets_that_were_not_touched_lately_leave_and_no_others() -> None:
    held = Held()
    held.tickets = Tickets(10)
    held.tickets.forget(held.names, RULES)
    for n in range(100):
        held.take(
            [ticket("created", MONDAY + n, ticket=f"A{n}"), ticket("called", MONDAY + n + 1, ticket="kept", id=str(n))]
        )
        held.tickets.settle()
    ids = [("visits", "dukcapil", "antrian", f"A{n}") for n in range(100)]
    there = [fact_id in held.tickets for fact_id in ids]
    assert there[-9:] == [True] * 9
    assert 9 <= sum(there) <= 20
    assert len(held.tickets.take_out(("visits", "dukcapil", "antrian", "kept"))) == 100
