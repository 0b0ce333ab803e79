"""The records the registry is made of: places, units, hours, promises, sources, rulings on clocks, definitions.

Effective-dated ones carry ``valid_from`` and ``valid_to``: local dates, both included; ``None`` leaves that side open.
A later version of the same thing ends the one before it.
"""

from datetime import date
from typing import Final, Literal

import msgspec

from pantau.domain.calendars import Special, Week
from pantau.domain.zones import MINUTE

ANY: Final = "*"
"""In a standard: every unit, or every service."""

Measure = Literal["wait_to_call", "wait_to_start", "service_time", "visit_time", "turnaround", "turnaround_working"]
VisitKind = Literal["ticket", "application"]
Leavers = Literal["counted", "not_counted"]
HolidayKind = Literal["libur_nasional", "cuti_bersama", "libur_daerah"]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What every row of the registry is: immutable, compared by content."""


class Kabupaten(Record, frozen=True, kw_only=True):
    """A regency or city (*kabupaten/kota*) by its national area code, such as 18.01."""

    code: str
    name: str


class Contact(Record, frozen=True, kw_only=True):
    """Who is told: a role, never a person. ``address_key`` names the secret setting that holds the address."""

    role: str
    channel: str
    address_key: str


class Kecamatan(Record, frozen=True, kw_only=True):
    """A sub-district, its regency, and the roles that are told when a unit of it falls."""

    code: str
    name: str
    kabupaten: str
    contacts: tuple[Contact, ...] = ()


class Hours(Record, frozen=True, kw_only=True):
    """A named set of opening hours: the usual week, and periods with another one."""

    name: str
    week: Week
    specials: tuple[Special, ...] = ()


class Holiday(Record, frozen=True, kw_only=True):
    """A day on which offices are closed: everywhere, or in one kabupaten."""

    day: date
    name: str
    kind: HolidayKind
    kabupaten: str | None = None


class Unit(Record, frozen=True, kw_only=True):
    """An office that serves the public, in one version. ``hours`` names a set of opening hours."""

    code: str
    name: str
    kecamatan: str
    kabupaten: str
    zone: str
    hours: str
    kind: str = "kantor"
    valid_from: date | None = None
    valid_to: date | None = None


class ServiceGroup(Record, frozen=True, kw_only=True):
    """Services that are read together, such as population documents."""

    code: str
    name: str


class Service(Record, frozen=True, kw_only=True):
    """One product of units, in one version: asked for at a counter (ticket), handed in (application), or both."""

    code: str
    name: str
    group: str
    kind: Literal["ticket", "application", "both"]
    valid_from: date | None = None
    valid_to: date | None = None


class Standard(Record, frozen=True, kw_only=True):
    """A promise (*standar pelayanan*): what is measured, and its limit as a time or as working days (exactly one).

    ``leavers`` says whether people who left count as a broken promise; by default they do where waiting is promised,
    so that leavers cannot flatter a unit.
    """

    measure: Measure
    unit: str = ANY
    service: str = ANY
    limit_ms: int | None = None
    working_days: int | None = None
    leavers: Leavers | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    decree: str | None = None

    def __post_init__(self) -> None:
        if (self.limit_ms is None) == (self.working_days is None):
            raise ValueError("a promise has either a time or working days as its limit")
        if self.working_days is not None and self.measure != "turnaround_working":
            raise ValueError("working days are a limit of turnaround_working only")
        if self.leavers is None:
            waits = self.measure in ("wait_to_call", "wait_to_start")
            msgspec.structs.force_setattr(self, "leavers", "counted" if waits else "not_counted")

    @property
    def kind(self) -> VisitKind:
        """Which visits the promise is about: turnaround is promised for applications, the rest for tickets."""
        return "application" if self.measure in ("turnaround", "turnaround_working") else "ticket"


class Source(Record, frozen=True, kw_only=True):
    """A system that may send events. ``units`` is None for all; ``max_age_ms`` is None for an import.

    A ``name`` that ends in ``*`` stands for every source that begins with what is before it: many machines, one rule.
    ``tolerance_ms`` is how far a time may lie in the future. ``key_hash`` is the SHA-256 of the API key in hex, None
    where the source cannot use HTTP. ``expect_from`` and ``expect_to`` bound the local dates an import should hold.
    """

    name: str
    units: frozenset[str] | None = None
    live: bool = True
    max_age_ms: int | None = None
    tolerance_ms: int = 5 * MINUTE
    numbers_restart: Literal["never", "daily"] = "never"
    personal: Literal["refuse", "pseudonymise"] = "refuse"
    key_hash: str | None = None
    expect_from: date | None = None
    expect_to: date | None = None

    def may_speak_for(self, unit: str) -> bool:
        """Whether the source may send events of this unit."""
        return self.units is None or unit in self.units


class ClockCorrection(Record, frozen=True, kw_only=True):
    """A ruling on a lying clock: raw times in [starts, ends) of the source are moved by ``shift_ms``.

    Where several cover a time the highest ``version`` rules, so a ruling is withdrawn by a later one that moves by 0.
    """

    source: str
    starts: int
    ends: int
    shift_ms: int
    version: int
    reason: str


class Definitions(Record, frozen=True, kw_only=True):
    """The choices that change a number; printed beside every number they touch.

    ``finished``: an application ends when its product is issued, or already when it is approved. ``ikm_weight`` 0.11
    is the convention of older systems, 1 % lower. Below ``minimum_sample`` answers a mean is marked as too few.
    """

    zero_waits: Leavers = "counted"
    leavers_in_sla: bool = True
    finished: Literal["issued", "approved"] = "issued"
    percentile: Literal["nearest_rank"] = "nearest_rank"
    ikm_weight: Literal["1/9", "0.11"] = "1/9"
    ikm_confidence: float = 0.95
    minimum_sample: int = 30


KINDS: Final[dict[str, type[Record]]] = {
    "kabupaten": Kabupaten,
    "kecamatan": Kecamatan,
    "hours": Hours,
    "holiday": Holiday,
    "unit": Unit,
    "service_group": ServiceGroup,
    "service": Service,
    "standard": Standard,
    "source": Source,
    "clock_correction": ClockCorrection,
    "definitions": Definitions,
}
"""Kind of a stored row -> its record."""
