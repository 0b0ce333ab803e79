"""Words of the boards of satisfaction and trainings."""

from typing import Final

PEOPLE: Final[dict[str, tuple[str, str]]] = {
    # satisfaction
    "panel.satisfaction.ikm": ("IKM", "Satisfaction index"),
    "panel.satisfaction.ikm.about": (
        "Indeks PermenPANRB 14/2017 dalam rentang waktu dengan mutu, selang 95 %, dan jumlah jawaban; selang yang "
        "mencakup dua mutu berarti belum pasti.",
        "The index by PermenPANRB 14/2017 of the time range with grade, 95 % interval and answers; an interval across "
        "two grades means not certain yet.",
    ),
    "panel.satisfaction.response": ("Yang menjawab", "Response"),
    "panel.satisfaction.response.about": (
        "Jawaban survei per orang yang dilayani; bila rendah, tawarkan survei di loket.",
        "Survey answers per person served; when low, offer the survey at the counter.",
    ),
    "panel.satisfaction.rating": ("Penilaian di loket, 1 sampai 5", "Rating at the counter, 1 to 5"),
    "panel.satisfaction.rating.about": (
        "Rata-rata dan jumlah penilaian lewat tombol di loket; cepat terlihat, tetapi bukan IKM.",
        "The mean of the rating buttons and how often they were pressed; quick to see, but no index.",
    ),
    "panel.satisfaction.complaints": ("Pengaduan terbuka", "Open complaints"),
    "panel.satisfaction.complaints.about": (
        "Pengaduan yang belum selesai dan yang lewat lima hari; jawab yang lewat lebih dahulu.",
        "Complaints not settled and those beyond five days; answer those beyond it first.",
    ),
    "panel.satisfaction.elements": ("Sembilan unsur, terendah di atas", "Nine elements, lowest first"),
    "panel.satisfaction.elements.about": (
        "Rata-rata 1 sampai 4 per unsur dengan selang 95 %, dan periode sebelumnya yang sama panjang; perbaiki unsur "
        "teratas.",
        "The mean of 1 to 4 by element with its 95 % interval, and the range of the same length before; mend the "
        "first.",
    ),
    "panel.satisfaction.weeks": ("IKM per pekan", "Index by week"),
    "panel.satisfaction.weeks.about": (
        "IKM tiap pekan dengan selang 95 %; perubahan di dalam pita belum berarti apa-apa.",
        "The index of each week with its 95 % interval; a change within the band means nothing yet.",
    ),
    "panel.satisfaction.units": ("Unit, IKM terendah di atas", "Units, lowest index first"),
    "panel.satisfaction.units.about": (
        "IKM, mutu, selang, jawaban, dan sampel minimal menurut Krejcie dan Morgan; bila jawaban kurang, "
        "kumpulkan lebih dahulu.",
        "Index, grade, interval, answers and those needed by Krejcie and Morgan; with too few answers, collect first.",
    ),
    "panel.satisfaction.open": ("Pengaduan per unit", "Complaints by unit"),
    "panel.satisfaction.open.about": (
        "Pengaduan terbuka, yang lewat lima hari, yang tertua, dan lama penyelesaian; mulai dari unit teratas.",
        "Open complaints, those beyond five days, the oldest, and how long settling took; begin with the first unit.",
    ),
    # trainings
    "panel.trainings.units": ("Unit terlatih", "Trained units"),
    "panel.trainings.units.about": (
        "Unit dengan sedikitnya satu pelatihan yang selesai, dari semua yang dipilih; yang belum adalah pembandingnya.",
        "Units with at least one completed training, of all chosen; those without are the comparison.",
    ),
    "panel.trainings.hours": ("Pelatihan selesai", "Trainings completed"),
    "panel.trainings.hours.about": (
        "Pelatihan yang selesai dalam rentang waktu dan jam pelajarannya; bandingkan dengan rencana.",
        "Trainings completed in the time range and their hours; compare with the plan.",
    ),
    "panel.trainings.promise": ("Tepat janji, terlatih dan belum", "Promise kept, trained and not"),
    "panel.trainings.promise.about": (
        "Janji yang ditepati di unit terlatih dan di unit yang belum, pada hari-hari yang ada keduanya; bedanya belum "
        "berarti pengaruh.",
        "The promise kept at trained units and at those not yet trained, on the days with both; their difference is no "
        "effect yet.",
    ),
    "panel.trainings.ikm": ("IKM, terlatih dan belum", "Index, trained and not"),
    "panel.trainings.ikm.about": (
        "IKM di unit terlatih dan di unit yang belum, pada hari-hari yang ada keduanya; bedanya belum berarti "
        "pengaruh.",
        "The index at trained units and at those not yet trained, on the days with both; their difference is no "
        "effect yet.",
    ),
    "panel.trainings.programmes": ("Pengaruh pelatihan", "Effects of trainings"),
    "panel.trainings.programmes.about": (
        "Kesimpulan, pengaruh dengan selang 95 %, sebelum–sesudah, dan berapa yang terjadi juga tanpa pelatihan; hanya "
        "Membaik dan Menurun yang terbukti.",
        "Verdict, effect with its 95 % interval, before and after alone and what of it happened without training too; "
        "only better and worse are proven.",
    ),
    "panel.trainings.programmes.none": ("Belum ada pengaruh yang dihitung.", "No effect has been computed yet."),
    "panel.trainings.each": ("Pengaruh tiap pelatihan", "Effect of each training"),
    "panel.trainings.each.about": (
        "Hal yang sama untuk tiap pelatihan di satu unit, yang terbaru di atas; bila biaya atau sarana ikut berubah, "
        "ada sebab lain.",
        "The same for each training at one unit, the latest first; when cost or facilities move too, something else is "
        "at work.",
    ),
    "panel.trainings.each.none": ("Belum ada pengaruh yang dihitung.", "No effect has been computed yet."),
    "panel.trainings.promise_weeks": ("Tepat janji per pekan", "Promise kept by week"),
    "panel.trainings.promise_weeks.about": (
        "Unit terlatih di samping yang belum, pekan demi pekan; hanya jarak yang berubah dan menetap yang patut "
        "diperiksa.",
        "Trained units beside those not yet trained, week by week; only a gap that changes and stays is worth a look.",
    ),
    "panel.trainings.wait_weeks": ("Median tunggu per pekan", "Median wait by week"),
    "panel.trainings.wait_weeks.about": (
        "Median waktu tunggu di unit terlatih di samping yang belum; pekan libur menggeser keduanya bersama.",
        "The median wait at trained units beside those not yet trained; a holiday week moves both together.",
    ),
    "panel.trainings.compared": ("Setiap pelatihan dengan pembandingnya", "Each training with its comparison"),
    "panel.trainings.compared.about": (
        "Tepat janji sebelum dan sesudah di unit itu, di samping unit sekabupaten yang belum dilatih pada hari yang "
        "sama; bila pembanding ikut berubah, sebabnya bukan pelatihan.",
        "Promise kept before and after at that unit, beside units of the kabupaten not yet trained on the same days; "
        "when the comparison changes alike, the training is not why.",
    ),
    "panel.trainings.compared.none": (
        "Tidak ada pelatihan dalam rentang waktu ini.",
        "No training in this time range.",
    ),
}
