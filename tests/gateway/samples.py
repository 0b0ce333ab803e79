"""One good event of every kind, as plain JSON values."""

from typing import Any

from tests.gateway.office import HERE, NOW, THERE, at, event

ELEMENTS = ("persyaratan", "prosedur", "waktu", "biaya", "produk", "kompetensi", "perilaku", "pengaduan", "sarana")

_TICKET = {"ticket": "A-1", "service_day": "2026-03-02", "service": "ktp-el", "channel": "loket", "counter": "1"}
_APPLICATION = {"application": "P-1", "service": "imb", "channel": "daring", "officer": "p-1"}
_COMPLAINT = {"complaint": "L-1", "service": "ktp-el", "channel": "lapor"}
_COUNTER = {"counter": "1", "service": "ktp-el", "officer": "p-1"}

DATA: dict[str, dict[str, Any]] = {
    "ticket.created": _TICKET | {"came_from": THERE},
    "ticket.called": _TICKET,
    "ticket.recalled": _TICKET,
    "service.started": _TICKET | {"officer": "p-1"},
    "ticket.parked": _TICKET,
    "ticket.resumed": _TICKET,
    "ticket.transferred": _TICKET | {"to_unit": THERE, "to_service": "kk"},
    "service.ended": _TICKET | {"provenance": "auto_closed"},
    "ticket.no_show": _TICKET,
    "ticket.cancelled": _TICKET | {"by": "staff"},
    "ticket.left": _TICKET | {"provenance": "imputed"},
    "application.submitted": _APPLICATION | {"due": at(NOW + 86_400_000)},
    "application.returned": _APPLICATION,
    "application.resubmitted": _APPLICATION,
    "application.approved": _APPLICATION,
    "application.rejected": _APPLICATION,
    "application.issued": _APPLICATION,
    "application.withdrawn": _APPLICATION,
    "rating.given": {"score": 4, "scale": 5, "service": "ktp-el", "ticket": "A-1"},
    "survey.answered": {"elements": dict.fromkeys(ELEMENTS, 3), "channel": "kertas", "age_group": "25-34"},
    "complaint.opened": _COMPLAINT,
    "complaint.resolved": _COMPLAINT,
    "training.recorded": {
        "training": "T-1",
        "title": "Pelayanan prima",
        "siasn_type": 4,
        "jp": 20,
        "participants": 12,
        "starts": "2026-02-02",
        "ends": "2026-02-04",
    },
    "measure.recorded": {"measure": "M-1", "title": "Antrean daring", "category": "sistem", "starts": "2026-02-02"},
    "counter.opened": _COUNTER,
    "counter.paused": _COUNTER,
    "counter.closed": _COUNTER,
    "officer.at_counter": _COUNTER,
    "counter.snapshot": {"queue": "A", "waiting": 7, "open_counters": 2, "now_serving": "A-12"},
    "aggregate.reported": {
        "measure": "wait",
        "ends": at(NOW + 3_600_000),
        "n": 10,
        "timed": 8,
        "total_ms": 480_000,
        "buckets": [{"upto_ms": 60_000, "n": 6}, {"upto_ms": None, "n": 2}],
    },
}


def sample(kind: str) -> dict[str, Any]:
    """A good event of a kind."""
    sent = event("1", kind=kind)
    sent["data"] = {"unit": HERE} | DATA[kind]
    return sent
