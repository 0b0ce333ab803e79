"""What property tests draw from: registries with five kinds of zone, events of the whole vocabulary, their histories.

``event`` builds one event by hand; the strategies below build what a source may send, in the whole range that is
accepted, from pools so small that events meet in one fact and contents meet under one id.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from pantau.domain.entries import Entry, History
from pantau.domain.events import VOCABULARY, Data, Elements, Event
from pantau.domain.registry import (
    ClockCorrection,
    Definitions,
    Holiday,
    Hours,
    Kabupaten,
    Kecamatan,
    Registry,
    Service,
    ServiceGroup,
    Source,
    Standard,
    Unit,
)
from pantau.domain.wire import content_hash, encode_data
from pantau.domain.zones import DAY, HOUR, MINUTE
from stream_processors.assembly import facts_of

ZONES = {
    "dukcapil": "Asia/Jakarta",
    "makassar": "Asia/Makassar",
    "jayapura": "Asia/Jayapura",
    "warszawa": "Europe/Warsaw",
    "kathmandu": "Asia/Kathmandu",
}
"""Unit -> zone: the three of Indonesia, one with summer time, one 45 minutes off the hour."""

UNITS = tuple(ZONES)
SERVICES = ("ktp", "kk", "izin")
SOURCES = ("antrian", "/perizinan", "impor")
MONDAY = 1_774_828_800_000
"""2026-03-30T00:00:00Z, the day after Europe's clocks went forward."""

_WEEK = tuple(((8 * 60, 12 * 60), (13 * 60, 16 * 60)) if day < 5 else () for day in range(7))


def registry(
    *,
    standards: tuple[Standard, ...] = (
        Standard(measure="wait_to_start", service="ktp", limit_ms=15 * MINUTE),
        Standard(measure="service_time", service="kk", limit_ms=10 * MINUTE),
        Standard(measure="visit_time", unit="makassar", limit_ms=60 * MINUTE, leavers="counted"),
        Standard(measure="turnaround_working", service="izin", working_days=2),
        Standard(measure="turnaround", unit="warszawa", limit_ms=3 * DAY),
    ),
    corrections: tuple[ClockCorrection, ...] = (),
    definitions: Definitions | None = None,
    holidays: tuple[Holiday, ...] = (Holiday(day=date(2026, 4, 1), name="Libur", kind="libur_nasional"),),
    zones: Mapping[str, str] = ZONES,
    sources: tuple[Source, ...] | None = None,
) -> Registry:
    """Five units in five zones, three services, three sources, and promises of every measure."""
    return Registry(
        kabupaten=[Kabupaten(code="18.01", name="Lampung Selatan")],
        kecamatan=[Kecamatan(code="18.01.06", name="Kalianda", kabupaten="18.01")],
        hours=[Hours(name="kantor", week=_WEEK)],
        holidays=holidays,
        groups=[ServiceGroup(code="umum", name="Umum")],
        services=[Service(code=code, name=code.upper(), group="umum", kind="both") for code in SERVICES],
        units=[
            Unit(code=unit, name=unit.title(), kecamatan="18.01.06", kabupaten="18.01", zone=zone, hours="kantor")
            for unit, zone in zones.items()
        ],
        standards=standards,
        sources=sources if sources is not None else tuple(Source(name=name) for name in SOURCES),
        corrections=corrections,
        definitions=definitions,
    )


REGISTRY = registry()


def event(
    kind: str,
    time: int,
    *,
    id: str | None = None,
    source: str = "antrian",
    unit: str = "dukcapil",
    arrival: int | None = None,
    **data: Any,
) -> Event:
    """An event as accepted; without an ``id`` it gets one that equal events share and others do not."""
    record: Data = VOCABULARY[kind](unit=unit, **data)
    content = content_hash(kind, time, encode_data(record))
    return Event(
        source=source,
        id=f"{content:x}" if id is None else id,
        kind=kind,
        time=time,
        arrival=time if arrival is None else arrival,
        data=record,
        content=content,
    )


def ticket(said: str, time: int, *, ticket: str = "A1", **rest: Any) -> Event:
    """An event of a queue ticket: ``ticket("called", t)``, ``ticket("started", t)``, ``ticket("ended", t)``."""
    kind = {"started": "service.started", "ended": "service.ended"}.get(said, "ticket." + said)
    return event(kind, time, ticket=ticket, **rest)


def history(*events: Event, registry: Registry = REGISTRY) -> History:
    """The entries of events that are all about one thing."""
    found = facts_of(events, registry)
    assert len(found) == 1, f"these events are about {len(found)} things"
    return {entry.id: entry for entries in found.values() for entry in entries}


# strategies

