"""Weeks of three small offices whose events go through the real pipeline; the first of them gets slow.

Numbers are made without chance: what an office does in a half hour of the week is always the same, but for a small wave
from day to day, so that the test knows what is usual.
"""

import msgspec

from pantau.domain.events import VOCABULARY, Event
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
from pantau.domain.wire import content_hash, encode_data
from pantau.domain.zones import DAY, HOUR, MINUTE

FIRST = 1_774_803_600_000
"""2026-03-30, a Monday, midnight in Jakarta."""

UNITS = ("u0", "u1", "u2")
FALLS = 6 * 7
"""The day on which u0 begins to be slow: a Monday."""

_OPEN = ((8 * 60, 16 * 60),)

REGISTRY = Registry(
    kabupaten=[Kabupaten(code="18.01", name="Lampung Selatan")],
    kecamatan=[Kecamatan(code="18.01.06", name="Kalianda", kabupaten="18.01")],
    hours=[Hours(name="kantor", week=(_OPEN, _OPEN, _OPEN, _OPEN, _OPEN, (), ()))],
    units=[
        Unit(
            code=code,
            name=f"Kantor {code}",
            kecamatan="18.01.06",
            kabupaten="18.01",
            zone="Asia/Jakarta",
            hours="kantor",
        )
        for code in UNITS
    ],
    groups=[ServiceGroup(code="adminduk", name="Administrasi kependudukan")],
    services=[Service(code="ktp", name="KTP-el", group="adminduk", kind="ticket")],
    standards=[Standard(measure="visit_time", service="ktp", limit_ms=20 * MINUTE)],
    sources=[Source(name="antrean")],
)


def day_of_events(number: int, units: tuple[str, ...] = UNITS, *, slow: bool = True, first: int = FIRST) -> list[Event]:
    """The events of local day ``number`` since ``first``: three visits a half hour, 08:00 to 15:00, two counters."""
    if number % 7 > 4:
        return []
    found = []
    for unit in units:
        falls = slow and unit == "u0" and number >= FALLS
        for i in range(42):
            begin = first + number * DAY + 8 * HOUR + i * 10 * MINUTE
            wave = (i * 7 + number * 11 + len(unit) * 3 + UNITS.index(unit)) % 12
            serving = (6 + wave) * MINUTE
            wait = 4 * MINUTE + (30 * MINUTE if wave == 11 else 0)
            if falls:
                serving = serving * 2
            for kind, time, about in (
                ("ticket.created", begin, {"service": "ktp"}),
                ("service.started", begin + wait, {"counter": f"L{i % 2 + 1}"}),
                ("service.ended", begin + wait + serving, {}),
            ):
                data = msgspec.convert({"unit": unit, "ticket": f"A{number}-{i}", **about}, VOCABULARY[kind])
                content = content_hash(kind, time, encode_data(data))
                id = f"{unit}/{number}/{i}/{kind}"
                found.append(
                    Event(source="antrean", id=id, kind=kind, time=time, arrival=time, data=data, content=content)
                )
    return found


def at(number: int, hour: float) -> int:
    """The instant of an hour on local day ``number``."""
    return FIRST + number * DAY + round(hour * HOUR)
