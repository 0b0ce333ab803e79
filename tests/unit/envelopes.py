"""What the tests of validation share: a registry, sources, sound envelopes of several kinds, and a judge."""

from datetime import date
from typing import Any

import msgspec

from pantau.domain.events import Event
from pantau.domain.registry import ClockCorrection, Hours, Registry, Source, Unit
from pantau.domain.rejections import Rejection
from pantau.domain.validation import Limits, accept
from pantau.domain.zones import DAY

NOW = 1_770_081_600_000  # 2026-02-03 08:20 in Jakarta
AT = "2026-02-03T08:15:30.123+07:00"
TIME = 1_770_081_330_123
SECRET = b"a secret of at least sixteen bytes"
NIK = "1801064103850001"


def unit(code: str, zone: str = "Asia/Jakarta") -> Unit:
    return Unit(code=code, name=code, kecamatan="18.01.06", kabupaten="18.01", zone=zone, hours="kantor")


SOURCE = Source(name="antrian", max_age_ms=30 * DAY)
LIMITED = Source(name="antrian", units=frozenset({"kec-natar"}))
IMPORT = Source(name="antrian", live=False, expect_from=date(2026, 2, 1), expect_to=date(2026, 2, 28))
PSEUDONYMS = Source(name="antrian", personal="pseudonymise")
DAILY = Source(name="antrian", numbers_restart="daily")


def registry(*units: Unit, corrections: tuple[ClockCorrection, ...] = ()) -> Registry:
    hours = Hours(name="kantor", week=(((480, 960),),) * 5 + ((), ()))
    known = units or (unit("kec-kalianda"), unit("kec-natar"), unit("kec-merauke", "Asia/Jayapura"))
    return Registry(hours=[hours], units=known, corrections=corrections)


REGISTRY = registry()


def said(**changes: Any) -> dict[str, Any]:
    """A sound envelope with changes; a change to ``...`` leaves the attribute out."""
    envelope = {
        "specversion": "1.0",
        "id": "antrian-1:7:created",
        "source": "antrian",
        "type": "id.pantau.ticket.created",
        "time": AT,
        "data": {"unit": "kec-kalianda", "ticket": "A012", "service": "ktp-el", "counter": "3"},
    } | changes
    return {name: value for name, value in envelope.items() if value is not ...}


def with_data(**changes: Any) -> dict[str, Any]:
    data = said()["data"] | changes
    return said(data={name: value for name, value in data.items() if value is not ...})


def judge(
    envelope: object, *, source: Source = SOURCE, known: Registry = REGISTRY, limits: Limits | None = None
) -> Event | Rejection:
    raw = envelope if isinstance(envelope, bytes) else msgspec.json.encode(envelope)
    return accept(raw, registry=known, source=source, now=NOW, secret=SECRET, limits=limits or Limits())


def refused(envelope: object, **terms: Any) -> Rejection:
    judged = judge(envelope, **terms)
    assert isinstance(judged, Rejection), judged
    return judged


def accepted(envelope: object, **terms: Any) -> Event:
    judged = judge(envelope, **terms)
    assert isinstance(judged, Event), judged.reasons
    return judged


def rating(**changes: Any) -> dict[str, Any]:
    data = {"unit": "kec-kalianda", "score": 3} | changes
    return said(type="id.pantau.rating.given", data=data)


def training(**changes: Any) -> dict[str, Any]:
    data = {"unit": "kec-kalianda", "training": "t1", "title": "Magang", "siasn_type": 10, "jp": 20, "participants": 3}
    return said(
        type="id.pantau.training.recorded", data=data | {"starts": "2026-01-05", "ends": "2026-01-09"} | changes
    )


def survey(elements: Any) -> dict[str, Any]:
    return said(type="id.pantau.survey.answered", data={"unit": "kec-kalianda", "elements": elements})


def aggregate(**changes: Any) -> dict[str, Any]:
    data = {"unit": "kec-kalianda", "measure": "wait", "ends": "2026-02-03T08:20:00+07:00", "n": 10} | changes
    return said(type="id.pantau.aggregate.reported", data=data)


def transfer(**changes: Any) -> dict[str, Any]:
    data = {"unit": "kec-kalianda", "ticket": "A012"} | changes
    return said(type="id.pantau.ticket.transferred", data=data)
