"""Codes told as words. What is a state of something has a shape before its word, so that colour is never alone."""

from typing import Final

from dashboards.live.texts_sources import SOURCES
from pantau.domain.skm import BANDS, ELEMENTS

_SHAPES: Final = {"A": "●", "B": "●", "C": "▲", "D": "▼"}

STATES: Final[dict[str, tuple[str, str]]] = {
    "state.overdue": ("▼ Lewat janji", "▼ Over promise"),
    "state.below": ("▲ Di bawah janji", "▲ Below promise"),
    "state.good": ("● Sesuai janji", "● As promised"),
    "state.few": ("○ Belum cukup", "○ Too few"),
    "state.none": ("◇ Tanpa data", "◇ No data"),
    "state.serving": ("● Melayani", "● Serving"),
    "state.open": ("○ Buka", "○ Open"),
    "state.paused": ("▲ Istirahat", "▲ Paused"),
    "state.closed": ("■ Tutup", "■ Closed"),
    "state.unknown": ("◇ Tidak diketahui", "◇ Not known"),
    "state.busy": ("● Melayani", "● Serving"),
    "state.idle_queue": ("▼ Kosong, ada antrean", "▼ Idle, people wait"),
    "state.idle": ("○ Kosong", "○ Idle"),
    "state.off": ("■ Tutup", "■ Closed"),
    "state.steady": ("● Tetap", "● Steady"),
    "state.changed": ("▲ Berubah", "▲ Changed"),
    "state.late": ("▼ Lewat lima hari", "▼ Beyond five days"),
    "state.in_time": ("● Dalam batas", "● Within limits"),
    "state.silent": ("▼ Diam", "▼ Silent"),
    "state.late_data": ("▲ Terlambat", "▲ Late"),
    "state.refused": ("▲ Ada yang ditolak", "▲ Some refused"),
    "state.speaking": ("● Mengirim", "● Sending"),
    "state.chart_wait": ("Median tunggu, mnt", "Median wait, min"),
    "state.chart_promise": ("Tepat janji, %", "Promise kept, %"),
    "state.chart_no_show": ("Tidak datang, %", "No-shows, %"),
    "state.signal_outside": ("Di luar batas", "Beyond a limit"),
    "state.signal_run": ("Delapan berturut-turut", "Eight in a row"),
    "state.siasn_3": ("Diklat teknis", "Technical course"),
    "state.siasn_4": ("Workshop", "Workshop"),
    "state.siasn_8": ("Bimtek", "Guided instruction"),
    "state.siasn_9": ("Seminar", "Seminar"),
    "state.siasn_10": ("Magang", "Internship"),
    "state.siasn_14": ("Coaching", "Coaching"),
    "state.siasn_16": ("E-learning", "E-learning"),
    **{
        f"state.{band.grade}": (
            f"{_SHAPES[band.grade]} {band.grade} {band.title}",
            f"{_SHAPES[band.grade]} {band.grade} {band.english}",
        )
        for band in BANDS
    },
    **{f"state.{each.code}": (f"{each.code} {each.title}", f"{each.code} {each.english}") for each in ELEMENTS},
    **{f"state.reject_{key.partition('.')[2]}": pair for key, pair in SOURCES.items() if key.startswith("reject.")},
}
