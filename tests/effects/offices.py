"""Twelve offices of one kabupaten over half a year of surveys, some of them trained; what training does is known.

Everybody's marks rise slowly. Training lifts competence and conduct by half a mark, nothing else.

  week        14           16            18
  u0-u3   Pelayanan prima
  u4                    Magang MPP
  u5, u6                             Pelayanan prima (second wave)
  u7          planned, never completed
"""

from datetime import date, timedelta
from typing import Any

import msgspec
import numpy as np

from pantau.domain.events import VOCABULARY, Event
from pantau.domain.facts import ELEMENTS
from pantau.domain.registry import Hours, Kabupaten, Kecamatan, Registry, Unit
from pantau.domain.wire import content_hash, encode_data

FIRST_MONDAY = date(2026, 3, 2)
WEEKS = 34
AS_OF = 1_000 * 86_400 * ((FIRST_MONDAY - date(1970, 1, 1)).days + WEEKS * 7 + 2)
"""Wednesday morning of the week after the last whole one."""

MOVED = ("kompetensi", "perilaku")
LIFT = 0.5
"""Marks; 12.5 points on the scale to 100."""

ANSWERS_A_WEEK = 8
_OPEN = ((8 * 60, 16 * 60),)

REGISTRY = Registry(
    kabupaten=[Kabupaten(code="18.01", name="Lampung Selatan")],
    kecamatan=[Kecamatan(code="18.01.06", name="Kalianda", kabupaten="18.01")],
    hours=[Hours(name="kantor", week=(_OPEN, _OPEN, _OPEN, _OPEN, _OPEN, (), ()))],
    units=[
        Unit(
            code=f"u{n}",
            name=f"Kantor {n}",
            kecamatan="18.01.06",
            kabupaten="18.01",
            zone="Asia/Jakarta",
            hours="kantor",
        )
        for n in range(12)
    ],
    services=[],
    standards=[],
)

TRAININGS = (
    *((f"u{n}", "ST-1", "Pelayanan prima", 4, 20, 14, True) for n in range(4)),
    ("u4", "ST-2", "Magang MPP", 10, 80, 16, True),
    *((f"u{n}", "ST-3", "Pelayanan Prima", 4, 20, 18, True) for n in (5, 6)),
    ("u7", "ST-4", "Pelayanan prima", 4, 20, 14, False),
)
"""(unit, code, title, SIASN type, JP, week, completed)."""


def made(kind: str, time: int, source: str, **data: Any) -> Event:
    """An event of a kind, with an id made of its content."""
    record = msgspec.convert(data, VOCABULARY[kind])
    content = content_hash(kind, time, encode_data(record))
    return Event(
        source=source, id=f"{kind}/{content:x}", kind=kind, time=time, arrival=time, data=record, content=content
    )


def _at(week: int, day: int, minute: int) -> int:
    days = (FIRST_MONDAY - date(1970, 1, 1)).days + week * 7 + day
    return 1_000 * (86_400 * days + 60 * (minute - 7 * 60))


def trainings() -> list[Event]:
    """What was recorded of trainings: Monday to Tuesday of their week."""
    return [
        made(
            "training.recorded", _at(week, 1, 16 * 60), "siasn", unit=unit, training=code, title=title, siasn_type=kind,
            jp=jp, participants=5, starts=(FIRST_MONDAY + timedelta(weeks=week)).isoformat(),
            ends=(FIRST_MONDAY + timedelta(weeks=week, days=1)).isoformat(), completed=completed,
        )
        for unit, code, title, kind, jp, week, completed in TRAININGS
    ]  # fmt: skip


def surveys(*, lift: float = LIFT, weeks: int = WEEKS) -> list[Event]:
    """Answers of every office and week, the same at every run."""
    chance = np.random.default_rng(7)
    trained = {unit: week for unit, *_, week, completed in TRAININGS if completed}
    events = []
    for week in range(weeks):
        for n in range(12):
            unit = f"u{n}"
            level = 2.6 + 0.03 * n + 0.012 * week
            marks = chance.normal(level, 0.7, (ANSWERS_A_WEEK, len(ELEMENTS)))
            if week > trained.get(unit, WEEKS):
                marks[:, [ELEMENTS.index(name) for name in MOVED]] += lift
            for index, row in enumerate(np.clip(marks.round(), 1, 4).astype(int).tolist()):
                at = _at(week, index % 5, 9 * 60 + index + n)
                elements = dict(zip(ELEMENTS, row, strict=True))
                events.append(made("survey.answered", at, f"skm-{index}", unit=unit, elements=elements))
    return events
