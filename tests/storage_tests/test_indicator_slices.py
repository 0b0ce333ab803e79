"""Slices and groups: places, services, channels, counters, times, training, interventions; and what is unknown."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
import pytest

from pantau.domain.errors import BadSetup
from pantau.domain.indicator_catalogue import chosen, fixed
from pantau.domain.indicators import Value
from pantau.domain.registry import Registry, Unit
from pantau.domain.requests import Request, Table, choices_for
from pantau.domain.zones import from_local
from storage.chdb_engine import ChdbEngine
from storage.engine import Answer
from storage.indicators import indicators
from storage.slices import Scope, is_answer, read
from tests.storage_tests.week import AS_OF, HOUR, MINUTE, REGISTRY, Query, at, event, everything, told


@pytest.fixture(scope="module")
def query(module_engine: ChdbEngine) -> Query:
    return told(module_engine, everything())


def ask(query: Query, *names: str, registry: Registry = REGISTRY, **request: Any) -> Table:
    return indicators(query, registry, msgspec.convert({"as_of": AS_OF, "names": names, **request}, Request))


def numbers(table: Table) -> dict[Any, float | None]:
    """Values by group; the indicator is part of the key where there are several."""
    several = len(table.about) > 1
    return {(*line.key, line.indicator) if several else line.key: line.value.value for line in table.lines}


def test_places_add_up(query: Query) -> None:
    by_unit = numbers(ask(query, "arrivals", by=["unit"]))
    assert by_unit == {("dukcapil",): 9, ("camat",): 7, ("makassar",): 1, ("samsat",): None, ("diam",): None}
    assert numbers(ask(query, "arrivals", by=["kecamatan"])) == {
        ("18.01.06",): 9,
        ("18.01.07",): 7,
        ("73.71.01",): 1,
    }
    assert numbers(ask(query, "arrivals", by=["kabupaten"])) == {("18.01",): 16, ("73.71",): 1}
    assert numbers(ask(query, "arrivals")) == {(): 17}
    assert numbers(ask(query, "arrivals", kecamatan=["18.01.07"])) == {(): 7}
    assert numbers(ask(query, "arrivals", kabupaten=["73.71"], units=["makassar"])) == {(): 1}


def test_a_group_is_named_by_its_code_and_in_words(query: Query) -> None:
    table = ask(query, "served", by=["kecamatan", "service"])
    assert {(line.key, line.label) for line in table.lines} == {
        (("18.01.06", "ktp"), ("Kalianda", "KTP-el")),
        (("18.01.06", "kk"), ("Kalianda", "Kartu Keluarga")),
        (("18.01.07", "izin"), ("Sidomulyo", "Izin usaha")),
        (("18.01.07", "-"), ("Sidomulyo", "tidak diketahui")),
        (("73.71.01", "-"), ("Mariso", "tidak diketahui")),
    }


def test_services_are_kept_apart(query: Query) -> None:
    found = numbers(ask(query, "wait_to_start.mean", units=["dukcapil"], by=["service"]))
    assert found == {("ktp",): 79 * MINUTE / 4, ("kk",): 0}
    assert numbers(ask(query, "arrivals", services=["-"])) == {(): 2}


def test_channels_and_counters_are_read_from_visits(query: Query) -> None:
    by_channel = numbers(ask(query, "arrivals", "wait_to_start.mean", units=["dukcapil"], by=["channel"]))
    assert by_channel == {
        ("-", "arrivals"): 3,  # A8, A9, A0
        ("-", "wait_to_start.mean"): 7 * MINUTE,
        ("loket", "arrivals"): 4,
        ("loket", "wait_to_start.mean"): 32 * MINUTE / 3,
        ("online", "arrivals"): 2,
        ("online", "wait_to_start.mean"): 40 * MINUTE,
    }
    by_counter = numbers(ask(query, "served", "rating", "occupancy", units=["dukcapil"], by=["counter"]))
    assert {key: value for key, value in by_counter.items() if key[0] in ("L1", "L2")} == {
        ("L1", "served"): 3,
        ("L1", "rating"): 5,
        ("L1", "occupancy"): 33 / 160,
        ("L2", "served"): 1,
        ("L2", "rating"): 3,
        ("L2", "occupancy"): 5 / 150,
    }
    assert numbers(ask(query, "no_show", channels=["loket"])) == {(): 1 / 4}
    assert numbers(ask(query, "promise", "abandonment", channels=["online"])) == {
        ("promise",): 0,
        ("abandonment",): 1 / 2,
    }


def test_the_channel_of_an_answer_is_the_one_it_came_by(query: Query) -> None:
    """People served by a channel are no population for answers given by another, so none is assumed there."""
    table = ask(query, "ikm", "surveys", "response_rate", units=["dukcapil"], by=["channel"])
    found = {(*line.key, line.indicator): line.value for line in table.lines}
    assert found["qr", "surveys"].value == 2
    assert found["kertas", "surveys"].value == 1
    assert found["qr", "ikm"].value == 84.72
    assert "below_minimum" not in found["qr", "ikm"].flags
    assert found["kertas", "ikm"].reason == "unanswered"
    assert found["qr", "response_rate"].reason == "not_by"


@pytest.mark.parametrize(
    ("by", "found"),
    [
        ("day", {"2026-11-09": 1, "2026-11-10": 8}),
        ("week", {"2026-11-09": 9}),
        ("month", {"2026-11": 9}),
        ("hour", {"08": 2, "09": 3, "10": 1, "11": 2, "15": 1}),
        ("30m", {"2026-11-09T08:00Z": 1, "2026-11-10T04:00Z": 2, "2026-11-10T03:30Z": 1}),
        ("5m", {"2026-11-10T01:00Z": 1, "2026-11-10T01:05Z": 1, "2026-11-10T04:05Z": 1}),
    ],
)
def test_time_is_local(query: Query, by: str, found: dict[str, int]) -> None:
    rows = numbers(ask(query, "arrivals", units=["dukcapil"], by=[by], first_day="2026-11-09", last_day="2026-11-11"))
    assert {key: value for key, value in rows.items() if key[0] in found} == {(key,): n for key, n in found.items()}
    assert sum(value or 0 for value in rows.values()) == 9


def test_a_day_without_data_is_unknown_and_still_listed(query: Query) -> None:
    rows = numbers(
        ask(query, "arrivals", units=["dukcapil"], by=["day"], first_day="2026-11-07", last_day="2026-11-11")
    )
    assert list(rows) == [(f"2026-11-{day:02}",) for day in range(7, 12)]
    assert [*rows.values()] == [None, None, 1, 8, None]


def test_days_of_two_zones_add_up(query: Query) -> None:
    """M1 came at 00.30 in Makassar on Tuesday, when it was Monday 23.30 in Lampung."""
    rows = numbers(ask(query, "arrivals", units=["makassar", "dukcapil"], by=["day"]))
    assert rows[("2026-11-10",)] == 8 + 1
    assert rows[("2026-11-09",)] == 1
    units = ["makassar", "dukcapil"]
    by_hour = numbers(ask(query, "queue_time.within", units=units, by=["hour"], within_ms=10 * MINUTE))
    assert by_hour[("00",)] == 1.0  # the hour of its own wall clock


def test_training_counts_from_its_local_day(query: Query) -> None:
    """The workshops ended on Tuesday 10 November: M1 came on that day in Makassar, though it was Monday in UTC."""
    found = numbers(ask(query, "arrivals", by=["unit", "trained"]))
    assert {key: value for key, value in found.items() if value} == {
        ("dukcapil", "no"): 1,
        ("dukcapil", "yes"): 8,
        ("makassar", "yes"): 1,
        ("camat", "no"): 7,  # a planned training makes nobody trained, nor does a new system
    }
    assert numbers(ask(query, "arrivals", by=["trained"])) == {("no",): 8, ("yes",): 9}
    assert numbers(ask(query, "wait_to_call.mean", by=["trained"], channels=["loket"])) == {
        ("yes",): 10 * MINUTE,
        ("no",): None,
    }


def test_weeks_since_training_count_from_the_day_a_unit_is_trained(query: Query) -> None:
    """Whoever sees before and after is told that it is no effect, and sees the units without training beside."""
    table = ask(query, "arrivals", by=["since_training"])
    assert {key: value for key, value in numbers(table).items() if value} == {("-1",): 1, ("0",): 9, ("never",): 7}
    assert [line.label for line in table.lines] == [
        ("1 pekan sebelum dilatih",),
        ("pekan ke-1 sejak dilatih",),
        ("belum dilatih",),
    ]
    assert len(table.notes) == 2
    assert ask(query, "arrivals", by=["trained"]).notes
    with pytest.raises(BadSetup):
        ask(query, "arrivals", by=["since_training", "week"])


def test_facts_of_an_instant_know_who_is_trained_by_then(query: Query) -> None:
    assert numbers(ask(query, "waiting_now", by=["trained"], units=["dukcapil"])) == {("no",): None, ("yes",): 1}
    monday = numbers(ask(query, "waiting_now", by=["trained"], units=["dukcapil"], as_of=at("9 16.00")))
    assert monday == {("no",): 1, ("yes",): None}


def test_yesterday_ends_at_each_units_own_midnight(engine: ChdbEngine) -> None:
    """Taken at 23.30 WIB on Monday: at 00.30 WIB it is a leftover, though in Makassar Tuesday had begun by then."""
    query = told(engine, [event("ticket.created", "dukcapil", "9 23.30", ticket="Z")])
    before = numbers(ask(query, "waiting_now", by=["unit"], as_of=at("9 23.45")))
    after = numbers(ask(query, "waiting_now", by=["unit"], as_of=at("10 00.30")))
    assert (before[("dukcapil",)], after[("dukcapil",)]) == (1, None)


def test_an_intervention_is_shown_beside_units_not_yet_trained(query: Query) -> None:
    table = ask(query, "arrivals", by=["intervention"], first_day="2026-11-08", last_day="2026-11-11")
    assert table.by == ("intervention", "group", "phase")
    assert table.notes
    found = {key: value for key, value in numbers(table).items() if value is not None}
    assert found == {
        ("siasn/T1", "here", "before"): 1,
        ("siasn/T1", "here", "during"): 9,  # dukcapil and Makassar
        ("siasn/T1", "comparison", "before"): 3,  # camat, whose training is only planned
        ("siasn/T1", "comparison", "during"): 4,
        ("siasn/T1", "comparison", "after"): 0,  # P2 ended on Wednesday, so visits are known and none arrived
        ("siasn/T2", "here", "before"): 3,
        ("siasn/T2", "here", "during"): 4,
        ("siasn/T2", "here", "after"): 0,
        ("siasn/T2", "comparison", "before"): 1,  # dukcapil until it was trained
        ("siasn/measure:S1", "here", "before"): 3,
        ("siasn/measure:S1", "here", "after"): 4,  # no end: nothing is "during"
        ("siasn/measure:S1", "comparison", "before"): 1,
    }


def test_windows_and_visits_say_the_same(query: Query) -> None:
    """For every grouping that both can answer: the same cells, to the last integer and bucket."""
    visits = [indicator for indicator in fixed().values() if indicator.reads and not indicator.visits_only]
    plain = [indicator for indicator in visits if not any(is_answer(measure) for measure in indicator.reads)]
    from_windows = msgspec.convert({"as_of": AS_OF}, Request)
    units = [unit.code for unit in REGISTRY.units]
    for time in ("", "day", "week", "month", "hour", "30m", "phase", "since_training"):
        for by in ((), ("service",), ("trained",)):
            request = msgspec.structs.replace(from_windows, by=by)
            scope = Scope(
                units=tuple(units),
                places=tuple(units),
                first_day=date(2026, 11, 8),
                last_day=date(2026, 11, 11),
                time=time,
                trained_from={"dukcapil": 20_767},
                phase_starts=20_767,
                phase_ends=20_767,
            )
            choices = choices_for(request, REGISTRY.definitions)
            facts = [msgspec.structs.replace(indicator, visits_only=True) for indicator in plain]
            left = read(query, REGISTRY, request, scope, plain, choices)
            right = read(query, REGISTRY, request, scope, facts, choices)
            seen = {"seen_waiting", "seen_counters", "seen_unattended"}
            assert {group: evidence.cells for group, evidence in left.items()} == {
                group: evidence.cells for group, evidence in right.items()
            }, (time, by)
            assert any(set(evidence.cells) - seen for evidence in left.values())


def test_answers_of_windows_and_facts_say_the_same(query: Query) -> None:
    def without_splits(table: Table) -> dict[str, tuple[float | None, int]]:
        return {
            line.indicator: (line.value.value, line.value.n) for line in table.lines if line.value.value is not None
        }

    names = ("rating", "nrr", "straight_lined", "complaint_resolution.mean", "reported")
    from_windows = without_splits(ask(query, *names, units=["dukcapil", "samsat"]))
    from_facts = without_splits(ask(query, *names, units=["dukcapil", "samsat"], channels=["qr", "kertas", "-"]))
    assert from_windows == from_facts
    assert {"rating", "nrr.waktu", "reported.antri.mean"} <= set(from_facts)


def test_a_zone_that_changes_its_clock_keeps_its_hours(engine: ChdbEngine) -> None:
    """In Amsterdam 09.30 is 07.30 UTC before Sunday 25 October 2026 and 08.30 UTC after it."""
    from datetime import datetime

    from pantau.domain.events import Event, TicketCreated
    from pantau.domain.wire import content_hash, encode_data

    unit = Unit(code="loket", name="Loket", kecamatan="x", kabupaten="y", zone="Europe/Amsterdam", hours="kantor")
    registry = Registry(units=[unit], hours=REGISTRY.hours)
    events = []
    for day in (23, 26):
        time = from_local(unit.zone, datetime(2026, 10, day, 9, 30))  # noqa: DTZ001 - a wall clock
        data = TicketCreated(unit="loket", ticket=f"T{day}", channel="pintu")
        content = content_hash("ticket.created", time, encode_data(data))
        events.append(
            Event(source="s", id=f"e{day}", kind="ticket.created", time=time, arrival=time, data=data, content=content)
        )
    query = told(engine, events, registry)
    assert numbers(ask(query, "arrivals", registry=registry, by=["hour"])) == {("09",): 2}
    assert numbers(ask(query, "arrivals", registry=registry, by=["hour"], channels=["pintu"])) == {("09",): 2}
    by_day = numbers(ask(query, "arrivals", registry=registry, by=["day"], channels=["pintu"]))
    assert [day for (day,), value in by_day.items() if value] == ["2026-10-23", "2026-10-26"]


def test_unknown_is_never_zero(query: Query) -> None:
    """A unit that never spoke, and one that only publishes, have a reason wherever nothing is known."""
    table = ask(query, "all", by=["unit"])
    silent = {line.indicator: line.value for line in table.lines if line.key == ("diam",)}
    assert {name for name, value in silent.items() if value.value is not None} == set()
    assert all(value.reason is not None for value in silent.values())
    publishing = {line.indicator: line.value for line in table.lines if line.key == ("samsat",)}
    known = {name for name, value in publishing.items() if value.value is not None}
    assert known == {name for name in publishing if name.startswith(("queue_seen", "counters_seen", "reported."))}


def test_what_a_slice_does_not_record_is_refused_with_its_reason(query: Query) -> None:
    found = ask(query, "queue_seen.mean", "occupancy", "waiting_now", "ikm", by=["counter"], units=["dukcapil"])
    assert {line.indicator: line.value for line in found.lines if line.key == ("L1",)} == {
        "queue_seen.mean": Value(value=None, reason="not_by"),
        "occupancy": Value(value=33 / 160, n=1),
        "waiting_now": Value(value=None, reason="not_by"),
        "ikm": Value(value=None, reason="not_by"),
    }
    timed = ask(query, "waiting_now", "occupancy", "arrivals", by=["hour"], units=["dukcapil"])
    reasons = {line.indicator: line.value.reason for line in timed.lines}
    assert reasons == {"waiting_now": "not_in_time", "occupancy": "not_in_time", "arrivals": None}


def test_a_limit_must_be_given_for_shares_within_it(query: Query) -> None:
    (line,) = ask(query, "service_time.within").lines
    assert line.value == Value(value=None, reason="no_threshold")


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"names": ["wait_to_strat"]}, "wait_to_start"),
        ({"units": ["disdukcapil"]}, "disdukcapil"),
        ({"kecamatan": ["18.01.99"]}, "18.01.99"),
        ({"by": ["unit", "kecamatan"]}, "only one of unit"),
        ({"by": ["day", "hour"]}, "only one of day"),
        ({"by": ["intervention", "unit"]}, "by itself"),
        ({"by": ["unit", "unit"]}, "named twice"),
        ({"first_day": "2026-11-11", "last_day": "2026-11-10"}, "after the last day"),
    ],
)
def test_a_request_that_means_nothing_is_refused_in_words(query: Query, request_: dict[str, Any], words: str) -> None:
    with pytest.raises(BadSetup, match=words):
        ask(query, *request_.pop("names", ["arrivals"]), **request_)


def test_request_and_table_travel_as_json(query: Query) -> None:
    request = msgspec.convert({"as_of": AS_OF, "names": ["ikm", "promise"], "by": ["unit", "day"]}, Request)
    assert msgspec.json.decode(msgspec.json.encode(request), type=Request) == request
    table = indicators(query, REGISTRY, request)
    assert msgspec.json.decode(msgspec.json.encode(table), type=Table) == table


def test_a_name_asks_for_everything_that_begins_with_it() -> None:
    assert [indicator.name for indicator in chosen(["turnaround"])] == [
        "turnaround.mean",
        "turnaround.p50",
        "turnaround.p90",
        "turnaround.p95",
        "turnaround.within",
    ]


def test_the_open_time_of_a_counter_that_is_still_open_counts_until_the_instant(query: Query) -> None:
    later = ask(query, "occupancy", units=["dukcapil"], as_of=at("10 12.30"))
    assert later.lines[0].value.value == 38 * MINUTE / (160 * MINUTE + 3.5 * HOUR)


def test_answers_that_travelled_between_processes_give_the_same_table(query: Query) -> None:
    """A running process answers in msgpack: rows and arrays come back as lists."""

    def travelled(name: str, parameters: Mapping[str, Any]) -> Answer:
        sent = msgspec.msgpack.decode(msgspec.msgpack.encode([name, dict(parameters)]))
        return msgspec.msgpack.decode(msgspec.msgpack.encode(query(sent[0], sent[1])), type=Answer)

    for by in (["unit"], ["day", "unit"], ["channel"], ["intervention"]):
        request = msgspec.convert(
            {"as_of": AS_OF, "names": ["all"], "by": by, "percentile": "exact", "within_ms": 900_000}, Request
        )
        assert indicators(travelled, REGISTRY, request) == indicators(query, REGISTRY, request)
