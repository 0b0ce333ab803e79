"""Raw events are kept for a time: facts and windows stay, go on, and `verify` says what it can no longer recheck."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from pantau.domain.accepted import accepted
from pantau.domain.events import Event
from pantau.domain.registry import Registry, Standard
from pantau.domain.zones import DAY, HOUR, MINUTE
from pantau.embedded.pipeline import Pipeline
from pantau.embedded.registries import Registries
from storage.chdb_engine import ChdbEngine
from storage.retention import raw_since, remove_events
from storage.store import Store
from storage.verify import Report, verify
from tests.strategies import MONDAY, REGISTRY, event, registry, ticket
from tests.support.taking import take_batch
from tests.truth import must_hold

OLD = MONDAY - 100 * DAY
CUTOFF = MONDAY - 50 * DAY


def day(start: int, prefix: str) -> list[Event]:
    return [
        one
        for n in range(6)
        for one in (
            ticket("created", start + n * HOUR, ticket=f"{prefix}{n}", service="ktp"),
            ticket("started", start + n * HOUR + 5 * MINUTE, ticket=f"{prefix}{n}"),
            ticket("ended", start + n * HOUR + 9 * MINUTE, ticket=f"{prefix}{n}"),
            event("rating.given", start + n * HOUR, score=1 + n % 5, id=f"{prefix}r{n}"),
        )
    ]


LONG_AGO, LATELY = day(OLD, "old"), day(MONDAY, "new")
#  a permit handed in long ago and issued lately: some of its events go, some stay
PERMIT = [
    event("application.submitted", OLD, application="1", service="izin"),
    event("application.issued", MONDAY, application="1"),
]
SAID = [*LONG_AGO, *LATELY, *PERMIT]


@dataclass
class Kept:
    store: Store
    pipeline: Pipeline

    def take(self, events: Sequence[Event]) -> None:
        take_batch(self.pipeline, events)
        self.pipeline.drain()

    def remove(self, before: int = CUTOFF) -> int:
        return remove_events(self.store, before=before, upto_seq=self.pipeline.progress.seq, now=MONDAY)

    def verify(self, registry: Registry = REGISTRY) -> Report:
        return verify(self.store, registry)

    def count(self, sql: str) -> Any:
        return self.store.engine.query(sql).rows[0][0]


@pytest.fixture
def kept(engine: ChdbEngine) -> Iterator[Kept]:
    pipeline = Pipeline(Store(engine), REGISTRY)
    pipeline.open()
    Registries(pipeline.store).load(REGISTRY, pipeline, now=0)
    found = Kept(pipeline.store, pipeline)
    found.take(SAID)
    yield found
    pipeline.close()


def test_old_raw_events_go_and_facts_and_windows_stay(kept: Kept) -> None:
    assert raw_since(kept.store) is None
    assert kept.remove() == len(LONG_AGO) + 1
    assert kept.count("SELECT count() FROM events") == len(LATELY) + 1
    assert raw_since(kept.store) == CUTOFF
    must_hold(kept.store, SAID)


def test_verify_compares_what_is_kept_and_says_what_it_left_out(kept: Kept) -> None:
    whole = kept.verify()
    kept.remove()
    report = kept.verify()
    assert report.equal
    assert (whole.left_out, whole.raw_since) == (0, None)
    assert report.left_out == 6 + 6 + 1, "six tickets, six ratings, the permit"
    assert report.raw_since == CUTOFF
    assert (report.facts, report.cells) == (whole.facts, whole.cells)


CALLED = "INSERT INTO visits SELECT * REPLACE (9 AS calls, version + 1 AS version) FROM visits FINAL"


@pytest.mark.parametrize(
    "damage",
    [
        # an event of lately vanished, or was never folded: no retention explains it
        "ALTER TABLE events DELETE WHERE subject = 'new3' AND kind = 'service.ended' SETTINGS mutations_sync = 2",
        f"{CALLED} WHERE subject = 'new1'",
        # of what lost its raw events, the row must still be the fold of its entries
        f"{CALLED} WHERE subject = 'old1'",
        # and the windows those of the rows
        "INSERT INTO windows SELECT * REPLACE (n + 1 AS n, version + 1 AS version) FROM windows FINAL"
        " WHERE measure = 'arrivals' AND size = '1d' AND service = 'ktp' ORDER BY day LIMIT 1",
        "ALTER TABLE visits DELETE WHERE subject = 'old2' SETTINGS mutations_sync = 2",
    ],
)
def test_damage_is_found_after_a_removal_as_well(kept: Kept, damage: str) -> None:
    kept.remove()
    kept.store.engine.execute(damage)
    assert not kept.verify().equal


def test_an_event_for_a_fact_that_lost_its_raw_events_is_merged_with_what_it_had(kept: Kept) -> None:
    #  old1: created, started, ended (raw events gone) | reopened and ended again, late
    kept.remove()
    kept.pipeline.assembly.forget()
    late = [ticket("resumed", OLD + 3 * HOUR, ticket="old1"), ticket("ended", OLD + 4 * HOUR, ticket="old1")]
    kept.take(late)
    must_hold(kept.store, [*SAID, *late])
    assert kept.verify().equal
    assert kept.verify().left_out == 13


def test_removed_events_that_come_again_change_nothing(kept: Kept) -> None:
    kept.remove()
    kept.take(SAID)
    must_hold(kept.store, SAID)
    assert kept.verify().equal


def test_another_content_under_the_id_of_a_removed_event_is_settled_as_ever(kept: Kept) -> None:
    kept.remove()
    other = [event("rating.given", OLD + n * DAY, score=5, id="oldr0") for n in range(4)]
    kept.take(other)
    must_hold(kept.store, [*SAID, *other])
    assert kept.verify().equal


def test_a_retroactive_edit_reaches_facts_whose_raw_events_are_gone(kept: Kept) -> None:
    kept.remove()
    stricter = registry(standards=(Standard(measure="service_time", limit_ms=MINUTE),))
    assert Registries(kept.store).load(stricter, kept.pipeline, now=1) == ["dukcapil"]
    must_hold(kept.store, SAID, stricter)
    assert kept.verify(stricter).equal


def test_a_unit_of_which_no_raw_event_is_left_cannot_be_forgotten_by_a_registry(kept: Kept) -> None:
    kept.remove(MONDAY + 100 * DAY)
    assert kept.count("SELECT count() FROM events") == 0
    stricter = registry(standards=(Standard(measure="service_time", limit_ms=MINUTE),))
    assert Registries(kept.store).load(stricter, kept.pipeline, now=1) == ["dukcapil"]
    must_hold(kept.store, SAID, stricter)


def test_numbers_go_on_rising_after_everything_was_removed(kept: Kept) -> None:
    kept.remove(MONDAY + 100 * DAY)
    kept.pipeline.close()
    again = Pipeline(kept.store, REGISTRY)
    assert again.open() == 0
    assert again.seq >= len(SAID)
    take_batch(again, [ticket("ended", MONDAY + 9 * HOUR, ticket="new1")])
    again.close()
    must_hold(kept.store, [*SAID, ticket("ended", MONDAY + 9 * HOUR, ticket="new1")])
    assert kept.verify().equal


def test_what_is_not_processed_yet_is_not_removed(kept: Kept) -> None:
    waiting = ticket("created", OLD, ticket="waiting")
    kept.store.insert([kept.store.log_block(accepted([waiting]), REGISTRY, kept.pipeline.seq + 1)])
    kept.remove()
    assert kept.count("SELECT count() FROM events WHERE subject = 'waiting'") == 1


def test_removing_twice_removes_nothing_more(kept: Kept) -> None:
    kept.remove()
    assert kept.remove() == 0
    assert kept.count("SELECT count() FROM retentions") == 1


def test_a_removal_that_died_after_its_first_step_can_be_done_again(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = kept.store.engine.execute
    for dies_at in (1, 2, 3):
        calls = 0

        def dying(sql: str, params: Any = None, last: int = dies_at) -> None:
            nonlocal calls
            calls += 1
            if calls == last:
                raise OSError("gone")
            execute(sql, params)

        monkeypatch.setattr(kept.store.engine, "execute", dying)
        with pytest.raises(OSError, match="gone"):
            kept.remove()
        monkeypatch.setattr(kept.store.engine, "execute", execute)
        assert kept.verify().equal
    assert kept.remove() == len(LONG_AGO) + 1
    must_hold(kept.store, SAID)
    assert kept.verify().equal


def test_many_trimmed_facts_are_read_in_parts(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.retention._AT_ONCE", 4)
    kept.remove()
    report = kept.verify()
    assert (report.equal, report.left_out) == (True, 13)
