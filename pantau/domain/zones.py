"""Which local day and which window an instant belongs to, in any time zone.

Instants are integer milliseconds since 1970-01-01T00:00:00Z; zones are IANA names as ``resolve`` returns them.
Everything else is wall-clock arithmetic on the zone's offset at the instant, so it holds on days of 23 and 25 hours,
for Asia/Kathmandu (+5:45), Australia/Lord_Howe (shifts of 30 minutes) and where midnight does not exist.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

Size = Literal["5m", "30m", "1d"]

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
_SIZE_MS: Final[dict[str, int]] = {"5m": 5 * MINUTE, "30m": 30 * MINUTE}

INDONESIAN: Final[dict[str, str]] = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
"""The three Indonesian zones by the names people use."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_YEAR_2: Final = -62_104_060_800_000
_YEAR_9998: Final = 253_339_228_800_000
"""Before and after these the offset no longer changes: the calendar ends, and no rule reaches that far."""
_MACHINE_DEPENDENT: Final = frozenset({"localtime", "posixrules", "Factory"})
_CACHE_LIMIT: Final = (
    1 << 18
)  # entries; 12 zones over 60 years fit, a source that sends random years cannot fill memory

_offset_of_utc_day: dict[tuple[str, int], int] = {}
_start_of_local_day: dict[tuple[str, int], int] = {}


def resolve(name: str) -> str:
    """The IANA name of a zone: ``WIB`` gives ``Asia/Jakarta``; an IANA name gives itself.

    Raises ValueError for anything else, also for names whose meaning depends on the machine or counts leap seconds.
    """
    known = INDONESIAN.get(name.strip().upper())
    if known is not None:
        return known
    if name in _MACHINE_DEPENDENT or name.startswith(("posix/", "right/")):
        raise ValueError(f"{name!r} does not mean the same on every machine")
    try:
        return ZoneInfo(name).key
    except (OSError, ValueError, KeyError) as error:  # a directory, a path outwards, an unknown name
        raise ValueError(f"{name!r} is not WIB, WITA, WIT or an IANA time zone") from error


def offset_ms(zone: str, at: int) -> int:
    """What to add to the instant to read the zone's wall clock, in ms: 25,200,000 for Asia/Jakarta."""
    try:
        return _offset_of_utc_day[zone, at // DAY]
    except KeyError:
        return _find_offset(zone, at)


def local_day(zone: str, at: int) -> date:
    """The date on the zone's wall clock. Raises ValueError outside the years 1 to 9999."""
    return date.fromordinal(_EPOCH_DAY + (at + offset_ms(zone, at)) // DAY)


def day_start(zone: str, day: date) -> int:
    """The first instant of a local day: midnight, or the end of the jump where midnight was skipped."""
    return _day_start(zone, day.toordinal() - _EPOCH_DAY)


def window_start(zone: str, at: int, size: Size) -> int:
    """The start (UTC ms) of the window that holds the instant, on the zone's wall clock.

    ``1d`` starts with the local day. ``5m`` and ``30m`` start at round wall-clock times read with the offset valid at
    ``at``: 10:17:30 +05:45 is in the 30-minute window of 10:00 +05:45, which is 04:15 UTC.
    """
    offset = offset_ms(zone, at)
    local = at + offset
    if size == "1d":
        return _day_start(zone, local // DAY)
    return local - local % _SIZE_MS[size] - offset


def from_local(zone: str, local: datetime, fold: int = 0) -> int:
    """The instant of a naive wall-clock time.

    Where the clock was set back and shows a time twice, ``fold`` chooses the first (0) or the second (1). A time that
    was skipped is read with the offset before (0) or after (1) the jump, as PEP 495 has it. Rounded down to the ms.
    """
    if local.tzinfo is not None:
        raise ValueError(f"{local.isoformat()} has an offset of its own; it is not a wall-clock time")
    naive = (local - datetime(1970, 1, 1)) // timedelta(milliseconds=1)  # noqa: DTZ001 - a wall clock is naive
    return naive - _wall_offset(zone, local, fold)


def first_instant(zone: str, local: datetime) -> int:
    """The first instant at which the wall clock shows this time or, where it was skipped, has jumped past it."""
    early, late = from_local(zone, local, 1), from_local(zone, local, 0)
    if late <= early:
        return late
    after = _wall_offset(zone, local, 1)
    while late - early > 1:  # the jump lies in (early, late]
        middle = (early + late) // 2
        if offset_ms(zone, middle) == after:
            late = middle
        else:
            early = middle
    return late


def _day_start(zone: str, number: int) -> int:
    """``day_start`` by the number of the local day since 1970-01-01."""
    try:
        return _start_of_local_day[zone, number]
    except KeyError:
        midnight = datetime.fromordinal(_EPOCH_DAY + number)
        if len(_start_of_local_day) >= _CACHE_LIMIT:
            _start_of_local_day.clear()
        start = _start_of_local_day[zone, number] = first_instant(zone, midnight)
        return start


def _find_offset(zone: str, at: int) -> int:
    """The offset from the zone's rules; kept for the whole UTC day when the clock does not change in it."""
    info = ZoneInfo(zone)
    day = at // DAY
    if len({_rule(info, day * DAY + hour * HOUR) for hour in range(25)}) == 1:
        if len(_offset_of_utc_day) >= _CACHE_LIMIT:
            _offset_of_utc_day.clear()
        _offset_of_utc_day[zone, day] = _rule(info, at)
    return _rule(info, at)


def _rule(info: ZoneInfo, at: int) -> int:
    offset = (_EPOCH + timedelta(milliseconds=min(max(at, _YEAR_2), _YEAR_9998))).astimezone(info).utcoffset()
    assert offset is not None  # a ZoneInfo always knows
    return offset // timedelta(milliseconds=1)


def _wall_offset(zone: str, local: datetime, fold: int) -> int:
    offset = local.replace(fold=fold, tzinfo=ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return offset // timedelta(milliseconds=1)
