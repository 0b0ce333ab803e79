"""Laws 1 to 3 of the operator: whatever batches, order, duplicates and forgetting, windows are the sum of their facts.

The shell around it is played by a store of two dictionaries that forgets nothing, as the tables do.
"""

import random
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pantau.domain.accepted import Accepted, accepted, joined
from pantau.domain.entries import FactId, FactKey, History, decode_history
from pantau.domain.events import Event
from pantau.domain.folding import facts_from
from pantau.domain.measures import RECORDS, fold, marks
from pantau.domain.registry import Registry
from pantau.domain.windows import Accumulator, CellKey, spread
from pantau.domain.zones import DAY, HOUR, MINUTE
from stream_processors.assembly import Assembly, Changes, facts_of, service_of
from tests.strategies import MONDAY, REGISTRY, UNITS, event, events, streams, ticket

Windows = dict[CellKey, Accumulator]


class Tables:
    """What storage holds: whole rows of facts by identity, absolute states of cells; the highest version wins."""

    def __init__(self, registry: Registry = REGISTRY, *, capacity: int = 100, units: Sequence[str] = ()) -> None:
        self.assembly = Assembly(registry, capacity=capacity, units=units)
        self.facts: dict[FactId, tuple[object, ...]] = {}
        self.cells: dict[CellKey, Accumulator] = {}
        self.version = 0
        self.asked: list[CellKey] = []

    def take(self, events: Sequence[Event]) -> Changes:
        """What a shell does with a batch."""
        self.version += len(events)
        assembly = self.assembly
        taken = accepted(events)
        batch = assembly.gather(Accepted(joined([taken.tickets], assembly.names), taken.others))
        for fact_id in assembly.absent(batch):
            if fact_id in self.facts:
                assembly.restore(fact_id, self.history(fact_id))
        changes = assembly.merge(batch, self.version)
        absent = self.asked = assembly.absent_cells(changes)
        assembly.restore_cells({key: copied(self.cells[key]) for key in absent if key in self.cells})
        for table, rows in changes.rows.items():
            for row in rows:
                self.facts[(table, *row[:3])] = row
        for key, cell in assembly.settle(changes):
            self.cells[key] = copied(cell)
        return changes

    def history(self, fact_id: FactId) -> History:
        place = RECORDS[fact_id[0]].__struct_fields__.index("history")
        return decode_history(str(self.facts[fact_id][place]))

    def windows(self) -> Windows:
        return {key: cell for key, cell in self.cells.items() if cell != Accumulator()}


def copied(cell: Accumulator) -> Accumulator:
    return Accumulator(cell.n, cell.total, cell.imputed, cell.auto_closed, dict(cell.histogram))


def from_scratch(events: Sequence[Event], registry: Registry = REGISTRY) -> tuple[dict[FactId, object], Windows]:
    """Facts and windows of all events at once, with nothing of the operator but the folds."""
    facts = dict(facts_from(facts_of(events, registry), registry))
    cells: Windows = {}
    for fact_id, fact in facts.items():
        zone = registry.zone(fact_id[1])
        spread(cells, marks(fact), unit=fact_id[1], service=service_of(fact), zone=zone, sign=1)
    return dict(facts), {key: cell for key, cell in cells.items() if cell != Accumulator()}


def batches(events: Sequence[Event], chance: random.Random) -> Iterator[Sequence[Event]]:
    """Random cuts."""
    start = 0
    while start < len(events):
        size = chance.randint(1, 6)
        yield events[start : start + size]
        start += size


