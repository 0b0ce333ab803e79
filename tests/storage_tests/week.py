"""A small week whose indicators can be computed by hand: three offices in two zones, and one that only publishes.

Everything is told in local time; the instant of asking, ``AS_OF``, is Tuesday 10 November 2026, 11.30 WIB.

dukcapil, Tuesday, promise 30 min to start     created called started ended
  A1 ktp loket  L1  served                      08.00  08.10  08.12  08.20
  A2 ktp online L1  served, end auto-closed     08.05  08.40  08.45  09.00
  A3 kk  loket  L2  served, did not wait        09.00  09.00  09.00  09.05
  A4 ktp loket  L2  no-show                     09.10  09.20         09.25
  A5 ktp online     gave up                     09.15                09.45
  A6 ktp            void (reset)                10.00                10.05
  A7 ktp loket  L1  served, start not seen      10.30  10.50         11.00
  A8 ktp            waits                       11.00
  A9 ktp        L2  is served                   11.05  11.10  11.12
dukcapil, Monday: A0 taken 15.00, still open: a leftover
camat: applications P1..P6, promise 8 working hours, open 08-16; ticket B1 goes to dukcapil
makassar (WITA): M1 taken Tuesday 00.30, which is Monday 23.30 in WIB and 16.30 UTC
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from pantau.domain.events import VOCABULARY, Event
from pantau.domain.registry import Hours, Kabupaten, Kecamatan, Registry, Service, Standard, Unit
from pantau.domain.wire import content_hash, encode_data
from pantau.domain.zones import from_local
from pantau.embedded.pipeline import Pipeline
from storage.engine import Answer, Engine
from storage.queries import sql
from storage.store import Store
from tests.support.taking import take_batch

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_OPEN = ((8 * 60, 16 * 60),)


def _unit(code: str, name: str, kecamatan: str, kabupaten: str = "18.01", zone: str = "Asia/Jakarta") -> Unit:
    return Unit(code=code, name=name, kecamatan=kecamatan, kabupaten=kabupaten, zone=zone, hours="kantor")


REGISTRY = Registry(
    kabupaten=[Kabupaten(code="18.01", name="Lampung Selatan"), Kabupaten(code="73.71", name="Makassar")],
    kecamatan=[
        Kecamatan(code="18.01.06", name="Kalianda", kabupaten="18.01"),
        Kecamatan(code="18.01.07", name="Sidomulyo", kabupaten="18.01"),
        Kecamatan(code="73.71.01", name="Mariso", kabupaten="73.71"),
    ],
    hours=[Hours(name="kantor", week=(_OPEN, _OPEN, _OPEN, _OPEN, _OPEN, (), ()))],
    units=[
        _unit("dukcapil", "Disdukcapil", "18.01.06"),
        _unit("samsat", "Samsat", "18.01.06"),
        _unit("camat", "Kantor Camat", "18.01.07"),
        _unit("diam", "Kantor yang diam", "18.01.07"),
        _unit("makassar", "Disdukcapil Makassar", "73.71.01", "73.71", "Asia/Makassar"),
    ],
    services=[
        Service(code="ktp", name="KTP-el", group="adminduk", kind="ticket"),
        Service(code="kk", name="Kartu Keluarga", group="adminduk", kind="ticket"),
        Service(code="izin", name="Izin usaha", group="izin", kind="application"),
    ],
    standards=[
        Standard(measure="wait_to_start", unit="dukcapil", limit_ms=30 * MINUTE),
        Standard(measure="turnaround_working", unit="camat", service="izin", limit_ms=8 * HOUR),
    ],
)


def at(local: str, zone: str = "Asia/Jakarta") -> int:
    """The instant of a local time such as "10 11.30": day of November 2026, hour, minute."""
    day, clock = local.split()
    hour, minute = clock.split(".")
    return from_local(zone, datetime(2026, 11, int(day), int(hour), int(minute)))  # noqa: DTZ001 - a wall clock


AS_OF = at("10 11.30")


def event(kind: str, unit: str, local: str, source: str = "antrean", **data: Any) -> Event:
    """An event of a kind at a unit and local time; its id is made of what it says."""
    time = at(local, REGISTRY.zone(unit))
    record = msgspec.convert({"unit": unit, **data}, VOCABULARY[kind])
    content = content_hash(kind, time, encode_data(record))
    return Event(
        source=source, id=f"{kind}/{content:x}", kind=kind, time=time, arrival=time, data=record, content=content
    )


def _ticket(unit: str, ticket: str, created: str, *then: tuple[Any, ...], **about: Any) -> list[Event]:
    told = [event("ticket.created", unit, created, ticket=ticket, **about)]
    for kind, local, *more in then:
        told.append(event(kind, unit, local, ticket=ticket, **(more[0] if more else {})))
    return told


def tickets() -> list[Event]:
    """The queue of dukcapil, a transfer from camat, and one ticket in Makassar."""
    called, started, ended = "ticket.called", "service.started", "service.ended"
    l1, l2 = {"counter": "L1"}, {"counter": "L2"}
    auto = {"provenance": "auto_closed"}
    ktp, kk = {"service": "ktp"}, {"service": "kk"}
    desk, online = {"channel": "loket"}, {"channel": "online"}
    here = "dukcapil"
    return [
        *_ticket(
            here, "A1", "10 08.00", (called, "10 08.10", l1), (started, "10 08.12"), (ended, "10 08.20"), **ktp, **desk
        ),
        *_ticket(
            here,
            "A2",
            "10 08.05",
            (called, "10 08.40", l1),
            (started, "10 08.45"),
            (ended, "10 09.00", auto),
            **ktp,
            **online,
        ),
        *_ticket(
            here, "A3", "10 09.00", (called, "10 09.00", l2), (started, "10 09.00"), (ended, "10 09.05"), **kk, **desk
        ),
        *_ticket(here, "A4", "10 09.10", (called, "10 09.20", l2), ("ticket.no_show", "10 09.25"), **ktp, **desk),
        *_ticket(here, "A5", "10 09.15", ("ticket.cancelled", "10 09.45"), **ktp, **online),
        *_ticket(here, "A6", "10 10.00", ("ticket.cancelled", "10 10.05", {"by": "system"}), **ktp),
        *_ticket(here, "A7", "10 10.30", (called, "10 10.50", l1), (ended, "10 11.00"), **ktp, **desk),
        *_ticket(here, "A8", "10 11.00", **ktp),
        *_ticket(here, "A9", "10 11.05", (called, "10 11.10", l2), (started, "10 11.12"), **ktp),
        *_ticket(here, "A0", "9 15.00", **ktp),
        *_ticket("camat", "B1", "10 09.00", ("ticket.transferred", "10 09.05", {"to_unit": "dukcapil"})),
        *_ticket("makassar", "M1", "10 00.30", (called, "10 00.40"), (started, "10 00.40"), (ended, "10 00.50")),
    ]


def applications() -> list[Event]:
    """P1 returned once, 3 working hours; P2 16; P3 rejected; P4 withdrawn; P5 past its deadline; P6 new."""

    def told(name: str, *steps: tuple[Any, ...]) -> list[Event]:
        return [
            event(f"application.{kind}", "camat", local, application=name, service="izin", **(more[0] if more else {}))
            for kind, local, *more in steps
        ]

    return [
        *told(
            "P1", ("submitted", "9 15.00"), ("returned", "9 15.30"), ("resubmitted", "10 08.30"), ("issued", "10 10.00")
        ),
        *told("P2", ("submitted", "9 09.00"), ("issued", "11 09.00")),
        *told("P3", ("submitted", "10 09.00"), ("rejected", "10 10.00")),
        *told("P4", ("submitted", "9 10.00"), ("withdrawn", "10 08.00")),
        *told("P5", ("submitted", "10 08.00", {"due": "2026-11-10T11:00:00+07:00"})),
        *told("P6", ("submitted", "10 11.00")),
    ]


def answers() -> list[Event]:
    """Two presses, three answers (27 and 34 points, and one element alone), three complaints."""
    same = dict.fromkeys(
        ("persyaratan", "prosedur", "waktu", "biaya", "produk", "kompetensi", "perilaku", "pengaduan", "sarana"), 3
    )
    better = {**dict.fromkeys(same, 4), "waktu": 2}
    here = "dukcapil"
    return [
        event("rating.given", here, "10 08.20", score=5, counter="L1"),
        event("rating.given", here, "10 09.05", score=3, counter="L2"),
        event("survey.answered", here, "10 08.30", elements=same, channel="qr"),
        event("survey.answered", here, "10 09.30", elements=better, channel="qr"),
        event("survey.answered", here, "10 09.40", elements={"persyaratan": 4}, channel="kertas"),
        event("complaint.opened", here, "1 09.00", complaint="C1"),
        event("complaint.resolved", here, "10 09.00", complaint="C1"),
        event("complaint.opened", here, "2 09.00", complaint="C2"),
        event("complaint.opened", here, "10 09.00", complaint="C3"),
    ]


def counters() -> list[Event]:
    """L1 was open 160 minutes in two spells; L2 is open since 09.00, 150 minutes at ``AS_OF``."""
    here = "dukcapil"
    return [
        event("counter.opened", here, "10 08.00", counter="L1"),
        event("counter.paused", here, "10 10.00", counter="L1"),
        event("counter.opened", here, "10 10.30", counter="L1"),
        event("counter.closed", here, "10 11.10", counter="L1"),
        event("counter.opened", here, "10 09.00", counter="L2"),
    ]


def published() -> list[Event]:
    """Samsat publishes: three snapshots of one queue, and totals of two hours."""
    totals = {"measure": "antri", "service": "pajak"}
    return [
        event("counter.snapshot", "samsat", "10 10.00", queue="q1", waiting=4, open_counters=2),
        event("counter.snapshot", "samsat", "10 10.05", queue="q1", waiting=6, open_counters=0),
        event("counter.snapshot", "samsat", "10 10.10", queue="q1", waiting=0, open_counters=0),
        event(
            "aggregate.reported",
            "samsat",
            "10 08.00",
            ends="2026-11-10T09:00:00+07:00",
            n=100,
            timed=90,
            total_ms=90 * 10 * MINUTE,
            judged=90,
            within=72,
            share=81.5,
            **totals,
        ),
        event(
            "aggregate.reported",
            "samsat",
            "10 09.00",
            ends="2026-11-10T10:00:00+07:00",
            n=10,
            timed=10,
            total_ms=10 * 20 * MINUTE,
            judged=10,
            within=3,
            share=60.0,
            **totals,
        ),
    ]


def interventions() -> list[Event]:
    """A completed workshop in dukcapil and in Makassar on Tuesday, one only planned in camat, a new system in camat."""
    workshop = {"title": "Pelayanan prima", "siasn_type": 4, "jp": 8, "participants": 6}
    tuesday = {"starts": "2026-11-10", "ends": "2026-11-10"}
    return [
        event("training.recorded", "dukcapil", "10 16.00", "siasn", training="T1", **workshop, **tuesday),
        event("training.recorded", "makassar", "10 16.00", "siasn", training="T1", **workshop, **tuesday),
        event("training.recorded", "camat", "9 08.00", "siasn", training="T2", completed=False, **workshop, **tuesday),
        event(
            "measure.recorded",
            "camat",
            "9 08.00",
            "siasn",
            measure="S1",
            title="Antrean daring",
            category="sistem",
            starts="2026-11-10",
        ),
    ]


def everything() -> list[Event]:
    """All events of the week, in no order that matters."""
    return [*tickets(), *applications(), *answers(), *counters(), *published(), *interventions()]


Query = Callable[[str, Mapping[str, Any]], Answer]


def told(engine: Engine, events: list[Event], registry: Registry = REGISTRY) -> Query:
    """Take events into an empty database; returns what answers its named queries."""
    pipeline = Pipeline(Store(engine), registry)
    pipeline.open()
    take_batch(pipeline, events)
    pipeline.close()
    return lambda name, params: engine.query(sql(name), params)
