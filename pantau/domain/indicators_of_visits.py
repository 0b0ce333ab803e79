"""Indicators read from visits and counters: people, times, the promise, those who left, occupancy.

Rules follow the comparison of vendors' KPIs (Qmatic, Qminder, Waitwhile) as the design settles them: a wait is placed
at the call or the start; service, promise and outcome at the end.
"""

from collections.abc import Iterator

from pantau.domain.indicators import (
    SERVED,
    VISITS,
    WAITS,
    Indicator,
    Text,
    abandonment,
    count,
    duration,
    first_time_right,
    flagged_share,
    occupancy,
    promise,
    share,
    within,
)

LEFT = ("outcome.abandoned", "outcome.left")
STATISTICS: tuple[tuple[str, float | None, Text], ...] = (
    ("mean", None, Text("rata-rata", "mean")),
    ("p50", 0.5, Text("median", "median")),
    ("p90", 0.9, Text("p90", "p90")),
    ("p95", 0.95, Text("p95", "p95")),
)


def counts() -> Iterator[Indicator]:
    """How many people, by what became of them."""

    def people(name: str, title: Text, definition: Text, family: str, *measures: str) -> Indicator:
        compute = count(family, *measures)
        return Indicator(name=name, title=title, unit="count", definition=definition, compute=compute, reads=VISITS)

    yield people(
        "arrivals",
        Text("Kedatangan", "Arrivals"),
        Text("Nomor antrean diambil dan permohonan masuk.", "Queue tickets taken and applications handed in."),
        "visits",
        "arrivals",
    )
    yield people(
        "called",
        Text("Dipanggil", "Called"),
        Text("Nomor antrean yang dipanggil, pada panggilan pertama.", "Tickets called, at their first call."),
        "tickets",
        "called",
    )
    yield people(
        "served",
        Text("Selesai dilayani", "Served"),
        Text(
            "Nomor antrean dan permohonan yang selesai dilayani, pada saat selesai.",
            "Tickets and applications served to the end, at the time they ended.",
        ),
        "visits",
        *SERVED,
    )
    yield people(
        "left",
        Text("Pergi sebelum dilayani", "Left before service"),
        Text(
            "Nomor antrean yang dibatalkan, atau masih menunggu saat hari ditutup.",
            "Tickets given up, or still waiting when the day was closed.",
        ),
        "tickets",
        *LEFT,
    )
    yield people(
        "no_shows",
        Text("Dipanggil, tidak datang", "Called, did not come"),
        Text("Nomor antrean yang dipanggil tetapi orangnya tidak datang.", "Tickets called whose holder did not come."),
        "tickets",
        "outcome.no_show",
    )
    yield people(
        "transferred",
        Text("Dialihkan ke unit lain", "Transferred to another unit"),
        Text("Kunjungan yang berakhir di sini karena dialihkan.", "Visits that ended here by transfer."),
        "visits",
        "outcome.transferred",
    )
    yield people(
        "rejected",
        Text("Permohonan ditolak", "Applications rejected"),
        Text("Permohonan yang ditolak.", "Applications that were rejected."),
        "applications",
        "outcome.rejected",
    )
    yield people(
        "withdrawn",
        Text("Permohonan ditarik", "Applications withdrawn"),
        Text("Permohonan yang ditarik pemohon.", "Applications the applicant took back."),
        "applications",
        "outcome.withdrawn",
    )
    yield people(
        "void",
        Text("Nomor batal oleh sistem", "Void tickets"),
        Text(
            "Nomor yang dihapus sistem; tidak dihitung di indikator lain.",
            "Tickets reset by a system; no other indicator counts them.",
        ),
        "tickets",
        "outcome.void",
    )


