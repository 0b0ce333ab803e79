"""Facts that time makes: who waits, what lies open and how old it is, at an explicit instant (``as_of``).

They hold at one instant, so they have no days; the past is read from what is known of it today.
"""

from collections.abc import Iterator

from pantau.domain.indicators import Indicator, Reason, Text, Unit, standing

_WAITING = Text(
    "Nomor antrean yang diambil pada hari pelayanan setempat itu dan belum dipanggil, mulai, atau berakhir; nomor "
    "hari sebelumnya yang masih terbuka adalah sisa, bukan menunggu.",
    "Tickets taken on the local service day of as_of and neither called, started nor ended by then; an open ticket of "
    "an earlier day is a leftover, not waiting.",
)
_BACKLOG = Text(
    "Permohonan yang masuk sampai saat itu dan belum berakhir; umur dihitung sejak masuk.",
    "Applications handed in by as_of and not ended by then; their age counts from being handed in.",
)
_COMPLAINTS = Text(
    "Pengaduan yang dibuka sampai saat itu dan belum selesai; umur dihitung sejak dibuka.",
    "Complaints opened by as_of and not resolved by then; their age counts from the opening.",
)


class _Facts:
    """What one query answers: the indicators of it share what must be known and what they can be split by."""

    def __init__(self, query: str, known: str, reason: Reason, *splits: str) -> None:
        self._query, self._known, self._reason, self._splits = query, known, reason, frozenset(splits)

    def __call__(
        self,
        name: str,
        key: str,
        title: Text,
        definition: Text,
        *,
        unit: Unit = "count",
        of: str | None = None,
        known: str | None = None,
        touched_by: tuple[str, ...] = (),
    ) -> Indicator:
        return Indicator(
            name=name,
            title=title,
            unit=unit,
            definition=definition,
            compute=standing(key, known or self._known, self._reason, of=of),
            facts=self._query,
            splits=self._splits,
            times=frozenset(),
            touched_by=touched_by,
        )


def now_indicators() -> Iterator[Indicator]:
    """Waiting, counters, backlog and complaints at the instant."""
    tickets = _Facts("tickets_now", "tickets_known", "no_data", "channel")
    yield tickets("waiting_now", "waiting", Text("Menunggu", "Waiting now"), _WAITING)
    yield tickets(
        "longest_wait_now",
        "longest_wait_ms",
        Text("Tunggu terlama", "Longest wait now"),
        _WAITING,
        unit="ms",
        of="waiting",
    )
    at_counters = _Facts("tickets_now", "tickets_known", "no_data", "channel", "counter")
    yield at_counters(
        "in_service_now",
        "in_service",
        Text("Sedang dilayani", "In service now"),
        Text(
            "Nomor antrean hari itu yang sudah mulai dan belum berakhir.",
            "Tickets of that local day that have started and not ended.",
        ),
    )
    counters = _Facts("counters_now", "counters_known", "no_counters", "counter")
    yield counters(
        "open_counters_now",
        "open_counters",
        Text("Loket buka", "Open counters now"),
        Text("Loket yang dibuka pada hari itu dan masih buka.", "Counters opened on that local day and still open."),
        of="counters_known",
    )
    backlog = _Facts("backlog_now", "applications_known", "no_data", "channel")
    yield backlog("backlog", "backlog", Text("Permohonan terbuka", "Backlog"), _BACKLOG)
    for name, key, title in (
        ("mean", "backlog_age_mean_ms", Text("Umur permohonan terbuka, rata-rata", "Backlog age, mean")),
        ("p50", "backlog_age_p50_ms", Text("Umur permohonan terbuka, median", "Backlog age, median")),
        ("p90", "backlog_age_p90_ms", Text("Umur permohonan terbuka, p90", "Backlog age, p90")),
        ("max", "backlog_oldest_ms", Text("Permohonan terbuka tertua", "Oldest open application")),
    ):
        yield backlog(f"backlog_age.{name}", key, title, _BACKLOG, unit="ms", of="backlog")
    yield backlog(
        "backlog_overdue",
        "backlog_overdue",
        Text("Permohonan lewat tenggat", "Applications past their deadline"),
        Text("Permohonan terbuka yang tenggatnya sudah lewat.", "Open applications whose deadline has passed."),
        of="backlog_with_deadline",
        known="backlog_with_deadline",
    )
    complaints = _Facts("complaints_now", "complaints_known", "no_data", "channel")
    yield complaints("complaints_open", "complaints_open", Text("Pengaduan terbuka", "Open complaints"), _COMPLAINTS)
    for name, key, title in (
        ("mean", "complaints_age_mean_ms", Text("Umur pengaduan terbuka, rata-rata", "Open complaints' age, mean")),
        ("max", "complaints_oldest_ms", Text("Pengaduan terbuka tertua", "Oldest open complaint")),
    ):
        yield complaints(f"complaint_age.{name}", key, title, _COMPLAINTS, unit="ms", of="complaints_open")
    yield complaints(
        "complaints_late",
        "complaints_late",
        Text("Pengaduan terlambat", "Complaints past their days"),
        Text("Pengaduan terbuka yang umurnya melewati batas hari.", "Open complaints older than the limit in days."),
        of="complaints_open",
        touched_by=("complaint_days",),
    )
