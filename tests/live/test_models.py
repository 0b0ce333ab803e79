"""The page's models over the week of ``storage_tests/week.py``, whose numbers can be computed by hand."""

from typing import Any

import msgspec
import pytest

from dashboards.live.models import Overview, UnitRow, UnitView
from dashboards.live.overview import overview
from dashboards.live.reading import Reader
from dashboards.live.sources import sources
from dashboards.live.unit import unit_view
from pantau.domain.registry import Registry
from storage.chdb_engine import ChdbEngine
from storage.engine import Answer
from tests.storage_tests.week import AS_OF, DAY, HOUR, MINUTE, REGISTRY, Query, at, event, everything, told


class Week:
    """The runtime that the page would have."""

    registry: Registry = REGISTRY

    def __init__(self, query: Query) -> None:
        self._query = query

    def query(self, name: str, params: Any) -> Answer:
        return self._query(name, params)

    def select(self, text: str, params: Any = None) -> Answer:
        raise AssertionError("the pages ask named queries alone")


@pytest.fixture(scope="module")
def reader(module_engine: ChdbEngine) -> Reader:
    # the counters of the week speak by name; one more ticket waits in the afternoon of a unit that closes at 16.00
    return Reader(Week(told(module_engine, [*everything(), event("ticket.created", "camat", "10 11.20", ticket="B9")])))


def seen(reader: Reader, now: int = AS_OF) -> Overview:
    return overview(reader, now)


def row(reader: Reader, unit: str, now: int = AS_OF) -> UnitRow:
    return next(found for found in seen(reader, now).units if found.code == unit)


def view(reader: Reader, code: str, now: int = AS_OF) -> UnitView:
    unit = REGISTRY.unit(code)
    assert unit is not None
    return unit_view(reader, unit, row(reader, code, now), now)


def test_the_ratio_counts_who_waits_and_who_left(reader: Reader) -> None:
    """Waits of Tuesday: 0 7 12 15 20 30 30 40 min; the eighth of eight is the p90, over a promise of 30."""
    unit = row(reader, "dukcapil")
    assert unit.ratio_n == 8
    assert unit.ratio == pytest.approx(40 / 30)


def test_over_the_promise_begins_after_its_last_minute(reader: Reader) -> None:
    """A8 took its number at 11.00 and was promised 30 minutes."""
    assert row(reader, "dukcapil").overdue == 0
    later = row(reader, "dukcapil", AS_OF + MINUTE)
    assert (later.overdue, later.state.key, later.state.since) == (1, "overdue", at("10 11.30"))
    assert later.waiting_since == at("10 11.00")


def test_units_without_anything_are_unknown(reader: Reader) -> None:
    unit = row(reader, "diam")
    assert (unit.state.key, unit.waiting, unit.ratio, unit.last_event, unit.ikm.value) == ("none", *(None,) * 4)
    assert {*unit.spark.today} == {None}


def test_a_unit_that_only_publishes_is_seen(reader: Reader) -> None:
    unit = row(reader, "samsat", at("10 10.12"))
    assert (unit.waiting, unit.counters_open, unit.waiting_since) == (0, 0, None)


def test_silence_makes_the_present_unknown_but_not_the_day(reader: Reader) -> None:
    unit = row(reader, "dukcapil", at("10 13.00"))
    assert (unit.state.key, unit.state.since, unit.quiet) == ("silent", at("10 11.12"), True)
    assert (unit.waiting, unit.counters_open, unit.ratio) == (None, None, None)
    assert (unit.arrivals, unit.served) == (8, 4)


def test_after_a_weekend_the_last_event_is_still_known(reader: Reader) -> None:
    """Monday 16 November 08.10: the last event is six days old and four working days lie between."""
    monday = at("16 08.10")
    unit = row(reader, "makassar", monday)
    assert unit.last_event == at("10 00.50", "Asia/Makassar")
    assert unit.state.key == "silent"


def test_a_closed_unit_says_when_it_opens(reader: Reader) -> None:
    unit = row(reader, "dukcapil", at("10 07.00"))
    assert (unit.is_open, unit.opens_next) == (False, at("10 08.00"))
    weekend = row(reader, "dukcapil", at("14 10.00"))
    assert weekend.opens_next == at("16 08.00")