PROVENANCES = st.sampled_from(("observed", "auto_closed", "imputed"))
TIMES: SearchStrategy[int] = st.one_of(
    st.integers(MONDAY - DAY, MONDAY + 2 * DAY),  # across the change of Europe's clocks
    st.integers(0, 24).map(lambda n: MONDAY + n * HOUR // 2),
    st.integers(MONDAY, MONDAY + 10 * MINUTE),
    st.integers(DAY, 4_102_444_800_000),  # 1970 to 2100: clocks lie
)
_SHORT = st.sampled_from(("1", "2", "3"))
_SERVICE = st.one_of(st.none(), st.sampled_from(SERVICES))
_CHANNEL = st.one_of(st.none(), st.sampled_from(("loket", "daring")))
_COUNTER = st.one_of(st.none(), st.sampled_from(("loket-1", "loket-2")))
_OFFICER = st.one_of(st.none(), st.sampled_from(("p1", "p2")))
_TEXT = st.one_of(st.none(), st.text(st.characters(codec="utf-8"), max_size=12))
_CODE = st.one_of(st.none(), st.text(st.characters(codec="utf-8"), min_size=1, max_size=12))
_SCORE = st.one_of(st.none(), st.integers(1, 4))


def _limit(record: type[msgspec.Struct], field: str) -> int:
    """The largest number that a field of a record takes: what is accepted must be able to be stored."""
    found = next(f.type for f in msgspec.inspect.type_info(record).fields if f.name == field)  # type: ignore[attr-defined]
    options = found.types if isinstance(found, msgspec.inspect.UnionType) else (found,)
    return next(int(option.le) for option in options if isinstance(option, msgspec.inspect.IntType) and option.le)


def _number(kind: str, field: str) -> SearchStrategy[int | None]:
    """Any number that a field takes, its limit often."""
    top = _limit(VOCABULARY[kind], field)
    return st.one_of(st.none(), st.integers(0, 50), st.just(top), st.integers(0, top))


def _elements(marks: Sequence[int | None]) -> Elements:
    return Elements(**dict(zip(Elements.__struct_fields__, marks, strict=True)))


_TICKET = {"service": _SERVICE, "channel": _CHANNEL, "counter": _COUNTER, "officer": _OFFICER}
_APPLICATION = {"service": _SERVICE, "channel": _CHANNEL, "officer": _OFFICER}
_DUE = st.one_of(st.none(), TIMES.map(lambda ms: datetime.fromtimestamp(ms / 1000, UTC)))
_DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
_N = {name: _number("aggregate.reported", name) for name in ("n", "timed", "total_ms", "max_ms", "judged", "within")}

_EXTRA: dict[str, dict[str, SearchStrategy[Any]]] = {
    "ticket.created": {"came_from": st.one_of(st.none(), st.just("jayapura"))},
    "ticket.transferred": {
        "to_unit": st.one_of(st.none(), st.just("jayapura")),
        "to_service": _SERVICE,
        "to_counter": _COUNTER,
    },
    "ticket.cancelled": {"by": st.sampled_from(("citizen", "staff", "system"))},
    "application.submitted": {"due": _DUE},
    "rating.given": {"score": st.integers(1, 5), "scale": st.integers(5, 10), "service": _SERVICE, "ticket": _CODE},
    "survey.answered": {
        "elements": st.one_of(
            st.integers(1, 4).map(lambda mark: _elements([mark] * 9)),
            st.lists(st.integers(1, 4), min_size=9, max_size=9).map(_elements),
            st.lists(_SCORE, min_size=9, max_size=9).filter(any).map(_elements),
        ),
        "service": _SERVICE,
        "channel": _CHANNEL,
        "ticket": _CODE,
        "age_group": _TEXT,
        "sex": _TEXT,
    },
    "training.recorded": {
        "title": st.text(max_size=20),
        "siasn_type": st.integers(1, 99),
        "jp": st.integers(0, 2000),
        "participants": _number("training.recorded", "participants").map(lambda n: n or 0),
        "starts": _DAYS,
        "ends": _DAYS,
        "completed": st.booleans(),
    },
    "measure.recorded": {
        "title": st.text(max_size=20),
        "category": st.just("sistem"),
        "starts": _DAYS,
        "ends": st.one_of(st.none(), _DAYS),
    },
    "counter.snapshot": {
        "queue": _SHORT,
        "waiting": _number("counter.snapshot", "waiting"),
        "open_counters": _number("counter.snapshot", "open_counters"),
        "now_serving": _TEXT,
        "service": _SERVICE,
    },
    "aggregate.reported": {
        "measure": st.sampled_from(("tunggu", "kedatangan")),
        "ends": TIMES.map(lambda ms: datetime.fromtimestamp(ms // 1000, UTC) + timedelta(days=1)),
        "service": _SERVICE,
        "share": st.one_of(st.none(), st.floats(0, 100), st.integers(0, 20_000).map(lambda n: n / 200)),
        **_N,
    },
}
_OF_FAMILY: dict[str, dict[str, SearchStrategy[Any]]] = {
    "ticket": {"ticket": _SHORT, **_TICKET},
    "service": {"ticket": _SHORT, **_TICKET},
    "application": {"application": _SHORT, **_APPLICATION},
    "complaint": {"complaint": _SHORT, "service": _SERVICE, "channel": _CHANNEL},
    "counter": {"counter": st.sampled_from(("loket-1", "loket-2")), "service": _SERVICE, "officer": _OFFICER},
    "officer": {"counter": st.sampled_from(("loket-1", "loket-2")), "service": _SERVICE, "officer": _OFFICER},
    "training": {"training": _SHORT},
    "measure": {"measure": _SHORT},
}


@st.composite
def events(
    draw: st.DrawFn,
    *,
    kinds: tuple[str, ...] = tuple(VOCABULARY),
    units: tuple[str, ...] = UNITS,
    sources: tuple[str, ...] = SOURCES,
    times: SearchStrategy[int] = TIMES,
) -> Event:
    """Any event that a source may send. Ids come from a pool of nine a source, so contents meet under one id."""
    kind = draw(st.sampled_from(kinds))
    fields = {**_OF_FAMILY.get(kind.partition(".")[0], {}), **_EXTRA.get(kind, {})}
    if kind == "counter.snapshot":
        fields = _EXTRA[kind]
    data = draw(st.fixed_dictionaries(fields))
    return event(
        kind,
        draw(times),
        id=draw(st.one_of(st.none(), st.integers(1, 9).map(str))),
        source=draw(st.sampled_from(sources)),
        unit=draw(st.sampled_from(units)),
        provenance=draw(PROVENANCES),
        **data,
    )


VISIT_KINDS = tuple(kind for kind in VOCABULARY if kind.partition(".")[0] in ("ticket", "service", "application"))


def visit_events(min_size: int = 0) -> SearchStrategy[list[Event]]:
    """Events of a few tickets and applications at one unit, some of them contradicting each other under one id."""
    one = events(kinds=VISIT_KINDS, units=("dukcapil",), sources=("antrian",))
    return st.lists(one, min_size=min_size, max_size=14)


@st.composite
def lives(draw: st.DrawFn, *, units: tuple[str, ...] = UNITS, sources: tuple[str, ...] = SOURCES) -> list[Event]:
    """Most of what can happen to one ticket or one application, each time known as well or badly as it likes."""
    first = draw(st.sampled_from(("ticket.created", "application.submitted")))
    families = ("ticket", "service") if first == "ticket.created" else ("application",)
    kinds = [kind for kind in VISIT_KINDS if kind.partition(".")[0] in families]
    number = str(draw(st.integers(1, 10**6)))
    unit, source = draw(st.sampled_from(units)), draw(st.sampled_from(sources))
    name = "ticket" if first == "ticket.created" else "application"
    said, at = [], draw(TIMES)
    for kind in [first, *draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=6))]:
        extra = {"to_unit": "jayapura"} if kind == "ticket.transferred" and draw(st.booleans()) else {}
        rest: dict[str, Any] = {name: number, "service": draw(_SERVICE), "provenance": draw(PROVENANCES), **extra}
        said.append(event(kind, at, unit=unit, source=source, **rest))
        at += draw(st.one_of(st.integers(-1000, 1000), st.integers(0, 2 * HOUR)))
    return said


def streams(units: tuple[str, ...] = UNITS, sources: tuple[str, ...] = SOURCES) -> SearchStrategy[list[Event]]:
    """What a source may send: single events of every kind, and whole lives; in no order."""
    one = st.one_of(
        events(units=units, sources=sources).map(lambda event: [event]), lives(units=units, sources=sources)
    )
    return st.lists(one, min_size=1, max_size=25).map(lambda parts: [event for part in parts for event in part])


_TICKET_KINDS = tuple(kind for kind in VISIT_KINDS if not kind.startswith("application"))


def entry(id: str, content: int) -> Entry:
    """The entry that a content is: equal contents under one id are equal entries, as hashes of them are."""
    kind = _TICKET_KINDS[content % len(_TICKET_KINDS)]
    return Entry(MONDAY + content * 1000, id, content, kind, content % 3, SERVICES[content % 3])


ENTRIES: SearchStrategy[list[Entry]] = st.lists(
    st.builds(entry, st.sampled_from("abcd"), st.integers(0, 20)), max_size=10
)
"""Entries of one ticket as they come in, many contents under few ids."""
