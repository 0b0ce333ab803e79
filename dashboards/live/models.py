"""What the page is given: plain records, with absolute times (ms UTC) and numbers. The browser only words them.

``None`` is unknown, never 0. Names come from the registry; shares are 0 to 1; the page shows every time in ``zone``.
"""

import msgspec

from dashboards.live.states import SourceKey, State


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """What every record of the page is."""


class Index(Model, frozen=True, kw_only=True):
    """An IKM with what must stand beside it. ``minimum`` is the Krejcie-Morgan sample of the people served."""

    value: float | None
    low: float | None
    high: float | None
    grade: str | None
    answers: int
    minimum: int | None
    few: bool
    straight: bool


class Spark(Model, frozen=True, kw_only=True):
    """Arrivals by half hour: today so far (whole half hours only) over the least and most of the same weekday before.

    ``usual_days`` of the four weeks before had data; with none there is no band.
    """

    start: int
    today: list[int | None]
    low: list[int | None]
    high: list[int | None]
    usual_days: int


class UnitRow(Model, frozen=True, kw_only=True):
    """One unit in the overview. ``quiet``: nothing was heard for so long that its present is unknown.

    ``ratio`` is what nine of ten waits of today stayed under, over what was promised; ``usual_share`` the share within
    the promise in the four weeks before.
    """

    code: str
    name: str
    kecamatan: str
    zone: str
    state: State
    quiet: bool
    is_open: bool
    opens_next: int | None
    waiting: int | None
    waiting_since: int | None
    overdue: int
    in_service: int | None
    ratio: float | None
    ratio_n: int
    judged: int
    kept: int
    usual_share: float | None
    arrivals: int
    served: int
    counters_open: int | None
    counters_paused: int | None
    ikm: Index
    last_event: int | None
    spark: Spark


class Usual(Model, frozen=True, kw_only=True):
    """The least and the most of the same weekday at the same time of day, in how many of the four weeks before."""

    low: float
    high: float
    days: int


class Strip(Model, frozen=True, kw_only=True):
    """Six numbers of all units together; a unit that is silent is left out of what is said about now."""

    waiting: int | None
    overdue: int
    longest_since: int | None
    longest_name: str | None
    served: int
    served_usual: Usual | None
    kept: int
    judged: int
    share_usual: Usual | None
    ikm: Index
    counters_open: int | None
    counters_paused: int | None
    silent: int


class SourceCount(Model, frozen=True, kw_only=True):
    """How many sources there are, and how many need somebody."""

    known: int
    troubled: int


class Overview(Model, frozen=True, kw_only=True):
    """All units at one instant, those in need first. ``started`` is false until the first event ever has come."""

    as_of: int
    zone: str
    area: str
    started: bool
    last_event: int | None
    minimum: int
    strip: Strip
    units: list[UnitRow]
    sources: SourceCount


class Promise(Model, frozen=True, kw_only=True):
    """What a unit promises for a visit without a known service."""

    measure: str
    limit_ms: int | None
    decree: str | None


class Queue(Model, frozen=True, kw_only=True):
    """People of one service who wait; ``name`` is None where the source does not say the service."""

    service: str | None
    name: str | None
    waiting: int
    since: int | None
    promise_ms: int | None


class Counter(Model, frozen=True, kw_only=True):
    """One counter today. ``state`` is open, paused, closed or unknown; ``serving_since`` is set while it serves."""

    name: str
    state: str
    since: int | None
    served: int
    serving_since: int | None
    last_event: int | None


class Day(Model, frozen=True, kw_only=True):
    """Today by half hours: index 0 begins at ``start``; whole half hours only, ``None`` after the last of them."""

    start: int
    arrivals: list[int | None]
    served: list[int | None]
    usual_low: list[int | None]
    usual_high: list[int | None]
    usual_days: int
    wait_p50: list[int | None]
    wait_p90: list[int | None]
    waits: list[int]


class Mark(Model, frozen=True, kw_only=True):
    """Something that happened on a local day (ISO date) and may explain a change."""

    day: str
    kind: str
    title: str


class Trend(Model, frozen=True, kw_only=True):
    """Day by day: the share within the promise with control limits, and the wait; ``closed`` days are days of rest."""

    days: list[str]
    closed: list[bool]
    judged: list[int]
    share: list[float | None]
    low: list[float | None]
    middle: list[float | None]
    high: list[float | None]
    served: list[int | None]
    wait_p50: list[int | None]
    wait_p90: list[int | None]
    marks: list[Mark]


class ElementRow(Model, frozen=True, kw_only=True):
    """One of the nine elements: mean mark of 1 to 4 with its interval, and the mean of the period before."""

    code: str
    key: str
    n: int
    mean: float | None
    low: float | None
    high: float | None
    before: float | None


class Intervention(Model, frozen=True, kw_only=True):
    """A training or another measure; dates are local (ISO)."""

    kind: str
    title: str
    starts: str
    ends: str | None
    jp: int | None
    participants: int | None
    completed: bool


class UnitView(Model, frozen=True, kw_only=True):
    """One unit in depth. ``period_days`` is how far back the IKM and the elements reach, today included."""

    as_of: int
    zone: str
    minimum: int
    row: UnitRow
    place: str
    promise: Promise | None
    queue: list[Queue]
    counters: list[Counter]
    day: Day
    trend: Trend
    period_days: int
    elements: list[ElementRow]
    interventions: list[Intervention]


class Reject(Model, frozen=True, kw_only=True):
    """How often one reason for refusing an event was given in the last 24 hours."""

    code: str
    times: int


class Fault(Model, frozen=True, kw_only=True):
    """What is wrong with a source's clock, as a sentence in both languages; ``mendable`` by one ruling."""

    id: str
    en: str
    mendable: bool


class SourceRow(Model, frozen=True, kw_only=True):
    """One source. ``delay_ms`` is the usual time from an event to its arrival; negative: its clock runs ahead."""

    name: str
    state: SourceKey
    units: list[str]
    zone: str
    events_24h: int
    last_event: int | None
    last_arrival: int | None
    delay_ms: int | None
    usual_gap_ms: int | None
    quiet_ms: int | None
    faults: list[Fault]
    rejects: list[Reject]
    retryable: int


class Sources(Model, frozen=True, kw_only=True):
    """All sources at one instant, those in need first."""

    as_of: int
    zone: str
    started: bool
    sources: list[SourceRow]
