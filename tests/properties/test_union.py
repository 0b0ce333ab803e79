"""Law 1: a fact is the set of its entries, sets merge by union, and every field is a fold that no order can change."""

import random

from hypothesis import example, given
from hypothesis import strategies as st

from pantau.domain.entries import Entry, FactKey, decode_history, encode_history, in_order, merge
from pantau.domain.events import Event
from pantau.domain.folding import facts_from
from pantau.domain.measures import fold, marks
from stream_processors.assembly import facts_of
from tests.strategies import ENTRIES, MONDAY, REGISTRY, UNITS, entry, events, streams, ticket, visit_events


@given(ENTRIES, ENTRIES, ENTRIES)
def test_merge_is_associative(a: list[Entry], b: list[Entry], c: list[Entry]) -> None:
    left = merge(merge(merge({}, a), b), c)
    right = merge(merge({}, a), merge(merge({}, b), c).values())
    assert left == right


@given(ENTRIES, ENTRIES)
@example([entry("a", 2)], [entry("a", 1)])
def test_merge_is_commutative(a: list[Entry], b: list[Entry]) -> None:
    assert merge(merge({}, a), b) == merge(merge({}, b), a)


@given(ENTRIES)
def test_merge_is_idempotent(a: list[Entry]) -> None:
    once = merge({}, a)
    assert merge(once, a) == once
    assert merge(once, once.values()) == once


@given(ENTRIES)
def test_under_one_id_the_smallest_content_wins(a: list[Entry]) -> None:
    assert {id: kept.content for id, kept in merge({}, a).items()} == {
        id: min(entry.content for entry in a if entry.id == id) for id in {entry.id for entry in a}
    }


@given(ENTRIES)
def test_merge_changes_neither_of_the_sets_it_is_given(a: list[Entry]) -> None:
    before = merge({}, a)
    kept = dict(before)
    merge(before, [entry("a", 0), entry("z", 5)])
    assert before == kept


@given(ENTRIES, st.randoms(use_true_random=False))
def test_equal_sets_are_stored_as_equal_texts(a: list[Entry], chance: random.Random) -> None:
    shuffled = chance.sample(a, len(a))
    text = encode_history(merge({}, a))
    assert encode_history(merge({}, shuffled)) == text
    assert decode_history(text) == merge({}, a)
    assert in_order(decode_history(text)) == in_order(merge({}, a))


@given(visit_events(min_size=1), st.randoms(use_true_random=False))
def test_a_visit_is_the_same_in_any_order_with_any_duplicates(sent: list[Event], chance: random.Random) -> None:
    again = chance.sample(sent, len(sent)) + chance.choices(sent, k=len(sent))
    assert dict(facts_from(facts_of(again, REGISTRY), REGISTRY)) == dict(facts_from(facts_of(sent, REGISTRY), REGISTRY))


@given(streams(UNITS[:2]), st.randoms(use_true_random=False))
def test_every_fact_is_the_same_in_any_order_with_any_duplicates(sent: list[Event], chance: random.Random) -> None:
    again = chance.sample(sent, len(sent)) + chance.choices(sent, k=len(sent))
    assert dict(facts_from(facts_of(again, REGISTRY), REGISTRY)) == dict(facts_from(facts_of(sent, REGISTRY), REGISTRY))


@given(streams())
def test_a_fact_read_back_from_its_history_is_the_same_fact(sent: list[Event]) -> None:
    for (table, *key), fact in facts_from(facts_of(sent, REGISTRY), REGISTRY):
        again = fold(table, FactKey(*key), decode_history(fact.history), REGISTRY)
        assert again == fact
        assert marks(again) == marks(fact)


@given(st.lists(events(), max_size=14))
def test_the_batch_settles_conflicts_as_the_union_does(sent: list[Event]) -> None:
    grouped = facts_of(sent, REGISTRY)
    for fact_id, fact in facts_from(grouped, REGISTRY):
        assert fact.history == encode_history(merge({}, grouped[fact_id]))


def test_events_of_one_instant_stand_in_the_order_of_a_life() -> None:
    """A number taken, called and served within one second of a clock that shows whole seconds."""
    said = [ticket(kind, MONDAY) for kind in ("ended", "called", "started", "created")]
    (found,) = facts_of(said, REGISTRY).values()
    assert [entry.kind for entry in in_order(merge({}, found))] == [
        "ticket.created",
        "ticket.called",
        "service.started",
        "service.ended",
    ]
