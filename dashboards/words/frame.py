"""Words around the panels: units of measure, states, variables, links."""

from typing import Final

FRAME: Final[dict[str, tuple[str, str]]] = {
    # units as Grafana writes them; "locale" is a number in the reader's own form
    "unit.count": ("locale", "locale"),
    "unit.people": ("suffix:orang", "suffix:people"),
    "unit.minutes": ("suffix:mnt", "suffix:min"),
    "unit.percent": ("suffix:%", "suffix:%"),
    "unit.counters": ("suffix:loket", "suffix:counters"),
    "unit.answers": ("suffix:jawaban", "suffix:answers"),
    "unit.index": ("locale", "locale"),
    "unit.mark": ("locale", "locale"),
    "unit.days": ("suffix:hari", "suffix:days"),
    "unit.hours": ("suffix:jam", "suffix:hours"),
    "unit.seconds": ("suffix:dtk", "suffix:s"),
    "unit.per_hour": ("suffix:per jam", "suffix:per hour"),
    "unit.date": ("time:DD/MM/YYYY", "time:DD/MM/YYYY"),
    "unit.text": ("string", "string"),
    "unknown": ("–", "–"),
    # states
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
    # choices
    "choice.ds": ("Sumber data", "Data source"),
    "choice.kecamatan": ("Kecamatan", "Kecamatan"),
    "choice.unit": ("Unit", "Unit"),
    "choice.service": ("Layanan", "Service"),
    # links
    "link.boards": ("Papan", "Boards"),
    "link.other": ("English", "Bahasa Indonesia"),
    "link.open": ("Buka {board}", "Open {board}"),
    "folder": ("Pantau Layanan", "Pantau Layanan (English)"),
    "mark.interventions": ("Pelatihan dan tindakan", "Trainings and measures"),
}
