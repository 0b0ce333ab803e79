"""The parameters of a simulated world, as frozen records. ``worlds.py`` holds the ready ones.

Times of day are minutes after local midnight. Effects on speed are on the natural log scale: -0.1 is about 10 % faster.
"""

from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from pantau.domain.errors import BadSetup
from pantau.domain.zones import MINUTE
from producers.simulator.faults import Fault

MINUTE_MS = MINUTE
SURVEY_SOURCE = "/simulasi/skm"
APPLICATION_SOURCE = "/simulasi/permohonan"
COMPLAINT_SOURCE = "/simulasi/pengaduan"
TRAINING_SOURCE = "/simulasi/siasn"
MEASURE_SOURCE = "/simulasi/organisasi"


@dataclass(frozen=True, slots=True)
class Hours:
    """When an office gives out numbers, serves, and rests. On Friday the break is the longer one for the prayer."""

    opens: int = 7 * 60 + 30
    closes: int = 16 * 60
    numbers_from: int = 7 * 60 + 15
    numbers_until: int = 15 * 60
    rest: tuple[int, int] = (12 * 60, 13 * 60)
    friday_rest: tuple[int, int] = (11 * 60 + 30, 13 * 60)
    friday_closes: int | None = 16 * 60 + 30
    weekdays: frozenset[int] = frozenset(range(5))

    def closing(self, weekday: int) -> int:
        """Minute at which the counters stop taking the next person (0 is Monday)."""
        return self.friday_closes if weekday == 4 and self.friday_closes is not None else self.closes

    def resting(self, weekday: int) -> tuple[int, int]:
        """The midday break of a weekday."""
        return self.friday_rest if weekday == 4 else self.rest


@dataclass(frozen=True, slots=True)
class Product:
    """A service at the counters: its usual time there (the median), and its ``weight`` among the visits."""

    code: str
    median_minutes: float
    sigma: float = 0.6
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Permit:
    """A service that is applied for: ``per_visit`` of the day's visits, usually done in ``working_days``.

    ``promised_days`` is what the unit promises (working days); nothing in the world keeps it to that.
    """

    code: str
    per_visit: float
    working_days: float = 2.0
    promised_days: int = 3


@dataclass(frozen=True, slots=True)
class Office:
    """A unit and its queue. ``speed`` is its own level on log service time, ``manners`` on the answers about officers.

    With ``numbers_restart`` the machine begins at 1 every morning, so the service day is part of a ticket's identity.
    ``refers_to`` is the unit that a share ``refers`` of the people are sent on to.
    """

    code: str
    prefix: str
    visits_per_day: float
    counters: int
    products: tuple[Product, ...]
    permits: tuple[Permit, ...] = ()
    name: str = ""
    promised_minutes: int = 30
    """Within how many minutes a citizen is promised to be called."""
    kecamatan: str = "18.01.06"
    zone: str = "Asia/Jakarta"
    hours: Hours = Hours()
    numbers_restart: bool = True
    speed: float = 0.0
    manners: float = 0.0
    refers_to: str | None = None
    refers: float = 0.0

    @property
    def queue_source(self) -> str:
        """The CloudEvents source of its queue machine; every office has one of its own, with a clock of its own."""
        return f"/simulasi/antrian/{self.code}"

    @property
    def kiosk_source(self) -> str:
        """The source of its smiley terminal."""
        return f"/simulasi/kios/{self.code}"


@dataclass(frozen=True, slots=True)
class Habits:
    """How citizens and officers behave; shares are of visits unless said otherwise."""

    patience_minutes: float = 80.0
    patience_sigma: float = 0.5
    leaves_silently: float = 0.5
    """Of those who lose patience: the share that the machine notices only when it calls them in vain."""
    no_show: float = 0.025
    recalled: float = 0.10
    parked: float = 0.04
    """Of services: the citizen fills in a form or fetches a copy and comes back to the queue."""
    moved_inside: float = 0.04
    """Of services: sent on to another counter of the same unit."""
    cancelled_by_staff: float = 0.003
    void: float = 0.001
    """Of tickets: test prints and resets, cancelled by the system."""
    rated: float = 0.25
    surveyed: float = 0.10
    straight_lined: float = 0.08
    """Of SKM answers: the same mark for all nine elements, whatever happened."""
    complaints_per_visit: float = 0.004
    officer_sigma: float = 0.12
    """Spread of officers' own speed on the log scale."""
    busy_hours: float = 0.05
    """How much slower (log scale) services are in the crowded morning."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a training hour (JP) of one type does to a unit, up to ``cap_jp``; full from the day after the training."""

    log_time_per_jp: float
    score_per_jp: float
    """On the scale of 1 to 4, for the officers' competence (U6); conduct (U7) gets nine tenths of it."""
    cap_jp: int