_DURATIONS: tuple[tuple[str, Text, Text], ...] = (
    (
        "wait_to_call",
        Text("Tunggu sampai dipanggil", "Wait to call"),
        Text(
            "Dari nomor diambil sampai panggilan pertama; dicatat pada waktu dipanggil.",
            "From ticket taken to first call; placed at the call.",
        ),
    ),
    (
        "wait_to_start",
        Text("Tunggu sampai dilayani", "Wait to start"),
        Text(
            "Dari nomor diambil sampai mulai dilayani; bila tidak tercatat, sampai panggilan terakhir (diperkirakan).",
            "From ticket taken to service started; where no start was seen the last call stands in, as imputed.",
        ),
    ),
    (
        "queue_time",
        Text("Waktu di antrean", "Time in the queue"),
        Text(
            "Dari nomor diambil sampai panggilan pertama, atau sampai pergi bagi yang tidak pernah dipanggil.",
            "From ticket taken to the first call, or until they left for those never called.",
        ),
    ),
    (
        "wait_to_leave",
        Text("Tunggu sampai pergi", "Wait before leaving"),
        Text(
            "Dari nomor diambil sampai pergi, bagi yang pergi sebelum dilayani.",
            "From ticket taken to leaving, of those who left before service.",
        ),
    ),
    (
        "service_time",
        Text("Waktu layanan", "Service time"),
        Text(
            "Jumlah waktu dilayani tanpa jeda; dicatat pada waktu selesai.",
            "The sum of serving spells without breaks; placed at the end.",
        ),
    ),
    (
        "visit_time",
        Text("Lama kunjungan", "Visit time"),
        Text("Dari nomor diambil sampai selesai dilayani.", "From ticket taken to the end of service."),
    ),
    (
        "turnaround",
        Text("Waktu penyelesaian", "Turnaround"),
        Text("Dari permohonan masuk sampai selesai, waktu kalender.", "From handed in to finished, in clock time."),
    ),
    (
        "turnaround_working",
        Text("Waktu penyelesaian, jam kerja", "Turnaround, working time"),
        Text(
            "Dari permohonan masuk sampai selesai dalam jam kerja unit, tanpa hari libur dan cuti bersama.",
            "From handed in to finished within the unit's office hours, without holidays.",
        ),
    ),
    (
        "complaint_resolution",
        Text("Penyelesaian pengaduan", "Complaint resolution"),
        Text("Dari pengaduan dibuka sampai selesai.", "From complaint opened to resolved."),
    ),
)


def durations() -> Iterator[Indicator]:
    """Mean, median, p90 and p95 of each duration, and the share of it within a limit that is given when asking."""
    for measure, title, definition in _DURATIONS:
        zeros = ("zero_waits",) if measure in WAITS else ()
        finished = ("finished",) if measure.startswith("turnaround") else ()
        splits = frozenset({"channel"} if measure == "complaint_resolution" else {"channel", "counter"})
        for statistic, quantile, words in STATISTICS:
            yield Indicator(
                name=f"{measure}.{statistic}",
                title=Text(f"{title.id}, {words.id}", f"{title.en}, {words.en}"),
                unit="ms",
                definition=definition,
                compute=duration(measure, "mean" if quantile is None else quantile),
                reads=(measure,),
                visits_only=measure == "queue_time",
                splits=splits,
                touched_by=(*zeros, *finished, *(("percentile",) if quantile else ())),
            )
        judged = measure in ("wait_to_call", "wait_to_start")
        words = (
            Text("Yang dilayani dalam batas ÷ dilayani + pergi.", "Served within the limit ÷ served + left.")
            if judged
            else Text("Persentase yang tidak melewati batas.", "The share that is at most the limit.")
        )
        read = f"judged.{measure}" if judged else measure
        yield Indicator(
            name=f"{measure}.within",
            title=Text(f"{title.id}, dalam batas", f"{title.en}, within the limit"),
            unit="share",
            definition=Text(f"{definition.id} {words.id}", f"{definition.en} {words.en}"),
            compute=within(read),
            reads=(read,),
            visits_only=True,
            splits=splits,
            touched_by=("within_ms", *zeros, *finished, *(("leavers",) if judged else ())),
        )