def test_the_strip_is_the_sum_of_its_rows(reader: Reader) -> None:
    model = seen(reader)
    known = [unit for unit in model.units if unit.waiting is not None]
    assert model.strip.waiting == sum(unit.waiting or 0 for unit in known)
    assert model.strip.served == sum(unit.served for unit in model.units)
    assert (model.strip.judged, model.strip.kept) == (
        sum(unit.judged for unit in model.units),
        sum(unit.kept for unit in model.units),
    )
    since = min(unit.waiting_since for unit in model.units if unit.waiting_since is not None)
    assert model.strip.longest_since == since
    assert model.strip.silent == sum(unit.quiet for unit in model.units)
    only = row(reader, "dukcapil").ikm
    assert (model.strip.ikm.value, model.strip.ikm.answers) == (only.value, only.answers)


def test_only_whole_half_hours_are_drawn(reader: Reader) -> None:
    """At 11.29 the half hour of 11.00 still runs; at 11.30 it is over, and two came in it."""
    before, after = row(reader, "dukcapil", AS_OF - MINUTE), row(reader, "dukcapil")
    slot = (at("10 11.00") - after.spark.start) // (30 * MINUTE)
    assert before.spark.today[slot] is None
    assert after.spark.today[slot] == 2
    assert after.spark.today[slot + 1] is None


def test_a_unit_in_depth(reader: Reader) -> None:
    model = view(reader, "dukcapil")
    assert [(queue.name, queue.waiting, queue.since, queue.promise_ms) for queue in model.queue] == [
        ("KTP-el", 1, at("10 11.00"), 30 * MINUTE)
    ]
    counters = {counter.name: counter for counter in model.counters}
    assert (counters["L1"].state, counters["L2"].state) == ("closed", "open")
    assert counters["L2"].serving_since == at("10 11.12")
    assert (counters["L1"].served, counters["L2"].served) == (3, 1)
    assert sum(value or 0 for value in model.day.served) == 4
    assert [mark.title for mark in model.trend.marks if mark.kind == "training"] == ["Pelayanan prima"]
    assert model.trend.share[-1] == pytest.approx(3 / 5)
    assert model.trend.days[-1] == "2026-11-10"


def test_elements_have_their_means_and_honest_intervals(reader: Reader) -> None:
    """persyaratan 3, 4, 4; waktu 3, 2; biaya 3, 4: two answers give a wide interval, kept within the scale."""
    found = {element.key: element for element in view(reader, "dukcapil").elements}
    assert found["persyaratan"].n == 3
    assert found["persyaratan"].mean == pytest.approx(11 / 3)
    assert (found["waktu"].n, found["waktu"].mean) == (2, 2.5)
    assert (found["waktu"].low, found["waktu"].high) == (1.0, 4.0)


def test_a_planned_training_marks_nothing(reader: Reader) -> None:
    model = view(reader, "camat")
    assert [found.completed for found in model.interventions if found.kind == "training"] == [False]
    assert [mark.kind for mark in model.trend.marks if mark.kind != "holiday"] == ["measure"]


def test_sources_know_their_units_and_their_rhythm(reader: Reader) -> None:
    found = {source.name: source for source in sources(reader, AS_OF).sources}
    queue = found["antrean"]
    assert "Disdukcapil" in queue.units
    assert queue.last_event == at("10 11.20")
    assert (queue.delay_ms, queue.rejects, queue.faults) == (0, [], [])
    assert queue.usual_gap_ms is not None
    assert 0 < queue.usual_gap_ms < 2 * HOUR


def test_models_survive_the_journey_as_json(reader: Reader) -> None:
    for model in (seen(reader), view(reader, "dukcapil"), sources(reader, AS_OF)):
        assert msgspec.json.decode(msgspec.json.encode(model), type=type(model)) == model


def test_asking_again_a_day_later_keeps_what_is_known_of_the_day_before(reader: Reader) -> None:
    assert row(reader, "dukcapil", AS_OF + DAY).last_event == at("10 16.00")
