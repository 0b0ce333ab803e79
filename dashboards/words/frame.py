"""Words around the panels: units of measure, variables, links."""

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
    # choices
    "choice.ds": ("Sumber data", "Data source"),
    "choice.kecamatan": ("Kecamatan", "Kecamatan"),
    "choice.unit": ("Unit", "Unit"),
    "choice.trained": ("Pelatihan", "Training"),
    "choice.trained.any": ("semua", "all"),
    "choice.trained.trained": ("sudah dilatih", "trained"),
    "choice.trained.untrained": ("belum dilatih", "not yet trained"),
    "choice.trained.weeks_8": ("dilatih 8 pekan terakhir", "trained in the last 8 weeks"),
    "choice.trained.weeks_26": ("dilatih 9–26 pekan lalu", "trained 9–26 weeks ago"),
    "choice.trained.weeks_more": ("dilatih lebih dari 26 pekan lalu", "trained more than 26 weeks ago"),
    "choice.service": ("Layanan", "Service"),
    # links
    "link.boards": ("Papan", "Boards"),
    "link.other": ("English", "Bahasa Indonesia"),
    "link.open": ("Buka {board}", "Open {board}"),
    "mark.intervention_marks": ("Pelatihan dan tindakan", "Trainings and measures"),
    "mark.holidays": ("Hari libur", "Holidays"),
    "mark.alert_marks": ("Peringatan: ▼ menurun, ● pulih", "Alerts: ▼ fell, ● recovered"),
}
