"""Codes told as words. What is a state of something has a shape before its word, so that colour is never alone."""

from typing import Final

from dashboards.live.texts_sources import SOURCES
from pantau.domain.alerts.states import ON_SCREEN
from pantau.domain.effects.outcomes import OUTCOMES
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
    "state.siasn_8": ("Bimtek", "Technical guidance"),
    "state.siasn_9": ("Seminar", "Seminar"),
    "state.siasn_10": ("Magang", "Internship"),
    "state.siasn_14": ("Coaching", "Coaching"),
    "state.siasn_16": ("E-learning", "E-learning"),
    "state.falling": (f"▼ {ON_SCREEN['falling']}", "▼ Falling"),
    "state.acknowledged": (f"▲ {ON_SCREEN['acknowledged']}", "▲ Taken on"),
    "state.silenced": (f"■ {ON_SCREEN['silenced']}", "■ Silenced"),
    "state.no_data": (f"◇ {ON_SCREEN['no_data']}", "◇ No data"),
    "state.watched": (f"▲ {ON_SCREEN['watched']}", "▲ Watched"),
    "state.recovered": (f"● {ON_SCREEN['recovered']}", "● Recovered"),
    "state.normal": (f"○ {ON_SCREEN['normal']}", "○ Normal"),
    "state.settled": ("■ Menetap", "■ Settled"),
    "state.withdrawn": ("◇ Dikoreksi", "◇ Corrected"),
    "state.group_*": ("Semua", "All"),
    "state.alert_late": ("Tepat janji, %", "Promise kept, %"),
    "state.alert_time": ("Waktu layanan, mnt", "Service time, min"),
    "state.alert_satisfaction": ("IKM", "IKM"),
    "state.role_camat": ("Camat", "Camat"),
    "state.role_sekcam": ("Sekcam", "Sekcam"),
    "state.role_bagian_organisasi": ("Bagian Organisasi", "Bagian Organisasi"),
    "state.role_operator": ("Operator", "Operator"),
    "state.better": ("● Membaik", "● Better"),
    "state.unproven": ("○ Belum terbukti", "○ Not proven"),
    "state.worse": ("▼ Menurun", "▼ Worse"),
    "state.too_little": ("◇ Data belum cukup", "◇ Too little data"),
    "state.effect_all": ("Semua pelatihan", "All trainings"),
    "state.effect_programme": ("Program", "Programme"),
    **{
        f"state.outcome_{each.key}": (
            f"{each.title.id}, {'%' if each.scale == 'percent' else 'poin'}",
            f"{each.title.en}, {'%' if each.scale == 'percent' else 'points'}",
        )
        for each in OUTCOMES
    },
    "state.reason_trained_otherwise": ("Sudah mendapat pelatihan lain", "Had another training before"),
    "state.reason_not_in_data": ("Belum ada angkanya", "No figures of it"),
    "state.reason_few_weeks_before": ("Pekan sebelumnya kurang", "Too few weeks before"),
    "state.reason_few_weeks_after": ("Terlalu dini", "Too early"),
    "state.reason_no_comparison": ("Tidak ada pembanding", "Nothing to compare with"),
    "state.reason_few_units": ("Unit kurang", "Too few units"),
    "state.reason_few_answers": ("Jawaban atau kunjungan kurang", "Too few answers or visits"),
    "state.reason_few_dates": ("Kebetulan belum terukur", "Chance cannot be measured"),
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