SIASN_WORKSHOP, SIASN_SEMINAR, SIASN_MAGANG = 4, 9, 10

EFFECTS = MappingProxyType(
    {
        SIASN_WORKSHOP: Effect(-0.006, 0.011, 32),
        SIASN_SEMINAR: Effect(-0.002, 0.004, 16),
        SIASN_MAGANG: Effect(-0.002, 0.004, 120),
    }
)
"""SIASN jenisDiklatId -> effect. Ours, chosen so that 20 JP of workshop make a service 11 % faster; not a finding."""


@dataclass(frozen=True, slots=True)
class Training:
    """A training of one unit; with ``completed`` false it was planned and did not happen, and changes nothing."""

    unit: str
    title: str
    siasn_type: int
    jp: int
    participants: int
    starts: date
    ends: date
    completed: bool = True


@dataclass(frozen=True, slots=True)
class Measure:
    """Another intervention at a unit; changes log service time by ``log_time`` from its first day on."""

    unit: str
    title: str
    category: str
    starts: date
    log_time: float = 0.0


@dataclass(frozen=True, slots=True)
class Fall:
    """A unit gets worse: slower services and fewer counters from a minute of ``starts`` until the end of ``ends``."""

    unit: str
    starts: date
    minute: int = 0
    ends: date | None = None
    log_time: float = 0.0
    counters_short: int = 0
    score: float = 0.0
    """Added to the answers about the officers (U6, U7); negative is worse."""


@dataclass(frozen=True, slots=True)
class Shock:
    """Something all units feel at once (a deadline, a slow national server), on the days ``starts`` to ``ends``."""

    starts: date
    ends: date
    arrivals: float = 1.0
    log_time: float = 0.0


@dataclass(frozen=True, slots=True)
class World:
    """Everything that is so. Two worlds that are equal give equal events for an equal seed."""

    name: str
    offices: tuple[Office, ...]
    holidays: frozenset[date] = frozenset()
    """Days on which all offices are closed: none, or Indonesia's."""
    trainings: tuple[Training, ...] = ()
    measures: tuple[Measure, ...] = ()
    falls: tuple[Fall, ...] = ()
    shocks: tuple[Shock, ...] = ()
    habits: Habits = Habits()
    effects: MappingProxyType[int, Effect] = field(default_factory=lambda: EFFECTS)
    day_volume_sigma: float = 0.2
    """Spread of a unit's visits from day to day, beyond chance (log scale)."""
    day_speed_sigma: float = 0.06
    """Spread of a unit's speed from day to day, with a correlation of about 0.2 between neighbouring days."""
    weekday_volume: tuple[float, ...] = (1.2, 1.05, 1.0, 0.95, 0.8, 0.6, 0.4)
    lean: bool = False
    """Only tickets with created, called, started and ended, as cheaply as possible: for benchmarks."""
    faults: tuple[Fault, ...] = ()
    """What its sources do wrong, for ``with_faults``; the events themselves are true."""
    first_day: date = date(2026, 11, 9)
    last_day: date = date(2026, 11, 10)
    """The span it was made for; any other can be asked of it."""

    def __post_init__(self) -> None:
        codes = [office.code for office in self.offices]
        if len(set(codes)) != len(codes):
            raise BadSetup(f"world {self.name}: a unit code occurs twice; give every office its own code")
        refers = {office.code for office in self.offices if office.refers_to}
        for office in self.offices:
            if office.refers_to in refers:
                raise BadSetup(f"world {self.name}: {office.code} refers to {office.refers_to}, which refers on itself")
            if office.refers_to:
                self._check_referral(office, self.office(office.refers_to))
            if office.hours.closes > 20 * 60 or office.hours.numbers_from < 60:
                raise BadSetup(
                    f"world {self.name}: {office.code} must work between 01:00 and 20:00, so that its day ends"
                )

    def _check_referral(self, office: Office, other: Office) -> None:
        if office.zone != other.zone or office.numbers_restart != other.numbers_restart:
            raise BadSetup(
                f"world {self.name}: {office.code} refers to {other.code}: give both one zone and one way of numbering"
            )

    def office(self, code: str) -> Office:
        """The office with this unit code; raises :class:`BadSetup` when there is none."""
        for office in self.offices:
            if office.code == code:
                return office
        raise BadSetup(f"world {self.name} has no unit {code}")
