"""Words of the board of data and platform."""

from typing import Final

OPERATION: Final[dict[str, tuple[str, str]]] = {
    "panel.platform.last": ("Kejadian terakhir", "Last event"),
    "panel.platform.last.about": (
        "Berapa lama sejak kejadian terakhir tiba, dan dari berapa sumber; bila semua diam, periksa jaringan dan "
        "gerbang.",
        "How long since the last event arrived, and from how many sources; when all are silent, check network and "
        "gateway.",
    ),
    "panel.platform.events": ("Kejadian diterima", "Events received"),
    "panel.platform.events.about": (
        "Kejadian yang tiba dalam rentang waktu dan pada jam yang sama sepekan lalu; bila jauh berkurang, cari "
        "sumbernya.",
        "Events that arrived in the time range and in the same hours a week before; when far fewer, find the source.",
    ),
    "panel.platform.delay": ("Keterlambatan", "Delay"),
    "panel.platform.delay.about": (
        "Dari waktu kejadian sampai tiba, median dan p95; bila lebih dari semenit, periksa jam dan jaringan sumbernya.",
        "From an event's time to its arrival, median and p95; when minutes, check clock and line of the source in "
        "the table.",
    ),
    "panel.platform.rejected": ("Kejadian ditolak", "Refused events"),
    "panel.platform.rejected.about": (
        "Kejadian yang ditolak dan masih ditolak, dan yang dapat dicoba lagi; perbaiki sebabnya, lalu coba lagi.",
        "Events refused and refused still, and those that can be tried again; mend the cause, then retry.",
    ),
    "panel.platform.sources": ("Sumber, yang perlu dilihat di atas", "Sources, those in need first"),
    "panel.platform.sources.about": (
        "Setiap sumber: kejadian terakhir, setengah jam ini sepekan lalu, keterlambatan, yang ditolak; "
        "hubungi yang diam.",
        "Each source: last event, this half hour a week before, delay, refused; call those that are silent.",
    ),
    "panel.platform.course": ("Kejadian per selang waktu", "Events by interval"),
    "panel.platform.course.about": (
        "Kejadian yang tiba; garis putus-putus: sepekan lalu. Celah berarti sumber atau jaringan putus.",
        "Events that arrived, the dashed line is a week before; a hole means that a source or the network was down.",
    ),
    "panel.platform.delays": ("Keterlambatan per selang waktu", "Delay by interval"),
    "panel.platform.delays.about": (
        "Median dan p95 dari waktu kejadian sampai tiba; bila semua naik, periksa jaringan; bila satu sumber saja, "
        "periksa jamnya.",
        "Median and p95 from an event's time to its arrival; both rising means the network, one source alone its "
        "clock.",
    ),
    "panel.platform.reasons": ("Ditolak, menurut sebab", "Refused, by reason"),
    "panel.platform.reasons.about": (
        "Sebab penolakan, berapa kali, dan yang dapat dicoba lagi setelah sebabnya diperbaiki.",
        "Reasons for refusing, how often, and what can be tried again once the cause is mended.",
    ),
}