@given(
    streams(UNITS[:2], ("antrian",)),
    st.sampled_from((1, 2, 5, 100)),
    st.sampled_from(((), UNITS[:1], UNITS)),
    st.randoms(use_true_random=False),
)
@settings(max_examples=200)
def test_windows_are_the_sum_of_their_facts_after_any_sequence_of_changes(
    sent: list[Event], capacity: int, units: Sequence[str], chance: random.Random
) -> None:
    """Shuffled, cut anywhere, with duplicates, units foreseen or not, a memory far smaller than what it works on."""
    stream = chance.sample(sent, len(sent)) + (chance.choices(sent, k=len(sent) // 2) if sent else [])
    tables = Tables(capacity=capacity, units=units)
    for batch in batches(stream, chance):
        tables.take(batch)
    facts, windows = from_scratch(sent)
    assert tables.windows() == windows
    assert {key: row[:-2] for key, row in tables.facts.items()} == {
        key: tuple(getattr(fact, name) for name in fact.__struct_fields__)  # type: ignore[attr-defined]
        for key, fact in facts.items()
    }


@given(st.lists(events(units=("dukcapil",), sources=("antrian",)), min_size=1, max_size=20))
def test_after_every_single_event_windows_are_the_sum_of_what_has_come(sent: list[Event]) -> None:
    tables = Tables(capacity=2)
    for n, one in enumerate(sent, 1):
        tables.take([one])
        assert tables.windows() == from_scratch(sent[:n])[1]


@given(st.lists(events(), min_size=1, max_size=20))
def test_a_visit_never_lands_twice(sent: list[Event]) -> None:
    """Sent a second and a third time nothing is written at all, and every duplicate is counted."""
    tables = Tables()
    tables.take(sent)
    facts, windows = dict(tables.facts), tables.windows()
    again = tables.take([*sent, *sent])
    assert (again.rows, again.moved, [*again.touched]) == ({}, [], [])
    assert (tables.facts, tables.windows()) == (facts, windows)
    assert sum(again.duplicates.values()) + sum(again.conflicts.values()) == 2 * len(sent)


@given(st.lists(events(units=("dukcapil",), sources=("antrian",)), min_size=1, max_size=25))
def test_every_cell_that_loses_something_is_named_before(sent: list[Event]) -> None:
    """What recovery rests on: a flush that died after its facts can find every cell that its facts left."""
    tables = Tables(capacity=3)
    for one in sent:
        before = dict(from_facts(tables))
        changes = tables.take([one])
        after = dict(from_facts(tables))
        lost = {key for key, cell in before.items() if lost_something(cell, after.get(key, Accumulator()))}
        assert lost <= set(changes.moved)
        changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        assert {(key[2], key[3]) for key in changed} <= set(changes.touched)
        assert len(set(changes.touched)) == len(changes.touched)


def from_facts(tables: Tables) -> Windows:
    cells: Windows = {}
    for fact_id in tables.facts:
        fact = fold(fact_id[0], FactKey(*fact_id[1:]), tables.history(fact_id), REGISTRY)
        zone = REGISTRY.zone(fact_id[1])
        spread(cells, marks(fact), unit=fact_id[1], service=service_of(fact), zone=zone, sign=1)
    return cells


def lost_something(before: Accumulator, after: Accumulator) -> bool:
    return after.n < before.n or any(after.histogram.get(edge, 0) < n for edge, n in before.histogram.items())


@given(st.lists(events(units=("dukcapil",), sources=("antrian",)), min_size=1, max_size=20), st.integers(0, 19))
def test_forgetting_everything_between_two_batches_changes_nothing(sent: list[Event], cut: int) -> None:
    tables = Tables()
    tables.take(sent[:cut])
    tables.assembly.forget()
    tables.take(sent[cut:])
    assert tables.windows() == from_scratch(sent)[1]


def test_an_event_for_a_visit_no_longer_in_memory_is_merged_with_what_storage_holds() -> None:
    #  A1 created | a thousand other visits push it out of memory | A1 called
    tables = Tables(capacity=5)
    tables.take([ticket("created", MONDAY, ticket="A1")])
    for n in range(1000):
        tables.take([ticket("created", MONDAY + n, ticket=f"B{n}")])
    tables.take([ticket("called", MONDAY + MINUTE, ticket="A1")])
    assert len(tables.history(("visits", "dukcapil", "antrian", "A1"))) == 2
    waits = {key[0]: cell.n for key, cell in tables.windows().items() if key[1] == "wait_to_call"}
    assert waits == {"5m": 1, "30m": 1, "1d": 1}


def test_a_day_stays_in_memory_while_windows_of_minutes_leave_it() -> None:
    tables = Tables(capacity=10)
    tables.assembly.stored(())
    tables.take([ticket("created", MONDAY, ticket="once", service="kk")])
    for n in range(100):
        tables.take([ticket("created", MONDAY + n * 5 * MINUTE, ticket=f"A{n}", service="ktp")])
    tables.take([ticket("created", MONDAY + 90 * 5 * MINUTE, ticket="again", service="kk")])
    assert [key for key in tables.asked if key[0] == "1d"] == []
    tables.take([ticket("created", MONDAY, ticket="late", service="kk")])
    assert {key[0] for key in tables.asked} == {"5m"}


def test_a_source_that_names_ever_new_officers_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts are forgotten when they are too many, once: what is read next must not bring them all back."""
    monkeypatch.setattr("stream_processors.assembly.MOST_TEXTS", 10)
    tables, sent, held = Tables(), [], []
    for n in range(40):
        sent.append(ticket("created", MONDAY + n, ticket=f"A{n % 7}-{n // 7}", officer=f"p{n}"))
        tables.take(sent[-1:])
        held.append(len(tables.assembly.names.texts))
    assert max(held) <= 11
    assert sum(after < before for before, after in pairwise(held)) <= 5
    assert tables.windows() == from_scratch(sent)[1]


def test_a_batch_larger_than_the_memory_keeps_every_one_of_its_facts_and_cells() -> None:
    tables = Tables(capacity=1)
    created = [ticket("created", MONDAY + n * HOUR, ticket=str(n)) for n in range(300)]
    ended = [ticket("ended", MONDAY + n * HOUR + MINUTE, ticket=str(n)) for n in range(300)]
    tables.take(created)
    tables.take(ended)
    assert tables.windows() == from_scratch([*created, *ended])[1]


@pytest.mark.parametrize("order", [1, -1])
def test_a_change_of_service_moves_the_whole_visit_to_the_other_services_windows(order: int) -> None:
    #  taken for ktp; at the counter it proves to be kk
    said = [ticket("created", MONDAY, service="ktp"), ticket("started", MONDAY + MINUTE, service="kk")]
    tables = Tables()
    for one in said[::order]:
        tables.take([one])
    assert {key[4] for key in tables.windows() if key[0] != "5m"} == {"kk"}
    assert sum(cell.n for key, cell in tables.windows().items() if key[:2] == ("1d", "arrivals")) == 1


def test_conflicts_and_duplicates_are_counted_by_source() -> None:
    said = ticket("created", MONDAY, id="1")
    other = ticket("created", MONDAY + 1, id="1")
    tables = Tables()
    changes = tables.take([said, said, other, said])
    assert changes.conflicts["antrian"] + changes.duplicates["antrian"] == 3
    assert changes.conflicts["antrian"] >= 1


@given(st.permutations([ticket("created", MONDAY + n * DAY, id="1") for n in range(4)]))
@example([ticket("created", MONDAY, id="1"), ticket("created", MONDAY + DAY, id="1")])
def test_under_one_id_the_smallest_content_wins_whatever_came_first(said: list[Event]) -> None:
    tables = Tables(capacity=1)
    for one in said:
        tables.take([one])
    (kept,) = tables.history(("visits", "dukcapil", "antrian", "A1")).values()
    assert kept.content == min(one.content for one in said)
    assert tables.windows() == from_scratch(said)[1]
    assert sum(cell.n for key, cell in tables.windows().items() if key[0] == "1d") == 1


def test_every_row_carries_the_version_of_its_batch_and_stands() -> None:
    changes = Tables().take([ticket("created", MONDAY), event("rating.given", MONDAY, score=4)])
    assert {row[-2:] for rows in changes.rows.values() for row in rows} == {(2, 0)}
