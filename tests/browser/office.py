"""The world the browser tests look at: four small offices over six weeks, on a Tuesday morning in which one falls.

jati (Jati Agung) falls at 10.00: half of its counters close, services take longer. kalianda was trained; bakauheni is
small; panji's queue machine writes the next year from 10.00 to 10.30.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import chain

from pantau.domain.calendars import Week
from pantau.domain.registry import (
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
from pantau.domain.zones import from_local
from producers.simulator.draft import Draft
from producers.simulator.faults import YEAR_BUG_MS, Clock, with_faults
from producers.simulator.stream import events, recorded_before
from producers.simulator.world import SIASN_WORKSHOP, Fall, Training, World
from producers.simulator.worlds import lampung_selatan

SEED = 7
TUESDAY = date(2026, 11, 10)
FIRST = TUESDAY - timedelta(days=36)
ZONE = "Asia/Jakarta"

JATI, KALIANDA, BAKAUHENI, PANJI = "kec-18.01.13", "kec-18.01.06", "kec-18.01.21", "kec-18.01.24"
NAMES = {
    JATI: "Kantor Kecamatan Jati Agung",
    KALIANDA: "Kantor Kecamatan Kalianda",
    BAKAUHENI: "Kantor Kecamatan Bakauheni",
    PANJI: "Kantor Kecamatan Way Panji",
}
_VISITS = {JATI: (110.0, 4), KALIANDA: (70.0, 3), BAKAUHENI: (40.0, 2), PANJI: (24.0, 1)}
_WEEK: Week = (((7 * 60 + 30, 12 * 60), (13 * 60, 16 * 60)),) * 5 + ((), ())
_SERVICES = {
    "legalisasi": "Legalisasi",
    "surat-keterangan": "Surat keterangan",
    "ktp-el": "KTP elektronik",
    "kartu-keluarga": "Kartu Keluarga",
    "pengaduan-informasi": "Informasi dan pengaduan",
    "rekomendasi": "Surat rekomendasi",
}


def at(hour: int, minute: int, day: date = TUESDAY) -> int:
    """The instant of a wall-clock time."""
    return from_local(ZONE, datetime(day.year, day.month, day.day, hour, minute))  # noqa: DTZ001 - a wall clock


NOW = at(13, 20)
"""When the tests look, unless they say otherwise."""


def registry() -> Registry:
    """Who the four offices are and what they promise: to call within 30 minutes."""
    return Registry(
        kabupaten=[Kabupaten(code="18.01", name="Lampung Selatan")],
        kecamatan=[Kecamatan(code=code[4:], name=NAMES[code][17:], kabupaten="18.01") for code in NAMES],
        hours=[Hours(name="kantor", week=_WEEK)],
        units=[
            Unit(code=code, name=name, kecamatan=code[4:], kabupaten="18.01", zone=ZONE, hours="kantor")
            for code, name in NAMES.items()
        ],
        groups=[ServiceGroup(code="semua", name="Semua")],
        services=[Service(code=code, name=name, group="semua", kind="ticket") for code, name in _SERVICES.items()],
        standards=[Standard(measure="wait_to_call", limit_ms=30 * 60_000)],
        sources=[Source(name="/simulasi/*", live=True, numbers_restart="daily")],
    )


def world() -> World:
    """The simulated world behind the events."""
    whole = lampung_selatan(TUESDAY)
    offices = tuple(
        replace(
            office, visits_per_day=_VISITS[office.code][0], counters=_VISITS[office.code][1], refers_to=None, refers=0.0
        )
        for office in whole.offices
        if office.code in NAMES
    )
    trained = TUESDAY - timedelta(days=20)
    return replace(
        whole,
        name="browser",
        offices=offices,
        trainings=(Training(KALIANDA, "Workshop pelayanan prima", SIASN_WORKSHOP, 20, 8, trained, trained),),
        measures=(),
        falls=(Fall(JATI, TUESDAY, 10 * 60, log_time=0.5, counters_short=2, score=-0.5),),
        shocks=(),
        faults=(Clock(f"/simulasi/antrian/{PANJI}", YEAR_BUG_MS, at(10, 0), at(10, 30)),),
        first_day=FIRST,
    )


def sent(until: int = NOW) -> list[Draft]:
    """Everything that was sent until an instant, in the order of sending."""
    simulated = world()
    drafts = chain(
        recorded_before(simulated, FIRST),
        with_faults(events(simulated, SEED, FIRST, TUESDAY), simulated.faults, SEED),
    )
    return [draft for draft in drafts if draft.sent <= until]