def shares() -> Iterator[Indicator]:
    """The promise, those who did not come or left, returned applications, occupancy."""
    yield Indicator(
        name="promise",
        title=Text("Tepat janji", "Within the promise"),
        unit="share",
        definition=Text(
            "Menepati janji (standar pelayanan atau tenggat) ÷ kunjungan yang dinilai, pada saat berakhir.",
            "Visits that kept the promise (service standard or deadline) ÷ judged visits, placed at their end.",
        ),
        compute=promise,
        reads=("promise",),
        touched_by=("leavers", "finished"),
    )

    def part(name: str, title: Text, definition: Text, some: tuple[str, ...], whole: str) -> Indicator:
        reads, compute = (*some, whole), share(some, (whole,), "nobody")
        return Indicator(name=name, title=title, unit="share", definition=definition, compute=compute, reads=reads)

    yield part(
        "no_show",
        Text("Tidak datang, dari yang dipanggil", "No-show, of those called"),
        Text("Dipanggil tetapi tidak datang ÷ dipanggil.", "Called but did not come ÷ called."),
        ("outcome.no_show",),
        "called",
    )
    yield part(
        "no_show_of_arrivals",
        Text("Tidak datang, dari kedatangan", "No-show, of arrivals"),
        Text("Dipanggil tetapi tidak datang ÷ kedatangan.", "Called but did not come ÷ arrivals."),
        ("outcome.no_show",),
        "arrivals",
    )
    yield Indicator(
        name="abandonment",
        title=Text("Pergi sebelum dilayani, dari yang berakhir", "Abandonment, of those that ended"),
        unit="share",
        definition=Text(
            "Membatalkan atau masih menunggu saat hari ditutup ÷ nomor antrean yang berakhir; bila tunggu nol tidak "
            "dihitung, dari yang sempat menunggu.",
            "Gave up or still waited when the day was closed ÷ tickets that ended; where zero waits are not counted, "
            "of those who had to wait.",
        ),
        compute=abandonment,
        reads=("outcome.served", "outcome.transferred", "outcome.no_show", *LEFT, "wait_to_call"),
        touched_by=("zero_waits",),
    )
    yield part(
        "abandonment_of_arrivals",
        Text("Pergi sebelum dilayani, dari kedatangan", "Abandonment, of arrivals"),
        Text("Pergi sebelum dilayani ÷ kedatangan.", "Left before service ÷ arrivals."),
        LEFT,
        "arrivals",
    )
    yield Indicator(
        name="first_time_right",
        title=Text("Benar sejak awal", "First time right"),
        unit="share",
        definition=Text(
            "Permohonan selesai yang tidak pernah dikembalikan ÷ permohonan selesai.",
            "Finished applications never returned for completion ÷ finished applications.",
        ),
        compute=first_time_right,
        reads=("returned",),
        touched_by=("finished",),
    )
    yield Indicator(
        name="returned",
        title=Text("Permohonan dikembalikan", "Returned applications"),
        unit="share",
        definition=Text(
            "Permohonan selesai yang pernah dikembalikan ÷ permohonan selesai.",
            "Finished applications that were returned at least once ÷ finished applications.",
        ),
        compute=flagged_share("returned", "none_finished"),
        reads=("returned",),
        touched_by=("finished",),
    )
    yield Indicator(
        name="occupancy",
        title=Text("Keterisian loket", "Occupancy"),
        unit="share",
        definition=Text(
            "Waktu melayani ÷ waktu loket buka; loket yang masih buka dihitung sampai saat laporan.",
            "Serving time ÷ open counter time; a counter that is still open counts until as_of.",
        ),
        compute=occupancy,
        reads=("service_time",),
        facts="counter_time",
        splits=frozenset({"counter"}),
        times=frozenset({"days"}),
    )
