"""What workers announce on ``pantau.indicators``: who waits in a unit now, and the windows of its days.

The topic is compacted: of every key the last record stays, so a consumer that reads it from the start knows the present
state of every unit and every day. Windows shorter than a day are read from storage; a record for each of them would
cost a consumer more than the query.
"""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec


class UnitNow(msgspec.Struct, frozen=True, tag="unit.now", omit_defaults=True):
    """The tickets of a unit's present local day as they stand at ``as_of``; times in ms."""

    unit: str
    as_of: datetime
    tickets: int
    waiting: int
    in_service: int
    longest_wait_ms: int | None = None


class Cell(msgspec.Struct, frozen=True, omit_defaults=True):
    """One measure of one service in a window: counts, their total, and for durations the histogram by lower edge (ms).

    ``service`` is ``-`` where it is not known. Cells of the same measure add up, over services, units and days.
    """

    service: str
    measure: str
    n: int
    total: int
    imputed: int = 0
    auto_closed: int = 0
    edges: Sequence[int] = ()
    counts: Sequence[int] = ()


class UnitDay(msgspec.Struct, frozen=True, tag="unit.day"):
    """Every cell of a unit's local day, as absolute numbers."""

    unit: str
    day: date
    cells: Sequence[Cell]


class WrittenDay(msgspec.Struct, frozen=True, tag="unit.day"):
    """A :class:`UnitDay` on its way to the bus: its cells are JSON already, as the tables gave them."""

    unit: str
    day: date
    cells: msgspec.Raw


Announcement = UnitNow | UnitDay
Said = UnitNow | WrittenDay

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[UnitNow | UnitDay] = msgspec.json.Decoder(Announcement)


def pack_announcement(announcement: Said) -> tuple[bytes, bytes]:
    """An announcement as the key and the value of a record."""
    key = announcement.unit
    if isinstance(announcement, WrittenDay):
        key = f"{key}/{announcement.day.isoformat()}"
    return key.encode(), _encoder.encode(announcement)


def unpack_announcement(value: bytes) -> Announcement:
    """The announcement that :func:`pack_announcement` wrote. Raises ValueError for anything else."""
    found: Announcement = _decoder.decode(value)
    return found
